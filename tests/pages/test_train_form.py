"""Train: the form, and what it would build."""

from __future__ import annotations

import pytest

from pages._shared.plain import plain
from pages.train.config_form import ALL_SETTINGS
from tests.pages.driving import act, calm, go, labelled, open_page, watch
from tests.pages.form import (
    FIELDS,
    OTHER,
    SET_UP,
    as_form,
    can_train,
    complaints,
    control,
    fill,
    form,
    layers,
    problem,
    warned,
)
from tests.pages.shown import words
from vae.config import Config
from vae.config.settings import setting, settings_of
from vae.data.datasets import Dataset
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS
from vae.runs.control import LIVE_SETTINGS

SIZES = "Up to 6 whole numbers from 1 to 1,024, such as 256, 128."


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
            fill(app, kind=OTHER.kind)  # whose fields are then all there
            fill(app, **as_form(OTHER))
            assert form(app) == as_form(OTHER)

    @pytest.mark.parametrize("name", FIELDS)
    def test_label_range_and_help_are_the_packages_own(self, name: str) -> None:
        kind = next(each.name for each in KINDS.values() if name in settings_of(each))
        shown, limits = control(open_page("train", kind=kind), name), setting(name)
        assert shown.label == limits.label
        assert shown.help.startswith(limits.help)
        # Every control says when it acts.
        live = name in LIVE_SETTINGS
        assert ("under Watch you can change it while a run trains." in shown.help) == live
        assert "Takes effect in a new run" in shown.help
        if limits.choices or limits.low is None:
            assert len(shown.options) == (len(limits.choices) or len(["No", "Yes"]))
        else:
            low, high = (f"{end:,}".removesuffix(".0") for end in (limits.low, limits.high))
            assert f"from {low} to {high}" in shown.help

    def test_a_typed_value_survives(self) -> None:
        app = fill(open_page("train", preset="lecture"), **as_form(OTHER))
        for step in (app.run, app.run, lambda: go(app, "latent"), lambda: go(app, "train")):
            step()
        assert form(calm(app)) == as_form(OTHER)
        watch(app)
        act(labelled(app.segmented_control, "View").set_value("Set up"))
        assert form(app) == as_form(OTHER)

    def test_all_settings_are_made_when_somebody_opens_them(self) -> None:
        def labels() -> list[str]:
            return [each.label for each in (*app.text_input, *app.selectbox)]

        app = open_page("train")
        assert not {"Model", "Seed"} & {*labels()}
        fill(app, seed=7)  # which opens them
        assert {"Model", "Seed"} <= {*labels()}
        app.session_state[ALL_SETTINGS] = False
        calm(app.run())
        assert not {"Model", "Seed"} & {*labels()}
        assert app.query_params["seed"] == "7"
        assert form(app)["seed"] == "7"

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
        assert len(warned(app)) < 270
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
            ("validation_split", "0.51"),
            ("network", "![x](https://example.org/x.png)"),
        ],
    )
    def test_a_setting_in_the_address(self, name: str, value: str) -> None:
        app = open_page("train", preset="lecture", **{name: value})
        assert "Received: " in warned(app)
        assert warned(app).endswith("Shown: the preset's own.")
        assert "![" not in warned(app)
        assert len(warned(app)) < 300
        assert form(app) == as_form(PRESETS["lecture"])
        assert name not in app.query_params
        assert labelled(app.button, "Train")
        assert not calm(app.run()).warning

    def test_a_good_value_beside_a_bad_one(self) -> None:
        app = open_page("train", preset="lecture", epochs="0", batch_size="1e2", beta="0,5")
        assert "epochs must be a whole number from 1 to 500. Received: epochs=0." in warned(app)
        assert form(app) == as_form(PRESETS["lecture"].replace(batch_size=100, beta=0.5))

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            (text, f"{SIZES} You typed “{text}”.")
            for text in ("abc", "16, x", "0", "-3", "1.5", "1025", "1,2,3,4,5,6,7", "💥")
        ]
        + [("1,024", "Is it one number, 1024, or two, 1 and 24? You typed “1,024”.")],
    )
    def test_hidden_layers_that_are_none(self, text: str, complaint: str) -> None:
        app = fill(open_page("train"), hidden=text)
        assert problem(app).startswith("Hidden layers: up to 6 whole numbers from 1 to 1,024")
        assert complaints(app) == [plain(complaint)]
        assert control(app, "hidden").value == text
        fill(app, hidden="16; 8")
        assert control(app, "hidden").value == "16, 8"
        assert can_train(app)

    @pytest.mark.parametrize("text", ["4, 4, 4", "", " , "])
    def test_hidden_layers_that_do_not_fit_the_images(self, text: str) -> None:
        app = fill(open_page("train", preset="convolutional"), hidden=text)
        assert "for 8 x 8 images needs 1 to 2 hidden layers" in problem(app)

    def test_hidden_layers_in_the_address_that_do_not_fit(self) -> None:
        app = open_page("train", network="convolutional", hidden="4,4,4")
        assert "needs 1 to 2 hidden layers" in problem(app)

    def test_a_dense_network_without_hidden_layers(self) -> None:
        assert can_train(fill(open_page("train"), hidden=""))

    def test_an_autoencoder_has_no_beta(self) -> None:
        app = fill(fill(open_page("train"), beta=0.5), kind="autoencoder")
        assert can_train(app)
        assert "Beta" not in [each.label for each in app.text_input]
        assert "beta" not in app.query_params
        # Its link brings it back as it is.
        again = open_page("train", **app.query_params)
        assert can_train(again)
        assert form(again) == form(app)
        # What was typed for the other kind is there again with it.
        assert form(fill(app, kind="vae"))["beta"] == "0.5"

    @pytest.mark.parametrize("kind", ["autoencoder", "classifier"])
    def test_what_a_preset_is_for_is_said_of_its_own_kind(self, kind: str) -> None:
        said = words(open_page("train", view="set-up", preset="recommended", kind=kind))
        assert PRESET_NOTES["recommended"].purpose not in said
        assert KINDS[kind].sentence in said

    def test_a_link_to_a_conditional_vae_of_an_earlier_version(self) -> None:
        app = open_page("train", preset="recommended", kind="conditional")
        assert form(app) == as_form(PRESETS["recommended"].replace(conditional=True))
        assert app.query_params["conditional"] == "true"
        assert "kind" not in app.query_params

    def test_a_capacity_and_free_bits(self) -> None:
        app = fill(open_page("train"), capacity=12.0, free_bits=0.5)
        assert problem(app).startswith("A KL capacity needs a VAE with one importance sample and ")
        fill(app, free_bits=0.0)
        assert can_train(app)
        assert app.query_params["capacity"] == "12"
        assert form(open_page("train", **app.query_params)) == form(app)


