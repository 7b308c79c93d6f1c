"""The learning curves: their points, as the page's component draws them, and a paper's figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vae.figures.colors import HUES
from vae.figures.publication import new_figure
from vae.figures.thinning import thinned
from vae.kinds import KINDS
from vae.runs.schema import LearnedRow, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.runs.run import Run

__all__ = ["QUANTITIES", "curve_marks", "curve_points", "curves_figure"]

# Of a VAE; each kind of model has its own.
QUANTITIES = {name: curve.title for name, curve in KINDS["vae"].curves.items()}
SHORT_NAMES = {
    "beta": "beta",
    "learning_rate": "rate",
    "noise": "noise",
    "gradient_penalty": "penalty",
}
MAX_POINTS = 2000  # of training, and of validation: more than a screen has pixels for
MAX_MARKS = 100
# The untrained network's loss would flatten all that follows.
FLATTENING_EPOCHS = 0.5
LONG_ENOUGH = 3


def curve_points(
    rows: Sequence[Row], steps: int, quantities: Iterable[str] = QUANTITIES
) -> dict[str, dict[str, list[float]]]:
    """Return training and validation points: epoch and, in its unit, each quantity.

    rows: `Run.rows`. steps: of an epoch, `Run.steps_per_epoch`. quantities: those of the run's
    kind, see `kinds.Kind.curves`.

    Training points are several an epoch, or one where a history has no more;
    validation points are one. The first half epoch is left out once there are more than three.
    Of a long run the points are thinned, but no spike is lost; the rows stay as they are.
    """
    start = FLATTENING_EPOCHS if rows and rows[-1]["epoch"] > LONG_ENOUGH else 0.0

    def position(row: Row) -> float:
        return row["epoch"] - 1 + row["step"] / steps

    training = [row for row in rows if row["kind"] == "step" and position(row) > start]
    epochs = [position(row) for row in training]
    if not training:
        training = [row for row in rows if row["kind"] == "epoch"]
        epochs = [float(row["epoch"]) for row in training]
    validation = [row for row in rows if "val_loss" in row]
    return {
        "training": _columns(epochs, training, "", quantities),
        "validation": _columns(
            [float(row["epoch"]) for row in validation], validation, "val_", quantities
        ),
    }


def curve_marks(rows: Sequence[Row], steps: int) -> list[dict[str, Any]]:
    """Return the moments at which settings were changed: epoch, and what in words.

    Of very many, the last ones.
    """
    changes = [row for row in rows if row["kind"] == "change"]
    return [
        {
            "epoch": max(row["epoch"] - 1, 0) + row["step"] / steps * (row["epoch"] > 0),
            "text": ", ".join(
                f"{SHORT_NAMES[name]} {row[name]:.3g}" for name in SHORT_NAMES if name in row
            ),
        }
        for row in changes[-MAX_MARKS:]
    ]


def curves_figure(run: Run) -> Figure:
    """Plot the curves of the run's kind over the epochs, as loss, reconstruction and KL."""
    curves = KINDS[run.config.kind].curves
    points = curve_points(run.rows, run.steps_per_epoch, curves)
    figure = new_figure(len(curves) * 3.2, 2.6)
    panels = figure.subplots(1, len(curves), squeeze=False)[0]
    for axes, (quantity, curve) in zip(panels, curves.items(), strict=True):
        for part, style in (("training", "-"), ("validation", "--")):
            columns = points[part]
            if columns["epoch"]:
                marker = "o" if len(columns["epoch"]) == 1 else ""  # a line needs two
                style_of = {"color": HUES[quantity], "label": part, "marker": marker}
                axes.plot(columns["epoch"], columns[quantity], style, **style_of)
        axes.set(title=curve.title, xlabel="epoch", ylabel=curve.unit)
        axes.legend(frameon=False)
    return figure


def _columns(
    epochs: list[float], rows: Sequence[LearnedRow], prefix: str, quantities: Iterable[str]
) -> dict[str, list[float]]:
    values = {name: [row[f"{prefix}{name}"] for row in rows] for name in quantities}
    chosen = thinned([*values.values()], MAX_POINTS)
    columns = {"epoch": epochs, **values}
    return {name: [column[index] for index in chosen] for name, column in columns.items()}
