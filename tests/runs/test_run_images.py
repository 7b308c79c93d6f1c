"""A run of one's own data set: what needs its images says so, and nothing becomes worse by it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.cli.commands import refused
from tests.conftest import copy_run
from tests.queueing import Servers
from vae.cli.main import main
from vae.data.datasets import Dataset
from vae.data.specs import DATASETS
from vae.errors import DatasetError, RunError
from vae.evaluation.class_probes import compute_class_probes
from vae.evaluation.comparison import comparable, references_of
from vae.evaluation.sample_quality import is_measurable
from vae.files import read_json, write_json
from vae.runs.progress import read_progress
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.run_images import known_dataset, learned_the_same, load_images, missing_images
from vae.server.worker import work
from vae.training import train as training


@pytest.fixture
def own(convolutional_run: Run, tmp_path: Path) -> Run:
    """A finished run on stripes, which nobody else has."""
    return copy_run(convolutional_run, tmp_path / "own")


@pytest.fixture(scope="module")
def namesake_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on images of one's own that have the name, shape and classes of Digits."""
    parts = {f"x_{part}": 255 - getattr(digits, f"x_{part}") for part in ("train", "test")}
    other = dataclasses.replace(digits, **parts)
    path = tmp_path_factory.mktemp("namesake") / "run"
    return training.train(training.Config(hidden=(8,), epochs=1), other, out=path)


