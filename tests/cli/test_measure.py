"""python -m vae evaluate and quality."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Output, last_json, refused
from tests.conftest import copy_run
from vae.cli.main import main
from vae.data.binarisation import binarise
from vae.data.datasets import find_dataset, load_dataset
from vae.evaluation import sample_quality
from vae.evaluation.digit_classifier import classify
from vae.evaluation.sample_quality import measure_samples
from vae.model.evaluate import evaluate
from vae.model.importance_sampling import importance_sampled_nll
from vae.runs.run import SHIPPED, Run, open_run


class TestEvaluate:
    def test_measures_anew(self, finished_run: Run, tmp_path: Path, capsys: Output) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        (run.path / "metrics.json").unlink()
        assert main(["evaluate", str(run.path), "--json"]) == 0
        found = last_json(capsys.readouterr().out)
        expected = {name: value for name, value in finished_run.metrics.items() if name != "epoch"}
        assert set(found) == set(expected)
        for name in ("loss", "reconstruction", "kl", "elbo", "lecture_loss", "kl_per_dimension"):
            assert found[name] == pytest.approx(expected[name], rel=1e-5)
        assert found["images"] == "all 360 test images"

    def test_importance_samples(self, finished_run: Run, capsys: Output) -> None:
        arguments = ["evaluate", str(finished_run.path), "--importance-samples", "20", "--json"]
        assert main(arguments) == 0
        found = last_json(capsys.readouterr().out)
        assert found["importance_samples"] == 20
        assert found["nll"] < -found["elbo"]
        assert found["nll_standard_error"] > 0.0

    @pytest.mark.parametrize(
        ("option", "name", "words"),
        [
            ("grey", "none", "grey levels"),
            ("threshold", "threshold", "cut at one half"),
            ("fixed", "fixed", "statically binarised"),
            ("sampled", "sampled", "dynamically binarised"),
        ],
    )
    def test_binarisation(
        self, option: str, name: str, words: str, finished_run: Run, capsys: Output
    ) -> None:
        arguments = ["--treatment", option, "--importance-samples", "2", "--json"]
        assert main(["evaluate", str(finished_run.path), *arguments]) == 0
        output = capsys.readouterr()
        found = last_json(output.out)
        assert words in found["treatment"]
        digits = load_dataset("digits")
        images = binarise(digits.x_test, name)
        model = finished_run.load_model()
        assert found["nll"] == pytest.approx(importance_sampled_nll(model, images, 2)["nll"])
        assert found["elbo"] == pytest.approx(evaluate(model, digits, name)[0]["elbo"])
        assert output.err == ""  # it took no half minute, and no one watches

    def test_another_binarisation(self, finished_run: Run, capsys: Output) -> None:
        said = refused(["evaluate", str(finished_run.path), "--treatment", "none"], capsys)
        assert "'grey', 'threshold', 'fixed', 'sampled'" in said

    @pytest.mark.parametrize("samples", ["-1", "5001", "many"])
    def test_how_many_samples(self, finished_run: Run, samples: str, capsys: Output) -> None:
        refused(["evaluate", str(finished_run.path), "--importance-samples", samples], capsys)


class TestQuality:
    def test_samples_beside_real_images(
        self, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if find_dataset("mnist") is None:
            pytest.skip("needs MNIST")
        monkeypatch.setattr(sample_quality, "classify", lambda images: classify(images[:200]))
        run = copy_run(open_run(SHIPPED / "mnist-recommended"), tmp_path / "run")
        (run.path / "samplers.npz").unlink()  # the prior alone takes a third of the time
        assert main(["quality", str(run.path), "--samples", "200", "--seed", "4", "--json"]) == 0
        expected = measure_samples(run, load_dataset("mnist"), 200, seed=4)
        assert last_json(capsys.readouterr().out) == expected
        for choice in (["--samples", "99"], ["--samples", "5001"], ["--seed", "-1"]):
            assert "Received" in refused(["quality", str(run.path), *choice], capsys)

    def test_a_data_set_without_a_classifier(self, finished_run: Run, capsys: Output) -> None:
        said = refused(["quality", str(finished_run.path)], capsys)
        assert "Received: a run on digits, with images of 8 x 8 x 1" in said
