"""What people read: rounded, with units and standard errors, and what comes next."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.cli.commands import Output
from tests.conftest import change_status, copy_run
from vae.architecture import summarize
from vae.cli.main import main
from vae.cli.output import (
    Report,
    evaluated,
    print_report,
    quality_measured,
    summarized,
    trained,
)
from vae.figures_schema import Measured
from vae.files import folder_bytes
from vae.model.evaluate import evaluate
from vae.presets import PRESETS
from vae.runs.run import SHIPPED, Run, open_run


def printed(shown, capsys: Output) -> list[str]:
    """Print what is for people; return its lines."""
    assert print_report(Report({}, shown), as_json=False) == 0
    return capsys.readouterr().out.splitlines()


def has(lines: list[str], text: str) -> bool:
    """Whether a line says this, however it is laid out."""
    return any(text in " ".join(line.split()) for line in lines)


class TestEvaluated:
    def test_the_shipped_model(self, capsys: Output) -> None:
        run = open_run(SHIPPED / "mnist-recommended")
        found: Measured = {**run.likelihood["none"], "importance_samples": 5000, "seconds": 200.0}
        lines = printed(evaluated(run, Path("a run"), run.metrics, found), capsys)
        assert lines[0] == (
            "All 10,000 test images of mnist: grey levels in [0, 1], as Bernoulli probabilities"
        )
        error = run.metrics["elbo_standard_error"]
        assert has(lines, f"ELBO -131.25 ± {error:.2f} nats per image")
        assert has(lines, "Reconstruction 121.52 nats per image")
        assert has(lines, "KL 9.73 nats per image")
        assert has(lines, "Negative log-likelihood 127.93 ± 0.43 nats per image")
        assert has(lines, "by 5,000 importance samples, in 3 min")
        assert has(lines, "Active latent dimensions 4 of 4")
        assert has(lines, "Loss, lecture's units 0.1555")
        assert lines[-1] == "  python -m vae sample 'a run' --out grid.png"
        assert max(map(len, lines)) <= 90
        assert not has(lines, "131.2501")

    def test_an_autoencoder_has_no_bound(self, autoencoder_run: Run, capsys: Output) -> None:
        lines = printed(
            evaluated(autoencoder_run, Path("run"), autoencoder_run.metrics, None), capsys
        )
        assert not has(lines, "ELBO")
        assert not has(lines, "±")
        assert not has(lines, "importance")

    def test_a_classifier_says_each_class(self, capsys: Output) -> None:
        run = open_run(SHIPPED / "animals-classifier")
        metrics = run.classifier_metrics
        lines = printed(evaluated(run, Path("run"), run.metrics, None), capsys)
        low, high = metrics["accuracy_low"], metrics["accuracy_high"]
        assert has(lines, f"Accuracy {metrics['accuracy']:.2%} (95 %: {low:.2%} to {high:.2%})")
        assert has(lines, f"Calibration error {metrics['calibration_error']:.2%}")
        assert has(lines, f"│ dog │ {metrics['recall_per_class']['dog']:.1%} │ cat (6 of 200) │")
        assert not has(lines, "ELBO")

    def test_a_beta_and_what_is_no_number(self, finished_run: Run, capsys: Output) -> None:
        values = finished_run.metrics | {"kl": math.nan, "loss": 7.0, "elbo_standard_error": 0.0}
        lines = printed(evaluated(finished_run, Path("run"), values, None), capsys)
        assert has(lines, "KL no number nats per image")
        assert has(lines, "Loss 7.00 nats per image (reconstruction + 1 KL)")
        assert not has(lines, "±")

    def test_figures_are_the_models_own(self, finished_run: Run, digits, capsys: Output) -> None:
        assert main(["evaluate", str(finished_run.path)]) == 0
        lines = capsys.readouterr().out.splitlines()
        found, _ = evaluate(finished_run.load_model(), digits)
        error = found["elbo_standard_error"]
        assert has(lines, f"ELBO {found['elbo']:.2f} ± {error:.2f} nats per image")
        for name, nats in found["reconstruction_per_class"].items():
            assert has(lines, f"│ {name} │ {nats:.2f} │")


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


def test_quality_has_a_column_for_each_sampler(capsys: Output) -> None:
    run = open_run(SHIPPED / "mnist-conditional")
    lines = printed(quality_measured(run.quality), capsys)
    assert has(lines, "Prior ┃ Mixture ┃ Posteriors ┃ Real images")
    found = run.quality
    distances = [
        found["frechet_classifier_distance"],
        *(each["frechet_classifier_distance"] for each in found["samplers"].values()),
        found["noise_floor"],
    ]
    cells = " │ ".join(f"{value:.2f}" for value in distances)
    assert has(lines, f"│ Fréchet classifier distance │ {cells} │")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sample", "--out", "a.png"), "100 images in 10 x 10, 80 x 80 pixels"),
        (("sample", "--out", "a.csv", "--count", "1"), "1 code"),
        (("sample", "--out", "a.npz"), "100 images with their codes: images, z"),
        (("interpolate", "--out", "a.webp"), "15 images from seed 0 to seed 1"),
        (("export", "--format", "onnx", "--out", "a"), "encoder.onnx and decoder.onnx"),
        (("export", "--out", "a.keras"), "encoder and decoder in one Keras model"),
        (("demo", "--out", "a.html"), "one page"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_what_was_written(
    arguments: tuple[str, ...], said: str, finished_run: Run, here: Path, capsys: Output
) -> None:
    assert main([arguments[0], str(finished_run.path), *arguments[1:]]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    out = here / arguments[arguments.index("--out") + 1]
    size = folder_bytes(out) if out.is_dir() else out.stat().st_size
    words = f"{size:,} bytes" if size < 1000 else f"{size / 1000:,.1f} kB"
    assert first == f"Wrote {out.name} ({words}): {said}"
    assert rest or arguments[0] == "interpolate"
