"""Model cards: docs/models.md is what the runs' files say, and any run has a card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, change_status, copy_run, run_python
from vae.files import read_json, write_json
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore
from vae.shipped.card import model_card
from vae.shipped.model_cards import COMMAND, PAGE, models_page

SHIPPED_ONES = RunStore(SHIPPED.parent / "no-runs-of-our-own").list()
RECOMMENDED = next(run for run in SHIPPED_ONES if run.id == "mnist-recommended")
LIKELIHOOD = {
    "images": "all 10,000 test images",
    "treatment": "black and white, dynamically binarised: drawn from the grey levels, seed 0",
    "importance_samples": 5000,
    "nll": 88.123,
    "nll_standard_error": 0.25,
    "elbo": -90.0,
    "seconds": 60.0,
}
QUALITY = RECOMMENDED.quality | {
    "samples": 5000,
    "frechet_classifier_distance": 31.25,
    "noise_floor": 1.5,
    "precision": 0.625,
    "recall": 0.5,
    "real_precision": 0.94,
    "real_recall": 0.93,
}


@pytest.fixture
def copied(tmp_path: Path) -> Run:
    return copy_run(RECOMMENDED, tmp_path / "run")


def with_config(run: Run, **changes: Any) -> Run:
    info = read_json(run.path / "config.json")
    write_json(run.path / "config.json", info | {"config": info["config"] | changes})
    return open_run(run.path)


class TestBasics:
    def test_the_page_is_what_the_command_writes(self) -> None:
        message = f"docs/models.md is not what the files in vae/pretrained say. Run: {COMMAND}"
        assert PAGE == ROOT / "docs" / "models.md"
        assert PAGE.read_text(encoding="utf-8") == models_page(SHIPPED_ONES), message

    def test_every_run_has_a_row_and_a_section(self) -> None:
        page = models_page(SHIPPED_ONES)
        for run in SHIPPED_ONES:
            assert f"| [{run.id}](#{run.id}) |" in page
            assert f"\n## {run.id}\n\n{model_card(run)}\n" in page

    def test_tables_have_as_many_cells_in_each_row(self) -> None:
        for part in models_page(SHIPPED_ONES).split("\n\n"):
            if part.startswith("|"):
                assert len({line.count("|") for line in part.splitlines()}) == 1

    def test_it_needs_no_tensorflow(self) -> None:
        words = "import sys, vae.shipped.model_cards; print('tensorflow' in sys.modules)"
        assert run_python("-c", words).stdout.strip() == "False"


class TestCorrectness:
    @pytest.mark.parametrize("likelihood", ["continuous_bernoulli", "gaussian"])
    def test_a_density_has_no_bits(self, copied: Run, likelihood: str) -> None:
        assert "| bits per dimension |" in model_card(copied)
        assert "bits per" not in model_card(with_config(copied, likelihood=likelihood))

    def test_the_card_of_the_recommended_model(self) -> None:
        card, metrics = model_card(RECOMMENDED), RECOMMENDED.metrics
        for words in (
            "- **Encoder**: 28 × 28 → 128 → mean 4, log-variance 4: 101,512 parameters\n",
            "- **Decoder**: 4 → 128 → 28 × 28: 101,776 parameters\n",
            "- **Data**: MNIST: 60,000 training images of 28 × 28; grey levels; 5% held back for "
            "validation\n",
            "; loss in nats; seed 0\n",
            "- **Made by**: `python -m vae.shipped.train mnist-recommended`\n",
            f"| ELBO, nats | {metrics['elbo']:.2f} ± {metrics['elbo_standard_error']:.2f} | always "
            "the mean image -206.17 |",
            f"| {RECOMMENDED.class_probes['latent']['knn']:.1%} | PCA 62.2%, pixels 94.4% |",
            "keras 3.",
        ):
            assert words in card
        assert "Fréchet" in card or not RECOMMENDED.quality

    def test_convolutions_and_an_autoencoder(
        self, convolutional_run: Run, autoencoder_run: Run
    ) -> None:
        """Of any data set, in colour too, and of one that nobody knows."""
        card = model_card(convolutional_run)
        assert "12 × 9 × 3 → 6 × 5 × 4 → 3 × 3 × 6 → mean 5, log-variance 5: " in card
        assert "5 → 54 → 6 × 6 × 4 → 12 × 9 × 3: " in card
        assert "stripes: 120 training images of 12 × 9 × 3; " in card
        assert "**Custom.** A model of stripes with settings of its own." in card
        assert "With a beta of 0.5 posteriors do not fill the prior" in card
        assert "mean image" not in card
        card = model_card(autoencoder_run)
        assert "8 × 8 → 16 → mean 3: " in card
        assert "Its codes have no prior" in card
        assert "ELBO, nats" not in card
        models_page([convolutional_run, autoencoder_run])

    def test_the_time_it_trained(self, copied: Run) -> None:
        def said(**status: Any) -> str:
            card = model_card(change_status(copied, **status))
            return card.split("20 epochs in ")[1].split(";")[0]

        begin, end = "2026-01-01T10:00:00+00:00", "2026-01-01T10:00:40+00:00"
        assert said(seconds_trained=600.0) == "10 min"
        status = read_json(copied.path / "status.json")
        del status["seconds_trained"]  # as those of an earlier version
        write_json(copied.path / "status.json", status)
        assert said(created=begin, updated=end) == "40 s, start and measuring included"

    def test_what_else_was_measured(self, copied: Run) -> None:
        write_json(copied.path / "likelihood.json", {"sampled": LIKELIHOOD})
        write_json(copied.path / "quality.json", QUALITY)
        run = open_run(copied.path)
        card, page = model_card(run), models_page([run, RECOMMENDED])
        assert "5,000 importance samples) | 88.12 ± 0.25 | This run needs **1.4 nats" in card
        assert "| 31.2 | real images 1.5 |" in card
        assert "| precision of the samples | 62% | real images 94% |" in card
        row, *of_samples = (line for line in page.splitlines() if line.startswith("| [run]"))
        assert row.endswith("| 88.12 | 31.2 |")
        of_prior = "| [run](#run) | prior | 31.2 | 62% | 50% | "
        assert sum(line.startswith(of_prior) for line in of_samples) == 1

    def test_other_data_are_not_beside_the_literature(self, copied: Run) -> None:
        write_json(copied.path / "likelihood.json", {"fixed": LIKELIHOOD})
        assert "This run needs" not in model_card(open_run(copied.path))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"binarisation": "sampled"}, "It was trained on black-and-white images"),
            ({"likelihood": "gaussian"}, "Its nats are those of a density"),
            ({"latent_dim": 5}, "It uses 4 of its 5 latent dimensions."),
            ({"capacity": 12.0}, "Bernoulli likelihood, beta 1, KL capacity 12 nats\n"),
            ({"importance_samples": 50}, "beta 1, bound of 50 importance samples\n"),
            ({"free_bits": 0.5}, "beta 1, 0.5 free nats a dimension\n"),
            ({"loss_scale": "per_pixel"}, "; loss divided by the pixels; seed 0\n"),
            ({"train_share": 0.5}, "grey levels; 0.5 of them used; 5% held back"),
        ],
    )
    def test_what_a_setting_means(self, changes: dict[str, Any], said: str, copied: Run) -> None:
        assert said not in model_card(copied)
        assert said in model_card(with_config(copied, **changes))

    def test_what_is_not_known_is_left_out(self, copied: Run) -> None:
        (copied.path / "knowledge.json").unlink()
        card = model_card(open_run(copied.path))
        assert "nearest" not in card
        assert "class by k-NN" not in models_page([open_run(copied.path)])

    def test_files_that_come_and_go_do_not_count(self, copied: Run) -> None:
        before = model_card(copied)
        (copied.path / "knowledge-progress.json").write_bytes(bytes(10**6))
        assert model_card(copied) == before
