"""Every command of a run of every kind."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_run
from tests.kinds import EACH_KIND, FEW_COMPONENTS, Kinds, config_of
from vae.cli import main as command_line
from vae.cli.main import main
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.runs.run import Run, open_run
from vae.sampling import mixtures
from vae.sampling.fitted import compute_samplers

# What the command line is asked for, {run} and {out} filled in, and what it writes. A command of
# REFUSED ends with 2, one clear line, and nothing written.
COMMANDS = {
    "evaluate": ("evaluate {run}", ""),
    "evaluate another treatment": ("evaluate {run} --treatment sampled", ""),
    "likelihood": ("evaluate {run} --importance-samples 2", ""),
    "quality": ("quality {run}", ""),
    "grid": ("sample {run} --rows 2 --columns 3 --out {out}/grid.png", "grid.png"),
    "vector grid": ("sample {run} --rows 2 --columns 3 --out {out}/grid.svg", "grid.svg"),
    "of a class": ("sample {run} --label 3 --out {out}/grid.png", "grid.png"),
    "mixture": ("sample {run} --sampler mixture --out {out}/codes.npz", "codes.npz"),
    "posteriors of a class": (
        "sample {run} --sampler posterior --label 3 --count 5 --out {out}/codes.csv",
        "codes.csv",
    ),
    "path": ("interpolate {run} --steps 3 --out {out}/path.gif", "path.gif"),
    "path of images": ("interpolate {run} --from 0 --to 1 --out {out}/path.png", "path.png"),
    "keras": ("export {run} --format keras --out {out}/model.keras", "model.keras"),
    "onnx": ("export {run} --format onnx --out {out}/onnx", "onnx/decoder.onnx"),
    "weights": ("export {run} --format weights --out {out}/weights.npz", "weights.npz"),
    "script": ("export {run} --format script --out {out}/train.py", "train.py"),
    "notebook": ("export {run} --format notebook --out {out}/train.ipynb", "train.ipynb"),
    "demo": ("demo {run} --out {out}/demo.html", "demo.html"),
}
REFUSED = {
    ("quality", "vae"): "digits",
    ("quality", "conditional"): "digits",
    ("quality", "autoencoder"): "digits",
    ("likelihood", "autoencoder"): "autoencoder",
    ("of a class", "vae"): "prior",
    ("of a class", "autoencoder"): "prior",
    ("quality", "classifier"): "digits",
    ("likelihood", "classifier"): "Received: a classifier",
    **{
        (command, "classifier"): "A classifier has no decoder"
        for command in (
            *("grid", "vector grid", "of a class", "mixture", "posteriors of a class"),
            *("path", "path of images", "demo"),
        )
    },
}
for _gan in ("gan", "conditional-gan"):
    REFUSED |= {
        ("quality", _gan): "digits",
        ("likelihood", _gan): "Measure its samples instead (python -m vae quality), or train a VAE",
        ("mixture", _gan): "has no encoder",
        ("posteriors of a class", _gan): "has no encoder",
        ("path of images", _gan): "has no encoder",
    }
REFUSED["of a class", "gan"] = "prior"
FILES = {("onnx", "classifier"): "onnx/classifier.onnx"}  # where it is another one


@pytest.fixture(scope="module")
def sampled(
    kinds: Kinds, digits: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Run]:
    """A run of each, with its samplers."""

    @functools.cache
    def run_of(name: str) -> Run:
        run = copy_run(kinds[name], tmp_path_factory.mktemp("sampled") / name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mixtures, "COMPONENTS", FEW_COMPONENTS)
            if run.config.has("encoder"):
                compute_samplers(run, digits)
        return run

    return run_of


@pytest.mark.parametrize("name", EACH_KIND)
class TestCommandLine:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_of_a_run(
        self,
        command: str,
        name: str,
        sampled: Callable[[str], Run],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        line, file = COMMANDS[command]
        file = FILES.get((command, name.rpartition("-")[0]), file)
        status = main([*line.format(run=sampled(name).path, out=tmp_path).split(), "--json"])
        said = capsys.readouterr()
        why = REFUSED.get((command, name.rpartition("-")[0]))
        assert status == (2 if why else 0), said.err
        if why:
            assert why in said.err.splitlines()[-1]
            assert not list(tmp_path.iterdir())
        else:
            assert json.loads(said.out.splitlines()[-1])
            assert not file or (tmp_path / file).stat().st_size

    def test_it_is_counted(
        self, name: str, kinds: Kinds, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shape = ["--image-shape", "8", "8", "1"]
        assert main(["summary", *settings_of(name), *shape, "--json"]) == 0
        counted = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert counted["total"] == kinds[name].load_model().count_params()

    def test_its_settings_are_read(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trained: list[Config] = []

        def train_run(config: Config, *_: Any, **__: Any) -> tuple[Run, int]:
            trained.append(config)
            raise RunError("Enough is known.")

        monkeypatch.setattr(command_line, "train_run", train_run)
        train = ["train", "--dataset", "digits", *settings_of(name), "--out", str(tmp_path / "run")]
        assert main(train) == 2
        assert [config.replace(preset="") for config in trained] == [
            config_of(name).replace(preset="")
        ]


# One with an encoder and a decoder, one with two that step at once, one with neither.
@pytest.mark.parametrize("name", ["vae-convolutional", "gan-dense", "classifier-dense"])
def test_the_command_line_trains_the_same(name: str, kinds: Kinds, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert main(["train", "--dataset", "digits", *settings_of(name), "--out", str(out)]) == 0
    assert open_run(out).config.replace(preset="") == config_of(name).replace(preset="")
    assert open_run(out).history == kinds[name].history


def settings_of(name: str) -> list[str]:
    """Return the options that make this configuration."""
    return ["--set", *(f"{field}={value}" for field, value in as_text(config_of(name)).items())]


def as_text(config: Config) -> dict[str, str]:
    """Return the settings that make this configuration of a preset, as they are typed."""
    values = {name: value for name, value in config.to_dict().items() if name != "preset"}
    return {
        name: ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
    }
