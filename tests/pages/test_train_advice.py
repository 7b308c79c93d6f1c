"""Train: what the chosen images advise, in one line and one click."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.driving import act, labelled, open_page
from tests.pages.form import as_form, can_train, control, fill, form
from tests.pages.shown import words
from vae.data.datasets import Dataset
from vae.data.own_set_changes import add_own
from vae.presets import FEW_IMAGES, PRESETS

RANDOM = np.random.default_rng(0)
LIKELIHOOD = "Likelihood: **"


def add(name: str, *, count: int, colour: bool) -> None:
    """Add images that are black and white, or coloured at random."""
    images = RANDOM.integers(0, 256, (count, 12, 12, 3), np.uint8)
    images = images if colour else np.where(images[..., :1] < 128, np.uint8(0), np.uint8(255))
    add_own(Dataset.from_arrays(name, images))


FEW_WORDS = "training images**"


def advised(app: AppTest) -> list[str]:
    """The advice that is shown: how each line begins, up to its first full stop."""
    return [each.value.partition(".")[0] for each in app.markdown if LIKELIHOOD in each.value]


class TestFewImages:
    def test_under_a_thousand_the_preset_is_one_click_away(self) -> None:
        add("shells", count=60, colour=False)  # of which a fifth are test images
        app = open_page("train", dataset="shells")
        assert f"**48 {FEW_WORDS} are few" in words(app)
        assert "expect soft images" in words(app)
        act(labelled(app.button, "Take Few images").click())
        assert form(app) == as_form(PRESETS[FEW_IMAGES])
        assert FEW_WORDS not in words(app)
        assert can_train(app)

    def test_not_of_more_images_or_another_kind(self) -> None:
        assert FEW_WORDS not in words(open_page("train", dataset="digits"))
        add("shells", count=60, colour=False)
        assert FEW_WORDS not in words(open_page("train", dataset="shells", preset="gan"))


class TestEpochs:
    def test_of_few_steps_more_are_one_click_away(self) -> None:
        app = open_page("train", dataset="digits", preset="recommended")
        epochs, batch = PRESETS["recommended"].epochs, PRESETS["recommended"].batch_size
        assert f"{epochs} epochs of 1,437 images are only" in words(app)
        (button,) = [each for each in app.button if each.label.endswith(" epochs")]
        act(button.click())
        wanted = int(app.query_params["epochs"])
        assert wanted % 10 == 0
        assert 2_500 <= wanted * 1_437 / batch < 3_000
        assert "are only **" not in words(app)

    def test_no_more_than_the_server_allows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "30")
        app = open_page("train", dataset="digits", preset="recommended")
        assert labelled(app.button, "Take 30 epochs")
        monkeypatch.setenv("VAE_MOST_EPOCHS", "20")
        assert "are only **" not in words(open_page("train", dataset="digits"))

    def test_not_of_a_classifier(self) -> None:
        assert "are only **" not in words(open_page("train", dataset="digits", preset="classifier"))


class TestLikelihood:
    def test_one_click_takes_it(self) -> None:
        app = open_page("train", dataset="digits")
        assert advised(app) == ["Likelihood: **Gaussian** fits Digits better"]
        assert "35% of the pixel values lie between black and white" in words(app)
        act(labelled(app.button, "Take Gaussian").click())
        assert control(app, "likelihood").value == "gaussian"
        assert app.query_params["likelihood"] == "gaussian"
        assert advised(app) == []

    @pytest.mark.parametrize(("colour", "likelihood"), [(True, "gaussian"), (False, "bernoulli")])
    def test_of_ones_own_pictures(self, colour: bool, likelihood: str) -> None:
        add("shells", count=60, colour=colour)
        app = open_page("train", dataset="shells", likelihood="continuous_bernoulli")
        assert advised(app) == [f"Likelihood: **{likelihood.capitalize()}** fits shells better"]
        fill(app, likelihood=likelihood)
        assert advised(app) == []

    def test_only_where_there_is_one_to_choose(self) -> None:
        app = open_page("train", dataset="digits", binarisation="threshold")
        assert advised(app) == []
        for kind in ("gan", "classifier"):
            assert advised(fill(app, kind=kind, binarisation="none")) == []
