"""Samplers that the command line fits when somebody asks for them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tests.cli.commands import Output, refused
from tests.conftest import copy_run
from tests.kinds import FEW_COMPONENTS
from vae.cli.main import main
from vae.data.datasets import Dataset, find_dataset
from vae.files import read_json, write_json
from vae.images import to_uint8
from vae.runs.run import Run
from vae.sampling import mixtures
from vae.sampling.fitted import compute_samplers, read_samplers
from vae.sampling.samplers import SampleSpec, sample_codes, sample_labels


@pytest.fixture(autouse=True)
def _few_components(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixtures, "COMPONENTS", FEW_COMPONENTS)


def sampled(run: Run, path: Path, *arguments: str) -> dict[str, np.ndarray]:
    """Sample ten codes into a file; return what is in it."""
    assert main(["sample", str(run.path), "--count", "10", "--out", str(path), *arguments]) == 0
    with np.load(io.BytesIO(path.read_bytes())) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("kind", ["finished_run", "autoencoder_run", "conditional_run"])
@pytest.mark.parametrize("arguments", [(), ("--label", "3")], ids=["all", "a class"])
@pytest.mark.parametrize("sampler", ["mixture", "posterior"])
def test_every_sampler_of_every_kind_is_fitted_on_demand(
    sampler: str,
    arguments: tuple[str, ...],
    kind: str,
    digits: Dataset,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: Output,
) -> None:
    run = copy_run(request.getfixturevalue(kind), tmp_path / "run")
    found = sampled(run, tmp_path / "a.npz", "--sampler", sampler, *arguments)
    stored = (run.path / "samplers.npz").read_bytes()
    compute_samplers(run, digits)  # as the app's worker does
    assert (run.path / "samplers.npz").read_bytes() == stored
    label = 3 if arguments else None
    conditional = run.conditioned_on(label)
    z, labels = (
        sample(conditional, SampleSpec(sampler, label), 10)
        for sample in (sample_codes, sample_labels)
    )
    np.testing.assert_array_equal(found["z"], z)
    np.testing.assert_array_equal(found["images"], to_uint8(conditional.decode(z, labels)))
    assert "Traceback" not in capsys.readouterr().err


def test_a_run_that_is_in_use_keeps_nothing_and_is_sampled(
    finished_run: Run, tmp_path: Path, capsys: Output
) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    with run.lock().acquire():
        # This process holds the lock under another name, as another process would.
        found = sampled(run, tmp_path / "a.npz", "--sampler", "mixture")
    assert found["z"].shape == (10, 2)
    assert read_samplers(run) is None
    assert "could not be kept" in capsys.readouterr().err


def test_without_its_images(
    finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    write_json(run.path / "config.json", read_json(run.path / "config.json") | {"dataset": "mine"})
    command = ["sample", str(run.path), "--sampler", "mixture", "--out", str(tmp_path / "a.png")]
    said = refused(command, capsys)
    assert "'mixture' is fitted to the run's training images" in said
    assert "not at hand" in said
    assert f"Received: {run.path}" in said
    assert find_dataset("digits")  # and the prior needs none
    assert main(["sample", str(run.path), "--out", str(tmp_path / "a.png")]) == 0


def test_without_a_model(finished_run: Run, tmp_path: Path, capsys: Output) -> None:
    run = copy_run(finished_run, tmp_path / "run")
    (run.path / "encoder.onnx").unlink()
    command = ["sample", str(run.path), "--sampler", "mixture", "--out", str(tmp_path / "a.png")]
    assert "This run has no model yet" in refused(command, capsys)
