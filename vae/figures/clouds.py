"""Test images as points of a projected latent space, coloured by class."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from vae.errors import RunError
from vae.figures.class_looks import MANY, Mark, class_mark
from vae.figures.colors import class_color
from vae.figures.publication import INCHES, literal, new_axes
from vae.latent.projections import Projection, best_projection
from vae.runs.run import Run
from vae.runs.short_names import shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CAMERA", "cloud3d", "cloud_figure"]

OPACITY = 0.7
HOVER = "%{fullData.name}<br>test image %{customdata}<extra></extra>"
CAMERA = {"eye": {"x": 1.32, "y": 1.32, "z": 0.7}, "center": {"x": 0, "y": 0, "z": -0.18}}
# The legend's dots stay readable however small the points are.
LEGEND = {"itemsizing": "constant", "title": None}
SCROLLING = {"orientation": "v", "entrywidth": 40}  # beside the cloud, as high as it
ON_MAP = 12  # letters of a name among the dots
COLUMN = 16  # entries of a legend for a paper
COLUMN_INCHES = 0.6  # of each further column
# In space Plotly draws signs of the visitor's fonts, of which many lack those of its cross and x.
SIGNS: dict[Mark, str] = {
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "cross": "square-open",
    "x": "diamond-open",
}
MARKERS: dict[Mark, str] = {"circle": "o", "square": "s", "diamond": "D", "cross": "P", "x": "X"}


BLACK, WHITE = "#000000", "#ffffff"  # of names: a theme's own grey is faint among points


class _ClassPoints(NamedTuple):
    """points: (M, 2 or 3), float32, those of one class. indices: of their test images (M,)."""

    name: str
    color: str
    mark: Mark
    points: np.ndarray
    indices: np.ndarray


def cloud3d(
    projection: Projection,
    class_names: Sequence[str],
    *,
    size: float = 3.0,
    opacity: float = OPACITY,
    camera: Mapping[str, Any] = CAMERA,
    is_dark: bool = False,
) -> go.Figure:
    """Plot points (N, 3) in space; a point's customdata is the index of its test image.

    camera: the point of view, as Plotly has it. is_dark: the ground, on which names are to be read.
    """
    figure = go.Figure()
    groups = [each for each in _by_class(projection, class_names) if len(each.points)]
    for each in groups:
        figure.add_scatter3d(
            **dict(zip("xyz", each.points.T, strict=True)),
            customdata=each.indices,
            name=html.escape(each.name),  # Plotly reads some HTML, and a run may be a foreign one
            mode="markers",
            marker={
                "size": size,
                "opacity": opacity,
                "color": each.color,
                "symbol": SIGNS[each.mark],
            },
            hovertemplate=HOVER,
        )
    is_many = len(class_names) > MANY
    if is_many:
        places = np.stack([_middle(each.points) for each in groups])
        figure.add_scatter3d(
            **dict(zip("xyz", places.T, strict=True)),
            text=[html.escape(shortened([each.name], ON_MAP)[0]) for each in groups],
            mode="text",
            textfont={"size": 16, "weight": 700, "color": WHITE if is_dark else BLACK},
            hoverinfo="skip",
            showlegend=False,
        )
    names = zip(("xaxis", "yaxis", "zaxis"), projection.axes, strict=True)
    figure.update_layout(
        scene={axis: {"title": name, "showbackground": False} for axis, name in names}
        | {"aspectmode": "data", "dragmode": "orbit", "camera": camera},
        legend=LEGEND | (SCROLLING if is_many else {"orientation": "h"}),
        height=560,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    return figure


def cloud_figure(run: Run) -> Figure:
    """Plot the test images' codes in two dimensions for a paper: by t-SNE where the run has it.

    Raises RunError while a run has no latents.
    """
    projection = best_projection(run)
    if projection is None:
        raise RunError(f"This run has no latent means yet. Received: {run.id}, {run.state}")
    from matplotlib.patheffects import withStroke

    classes = len(run.class_names)
    columns = -(-classes // COLUMN)
    figure, axes = new_axes(INCHES + COLUMN_INCHES * (columns - 1), 0.8 * INCHES)
    for each in _by_class(projection, run.class_names):
        # As dots of one picture: of 10,000 shapes a PDF is slow.
        axes.scatter(
            *each.points[:, :2].T, s=5 if classes <= MANY else 9, alpha=OPACITY, linewidths=0,
            color=each.color, label=literal(each.name), marker=MARKERS[each.mark], rasterized=True,
        )  # fmt: skip
        if classes > MANY and len(each.points):
            axes.annotate(
                literal(shortened([each.name], ON_MAP)[0]), tuple(_middle(each.points[:, :2])),
                ha="center", va="center", fontsize="x-small", weight="bold",
                path_effects=[withStroke(linewidth=2, foreground="white")],
            )  # fmt: skip
    axes.set(xlabel=projection.axes[0], ylabel=projection.axes[1])
    axes.legend(
        frameon=False, markerscale=3, loc="center left", bbox_to_anchor=(1.0, 0.5),
        ncols=columns, columnspacing=1.0, handletextpad=0.3,
    )  # fmt: skip
    return figure


def _by_class(projection: Projection, class_names: Sequence[str]) -> Iterator[_ClassPoints]:
    """Yield the points of each class, those without any too."""
    points = projection.points.astype(np.float32)
    for label, name in enumerate(shortened(class_names)):
        own = projection.y == label
        yield _ClassPoints(
            name, class_color(label), class_mark(label), points[own], projection.indices[own]
        )


def _middle(points: np.ndarray) -> np.ndarray:
    """Return the point (d,) of points (M, d) that is nearest to their medians."""
    return points[np.square(points - np.median(points, axis=0)).sum(axis=1).argmin()]
