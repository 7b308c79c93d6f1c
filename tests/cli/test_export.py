"""The commands interpolate and export: what they make of a run."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.commands import Output, last_json, made, refused
from tests.conftest import copy_run
from vae.cli.main import main
from vae.export.keras_code import keras_notebook, keras_script
from vae.export.tensorboard import event_file
from vae.images import tile
from vae.latent.interpolation import interpolate
from vae.runs.provenance import public_name
from vae.runs.run import Run


class TestInterpolate:
    def test_between_two_seeds(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        content = made(
            "interpolate", finished_run, tmp_path / "a.gif", "--from-seed", "4", "--to-seed", "5",
            "--steps", "6", "--scale", "2", "--json",
        )  # fmt: skip
        assert last_json(capsys.readouterr().out) == {"out": str(tmp_path / "a.gif"), "images": 6}
        with Image.open(io.BytesIO(content)) as gif:
            assert gif.size == (16, 16)
            assert gif.n_frames == 10  # there and back
            assert gif.info["comment"].endswith(b"From: seed 4, To: seed 5")

    def test_between_a_test_image_and_a_code(self, finished_run: Run, tmp_path: Path) -> None:
        png = made(
            "interpolate", finished_run, tmp_path / "a.png", "--from", "12", "--to", "[0.5, -1]",
            "--steps", "4", "--kind", "spherical",
        )  # fmt: skip
        start, end = finished_run.latents["mean"][12], np.array([0.5, -1])
        images = finished_run.decode(interpolate(start, end, 4, "spherical"))
        with Image.open(io.BytesIO(png)) as picture:
            np.testing.assert_array_equal(np.asarray(picture), tile(images, 1, 4)[:, :, 0])
            assert picture.text["From"] == "test image 12"
            assert picture.text["To"] == "z [0.5, -1]"

    def test_webp(self, finished_run: Run, tmp_path: Path) -> None:
        content = made(
            "interpolate", finished_run, tmp_path / "a.webp", "--frames-per-second", "20"
        )
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.n_frames == 28
            picture.seek(1)
            picture.load()
            assert picture.info["duration"] == 50

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--from", "360"],
            ["--from=-1"],
            ["--to", "nothing"],
            ["--to", "[1]"],
            ["--to", "[1, NaN]"],
            ["--to", '["a", 1]'],
            ["--to", "[[1, 2], [3]]"],
            ["--to", "true"],
            ["--to-seed", "-1"],
            ["--steps", "1"],
            ["--steps", "201"],
            ["--frames-per-second", "51"],
            ["--out", "path.mp4"],
            ["--out", "path.png", "--frames-per-second", "5"],
        ],
        ids=" ".join,
    )
    def test_bad_choices(
        self,
        finished_run: Run,
        arguments: list[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Output,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        command = ["interpolate", str(finished_run.path), "--out", "a.gif"]
        assert "Received" in refused([*command, *arguments], capsys)
        assert not list(tmp_path.iterdir())

    def test_one_end_in_one_way(self, finished_run: Run, capsys: Output) -> None:
        command = ["interpolate", str(finished_run.path), "--from", "1", "--from-seed", "2"]
        assert "not allowed with" in refused(command, capsys)


class TestExport:
    def test_weights(self, convolutional_run: Run, tmp_path: Path) -> None:
        content = made("export", convolutional_run, tmp_path / "w.npz", "--format", "weights")
        model = convolutional_run.load_model()
        with np.load(io.BytesIO(content)) as arrays:
            assert str(arrays["run"]) == public_name(convolutional_run)
            for network in (model.encoder, model.decoder):
                for layer in network.layers:
                    for part in ("kernel", "bias") if layer.weights else ():
                        np.testing.assert_array_equal(
                            arrays[f"{network.name}/{layer.name}/{part}"], getattr(layer, part)
                        )
            assert len(arrays) == 2 + len(model.trainable_weights)

    def test_model_files(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        content = made("export", finished_run, tmp_path / "new" / "a.keras", "--json")
        assert content == (finished_run.path / "model.keras").read_bytes()
        assert last_json(capsys.readouterr().out)["format"] == "keras"
        folder = tmp_path / "networks"
        command = ["export", str(finished_run.path), "--format", "onnx", "--out", str(folder)]
        assert main(command) == 0
        for name in ("encoder.onnx", "decoder.onnx"):
            assert (folder / name).read_bytes() == (finished_run.path / name).read_bytes()

    def test_tensorboard(self, finished_run: Run, tmp_path: Path) -> None:
        pytest.importorskip("tensorboard")
        command = ["export", str(finished_run.path), "--format", "tensorboard"]
        assert main([*command, "--out", str(tmp_path / "logs")]) == 0
        name, content = event_file(finished_run)
        written = (tmp_path / "logs" / name).read_bytes()
        assert len(written) == len(content)  # but for the time at which it was written

    def test_code(self, finished_run: Run, tmp_path: Path) -> None:
        for name, write in (("script.py", keras_script), ("notebook.ipynb", keras_notebook)):
            kind = name.partition(".")[0]
            content = made("export", finished_run, tmp_path / name, "--format", kind)
            assert content.decode() == write(finished_run.config, "digits", (8, 8, 1))

    def test_default_names(
        self, finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["export", str(finished_run.path), "--format", "notebook"]) == 0
        assert json.loads((tmp_path / "notebook.ipynb").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("kind", ["keras", "onnx", "weights"])
    def test_no_model_yet(
        self, kind: str, finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        for name in ("model.keras", "encoder.onnx", "decoder.onnx"):
            (run.path / name).unlink()
        command = ["export", str(run.path), "--format", kind, "--out", str(tmp_path / "out")]
        assert "Received" in refused(command, capsys)
        assert not (tmp_path / "out").is_file()

    def test_a_script_for_other_images(
        self, convolutional_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        path = tmp_path / "a.py"
        command = ["export", str(convolutional_run.path), "--format", "script", "--out", str(path)]
        assert "A script can load" in refused(command, capsys)
        assert not path.exists()
