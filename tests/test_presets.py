"""The presets: the lecture's recipe to the letter, and that all can be used."""

from __future__ import annotations

import pytest

from vae.architecture import summarize
from vae.config import Config
from vae.preset_notes import PRESET_NOTES
from vae.presets import LECTURE_BETA, PRESETS, preset_label

MNIST = (28, 28, 1)


class TestBasics:
    @pytest.mark.parametrize("name", PRESETS)
    def test_a_preset_says_its_name_and_what_it_is_for(self, name: str) -> None:
        assert PRESETS[name].preset == name
        assert PRESET_NOTES[name].title
        assert PRESET_NOTES[name].purpose.endswith(".")

    @pytest.mark.parametrize("name", PRESETS)
    def test_a_preset_fits_all_built_in_images(self, name: str) -> None:
        for image_shape in (MNIST, (8, 8, 1)):
            assert summarize(PRESETS[name], image_shape, 10).total > 0

    def test_the_notes_are_those_of_the_presets(self) -> None:
        assert set(PRESET_NOTES) == set(PRESETS)

    def test_label(self) -> None:
        lecture = PRESETS["lecture"]
        assert preset_label(lecture) == "Lecture"
        assert preset_label(lecture.replace(seed=5, train_share=0.1)) == "Lecture"
        assert preset_label(lecture.replace(epochs=3)) == "Lecture, 3 epochs"
        assert preset_label(lecture.replace(epochs=1, beta=4)) == "Lecture, beta 4, 1 epoch"
        assert preset_label(lecture.replace(latent_dim=8)) == "Lecture, 8 dimensions"
        changed = lecture.replace(kl_warmup=5, hidden=(256, 128))
        assert preset_label(changed) == "Lecture, hidden layers 256-128, KL warm-up 5"
        changed = changed.replace(optimizer="sgd")
        assert preset_label(changed) == "Lecture, 3 settings changed"
        assert preset_label(Config()) == "Custom"


class TestCorrectness:
    def test_the_lectures_recipe(self) -> None:
        assert PRESETS["lecture"] == Config(
            preset="lecture",
            kind="vae",
            network="dense",
            latent_dim=4,
            hidden=(128,),
            activation="relu",
            beta=0.0392,
            kl_warmup=0,
            loss_scale="per_pixel",
            optimizer="rmsprop",
            learning_rate=0.001,
            schedule="constant",
            batch_size=100,
            epochs=50,
            train_share=1.0,
            validation_split=0.0,
        )

    def test_the_lectures_beta_in_nats(self) -> None:
        # 1e-4 * mean over 4 dimensions of twice the KL, against a mean over 784 pixels.
        assert pytest.approx(0.0392, rel=1e-12) == LECTURE_BETA

    def test_the_lectures_parameters(self) -> None:
        counted = summarize(PRESETS["lecture"], MNIST)
        assert counted.parameters["encoder"] == 101_512
        assert counted.parameters["decoder"] == 101_776
        assert counted.total == 203_288

    def test_the_lectures_layers(self) -> None:
        counted = summarize(PRESETS["lecture"], MNIST)
        dense = [
            (layer.name, layer.output_shape, layer.arguments["activation"], layer.parameters)
            for layer in counted.layers
            if layer.class_name == "Dense"
        ]
        assert dense == [
            ("hidden_1", (128,), "relu", 100_480),
            ("mean", (4,), None, 516),
            ("log_var", (4,), None, 516),
            ("hidden_1", (128,), "relu", 640),
            ("pixels", (784,), None, 101_136),
        ]
        assert counted.networks["decoder"][-1].arguments == {"activation": "sigmoid"}

    def test_lecture_fast_keeps_network_and_objective(self) -> None:
        fast, lecture = PRESETS["lecture-fast"], PRESETS["lecture"]
        for name in ("network", "latent_dim", "hidden", "activation", "beta", "kind"):
            assert getattr(fast, name) == getattr(lecture, name)

    def test_recommended_is_the_true_elbo_on_the_lectures_network(self) -> None:
        assert PRESETS["recommended"].beta == 1.0
        assert summarize(PRESETS["recommended"], MNIST).total == 203_288
