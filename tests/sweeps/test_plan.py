"""Which runs a sweep has, and what it refuses before any is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sweeps.tiny import CONFIG, tiny_sweep
from vae.data.datasets import Dataset
from vae.errors import ConfigError, StudyError
from vae.sweeps.create import create_sweep, extend_sweep
from vae.sweeps.plan import plan_grid
from vae.sweeps.study import open_sweep


def test_all_combinations_with_each_seed_from_the_configurations_on() -> None:
    plan = plan_grid(CONFIG, {"beta": (0.5, 4.0), "latent_dim": (1, 2, 3)}, seeds=2)
    assert len({planned.key for planned in plan.runs}) == len(plan.runs) == 12
    assert {planned.seed for planned in plan.runs} == {3, 4}
    last = plan.runs[-1]
    assert last.config == CONFIG.replace(beta=4.0, latent_dim=3, seed=4)
    assert last.label == "beta 4, 3 dimensions, seed 4"
    assert last.readable_name == "beta-4_latent_dim-3_seed-4"


def test_a_million_runs_are_refused_before_any_is_made() -> None:
    grid = {"beta": tuple(range(1000)), "learning_rate": tuple(range(1000))}
    with pytest.raises(StudyError, match=r"at most 10,000 runs.* Received: 3,000,000"):
        plan_grid(CONFIG, grid, seeds=3)


def test_settings_that_exclude_each_other_are_named_or_left_out(
    stripes: Dataset, tmp_path: Path
) -> None:
    vary = {"free_bits": [0.0, 0.5], "importance_samples": [1, 5]}
    with pytest.raises(ConfigError, match=r"1 combination .*'free_bits': 0.5.*importance-weighted"):
        create_sweep(tmp_path / "a", CONFIG, vary, stripes)
    assert not (tmp_path / "a").exists()
    sweep = create_sweep(tmp_path / "a", CONFIG, vary, stripes, skip_excluded=True)
    assert [planned.settings["free_bits"] for planned in sweep.plan.runs] == [0.0, 0.0, 0.5]
    assert sweep.plan.excluded[0].settings == {"free_bits": 0.5, "importance_samples": 5}
    assert sweep.status["total"] == 3


def test_what_does_not_fit_the_images_is_left_out_when_read_again(
    stripes: Dataset, tmp_path: Path
) -> None:
    vary = {"shift": [0, stripes.image_shape[0] // 2]}
    create_sweep(tmp_path / "a", CONFIG, vary, stripes, skip_excluded=True)
    plan = open_sweep(tmp_path / "a").plan
    assert [planned.settings for planned in plan.runs] == [{"shift": 0}]
    assert "half of an image" in plan.excluded[0].reason


def test_it_is_extended_by_values_and_seeds(stripes: Dataset, tmp_path: Path) -> None:
    sweep = tiny_sweep(tmp_path / "a", stripes)
    before = {planned.key for planned in sweep.plan.runs}
    longer = extend_sweep(sweep, {"beta": [4.0, 8.0]}, stripes, seeds=2)
    after = {planned.key for planned in longer.plan.runs}
    assert before < after
    assert (len(after), longer.status["total"], longer.grid["beta"]) == (12, 12, (0.5, 4.0, 8.0))
    with pytest.raises(StudyError, match="keeps its 2 seeds"):
        extend_sweep(longer, {}, stripes, seeds=1)
    with pytest.raises(StudyError, match="extended by values of beta, latent_dim"):
        extend_sweep(longer, {"epochs": [3]}, stripes)


def test_runs_among_others_have_names_that_tell_nothing(stripes: Dataset, tmp_path: Path) -> None:
    sweep = tiny_sweep(tmp_path / ".studies" / "secret", stripes, runs="shared")
    paths = [sweep.run_path(planned) for planned in sweep.plan.runs]
    assert {path.parent for path in paths} == {tmp_path}
    assert len({path.name for path in paths}) == 4
    assert all(len(path.name) == 32 and "secret" not in path.name for path in paths)
