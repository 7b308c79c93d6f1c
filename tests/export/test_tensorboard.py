"""Event files as TensorBoard itself reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_python
from vae.errors import RunError
from vae.export.scalars import GlobalStep, metric_scalars, row_scalars
from vae.export.tensorboard import TensorBoardLogger, event_file
from vae.runs.run import Run

Curve = list[tuple[int, float]]  # steps and values
START = {"kind": "step", "epoch": 3, "step": 4, "loss": 1.0}


def read(folder: Path) -> dict[str, Curve]:
    """Return the curves that TensorBoard would show."""
    event_accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    found = event_accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0})
    found.Reload()
    return {
        tag: [(each.step, each.value) for each in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def expected(run: Run) -> dict[str, Any]:
    """The curves of a run, by hand."""
    steps = run.steps_per_epoch
    curves: dict[str, Any] = {}
    for row in run.rows:
        at = (row["epoch"] - 1) * steps + row["step"]
        group = "epoch" if row["kind"] == "epoch" else "train"
        for name in ("loss", "reconstruction", "kl", "beta", "learning_rate", "gradient_norm"):
            if name in row:
                curves.setdefault(f"{group}/{name}", []).append((at, row[name]))
        for index, nats in enumerate(row["kl_per_dimension"], start=1):
            curves.setdefault(f"{group}/kl_per_dimension/z{index}", []).append((at, nats))
        if "val_loss" in row:
            curves.setdefault("validation/loss", []).append((at, row["val_loss"]))
    last = run.config.epochs * steps
    curves["test/elbo"] = [(last, run.metrics["elbo"])]
    curves["test/kl_per_dimension/z2"] = [(last, run.metrics["kl_per_dimension"][1])]
    return curves


def assert_shows(folder: Path, run: Run) -> None:
    curves = read(folder)
    for name, points in expected(run).items():
        assert len(curves[name]) == len(points), name
        for found, point in zip(curves[name], points, strict=True):
            assert found == pytest.approx(point, rel=1e-6), name


def test_a_run_that_trains(finished_run: Run, tmp_path: Path) -> None:
    with TensorBoardLogger(tmp_path / "new" / "run") as logger:
        for row in finished_run.rows[:-1]:
            logger(row)
        assert len(read(tmp_path / "new" / "run")["epoch/loss"]) == 11  # seen as it trains
        logger(finished_run.rows[-1])
        logger.metrics(finished_run.metrics)
    assert_shows(tmp_path / "new" / "run", finished_run)


def test_a_finished_run(finished_run: Run, tmp_path: Path) -> None:
    name, content = event_file(finished_run)
    (tmp_path / name).write_bytes(content)
    assert_shows(tmp_path, finished_run)


def test_a_run_that_died_and_went_on_from_an_epoch(finished_run: Run, tmp_path: Path) -> None:
    rows = finished_run.rows
    third = next(index for index, row in enumerate(rows) if row["epoch"] == 3)
    with TensorBoardLogger(tmp_path) as logger:
        for row in rows[: third + 5]:
            logger(row | {"loss": 0.0} if row["epoch"] == 3 else row)
    with TensorBoardLogger(tmp_path, finished_run.steps_per_epoch) as logger:
        for row in rows[third:]:
            logger(row)
        logger.metrics(finished_run.metrics)
    assert_shows(tmp_path, finished_run)


def test_steps_of_a_resumed_run_are_no_guess() -> None:
    with pytest.raises(RunError, match=r"run\.steps_per_epoch.*Received: none.*epoch 3"):
        GlobalStep()(START)
    assert GlobalStep(10)(START) == 24


def test_what_is_no_number_is_left_out(finished_run: Run) -> None:
    assert row_scalars({"kind": "change", "epoch": 1, "step": 2, "beta": 3.0}) == {}
    scalars = metric_scalars(finished_run.metrics | {"confusion": [[1, 2], [3, 4]]})
    assert not {"test/images", "test/confusion", "test/epoch"} & scalars.keys()
    assert scalars["test/reconstruction_per_class/0"] > 0


def test_without_the_package(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['tensorboard'] = None\n"
        "from vae.export.tensorboard import TensorBoardLogger\n"
        f"TensorBoardLogger({str(tmp_path / 'logs')!r})"
    )
    failed = run_python("-c", code)
    assert failed.stderr.splitlines()[-1].endswith("pip install tensorboard. Received: none")
    assert not (tmp_path / "logs").exists()


def test_it_loads_neither_tensorflow_nor_pytorch() -> None:
    pytest.importorskip("tensorboard")
    code = (
        "import sys; from vae.export.tensorboard import event_file; from vae.runs.run import *\n"
        "event_file(open_run(SHIPPED / 'digits')); print({'tensorflow', 'torch'} & {*sys.modules})"
    )
    assert run_python("-c", code).stdout == "set()\n"
