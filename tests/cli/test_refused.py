"""What the command line refuses: one clear line each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands import Output, last_json, refused, status_of
from tests.config.test_config import BAD_TEXT_CASES
from tests.config.test_config import label as short
from tests.conftest import copy_run, run_python
from tests.warm.programs import run_warm
from vae.cli.main import main
from vae.config import Config
from vae.presets import PRESETS
from vae.runs.run import Run

ODD = (
    *("", "x", "0", "-1", "1", "1e3", "1_000", "٣", "nan", "inf", "-inf", "1e300", "1e-300"),
    *(str(2**64), str(2**80), "[0.5, 0.5]", "[1e400, 0]"),
)
TAKES_VALUES = [
    *(("sample", f"--{name}") for name in ("rows", "columns", "count", "label", "temperature")),
    *(("sample", f"--{name}") for name in ("truncation", "seed", "scale", "sampler")),
    *(("interpolate", f"--{name}") for name in ("from", "to", "from-seed", "to-seed", "steps")),
    *(("interpolate", f"--{name}") for name in ("label", "frames-per-second", "scale", "kind")),
    ("export", "--format"),
]


class TestRefused:
    @pytest.mark.parametrize(("name", "text"), BAD_TEXT_CASES, ids=short)
    def test_every_bad_setting(self, name: str, text: str, capsys: Output) -> None:
        said = refused(["summary", "--set", f"{name}={text}"], capsys)
        assert said.startswith(f"vae summary: {name} must be ")
        assert f"Received: {name}=" in said

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--preset", "nothing"],
            ["--preset", ""],
            ["--set", "epochs"],
            ["--set", "=3"],
            ["--set", "lr=3"],
            ["--set", "kind=autoencoder", "beta=0.5"],
            ["--image-shape", "28", "28", "2"],
            ["--image-shape", "7", "28", "1"],
            ["--preset", "convolutional", "--set", "hidden=1,2,3,4"],
        ],
        ids=" ".join,
    )
    def test_configuration(self, arguments: list[str], capsys: Output) -> None:
        assert "Received" in refused(["summary", *arguments], capsys)

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["nothing"],
            ["summary", "--nothing"],
            ["summary", "--set"],
            ["summary", "--image-shape", "28", "28"],
            ["summary", "--image-shape", "a", "b", "c"],
            ["train", "--dataset"],
            ["evaluate"],
            ["sample"],
            ["sample", "run", "--rows", "many"],
            ["quality"],
            ["quality", "run", "--samples", "many"],
        ],
        ids=" ".join,
    )
    def test_usage(self, arguments: list[str], capsys: Output) -> None:
        assert refused(arguments, capsys).startswith("vae")

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"epochs": 0}'])
    def test_configuration_file(self, content: bytes, tmp_path: Path, capsys: Output) -> None:
        path = tmp_path / "config.json"
        path.write_bytes(content)
        assert "Received" in refused(["summary", "--config", str(path)], capsys)

    @pytest.mark.parametrize(
        "changes",
        [
            {"config": []},
            {"config": {"epochs": 0}},
            {"image_shape": "8 8 1"},
            {"image_shape": [8, 8]},
            {"class_names": 3},
            {"dataset": None, "class_names": None},
        ],
        ids=str,
    )
    def test_configuration_file_of_a_damaged_run(
        self, changes: dict[str, object], finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(finished_run.info | changes), encoding="utf-8")
        assert "Received" in refused(["summary", "--config", str(path)], capsys)

    @pytest.mark.parametrize("module", ["vae.shipped.train", "benchmarks"])
    def test_names_of_other_programs(self, module: str) -> None:
        found = run_warm("-m", module, "nothing")
        assert found.returncode == 2
        assert found.stderr.splitlines()[-1].endswith("Received: nothing")

    def test_configuration_file_is_missing(self, tmp_path: Path, capsys: Output) -> None:
        assert "nothing.json" in refused(
            ["summary", "--config", str(tmp_path / "nothing.json")], capsys
        )

    @pytest.mark.parametrize("value", ODD, ids=repr)
    @pytest.mark.parametrize(("command", "name"), TAKES_VALUES, ids=str)
    def test_odd_values(
        self, command: str, name: str, value: str, finished_run: Run, here: Path, capsys: Output
    ) -> None:
        status = status_of([command, str(finished_run.path), f"{name}={value}"])
        output = capsys.readouterr()
        # It is done without a word, or refused in one line before anything is written.
        assert (status, len(output.err.splitlines())) in ((0, 0), (2, 1))
        assert bool(list(here.iterdir())) == (status == 0)

    @pytest.mark.parametrize("command", ["evaluate", "quality", "sample"])
    @pytest.mark.parametrize("path", ["nothing/here", "/etc", "x" * 5000])
    def test_no_run_folder(self, command: str, path: str, capsys: Output) -> None:
        assert "Received" in refused([command, path], capsys)

    @pytest.mark.parametrize("command", ["evaluate", "sample"])
    def test_no_model_yet(
        self, command: str, finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        for name in ("model.keras", "decoder.onnx"):
            (run.path / name).unlink()
        assert "Received" in refused([command, str(run.path)], capsys)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--dataset", "nothing"],
            ["--dataset", "digits", "--set", "epochs=0"],
            ["--dataset", "digits", "--preset", "convolutional", "--set", "hidden=4,4,4"],
        ],
        ids=" ".join,
    )
    def test_training_as_a_program(self, arguments: list[str], tmp_path: Path) -> None:
        # Not a word of TensorFlow's beside the one line, since it is not imported in vain.
        result = run_python("-m", "vae", "train", *arguments, "--out", tmp_path / "run")
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr.startswith("vae train: ")
        assert "Received" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert not (tmp_path / "run").exists()

    def test_defaults_are_the_recommended_preset(self, capsys: Output) -> None:
        assert main(["summary", "--json"]) == 0
        default = last_json(capsys.readouterr().out)
        assert main(["summary", "--preset", "recommended", "--json"]) == 0
        assert last_json(capsys.readouterr().out) == default
        assert PRESETS["recommended"] != Config()
