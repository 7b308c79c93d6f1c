"""The layers as data: what is counted is what Keras builds."""

from __future__ import annotations

import math

import keras
import pytest

from vae.architecture import Summary, decoder_layers, encoder_layers, summarize
from vae.config import Config
from vae.errors import ConfigError
from vae.layers import Layer
from vae.model.base import build

SHAPES = [(8, 8, 1), (28, 28, 1), (9, 31, 3), (64, 64, 3), (64, 8, 1), (17, 13, 1)]
DENSE = [(), (128,), (24, 12), (30, 20, 10), (16, 8, 4, 2), (5,) * 6]
CONVOLUTIONAL = [
    ((8, 8, 1), (4,)),
    ((8, 8, 3), (4, 6)),
    ((9, 31, 3), (3, 5)),
    ((28, 28, 1), (32, 64)),
    ((28, 28, 1), (4, 8, 6)),
    ((32, 48, 1), (2, 3, 4, 5)),
    ((64, 64, 3), (2, 3, 4, 5, 6)),
    ((33, 64, 1), (2, 3, 4, 5)),
]
CASES = [
    *(
        (Config(hidden=hidden, latent_dim=2 + index), SHAPES[index])
        for index, hidden in enumerate(DENSE)
    ),
    *(
        (Config(network="convolutional", hidden=hidden, latent_dim=3), shape)
        for shape, hidden in CONVOLUTIONAL
    ),
    (
        Config(network="convolutional", hidden=(4, 6), dense_layers=(20, 9), latent_dim=2),
        (28, 28, 1),
    ),
    (Config(kind="autoencoder", beta=0.0, latent_dim=5), (28, 28, 1)),
    (
        Config(kind="autoencoder", beta=0.0, network="convolutional", hidden=(4, 6), latent_dim=1),
        (11, 10, 3),
    ),
    (Config(latent_dim=128, hidden=(1024,), activation="leaky_relu"), (28, 28, 1)),
    *(
        (Config(kind="conditional", latent_dim=3, hidden=hidden), (9, 31, 3))
        for hidden in ((), (24, 12))
    ),
    *(
        (
            Config(
                kind="conditional",
                network="convolutional",
                hidden=(4, 6),
                dense_layers=dense_layers,
            ),
            (11, 10, 3),
        )
        for dense_layers in ((), (20, 9))
    ),
]
CLASSES = 7  # of the data, which conditional networks alone use


def label(value: object) -> str | None:
    if isinstance(value, Config):
        return f"{value.kind}-{value.network}-{'-'.join(map(str, value.hidden))}"
    return "x".join(map(str, value)) if isinstance(value, tuple) else None


def check_against_keras(layers: tuple[Layer, ...], network: keras.Model) -> None:
    assert {layer.name for layer in layers} == {layer.name for layer in network.layers}
    for layer in layers:
        built = network.get_layer(layer.name)
        assert type(built).__name__ == layer.class_name
        assert built.output.shape == (None, *layer.output_shape)
        assert built.count_params() == layer.parameters


class TestBasics:
    def test_a_summary_adds_up(self) -> None:
        counted = Summary(
            {
                "encoder": (Layer("Dense", "a", (2,), 3, 5), Layer("Dense", "b", (2,), 7, 11)),
                "decoder": (Layer("Dense", "c", (2,), 13, 17),),
            }
        )
        assert counted.parameters == {"encoder": 10, "decoder": 13}
        assert counted.total == 23
        assert counted.multiplications == 33

    def test_the_ends_of_both_networks(self) -> None:
        config = Config(network="convolutional", hidden=(4,), latent_dim=6)
        encoder, decoder = encoder_layers(config, (9, 8, 3)), decoder_layers(config, (9, 8, 3))
        assert encoder[0].output_shape == decoder[-1].output_shape == (9, 8, 3)
        assert [layer.name for layer in encoder[-2:]] == ["mean", "log_var"]
        assert [layer.name for layer in decoder[-2:]] == ["logits", "image"]
        assert encoder[-1].output_shape == decoder[0].output_shape == (6,)


