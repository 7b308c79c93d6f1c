"""The command line: its numbers, its files, and one clear line for what is wrong."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.commands import Output, last_json, refused
from tests.conftest import run_python
from tests.warm.programs import run_warm
from vae.architecture import summarize
from vae.cli.main import main
from vae.images import tile, to_uint8
from vae.presets import PRESETS
from vae.runs.provenance import public_name
from vae.runs.run import Run, open_run
from vae.sampling.prior import prior_codes


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """A run that was trained from the command line, and what it printed."""
    path = tmp_path_factory.mktemp("cli") / "new" / "run"
    result = run_warm(
        *("-m", "vae", "train", "--preset", "lecture", "--dataset", "digits"),
        *("--set", "epochs=2", "hidden=32,16", "--set", "seed=5", "latent_dim=3"),
        *("--out", path, "--json"),
    )
    assert result.returncode == 0, result.stderr
    return path, result


class TestSummary:
    def test_the_lectures_numbers(self, capsys: Output) -> None:
        assert main(["summary", "--preset", "lecture", "--json"]) == 0
        assert last_json(capsys.readouterr().out) == {
            "encoder": 101_512,
            "decoder": 101_776,
            "total": 203_288,
        }

    def test_as_text(self, capsys: Output) -> None:
        assert main(["summary", "--preset", "lecture"]) == 0
        said = capsys.readouterr().out
        for line in (
            ("image (InputLayer)", "(None, 28, 28, 1)", "0"),
            ("hidden_1 (Dense)", "(None, 128)", "100,480"),
            ("pixels (Dense)", "(None, 784)", "101,136"),
            ("Total", "", "101,512"),
            ("Total", "", "101,776"),
        ):
            assert list(line) in [
                [cell.strip() for cell in row.split("│")[1:-1]] for row in said.splitlines()
            ]
        assert said.endswith("\nTotal: 203,288 parameters (813.2 kB), all trainable\n")

    def test_other_images_and_settings(self, capsys: Output) -> None:
        arguments = ["--set", "hidden=10", "latent_dim=2", "--image-shape", "8", "8", "1"]
        assert main(["summary", "--json", *arguments]) == 0
        # 64 -> 10 -> 2 and 2; 2 -> 10 -> 64
        assert last_json(capsys.readouterr().out) == {
            "encoder": 65 * 10 + 2 * 11 * 2,
            "decoder": 3 * 10 + 11 * 64,
            "total": 650 + 44 + 30 + 704,
        }

    def test_classes_of_a_conditional_one(self, capsys: Output) -> None:
        arguments = ["--set", "kind=conditional", "hidden=10", "latent_dim=2"]
        arguments += ["--image-shape", "8", "8", "1", "--classes", "3"]
        assert main(["summary", "--json", *arguments]) == 0
        # 64 + 3 -> 10 -> 2 and 2; 2 + 3 -> 10 -> 64
        found = last_json(capsys.readouterr().out)
        assert (found["encoder"], found["decoder"]) == (68 * 10 + 44, 6 * 10 + 704)
        said = refused(["summary", *arguments[:-1], "1"], capsys)
        assert "images of two or more classes" in said
        assert said.endswith("Received: 1\n")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_configuration_from_a_file(self, encoding: str, capsys: Output, tmp_path: Path) -> None:
        path = tmp_path / "config.json"
        path.write_text(PRESETS["lecture"].to_json(), encoding=encoding)  # as PowerShell writes
        assert main(["summary", "--config", str(path), "--json"]) == 0
        assert last_json(capsys.readouterr().out)["total"] == 203_288

    def test_configuration_of_a_run(self, conditional_run: Run, capsys: Output) -> None:
        counted = summarize(conditional_run.config, (8, 8, 1), 10).total
        for path in (conditional_run.path / "config.json", conditional_run.path):
            assert main(["summary", "--config", str(path), "--json"]) == 0
            assert last_json(capsys.readouterr().out)["total"] == counted
        arguments = ["--image-shape", "12", "12", "1", "--classes", "3", "--set", "latent_dim=2"]
        assert main(["summary", "--config", str(path), "--json", *arguments]) == 0
        expected = summarize(conditional_run.config.replace(latent_dim=2), (12, 12, 1), 3).total
        assert last_json(capsys.readouterr().out)["total"] == expected

    def test_as_a_program(self) -> None:
        result = run_python("-m", "vae", "summary", "--preset", "lecture", "--json")
        assert (result.returncode, result.stderr) == (0, "")
        assert last_json(result.stdout)["total"] == 203_288


class TestTrain:
    def test_the_last_line_is_json(self, trained) -> None:
        path, result = trained
        said, run = last_json(result.stdout), open_run(path)
        assert len(result.stdout.splitlines()) == 1
        assert said["run"] == str(path)
        assert said["state"] == run.state == "finished"
        assert said["metrics"] == run.metrics
        assert said["last_epoch"] == {
            name: value for name, value in run.history[-1].items() if name != "kind"
        }

    def test_progress_goes_to_standard_error(self, trained) -> None:
        error = trained[1].stderr
        run = open_run(trained[0])
        # A line an epoch, and not a word of any library.
        assert error.splitlines() == [
            f"epoch {row['epoch']}/2: loss {row['loss']:.2f}, reconstruction "
            f"{row['reconstruction']:.2f}, KL {row['kl']:.2f} nats per image"
            for row in run.history
        ]

    def test_settings_count(self, trained) -> None:
        config = PRESETS["lecture"].replace(epochs=2, hidden=(32, 16), seed=5, latent_dim=3)
        assert open_run(trained[0]).config == config

    def test_a_run_of_the_same_settings_and_images(
        self, trained, tmp_path: Path, capsys: Output
    ) -> None:
        first = open_run(trained[0])
        arguments = ["--config", str(first.path / "config.json"), "--out", str(tmp_path / "run")]
        assert main(["train", *arguments]) == 0
        again = open_run(tmp_path / "run")
        assert (again.config, again.dataset) == (first.config, "digits")
        assert again.history == first.history
        said = capsys.readouterr().out.splitlines()
        found = again.metrics
        assert said[0] == "Finished after 2 epochs."
        assert said[1].startswith("All 360 test images of digits: grey levels in [0, 1]")
        assert said[3].split() == [
            *("ELBO", f"{found['elbo']:.2f}", "±", f"{found['elbo_standard_error']:.2f}"),
            *("nats", "per", "image"),
        ]
        assert f"Wrote {again.path} (" in "\n".join(said)
        assert said[-1].endswith(f"evaluate {again.path} --importance-samples 100")

    def test_not_into_a_folder_that_holds_a_run(self, finished_run: Run, capsys: Output) -> None:
        arguments = ["train", "--dataset", "digits", "--out", str(finished_run.path)]
        assert "Received" in refused(arguments, capsys)


class TestSample:
    def sampled(self, run: Run, path: Path, *arguments: str) -> bytes:
        assert main(["sample", str(run.path), "--out", str(path), *arguments]) == 0
        return path.read_bytes()

    def test_same_seed_same_bytes(self, finished_run: Run, tmp_path: Path) -> None:
        first, again, other = (
            self.sampled(finished_run, tmp_path / f"{index}.png", "--seed", seed)
            for index, seed in enumerate("334")
        )
        assert first == again
        assert first != other

    def test_the_grid(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        path = tmp_path / "new folder" / "grid.png"
        arguments = ["--rows", "2", "--columns", "5", "--seed", "9", "--temperature", "0.5"]
        png = self.sampled(finished_run, path, *arguments, "--json")
        assert last_json(capsys.readouterr().out) == {
            "out": str(path),
            "images": 10,
            "width": 40,
            "height": 16,
        }
        z = prior_codes(10, 2, temperature=0.5, seed=9)
        expected = tile(to_uint8(finished_run.decode(z)), 2, 5)[:, :, 0]
        with Image.open(io.BytesIO(png)) as opened:
            np.testing.assert_array_equal(np.asarray(opened), expected)
            notes = {"Run": public_name(finished_run), "Seed": "9", "Temperature": "0.5"}
            assert opened.text == notes | {"Sampler": "prior"}

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--rows", "0"],
            ["--columns", "31"],
            ["--seed", "-1"],
            ["--temperature", "nan"],
            ["--temperature", "-1"],
            ["--temperature", "1e300"],
        ],
        ids=" ".join,
    )
    def test_bad_choices(
        self, finished_run: Run, arguments: list[str], tmp_path: Path, capsys: Output
    ) -> None:
        path = tmp_path / "grid.png"
        command = ["sample", str(finished_run.path), "--out", str(path), *arguments]
        assert "Received" in refused(command, capsys)
        assert not path.exists()

    def test_out_is_a_folder(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        refused(["sample", str(finished_run.path), "--out", str(tmp_path)], capsys)
