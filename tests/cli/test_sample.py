"""python -m vae sample, and the class that a conditional run generates."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.commands import Output, last_json, made, refused
from tests.conftest import copy_run
from vae.cli.main import main
from vae.data.datasets import Dataset
from vae.images import tile, to_uint8
from vae.latent.interpolation import interpolate
from vae.runs.provenance import public_name
from vae.runs.run import SHIPPED, Run
from vae.sampling.fitted import compute_samplers
from vae.sampling.prior import balanced_labels, prior_codes
from vae.sampling.samplers import SampleSpec, sample_codes


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