class TestSummary:
    @pytest.mark.parametrize("config", [*PRESETS.values(), OTHER], ids=[*PRESETS, "other"])
    def test_totals_are_those_of_the_model(self, config: Config, digits: Dataset) -> None:
        from vae.model.base import build

        model = build(config, digits.image_shape, digits.classes)
        app = fill(open_page("train", preset=config.preset), **as_form(config))
        total = model.count_params()
        assert f"Total parameters **{total:,}** · trainable {total:,} · non-trainable 0" in words(
            app
        )
        for (name, network), shown in zip(model.networks.items(), layers(app), strict=True):
            assert f"**{name.capitalize()}** · {network.count_params():,} parameters" in words(app)
            counts = [layer.count_params() for layer in network.layers]
            assert sorted(filter(None, shown.values())) == sorted(filter(None, counts))

    def test_it_follows_the_form(self) -> None:
        app = fill(open_page("train"), hidden="", latent_dim=2)
        encoder, decoder = 2 * (64 + 1) * 2, (2 + 1) * 64
        assert f"Total parameters **{encoder + decoder:,}**" in words(app)

    def test_how_long_it_takes(self) -> None:
        app = fill(open_page("train"), epochs=500, batch_size=1)
        assert "Takes about **" in words(app)
        assert " min** on this machine" in words(app)


def test_images_that_an_epoch_leaves_out_are_said() -> None:
    app = open_page("train", dataset="digits", batch_size="700")
    assert "Each epoch uses 700 of 1,365 training images" in words(app)
    assert "Each epoch uses" not in words(open_page("train", dataset="digits"))
