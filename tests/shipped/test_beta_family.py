"""The family that ships is what its command makes: runs that differ in beta alone."""

from __future__ import annotations

import numpy as np
import pytest

from vae.files import folder_bytes
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.shipped.beta_family import BETA_FAMILY, BETAS, family_id
from vae.shipped.train_beta_family import MAX_BYTES, RECIPE

FAMILY_RUNS = [RunStore().open(family_id(beta)) for beta in BETAS]


def test_they_differ_in_beta_alone() -> None:
    for beta, run in zip(BETAS, FAMILY_RUNS, strict=True):
        assert run.config == RECIPE.replace(beta=beta, preset=run.config.preset)
        assert run.state == "finished"
        assert run.info["seed"] == RECIPE.seed
        assert run.has_model
    assert folder_bytes(BETA_FAMILY) <= MAX_BYTES


def test_more_beta_less_rate_more_distortion() -> None:
    rates = [run.metrics["rate"] for run in FAMILY_RUNS]
    distortions = [run.metrics["distortion"] for run in FAMILY_RUNS]
    assert rates == sorted(rates, reverse=True)
    # Without any KL nothing keeps posteriors wide: its copies of new images are no better.
    assert distortions[1:] == sorted(distortions[1:])
    elbos = [-rate - distortion for rate, distortion in zip(rates, distortions, strict=True)]
    assert int(np.argmin(elbos)) == BETAS.index(0.0)


@pytest.mark.parametrize("run", FAMILY_RUNS, ids=str)
def test_they_open_by_their_id_and_are_in_no_list(run: Run) -> None:
    store = RunStore()
    assert store.open(run.id).path == run.path
    assert run.shipped
    assert run.id not in [each.id for each in store.list()]
