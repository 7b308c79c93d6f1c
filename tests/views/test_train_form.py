"""Train: the form, and what it would build."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.views.conftest import act, calm, go, labelled, open_page, watch, words
from tests.views.form import FIELDS, OTHER, as_form, control, fill, form
from vae.config import Config, setting
from vae.control import LIVE_SETTINGS
from vae.datasets import Dataset
from vae.presets import PRESET_NOTES, PRESETS
from views._shared.plain import plain

SET_UP = {"view": "set-up", "dataset": "digits"}


def warned(app: AppTest) -> str:
    (warning,) = app.warning
    return warning.value


def refused(app: AppTest) -> str:
    """The one message of a form that cannot be trained."""
    (error,) = app.error
    assert not app.button
    return error.value


class TestForm:
    @pytest.mark.parametrize("preset", PRESETS)
    def test_a_preset_by_its_link(self, preset: str) -> None:
        app = open_page("train", preset=preset)
        assert app.segmented_control(key="form_preset").value == preset
        assert form(app) == as_form(PRESETS[preset])
        assert PRESET_NOTES[preset].purpose in words(app)

    def test_recommended_is_the_first(self) -> None:
        app = open_page("train")
        assert app.segmented_control(key="form_preset").value == "recommended"
        assert form(app) == as_form(PRESETS["recommended"])
        assert app.query_params["preset"] == "recommended"

    def test_choosing_a_preset_sets_every_control(self) -> None:
        app = open_page("train")
        for preset in (*PRESETS, *reversed([*PRESETS][:-1])):
            act(app.segmented_control(key="form_preset").set_value(preset))
            assert form(app) == as_form(PRESETS[preset])
            assert app.query_params == {**SET_UP, "preset": preset}
            fill(app, **as_form(OTHER))
            assert form(app) == as_form(OTHER)

    @pytest.mark.parametrize("name", FIELDS)
    def test_label_range_and_help_are_the_packages_own(self, name: str) -> None:
        shown, limits = control(open_page("train"), name), setting(name)
        assert shown.label == limits.label
        assert shown.help.startswith(limits.help)
        # Every control says when it acts.
        live = name in LIVE_SETTINGS
        assert ("under Watch it can be changed while one trains." in shown.help) == live
        assert "Takes effect in a new run" in shown.help
        if limits.choices:
            assert len(shown.options) == len(limits.choices)
        elif name not in ("hidden", "dense_layers"):
            assert (shown.min or 0, shown.max) == (limits.low, limits.high)

    def test_a_typed_value_survives(self) -> None:
        app = fill(open_page("train", preset="lecture"), **as_form(OTHER))
        for step in (app.run, app.run, lambda: go(app, "latent"), lambda: go(app, "train")):
            step()
        assert form(calm(app)) == as_form(OTHER)
        watch(app)
        act(labelled(app.segmented_control, "View").set_value("Set up"))
        assert form(app) == as_form(OTHER)

    def test_the_address_brings_the_form_back(self) -> None:
        app = fill(open_page("train", preset="convolutional"), **as_form(OTHER))
        again = open_page("train", **app.query_params)
        assert again.segmented_control(key="form_preset").value == "convolutional"
        assert form(again) == as_form(OTHER)
        assert not again.warning

    def test_the_address_names_what_differs(self) -> None:
        app = fill(open_page("train", preset="lecture"), epochs=3)
        assert app.query_params == {**SET_UP, "preset": "lecture", "epochs": "3"}
        fill(app, epochs=PRESETS["lecture"].epochs)
        assert app.query_params == {**SET_UP, "preset": "lecture"}


class TestBadInput:
    @pytest.mark.parametrize(
        "preset", ["finest", "", "../lecture", "\x00", "x" * 5000, "![x](//a.b/c)"]
    )
    def test_preset(self, preset: str) -> None:
        app = open_page("train", preset=preset)
        said = f"Presets are {', '.join(PRESETS)}. Received: {preset!r:.80}. Shown: recommended."
        assert warned(app) == plain(said)
        assert len(warned(app)) < 250
        assert form(app) == as_form(PRESETS["recommended"])
        assert app.query_params["preset"] == "recommended"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("epochs", "0"),
            ("epochs", "501"),
            ("epochs", "ten"),
            ("epochs", ""),
            ("epochs", "9" * 5000),
            ("epochs", "2.5"),
            ("latent_dim", "-1"),
            ("hidden", "many"),
            ("hidden", "0"),
            ("hidden", "1,2,3,4,5,6,7"),
            ("beta", "nan"),
            ("beta", "inf"),
            ("learning_rate", "0"),
            ("seed", "-1"),
            ("network", "quantum"),
            ("kind", "vqvae"),
            ("kind", "autoencoder"),  # for a preset whose beta is not 0
            ("validation_split", "0.51"),
            ("network", "![x](https://example.org/x.png)"),
        ],
    )
    def test_a_setting_in_the_address(self, name: str, value: str) -> None:
        app = open_page("train", preset="lecture", **{name: value})
        assert "Received: " in warned(app)
        assert warned(app).endswith("Shown: the preset as it is.")
        assert "![" not in warned(app)
        assert len(warned(app)) < 300
        assert form(app) == as_form(PRESETS["lecture"])
        assert name not in app.query_params
        assert labelled(app.button, "Train")
        assert not calm(app.run()).warning

    @pytest.mark.parametrize(
        "text", ["abc", "16, x", "0", "-3", "1.5", "1025", "1,2,3,4,5,6,7", "💥", "9" * 5000]
    )
    def test_hidden_layers_that_are_none(self, text: str) -> None:
        app = fill(open_page("train"), hidden=text)
        assert refused(app).startswith("hidden must be ")
        assert "Received: hidden=" in refused(app)
        assert control(app, "hidden").value == text
        fill(app, hidden="16, 8")
        assert not app.error
        assert labelled(app.button, "Train")

    @pytest.mark.parametrize("text", ["4, 4, 4", "", " , "])
    def test_hidden_layers_that_do_not_fit_the_images(self, text: str) -> None:
        app = fill(open_page("train", preset="convolutional"), hidden=text)
        assert "for 8 x 8 images needs 1 to 2 hidden layers" in refused(app)

    def test_hidden_layers_in_the_address_that_do_not_fit(self) -> None:
        app = open_page("train", network="convolutional", hidden="4,4,4")
        assert "needs 1 to 2 hidden layers" in refused(app)

    def test_a_dense_network_without_hidden_layers(self) -> None:
        app = fill(open_page("train"), hidden="")
        assert labelled(app.button, "Train")

    def test_an_autoencoder_has_no_beta(self) -> None:
        app = fill(open_page("train"), kind="autoencoder")
        sentence = "An autoencoder has no KL term, so its beta must be 0."
        assert refused(app) == f"{sentence} Received: kind='autoencoder', beta=1.0"
        fill(app, beta=0.0)
        assert not app.error
        assert labelled(app.button, "Train")

    def test_a_capacity_and_free_bits(self) -> None:
        app = fill(open_page("train"), capacity=12.0, free_bits=0.5)
        assert refused(app).startswith("A KL capacity needs a VAE with one importance sample and ")
        fill(app, free_bits=0.0)
        assert not app.error
        assert app.query_params["capacity"] == "12.0"
        assert form(open_page("train", **app.query_params)) == form(app)


class TestSummary:
    @pytest.mark.parametrize("config", [*PRESETS.values(), OTHER], ids=[*PRESETS, "other"])
    def test_totals_are_those_of_the_model(self, config: Config, digits: Dataset) -> None:
        from vae.model import build

        model = build(config, digits.image_shape, digits.classes)
        app = fill(open_page("train", preset=config.preset), **as_form(config))
        total = model.count_params()
        assert f"Total parameters **{total:,}** · trainable {total:,} · non-trainable 0" in words(
            app
        )
        for name, table in zip(("encoder", "decoder"), app.table, strict=True):
            network = getattr(model, name)
            assert f"**{name.capitalize()}** · {network.count_params():,} parameters" in words(app)
            counts = [layer.count_params() for layer in network.layers]
            shown = [int(text.replace(",", "")) for text in table.value["Parameters"]]
            assert sorted(filter(None, shown)) == sorted(filter(None, counts))

    def test_it_follows_the_form(self) -> None:
        app = fill(open_page("train"), hidden="", latent_dim=2)
        encoder, decoder = 2 * (64 + 1) * 2, (2 + 1) * 64
        assert f"Total parameters **{encoder + decoder:,}**" in words(app)

    def test_how_long_it_takes(self) -> None:
        app = fill(open_page("train"), epochs=500, batch_size=1)
        assert "Takes about **" in words(app)
        assert " min** on this machine" in words(app)
