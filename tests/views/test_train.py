"""Train: the form, what it would build, starting, watching, stopping."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run, wait_until
from tests.views.conftest import (
    act,
    calm,
    component,
    go,
    labelled,
    open_page,
    picture_called,
    press,
    shows,
    tell,
    watch,
    words,
)
from vae.config import Config, setting
from vae.curves import curve_points
from vae.datasets import Dataset
from vae.files import read_json
from vae.presets import PRESET_NOTES, PRESETS
from vae.runs import Run, open_run
from vae.sampling import tile
from views._shared import server

FIELDS = [field.name for field in dataclasses.fields(Config) if field.name != "preset"]
# A configuration that differs from every preset in every field.
OTHER = Config(
    preset="recommended",
    kind="vae",
    network="convolutional",
    latent_dim=7,
    hidden=(5, 6),
    activation="elu",
    beta=0.25,
    kl_warmup=3,
    loss_scale="per_pixel",
    optimizer="sgd",
    learning_rate=0.00123,
    schedule="constant",
    batch_size=33,
    epochs=9,
    train_share=0.5,
    validation_split=0.2,
    seed=42,
)


def control(app: AppTest, name: str) -> Any:
    return app.main.get_by_key(f"form_{name}")


def form(app: AppTest) -> dict[str, Any]:
    """What all controls hold."""
    return {name: control(app, name).value for name in FIELDS}


def as_form(config: Config) -> dict[str, Any]:
    """What all controls hold for a configuration."""
    values = {name: getattr(config, name) for name in FIELDS}
    return values | {"hidden": ", ".join(map(str, config.hidden))}


def fill(app: AppTest, **values: Any) -> AppTest:
    """Type and choose values, and have the app run once."""
    for name, value in values.items():
        control(app, name).set_value(value)
    return calm(app.run())


def submitted(app: AppTest) -> dict[str, Any]:
    """What stands in the folder of the run that this session has just started."""
    path = server.store().open(app.query_params["run"]).path
    return read_json(path / "config.json")


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
            assert app.query_params == {"dataset": "digits", "preset": preset}
            fill(app, **as_form(OTHER))
            assert form(app) == as_form(OTHER)

    @pytest.mark.parametrize("name", FIELDS)
    def test_label_range_and_help_are_the_packages_own(self, name: str) -> None:
        shown, limits = control(open_page("train"), name), setting(name)
        assert shown.label == limits.label
        assert shown.help.startswith(limits.help)
        if limits.choices:
            assert len(shown.options) == len(limits.choices)
        elif name != "hidden":
            assert (shown.min or 0, shown.max) == (limits.low, limits.high)

    def test_a_typed_value_survives(self) -> None:
        app = fill(open_page("train", preset="lecture"), **as_form(OTHER))
        for step in (app.run, app.run, lambda: go(app, "latent"), lambda: go(app, "train")):
            step()
        assert form(calm(app)) == as_form(OTHER)
        watch(app)
        act(app.segmented_control(key="train_view_control").set_value("Set up"))
        assert form(app) == as_form(OTHER)

    def test_the_address_brings_the_form_back(self) -> None:
        app = fill(open_page("train", preset="convolutional"), **as_form(OTHER))
        again = open_page("train", **app.query_params)
        assert again.segmented_control(key="form_preset").value == "convolutional"
        assert form(again) == as_form(OTHER)
        assert not again.warning

    def test_the_address_names_what_differs(self) -> None:
        app = fill(open_page("train", preset="lecture"), epochs=3)
        assert app.query_params == {"dataset": "digits", "preset": "lecture", "epochs": "3"}
        fill(app, epochs=PRESETS["lecture"].epochs)
        assert app.query_params == {"dataset": "digits", "preset": "lecture"}


class TestBadInput:
    @pytest.mark.parametrize("preset", ["best", "", "../lecture", "\x00", "x" * 5000])
    def test_preset(self, preset: str) -> None:
        app = open_page("train", preset=preset)
        assert warned(app).startswith(f"Presets are {', '.join(PRESETS)}. Received: ")
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
        ],
    )
    def test_a_setting_in_the_address(self, name: str, value: str) -> None:
        app = open_page("train", preset="lecture", **{name: value})
        assert "Received: " in warned(app)
        assert warned(app).endswith("Shown: the preset as it is.")
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


class TestSummary:
    @pytest.mark.parametrize("config", [*PRESETS.values(), OTHER], ids=[*PRESETS, "other"])
    def test_totals_are_those_of_the_model(self, config: Config, digits: Dataset) -> None:
        from vae.model import build

        model = build(config, digits.image_shape)
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


class TestSubmit:
    @pytest.mark.usefixtures("busy")
    @pytest.mark.parametrize("config", [*PRESETS.values(), OTHER], ids=[*PRESETS, "other"])
    def test_the_run_gets_what_the_form_holds(self, config: Config, runs: Path) -> None:
        app = open_page("train", preset=config.preset)
        if app.segmented_control(key="train_view_control").value == "Watch":
            act(app.segmented_control(key="train_view_control").set_value("Set up"))
        fill(app, **as_form(config))
        press(app, "Train")
        found = submitted(app)
        assert Config.from_dict(found["config"]) == config
        assert (found["dataset"], found["images"], found["seed"]) == ("digits", 1437, config.seed)
        assert app.segmented_control(key="train_view_control").value == "Watch"
        assert "Waiting for a free place: 1 run goes first." in words(app)
        press(app, "Stop")
        assert "Stopped. Stopped before it began." in words(app)
        assert not app.button
        assert open_run(runs / app.query_params["run"]).state == "stopped"

    @pytest.mark.usefixtures("busy")
    def test_one_after_the_other(self) -> None:
        app = open_page("train")
        places = []
        for _ in range(2):
            act(app.segmented_control(key="train_view_control").set_value("Set up"))
            press(app, "Train")
            places.append(words(app))
        assert "Waiting for a free place: 1 run goes first." in places[0]
        assert "Waiting for a free place: 2 runs go first." in places[1]

    def test_train_watch_and_stop(self, runs: Path) -> None:
        app = open_page("train", preset="recommended", epochs="500", hidden="16", batch_size="4")
        press(app, "Train")
        path = runs / app.query_params["run"]
        config = PRESETS["recommended"].replace(epochs=500, hidden=(16,), batch_size=4)
        assert Config.from_dict(read_json(path / "config.json")["config"]) == config
        wait_until(lambda: open_run(path).history, "the run learns")
        # Who opens the page anew sees the run at once.
        again = open_page("train")
        assert again.query_params["run"] == path.name
        (bar,) = again.progress
        assert bar.text.startswith("Epoch ")
        assert " of 500 · step " in bar.text
        assert picture_called(again, "Samples from fixed codes")
        calm(app.run())
        press(app, "Stop")
        (button,) = app.button
        assert (button.label, button.disabled) == ("Stopping…", True)
        wait_until(lambda: open_run(path).state == "stopped", "the run stops")
        wait_until(
            lambda: not server.queue().is_pending(open_run(path), "train"), "its process is gone"
        )
        calm(app.run(), "train")
        assert "Stopped. Stopped by hand in epoch " in words(app)
        assert f"Test ELBO (nats per image): {open_run(path).metrics['elbo']:.2f}" in words(app)
        assert not app.button
        for page in ("start", "latent", "generate"):
            assert go(app, page).image

    def test_a_folder_that_cannot_be_made(self, runs: Path) -> None:
        app = open_page("train")
        runs.rmdir()
        runs.write_text("not a folder")
        press(app, "Train")
        (error,) = app.error
        assert error.value.startswith("Runs need a folder that can be written to")
        runs.unlink()
        runs.mkdir()


class TestWatch:
    def test_numbers_are_those_of_the_run(self, run: Run) -> None:
        app = watch(open_page("train"))
        last, shown = run.history[-1], {metric.label: metric.value for metric in app.metric}
        assert shown == {
            "Loss (nats per image)": f"{last['loss']:.2f}",
            "Reconstruction (nats per image)": f"{last['reconstruction']:.2f}",
            "KL (nats per image)": f"{last['kl']:.2f}",
            "Test ELBO (nats per image)": f"{run.metrics['elbo']:.2f}",
        }
        for name in ("loss", "reconstruction", "kl"):
            assert f"validation {last[f'val_{name}']:.2f}" in words(app)
        assert "Finished: 12 epochs." in words(app)

    def test_curves_are_those_of_the_run(self, run: Run) -> None:
        given = component(watch(open_page("train")), "curves-finished-False")
        assert given["points"] == curve_points(run.rows)
        assert given["epochs"] == 12

    def test_back_through_the_run(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = watch(open_page("train"))
        slider = app.select_slider(key="snapshot-finished")
        assert slider.options == [str(epoch) for epoch in run.snapshot_epochs]
        for epoch in (12, 0, 3):
            act(app.select_slider(key="snapshot-finished").set_value(epoch))
            snapshot = run.snapshot(epoch)
            samples = pictures[picture_called(app, "Samples from fixed codes")]
            assert shows(samples, tile(snapshot["samples"], 5, 10))
            pairs = pictures[picture_called(app, "Test images above their reconstructions")]
            images = [*run.fixed["images"], *snapshot["reconstructions"]]
            assert shows(pairs, tile(np.stack(images), 2, len(images) // 2))
            assert f"· epoch {epoch}" in words(app)

    def test_an_autoencoder_has_no_elbo(self, autoencoder_run: Run, runs: Path) -> None:
        run = copy_run(autoencoder_run, runs / "autoencoder")
        app = watch(open_page("train"))
        shown = {metric.label: metric.value for metric in app.metric}
        assert shown["Test loss (nats per image)"] == f"{run.metrics['loss']:.2f}"
        assert "An autoencoder has no ELBO" in words(app)

    def test_it_opens_where_there_is_something_to_see(self, busy: Run) -> None:
        app = open_page("train")
        assert app.segmented_control(key="train_view_control").value == "Watch"

    @pytest.mark.usefixtures("run")
    def test_it_opens_at_the_form(self) -> None:
        app = open_page("train")
        assert app.segmented_control(key="train_view_control").value == "Set up"

    def test_stopping_says_so(self, busy: Run) -> None:
        app = open_page("train")
        press(app, "Stop")
        assert busy.stop_requested
        (button,) = app.button
        assert (button.label, button.disabled) == ("Stopping…", True)

    def test_it_sees_the_end(self, busy: Run, finished_run: Run) -> None:
        app = open_page("train")
        assert "Epoch 2 of 12" in words(app)
        for name in ("encoder.onnx", "decoder.onnx", "metrics.json", "latents.npz"):
            (busy.path / name).write_bytes((finished_run.path / name).read_bytes())
        tell(busy, "finished")
        calm(app.run())
        assert "trains now" not in app.selectbox(key="run_picker").options[0]
        assert app.metric[-1].value == f"{finished_run.metrics['elbo']:.2f}"