class TestCorrectness:
    @pytest.mark.parametrize(("config", "image_shape"), CASES, ids=label)
    def test_counts_are_those_of_keras(
        self, config: Config, image_shape: tuple[int, int, int]
    ) -> None:
        counted = summarize(config, image_shape, CLASSES)
        model = build(config, image_shape, CLASSES)
        check_against_keras(counted.networks["encoder"], model.encoder)
        check_against_keras(counted.networks["decoder"], model.decoder)
        assert model.encoder.count_params() == counted.parameters["encoder"]
        assert model.decoder.count_params() == counted.parameters["decoder"]
        assert model.count_params() == counted.total
        # Every parameter is trainable, as the summary says.
        assert sum(math.prod(v.shape) for v in model.trainable_variables) == counted.total
        assert model.encoder.non_trainable_weights == model.decoder.non_trainable_weights == []

    def test_multiplications_of_a_dense_network(self) -> None:
        counted = summarize(Config(hidden=(10,), latent_dim=2), (8, 8, 1))
        assert counted.multiplications == (64 * 10 + 2 * 10 * 2) + (2 * 10 + 10 * 64)

    def test_multiplications_of_a_convolution(self) -> None:
        counted = summarize(Config(network="convolutional", hidden=(5,), latent_dim=2), (8, 8, 3))
        # 4 x 4 positions, each 3 x 3 pixels of 3 channels into 5 filters; and back, each of 4 x 4
        # positions with 5 channels into 4 x 4 pixels of 3 channels.
        assert counted.networks["encoder"][1].multiplications == 4 * 4 * 3 * 3 * 3 * 5
        assert counted.networks["decoder"][-3].multiplications == 4 * 4 * 4 * 4 * 5 * 3

    @pytest.mark.parametrize(
        "image_shape",
        [(7, 8, 1), (8, 7, 1), (65, 64, 1), (28, 28, 2), (28, 28, 4), (28, 28, 0), (28, 28), ()],
    )
    def test_images_that_no_network_takes(self, image_shape: tuple[int, ...]) -> None:
        with pytest.raises(ConfigError, match=r"Images must .*Received: \("):
            summarize(Config(), image_shape)
        with pytest.raises(ConfigError, match="Received"):
            build(Config(), image_shape)

    def test_a_label_costs_a_weight_a_class_where_it_joins(self) -> None:
        plain = summarize(Config(hidden=(10,), latent_dim=2), (8, 8, 1))
        conditional = summarize(
            Config(kind="conditional", hidden=(10,), latent_dim=2), (8, 8, 1), 7
        )
        assert conditional.parameters["encoder"] == plain.parameters["encoder"] + 7 * 10
        assert conditional.parameters["decoder"] == plain.parameters["decoder"] + 7 * 10
        assert conditional.multiplications == plain.multiplications + 2 * 7 * 10

    def test_other_kinds_do_not_read_the_classes(self) -> None:
        assert summarize(Config(), (8, 8, 1), 7) == summarize(Config(), (8, 8, 1))

    @pytest.mark.parametrize("classes", [0, 1])
    def test_a_label_that_says_nothing(self, classes: int) -> None:
        config = Config(kind="conditional")
        with pytest.raises(ConfigError, match=rf"that is not conditional\. Received: {classes}$"):
            summarize(config, (8, 8, 1), classes)
        with pytest.raises(ConfigError, match="Received"):
            build(config, (8, 8, 1), classes)

    @pytest.mark.parametrize(
        ("image_shape", "highest"),
        [((8, 8, 1), 2), ((28, 28, 1), 3), ((64, 9, 3), 2), ((64,) * 2 + (1,), 5)],
    )
    def test_more_stages_than_the_image_can_be_halved(
        self, image_shape: tuple[int, int, int], highest: int
    ) -> None:
        config = Config(network="convolutional", hidden=(2,) * highest)
        assert summarize(config, image_shape).total > 0
        for stages in (0, highest + 1):
            unfit = config.replace(hidden=(2,) * stages)
            with pytest.raises(
                ConfigError, match=rf"1 to {highest} hidden layers.*Received: hidden="
            ):
                summarize(unfit, image_shape)
            with pytest.raises(ConfigError, match="Received"):
                build(unfit, image_shape)
