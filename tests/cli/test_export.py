"""The commands that make files of a run."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.commands import Output, last_json, refused
from tests.conftest import copy_run
from vae.cli.main import main
from vae.data.datasets import Dataset
from vae.export.keras_code import keras_notebook, keras_script
from vae.images import tile, to_uint8
from vae.latent.interpolation import interpolate
from vae.runs.provenance import public_name
from vae.runs.run import SHIPPED, Run
from vae.sampling.fitted import compute_samplers
from vae.sampling.prior import balanced_labels, prior_codes
from vae.sampling.samplers import SampleSpec, sample_codes


def made(command: str, run: Run, path: Path, *arguments: str) -> bytes:
    """Run a command that makes one file; return what is in it."""
    assert main([command, str(run.path), "--out", str(path), *arguments]) == 0
    return path.read_bytes()


class TestSample:
    def test_npz(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        content = made(
            "sample", finished_run, tmp_path / "a.npz", "--count", "7", "--seed", "3", "--json"
        )
        assert last_json(capsys.readouterr().out)["images"] == 7
        with np.load(io.BytesIO(content)) as arrays:
            z = prior_codes(7, 2, seed=3)
            np.testing.assert_array_equal(arrays["z"], z)
            np.testing.assert_array_equal(arrays["images"], to_uint8(finished_run.decode(z)))
            assert str(arrays["run"]) == public_name(finished_run)
            assert str(arrays["seed"]) == "3"

    def test_csv(self, finished_run: Run, tmp_path: Path) -> None:
        arguments = ("--rows", "2", "--columns", "3", "--temperature", "0.5")
        content = made("sample", finished_run, tmp_path / "z.csv", *arguments)
        assert b"# Seed: 0\n# Sampler: prior\n# Temperature: 0.5\n" in content
        found = np.loadtxt(io.BytesIO(content), delimiter=",", skiprows=5, dtype=np.float32)
        np.testing.assert_array_equal(found, prior_codes(6, 2, temperature=0.5))

    def test_another_sampler(
        self, finished_run: Run, digits: Dataset, tmp_path: Path, capsys: Output
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        compute_samplers(run, digits)
        choice = ("--sampler", "mixture", "--label", "4", "--count", "3")
        with np.load(io.BytesIO(made("sample", run, tmp_path / "a.npz", *choice))) as arrays:
            expected = sample_codes(run, SampleSpec("mixture", 4), 3)
            np.testing.assert_array_equal(arrays["z"], expected)
            np.testing.assert_array_equal(arrays["labels"], [4, 4, 4])
            assert str(arrays["class"]) == "4"
        capsys.readouterr()
        command = ["sample", str(run.path), *choice, "--sampler", "prior"]
        assert "The prior knows no classes" in refused(command, capsys)

    def test_a_shipped_run_has_its_name_however_it_is_addressed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(SHIPPED)
        path = tmp_path / "z.csv"
        assert main(["sample", "mnist-recommended", "--count", "1", "--out", str(path)]) == 0
        assert path.read_text(encoding="utf-8").startswith("# Run: mnist-recommended\n")

    def test_a_count_fills_rows(self, finished_run: Run, tmp_path: Path) -> None:
        png = made(
            "sample", finished_run, tmp_path / "a.png", "--count", "5", "--columns", "3",
            "--scale", "2",
        )  # fmt: skip
        images = to_uint8(finished_run.decode(prior_codes(5, 2)))
        expected = tile(np.concatenate([images, np.zeros((1, 8, 8, 1), np.uint8)]), 2, 3)[:, :, 0]
        found = np.asarray(Image.open(io.BytesIO(png)))
        np.testing.assert_array_equal(found, expected.repeat(2, axis=0).repeat(2, axis=1))

    def test_smooth(self, finished_run: Run, tmp_path: Path) -> None:
        sharp, smooth = (
            made("sample", finished_run, tmp_path / "a.png", "--scale", "3", *arguments)
            for arguments in ((), ("--smooth",))
        )
        assert Image.open(io.BytesIO(sharp)).size == Image.open(io.BytesIO(smooth)).size
        assert sharp != smooth

    def test_a_figure(self, finished_run: Run, tmp_path: Path) -> None:
        content = made("sample", finished_run, tmp_path / "a.svg", "--count", "4", "--seed", "8")
        assert f"Run: {public_name(finished_run)}, Seed: 8".encode() in content

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--count", "0"],
            ["--count", "10001"],
            ["--out", "picture.png", "--count", "301"],
            ["--scale", "0"],
            ["--scale", "65"],
            ["--out", "codes.txt"],
            ["--out", "codes"],
            ["--out", "codes.csv", "--scale", "2"],
            ["--out", "codes.svg", "--smooth"],
            ["--count", "20", "--rows", "1"],
            ["--sampler", "mixture", "--seed", "-1"],
            ["--sampler", "mixture", "--label", "10"],
            ["--sampler", "posterior", "--label", "-1"],
            ["--sampler", "posterior", "--temperature", "2"],
        ],
        ids=" ".join,
    )
    def test_bad_choices(
        self, finished_run: Run, arguments: list[str], tmp_path: Path, capsys: Output
    ) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            command = ["sample", str(finished_run.path), "--out", "codes.npz", *arguments]
            assert "Received" in refused(command, capsys)
        assert not list(tmp_path.iterdir())


class TestLabel:
    def test_each_class_or_the_requested_one(self, conditional_run: Run, tmp_path: Path) -> None:
        z = prior_codes(12, 3)
        for arguments, labels in (
            ((), balanced_labels(12, 10)),
            (("--label", "7"), np.full(12, 7)),
        ):
            options = "--count", "12", *arguments
            content = made("sample", conditional_run, tmp_path / "a.npz", *options)
            with np.load(io.BytesIO(content)) as arrays:
                np.testing.assert_array_equal(arrays["labels"], labels)
                expected = to_uint8(conditional_run.decode(z, labels))
                np.testing.assert_array_equal(arrays["images"], expected)
        table = made("sample", conditional_run, tmp_path / "z.csv", "--count", "2", "--label", "4")
        lines = table.decode().splitlines()
        assert "# Class: 4" in lines
        assert lines[-3].endswith(",label")
        assert lines[-1].endswith(",4")

    def test_a_path_has_one_class(self, conditional_run: Run, tmp_path: Path) -> None:
        for arguments, label in (
            (("--from", "0", "--to", "1"), conditional_run.latents["y"][0]),
            (("--label", "3"), 3),
            ((), 0),  # neither end has one
        ):
            content = made("interpolate", conditional_run, tmp_path / "p.png", *arguments)
            ends = prior_codes(1, 3, seed=0)[0], prior_codes(1, 3, seed=1)[0]
            if "--from" in arguments:
                ends = conditional_run.latents["mean"][:2]
            images = to_uint8(conditional_run.decode(interpolate(*ends, 15), label))
            found = np.asarray(Image.open(io.BytesIO(content)))
            np.testing.assert_array_equal(found, tile(images, 1, 15)[:, :, 0])

    @pytest.mark.parametrize("command", ["sample", "interpolate"])
    def test_a_class_that_is_missing(
        self, command: str, conditional_run: Run, capsys: Output
    ) -> None:
        assert main([command, str(conditional_run.path), "--label", "10"]) == 2
        said = capsys.readouterr().err
        assert "needs a class from 0 to 9" in said
        assert "Received: 10" in said

    def test_an_unconditional_run_refuses_a_label(self, finished_run: Run, capsys: Output) -> None:
        assert main(["interpolate", str(finished_run.path), "--label", "1"]) == 2
        assert "--label is for a conditional run. Received: --label 1" in capsys.readouterr().err


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