class TestKnown:
    def test_by_its_fingerprint(self, finished_run: Run, own: Run, namesake_run: Run) -> None:
        assert known_dataset(finished_run) == "digits"
        assert known_dataset(own) == ""
        assert known_dataset(namesake_run) == ""
        assert load_images(finished_run).fingerprint == finished_run.fingerprint

    @pytest.mark.parametrize("path", sorted(SHIPPED.glob("*/config.json")), ids=str)
    def test_of_an_older_version_by_shape_and_classes(self, path: Path) -> None:
        run = Run(path.parent)
        assert known_dataset(run) == run.dataset

    @pytest.mark.parametrize(
        "changes", [{"image_shape": [9, 8, 1]}, {"class_names": ["a", "b"]}, {"dataset": "own"}]
    )
    def test_another_of_an_older_version(
        self, changes: dict, finished_run: Run, tmp_path: Path
    ) -> None:
        path = copy_run(finished_run, tmp_path / "run").path / "config.json"
        info = read_json(path) | changes
        del info["fingerprint"]
        write_json(path, info)
        assert known_dataset(Run(path.parent)) == ""

    def test_of_a_data_set_whose_fingerprint_nobody_knows(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        spec = DATASETS["kmnist"]
        path = copy_run(finished_run, tmp_path / "run").path / "config.json"
        changes = {"dataset": "kmnist", "image_shape": list(spec.image_shape)}
        write_json(path, read_json(path) | changes | {"class_names": list(spec.class_names)})
        assert known_dataset(Run(path.parent)) == "kmnist"
        write_json(path, read_json(path) | {"image_shape": [8, 8, 1]})
        assert known_dataset(Run(path.parent)) == ""

    def test_the_same_images(self, finished_run: Run, own: Run, namesake_run: Run) -> None:
        assert learned_the_same(finished_run, finished_run)
        assert not learned_the_same(finished_run, own)
        assert not learned_the_same(finished_run, namesake_run)
        assert learned_the_same(own, own)


class TestMissing:
    def test_in_words(self, finished_run: Run, own: Run, namesake_run: Run) -> None:
        assert missing_images(finished_run) == ""
        assert missing_images(own) == "the images of “stripes”, a data set that only its maker has"
        assert "which only its maker has: not Digits's" in missing_images(namesake_run)

    def test_not_downloaded(self, run_without_images: Run) -> None:
        assert missing_images(run_without_images) == (
            "the images of MNIST, which are not on this machine: get them on the Data page"
        )

    def test_loading_says_what_works(self, own: Run) -> None:
        with pytest.raises(DatasetError, match=r"stripes”, a data set .* vae\.resume.* Received: "):
            load_images(own)


class TestNotMeasuredOnOthers:
    def test_by_name(self, namesake_run: Run, finished_run: Run) -> None:
        assert references_of(finished_run)
        assert references_of(namesake_run) is None
        assert comparable(finished_run, [namesake_run]) == []

    def test_sample_quality(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(Run(SHIPPED / "mnist-recommended"), tmp_path / "run")
        assert is_measurable(run)
        info = read_json(run.path / "config.json") | {"fingerprint": "0" * 32}
        write_json(run.path / "config.json", info)
        assert not is_measurable(Run(run.path))


class TestCommandLine:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["evaluate"],
            ["evaluate", "--importance-samples", "2"],
            ["resume", "--more-epochs", "1"],
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("kind", ["own", "namesake"])
    def test_what_needs_images(
        self, arguments: list[str], kind: str, own: Run, namesake_run: Run, tmp_path: Path, capsys
    ) -> None:
        run = own if kind == "own" else copy_run(namesake_run, tmp_path / "namesake")
        before = {path: path.read_bytes() for path in run.path.rglob("*.*")}
        said = refused([arguments[0], str(run.path), *arguments[1:]], capsys)
        assert "only its maker has" in said
        assert {path: path.read_bytes() for path in run.path.rglob("*.*")} == before

    @pytest.mark.parametrize("form", ["script", "notebook"])
    def test_a_script_that_would_load_other_images(
        self, form: str, namesake_run: Run, tmp_path: Path, capsys
    ) -> None:
        arguments = ["export", str(namesake_run.path), "--format", form, "--out"]
        out = tmp_path / ("a.py" if form == "script" else "a.ipynb")
        said = refused([*arguments, str(out)], capsys)
        assert "only its maker has" in said

    def test_what_needs_none(self, own: Run, tmp_path: Path, capsys) -> None:
        for command in (
            ["sample", str(own.path), "--out", str(tmp_path / "a.png")],
            ["interpolate", str(own.path), "--out", str(tmp_path / "a.gif")],
            ["export", str(own.path), "--out", str(tmp_path / "a.keras")],
            ["export", str(own.path), "--format", "weights", "--out", str(tmp_path / "a.npz")],
            ["demo", str(own.path), "--out", str(tmp_path / "a.html")],
        ):
            assert main(command) == 0, capsys.readouterr().err


class TestQueue:
    def test_a_refusal_leaves_the_run_as_it_is(self, servers: Servers, own: Run) -> None:
        queue = servers.open()
        run = copy_run(own, servers.folder / "stripes")
        before = {path: path.read_bytes() for path in run.path.rglob("*.*")}
        for action in ("run", "batch", "epoch"):
            with pytest.raises(RunError, match="this run needs the images of “stripes”"):
                queue.resume(run, 3, action)
        assert {path: path.read_bytes() for path in run.path.rglob("*.*")} == before
        assert queue.tickets.list() == []


class TestWorker:
    @pytest.mark.parametrize("state", ["finished", "stopped", "paused", "interrupted"])
    def test_images_that_went_meanwhile(self, state: str, servers: Servers, own: Run) -> None:
        from vae.runs.writer import RunWriter

        run = copy_run(own, servers.folder / "stripes")
        RunWriter.reopen(run.path).status(state=state)
        run = open_run(run.path)
        run.requests.resume(2)
        queue = servers.open()
        queue.close()  # else it would have a process see to the run that waits
        assert queue._scheduler.states.set_queued(run)
        assert work(run.path, "train") == 1
        now = open_run(run.path)
        assert now.state == state
        assert now.status["reason"].startswith(
            "It was not continued. This needs the images of “stripes”"
        )
        assert now.has_model
        # And nobody tries it again and again.
        assert work(run.path, "train") == 0

    def test_what_the_training_says_is_said_once(self, servers: Servers, finished_run: Run) -> None:
        """A paused run whose checkpoint is damaged is paused still, after Play was refused."""
        from vae.runs.writer import RunWriter

        run = copy_run(finished_run, servers.folder / "run")
        RunWriter.reopen(run.path).status(state="paused")
        run = open_run(run.path)
        run.requests.resume(2)
        (run.path / "checkpoint.npz").write_bytes(b"half")
        queue = servers.open()
        queue.close()  # else it would have a process see to the run that waits
        assert queue._scheduler.states.set_queued(run)
        assert work(run.path, "train") == 1
        now = open_run(run.path)
        assert now.state == "paused"
        assert now.status["reason"].startswith("It was not continued. ")

    @pytest.mark.parametrize("job", ["knowledge", "likelihood", "samplers"])
    def test_measuring(self, job: str, own: Run) -> None:
        assert work(own.path, job) == 1
        assert "only its maker has" in read_progress(own.path, job).error
        assert open_run(own.path).state == "finished"


class TestInPython:
    def test_it_resumes_with_its_images(self, own: Run, stripes: Dataset) -> None:
        run = training.resume(own, stripes, more_epochs=1)
        assert (run.state, len(run.history)) == ("finished", 3)

    def test_it_is_measured_with_its_images(self, own: Run, stripes: Dataset) -> None:
        compute_class_probes(own, stripes)
        assert Run(own.path).class_probes


def test_every_data_set_with_known_arrays_has_a_fingerprint_of_its_own() -> None:
    # Of those that are converted only what is downloaded is known.
    found = [spec.fingerprint for spec in DATASETS.values() if spec.convert is None]
    assert len(set(found)) == len(found)
    assert all(len(bytes.fromhex(each)) == 16 for each in found)
    assert np.unique([len(spec.image_shape) for spec in DATASETS.values()]).tolist() == [3]
