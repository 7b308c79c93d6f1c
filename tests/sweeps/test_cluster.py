"""A sweep on a Ray cluster: two machines beside a head, all of them processes of this one."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.sweeps.tiny import CONFIG
from vae.data.datasets import Dataset, load_dataset
from vae.errors import StudyError
from vae.runs.layout import HISTORY
from vae.studies.writer import request
from vae.sweeps.create import create_sweep
from vae.sweeps.remote import worker_versions
from vae.sweeps.run import run_sweep
from vae.sweeps.study import Sweep, open_sweep
from vae.sweeps.sweep import sweep as vae_sweep

VARY = {"beta": [0.5, 4.0], "latent_dim": [1, 2]}


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_dataset("digits")


@pytest.fixture(scope="module")
def cluster() -> Generator[Any]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    Cluster = pytest.importorskip("ray.cluster_utils", reason="make test-cluster has Ray").Cluster

    # The head trains nothing, so that it is a machine of the two that dies.
    head = {"num_cpus": 0, "include_dashboard": False}
    found = Cluster(initialize_head=True, head_node_args=head)
    found.add_node(num_cpus=1)
    yield found
    found.shutdown()


def test_a_machine_dies_and_all_runs_are_there_equal_to_local_ones(
    cluster: Any, digits: Dataset, tmp_path: Path
) -> None:
    mortal = cluster.add_node(num_cpus=1)
    sweep = create_sweep(tmp_path / "s", CONFIG, VARY, digits)
    seen: list[set[str]] = []

    def watch(fraction: float) -> None:
        running = open_sweep(sweep.path).running
        seen.append(set(running))
        if running and mortal in cluster.worker_nodes:
            cluster.remove_node(mortal, allow_graceful=False)

    run_sweep(sweep, digits, on_progress=watch, on=cluster.address)
    assert mortal not in cluster.worker_nodes
    assert (sweep.state, len(sweep.rows)) == ("finished", 4)
    assert set.union(*seen) <= {planned.readable_name for planned in sweep.plan.runs}
    assert sweep.running == {}
    runs = sweep.open_runs()
    assert all(run.state == "finished" and run.has_model for run in runs)
    from vae.training.train import train

    for index, run in enumerate(runs):
        local = train(run.config, digits, out=tmp_path / f"local-{index}")
        assert (local.path / HISTORY).read_bytes() == (run.path / HISTORY).read_bytes()
        assert local.metrics == run.metrics
    _check_that_what_a_kill_left_is_made_whole(sweep, digits, cluster.address)


def _check_that_what_a_kill_left_is_made_whole(sweep: Sweep, digits: Dataset, on: str) -> None:
    """The process that took the runs was killed before it had written their files and rows."""
    rows = sweep.rows
    run = sweep.open_runs()[0]
    (run.path / "encoder.onnx").unlink()
    (sweep.path / "rows.jsonl").unlink()
    written = (run.path / "model.keras").stat().st_mtime_ns
    run_sweep(open_sweep(sweep.path), digits, on=on)
    assert sorted(sweep.rows, key=str) == sorted(rows, key=str)
    assert run.has_model
    assert (run.path / "model.keras").stat().st_mtime_ns == written  # it was not trained again


def test_paused_it_ends_what_runs(cluster: Any, digits: Dataset, tmp_path: Path) -> None:
    sweep = create_sweep(tmp_path / "s", CONFIG.replace(epochs=500), {"beta": [0.5, 4.0]}, digits)

    def pause(fraction: float) -> None:
        if sweep.running:
            request(sweep.path, "pause")

    run_sweep(sweep, digits, on_progress=pause, on=cluster.address)
    assert (sweep.state, sweep.rows) == ("paused", [])
    assert sorted(path.name for path in sweep.path.iterdir() if path.suffix == ".json") == [
        *("control.json", "status.json", "study.json")
    ]


def test_a_machine_with_other_versions_is_refused(
    cluster: Any, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {**worker_versions(), "keras": "2.0"}
    monkeypatch.setattr("vae.sweeps.tasks.worker_versions", lambda: other)
    sweep = create_sweep(tmp_path / "s", CONFIG, {"beta": [0.5]}, digits)
    with pytest.raises(StudyError, match=r"keras 2\.0 here and 3\.\S+ there"):
        run_sweep(sweep, digits, on=cluster.address)
    assert not sweep.rows


@pytest.mark.parametrize("form", ["ray://{}", "{}"])
def test_an_address_that_does_not_answer_says_so(
    form: str, digits: Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="make test-cluster has Ray")
    with socket.socket() as silent:  # it takes connections, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        on = form.format(f"127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(StudyError, match="no answer"):
            vae_sweep(CONFIG, {"beta": [0.5]}, digits, on=on, out=tmp_path / "s")
        assert time.monotonic() - began < 5
    assert not (tmp_path / "s").exists()


def test_without_ray_it_says_how_to_install_it(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(StudyError, match=r"pip install \"vae-lab\[cluster\]\""):
        vae_sweep(CONFIG, {"beta": [0.5]}, digits, on="ray", out=tmp_path / "s")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("on", ["", "slurm", "ray://", "http://head:10001", "head:port"])
def test_an_unknown_place_is_named(on: str, digits: Dataset, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="ray://HOST:10001"):
        vae_sweep(CONFIG, {"beta": [0.5]}, digits, on=on, out=tmp_path / "s")
    assert not (tmp_path / "s").exists()
