"""Rate and distortion: which runs compare, which no other one beats, the figure for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.handmade import make_run
from vae.config import Config
from vae.figures.rate_distortion import (
    RatedRun,
    comparable_runs,
    pareto_front,
    rate_distortion_figure,
    steps_of,
)
from vae.figures.setting_colors import coloring_settings, setting_colors
from vae.files import write_json
from vae.runs.run import Run


@pytest.fixture
def make(tmp_path: Path) -> Any:
    """Makes a run that was measured with this rate and distortion."""

    def run(rate: float, distortion: float, **settings: Any) -> Run:
        config = Config(**settings)
        made = make_run(tmp_path / str(len([*tmp_path.iterdir()])), config, (4, 4, 1))
        parts = {"loss": 1.0, "reconstruction": distortion, "kl": rate}
        words = {"images": "x", "treatment": "y", "binarisation": config.binarisation}
        write_json(made.path / "metrics.json", {**parts, **words})
        return Run(made.path)

    return run


def test_the_front_is_what_no_other_point_beats() -> None:
    #         beaten      front      front      same      beaten by the second
    points = [(5.0, 5.0), (1.0, 9.0), (4.0, 2.0), (4.0, 2.0), (1.0, 9.5)]
    rates, distortions = zip(*points, strict=True)
    assert pareto_front(rates, distortions) == [1, 2]
    assert steps_of(rates, distortions) == [(1.0, 9.0), (4.0, 9.0), (4.0, 2.0)]
    assert pareto_front([3.0], [1.0]) == [0]
    # Not convex: the middle point lies above the line between its neighbours.
    assert pareto_front([0.0, 5.0, 10.0], [10.0, 9.0, 0.0]) == [0, 1, 2]


def test_runs_that_do_not_compare_are_on_other_boards(make: Any) -> None:
    runs = [
        make(1.0, 9.0),
        make(4.0, 2.0, beta=0.5),
        make(1.0, 1.0, binarisation="threshold"),
        make(1.0, 1.0, likelihood="gaussian"),
        make(1.0, 1.0, conditional=True),
        make(0.0, 1.0, kind="autoencoder"),
    ]
    groups = comparable_runs(runs)
    assert [[each.run for each in group.runs] for group in groups] == [
        runs[:2],
        [runs[2]],
        [runs[3]],
        [runs[4]],
    ]
    first = groups[0].runs[1]
    assert (first.rate, first.distortion) == (4.0, 2.0)
    assert [group.title for group in groups] == [
        "handmade, grey levels",
        "handmade, black and white, cut at one half",
        "handmade, grey levels, gaussian density",
        "handmade, grey levels, given the class",
    ]


def test_what_was_not_measured_is_on_none(make: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "new", Config(), (4, 4, 1))
    assert comparable_runs([run]) == []
    damaged = make(1.0, 2.0)
    (damaged.path / "metrics.json").write_text("{")
    assert comparable_runs([Run(damaged.path)]) == []


def test_numbers_are_colored_by_their_order_and_words_each_by_its_own(make: Any) -> None:
    runs = [
        make(1.0, 1.0, beta=beta, activation=name)
        for beta, name in ((4.0, "elu"), (0.5, "relu"), (10.0, "relu"))
    ]
    assert coloring_settings(runs) == {"activation": "Activation", "beta": "Beta"}
    colors, legend = setting_colors(runs, "beta")
    assert [*legend] == ["0.5", "4", "10"]
    assert colors == [legend["4"], legend["0.5"], legend["10"]]
    by_word, words = setting_colors(runs, "activation")
    assert by_word[1] == by_word[2] == words["relu"] != words["elu"]
    one, none = setting_colors(runs, "")
    assert (len({*one}), none) == (1, {})


def test_the_figure_has_dots_front_and_lines_of_equal_elbo(make: Any) -> None:
    rated = [
        RatedRun(make(rate, distortion), rate, distortion)
        for rate, distortion in ((1.0, 90.0), (20.0, 60.0))
    ]
    figure = rate_distortion_figure(rated, ["#3b82f6", "#e8590c"], {"1": "#3b82f6"}, "Beta")
    (axes,) = figure.axes
    front, *levels = axes.lines
    assert front.get_xydata().tolist() == [[1.0, 90.0], [20.0, 90.0], [20.0, 60.0]]
    assert len(levels) > 2
    for line in levels:
        sums = line.get_xydata().sum(axis=1)
        assert sums[0] == pytest.approx(sums[1])
    assert axes.get_legend().get_title().get_text() == "Beta"
