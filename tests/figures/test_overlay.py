"""Curves of several runs on each other: fold, smoothing, axes, ranges, the figure for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.handmade import make_run
from vae.config import Config
from vae.errors import ConfigError
from vae.figures.overlay import OverlayChoice, fold, overlay_panels
from vae.figures.overlay_plot import overlay_data, overlay_figure
from vae.figures.smoothing import smoothed
from vae.runs.run import Run
from vae.runs.seed_groups import RunGroup, seed_groups
from vae.runs.writer import RunWriter

STEPS = 10  # of an epoch


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Makes a run with a row an epoch of these validation reconstructions, and a KL of 1."""

    def run(reconstructions: list[float], seconds: float = 0.0, **settings: Any) -> Run:
        path = tmp_path / str(len([*tmp_path.iterdir()]))
        made = make_run(path, Config(epochs=len(reconstructions), **settings), (4, 4, 1))
        writer = RunWriter(path, made.status)
        writer.status(steps=STEPS, **({"seconds_trained": seconds} if seconds else {}))
        for epoch, value in enumerate(reconstructions, start=1):
            beta = made.config.beta
            parts = {"loss": value + beta, "reconstruction": value, "kl": 1.0}
            parts |= {"kl_per_dimension": [1.0]}
            held = {f"val_{name}": part for name, part in parts.items()}
            where = {"kind": "epoch", "epoch": epoch, "step": STEPS}
            writer.row({**where, **parts, **held, "beta": beta, "learning_rate": 0.1})
        return Run(path)

    return run


def test_smoothing_has_no_bias_at_its_beginning() -> None:
    values = np.array([1.0, 2.0, 3.0])
    # Weights 1/2, 1/4, 1/8 of the last, the one before, ...: divided by their sum.
    np.testing.assert_allclose(smoothed(values, 0.5), [1.0, 5.0 / 3.0, 17.0 / 7.0])
    np.testing.assert_allclose(smoothed(np.full(9, 4.0), 0.9), 4.0)
    np.testing.assert_array_equal(smoothed(values, 0.0), values)
    with pytest.raises(ConfigError, match=r"from 0 to 0\.99\. Received: 1\.5"):
        smoothed(values, 1.5)


def test_a_fold_is_mean_and_sd_where_all_lines_are() -> None:
    first = np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0, 20.0])
    second = np.array([0.5, 1.5]), np.array([7.0, 17.0])
    folded = fold(3, [first, second])
    assert folded is not None
    np.testing.assert_array_equal(folded.x, [0.5, 1.0, 1.5])
    np.testing.assert_allclose(folded.mean, [6.0, 11.0, 16.0])
    np.testing.assert_allclose(folded.spread, np.sqrt(2.0))  # of x and x + 2, ddof 1
    far = np.array([9.0, 10.0]), np.array([0.0, 0.0])
    assert fold(0, [first, far]) is None


def test_axes_are_epochs_steps_or_shared_out_seconds(make: Any) -> None:
    groups = seed_groups([make([5.0, 4.0], seconds=30.0), make([9.0, 8.0], beta=2.0)])
    expected = {"epochs": [1.0, 2.0], "steps": [10.0, 20.0], "seconds": [15.0, 30.0]}
    for axis, x in expected.items():
        panels = overlay_panels(groups, OverlayChoice(axis))
        np.testing.assert_allclose(panels[0].curves[0].x, x)
        # The seconds of the second run are not known.
        assert len(panels[0].curves) == (1 if axis == "seconds" else 2)


def test_a_cost_is_a_panel_where_betas_differ(make: Any) -> None:
    one, other = make([5.0, 4.0]), make([9.0, 8.0], beta=2.0)
    names = [panel.quantity for panel in overlay_panels(seed_groups([one, other]), OverlayChoice())]
    assert names == ["loss", "reconstruction", "kl", "cost"]
    panels = overlay_panels(seed_groups([one, other]), OverlayChoice())
    np.testing.assert_allclose(panels[3].curves[1].mean, [10.0, 9.0])  # the KL counts once
    np.testing.assert_allclose(panels[0].curves[1].mean, [11.0, 10.0])
    assert len(overlay_panels(seed_groups([one]), OverlayChoice())) == 3


def test_a_range_without_outliers_and_a_logarithmic_one(make: Any) -> None:
    values = [100.0 + i / 100 for i in range(99)]
    groups = seed_groups([make([9999.0, *values])])
    _, whole, _ = overlay_panels(groups, OverlayChoice())
    _, usual, _ = overlay_panels(groups, OverlayChoice(all_values=False))
    assert whole.high > 9999.0
    assert usual.high < 102.0
    negative = seed_groups([make([-5.0, 3.0, 2.0])])
    _, log, _ = overlay_panels(negative, OverlayChoice(is_log=True))
    np.testing.assert_allclose(log.curves[0].mean, [3.0, 2.0])
    assert 0.0 < log.low < 2.0


def test_the_figure_has_a_line_a_group_a_band_of_seeds_and_one_legend(make: Any) -> None:
    runs = [make([5.0, 4.0]), make([6.0, 5.0], seed=1), make([9.0, 8.0], beta=2.0)]
    groups, choice = seed_groups(runs), OverlayChoice()
    panels = overlay_panels(groups, choice)
    figure = overlay_figure(groups, panels, choice)
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in shown] == [panel.title for panel in panels]
    assert [len(axes.lines) for axes in shown] == [2] * 4
    assert [len(axes.collections) for axes in shown] == [1] * 4
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["beta 1, 2 seeds", "beta 2"]
    data = overlay_data(groups, panels, choice)
    assert data["panels"][1]["curves"][0]["y"] == [5.5, 4.5]
    assert data["panels"][1]["curves"][1]["spread"] is None


def test_runs_without_a_history_have_no_panels(tmp_path: Path) -> None:
    run = make_run(tmp_path / "new", Config(), (4, 4, 1))
    assert overlay_panels([RunGroup("new", (run,))], OverlayChoice()) == []
