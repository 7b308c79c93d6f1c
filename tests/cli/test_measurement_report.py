"""What people read: rounded, with units and standard errors, and what comes next."""

from __future__ import annotations

import math
from pathlib import Path

from tests.cli.commands import Output, has, printed
from vae.cli.main import main
from vae.cli.measurement_report import evaluated, quality_measured
from vae.model.evaluate import evaluate
from vae.runs.run import SHIPPED, Run, open_run
from vae.schemas.likelihood import Measured


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
