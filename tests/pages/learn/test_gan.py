"""Learn: the chapter on GANs, whose numbers are those of the built-in runs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled, open_page
from tests.pages.shown import component, table_of_bars, words
from vae.evaluation.digit_classifier import classify
from vae.evaluation.sharpness import sharpness
from vae.runs.run import Run
from vae.sampling.prior import prior_codes

SHARES = "Which digits the samples and the real images are"


@pytest.fixture
def known(shipped: list[Run]) -> dict[str, Run]:
    return {run.id: run for run in shipped}


@pytest.fixture
def chapter(known: dict[str, Run]) -> AppTest:
    return open_page("learn", chapter="gan")


def test_the_same_codes_over_time(chapter: AppTest, known: dict[str, Run]) -> None:
    for run_id in ("mnist-gan-convolutional", "mnist-gan"):
        run = known[run_id]
        act(labelled(chapter.segmented_control, "The GAN's layers").set_value(run_id))
        player = component(chapter, f"learn-gan-player-{run_id}")
        assert player["names"] == [f"epoch {epoch}" for epoch in run.snapshot_epochs]
        (line,) = component(chapter, f"learn-gan-digits-{run_id}")["data"]
        assert line["x"] == run.snapshot_epochs
        for epoch, digits in zip(line["x"], line["y"], strict=True):
            probabilities = classify(run.snapshot(epoch)["samples"])[1]
            sure = {int(row.argmax()) for row in probabilities if row.max() >= 0.9}
            assert digits == len(sure)
        assert (line["y"][0], line["y"][-1]) == (0, 9 if run_id == "mnist-gan" else 10)


def test_which_digits_are_missing(chapter: AppTest, known: dict[str, Run]) -> None:
    for run_id in ("mnist-gan", "mnist-autoencoder"):
        act(labelled(chapter.segmented_control, "Samples of").set_value(run_id))
        counts = known[run_id].quality["class_counts"]
        assert [row[0] for row in table_of_bars(chapter, SHARES).values()] == counts
        assert f"**{min(counts):,}** for a **{np.argmin(counts)}**" in words(chapter)
    assert min(counts) == 0  # the autoencoder's: what the question's answer says
    for run_id in ("mnist-gan", "mnist-gan-convolutional", "mnist-recommended"):
        assert min(known[run_id].quality["class_counts"]) > 0


def test_side_by_side(chapter: AppTest, known: dict[str, Run]) -> None:
    (table,) = (each for each in chapter.get("html") if "side-by-side" in each.proto.body)
    rows = re.findall(r'scope="row">([\w ]+)<img.*?</th>(.*?)</tr>', table.proto.body)
    shown = {title: re.findall(r">([^<]+)</td>", cells) for title, cells in rows}
    runs = {"GAN": "mnist-gan-convolutional", "VAE": "mnist-convolutional"}
    for title, run_id in (runs | {"Autoencoder": "mnist-autoencoder"}).items():
        run = known[run_id]
        images = run.decode(prior_codes(1000, run.config.latent_dim))
        names = ("precision", "recall")
        assert shown[title] == [
            f"{sharpness(images):.3f}",
            *(f"{run.quality[name]:.2f}" for name in names),
            f"{run.quality['frechet_classifier_distance']:.1f}",
            "no" if title == "GAN" else "yes",
        ]
    figures = {title: [float(text) for text in row[:4]] for title, row in shown.items()}
    for other in ("VAE", "Autoencoder"):  # "The GAN wins all four"
        assert figures["GAN"][:3] > figures[other][:3]
        assert all(np.array(figures["GAN"][:3]) > figures[other][:3])
        assert figures["GAN"][3] < figures[other][3]


def test_prediction(chapter: AppTest, known: dict[str, Run]) -> None:
    (question,) = (each for each in chapter.radio if "perfect" in each.label)
    assert "ln ½" not in words(chapter)
    act(question.set_value("½: it cannot tell"))
    assert "**Yes.**" in words(chapter)
    measured = known["mnist-gan-convolutional"].adversarial_metrics
    assert f"says {measured['d_real']:.3f} on average" in words(chapter)
