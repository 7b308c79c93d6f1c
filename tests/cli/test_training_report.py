"""What people read of networks and of a training's end."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import Output, has, printed
from tests.conftest import change_status, copy_run
from vae.architecture import summarize
from vae.cli.training_report import summarized, trained
from vae.files import folder_bytes
from vae.presets import PRESETS
from vae.runs.run import Run


class TestTrained:
    def test_says_where_it_is_and_what_to_do(self, finished_run: Run, capsys: Output) -> None:
        lines = printed(trained(finished_run, finished_run.path), capsys)
        assert lines[0] == "Finished after 12 epochs."
        size = folder_bytes(finished_run.path)
        wrote = next(line for line in lines if line.startswith(f"Wrote {finished_run.path} ("))
        assert f"{size / 1000:,.1f} kB" in wrote
        assert lines[-2].endswith("--out grid.png")

    def test_one_that_diverged_says_why(
        self, finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        for name in ("encoder.onnx", "metrics.json"):
            (run.path / name).unlink()
        run = change_status(run, state="diverged", reason="The loss is no number.")
        lines = printed(trained(run, run.path), capsys)
        assert lines[0] == "Diverged after 12 epochs. The loss is no number."
        assert not has(lines, "Next")


def test_summary_of_a_long_network_stays_whole(capsys: Output) -> None:
    counted = summarize(PRESETS["convolutional"], (28, 28, 1))
    lines = printed(summarized(counted), capsys)
    for layer in counted.layers:
        assert has(lines, f"{layer.name} ({layer.class_name}) ")
    assert has(lines, f"Total: {counted.total:,} parameters")
