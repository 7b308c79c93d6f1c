"""Proposals by Optuna: asked, told, continued, and restored where its journal is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sweeps.tiny import CONFIG
from vae.data.datasets import Dataset
from vae.errors import ConfigError, StudyError
from vae.sweeps.create import create_sweep
from vae.sweeps.study import open_sweep
from vae.sweeps.sweep import sweep as vae_sweep
from vae.sweeps.values import Range

VARY = {"beta": Range(0.1, 10, log=True), "hidden": [(2,), (1, 2)]}


def test_it_proposes_learns_and_continues(stripes: Dataset, tmp_path: Path) -> None:
    config = CONFIG.replace(epochs=1)
    first = vae_sweep(config, VARY, stripes, trials=2, out=tmp_path / "s")
    assert (first.state, len(first.rows)) == ("finished", 2)
    betas = [row["settings"]["beta"] for row in first.rows]
    assert all(0.1 <= beta <= 10 for beta in betas)
    (tmp_path / "s" / "optuna.journal").unlink()
    more = vae_sweep(config, VARY, stripes, trials=3, out=tmp_path / "s")
    assert (len(more.proposals), more.status["total"]) == (3, 3)
    assert len({row["settings"]["beta"] for row in more.rows}) == 3
    assert [row["settings"]["beta"] for row in more.rows[:2]] == betas
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    storage = JournalStorage(JournalFileBackend(str(tmp_path / "s" / "optuna.journal")))
    trials = optuna.load_study(study_name="sweep", storage=storage).trials
    elbos = [row["metrics"]["elbo"] for row in more.rows]
    assert [trial.value for trial in trials] == pytest.approx(elbos)


def test_what_is_no_search_is_refused(stripes: Dataset, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="two trials or more"):
        create_sweep(tmp_path / "s", CONFIG, VARY, stripes, trials=1)
    with pytest.raises(StudyError, match="10,000 runs"):
        create_sweep(tmp_path / "s", CONFIG, VARY, stripes, trials=10**6)
    with pytest.raises(ConfigError, match="network must be"):
        create_sweep(tmp_path / "s", CONFIG, {"network": Range(1, 2)}, stripes, trials=2)
    with pytest.raises(ConfigError, match="one setting or more"):
        create_sweep(tmp_path / "s", CONFIG, {}, stripes, trials=2)


def test_a_damaged_journal_says_what_to_do(stripes: Dataset, tmp_path: Path) -> None:
    create_sweep(tmp_path / "s", CONFIG, VARY, stripes, trials=2)
    (tmp_path / "s" / "optuna.journal").write_bytes(b"\x00{]\n" * 3)
    with pytest.raises(StudyError, match=r"without .*optuna.journal the search goes on"):
        vae_sweep(CONFIG, VARY, stripes, trials=2, out=tmp_path / "s")
    assert open_sweep(tmp_path / "s").rows == []
