"""What the browser is given of a training step."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.pages.films import (
    STAGES,
    captions,
    decoded,
    details,
    film,
    make_step,
    plain,
    stage,
    values,
)
from vae.figures.colors import HUES


def test_the_stages_stand_in_their_order() -> None:
    shown = film(make_step())
    assert [each["name"] for each in shown["stages"]] == STAGES
    assert [plain(each["title"]) for each in shown["stages"]] == [
        *("Image", "Encoder", "Mean, log-variance", "Epsilon", "z"),
        *("Decoder", "Reconstruction", "The two losses", "Gradient step"),
    ]
    assert not any(each["absent"] for each in shown["stages"])
    assert shown["place"] == "Epoch 3 · step 41 of 1,200"


def test_every_quantity_has_the_hue_that_it_has_elsewhere() -> None:
    shown = film(make_step())
    assert HUES.items() <= shown["hues"].items()
    named = {each["hue"] for each in shown["stages"]} - {""}
    for said in shown["examples"][0]["captions"] + shown["examples"][0]["details"]:
        named |= set(re.findall(r"(\w+)\[", said))
    assert named <= set(shown["hues"])
    assert {"epsilon", "gradient"} <= named


@pytest.mark.parametrize("background", ["#ffffff", "#111827"])
def test_every_hue_stands_out_from_the_background(background: str) -> None:
    def luminance(color: str) -> float:
        parts = np.array([int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for hue in film(make_step())["hues"].values():
        low, high = sorted((luminance(hue), luminance(background)))
        assert (high + 0.05) / (low + 0.05) >= 3.0


def test_numbers_and_images_are_those_of_the_step() -> None:
    step = make_step()
    shown = film(step)
    assert len(shown["examples"]) == 3
    for i, example in enumerate(shown["examples"]):
        for name in ("mean", "log_var", "epsilon", "z", "kl"):
            np.testing.assert_allclose(values(example[name]), step[name][i], rtol=1e-3)
            assert [bar["name"] for bar in example[name]] == ["1", "2", "3", "4"]
        np.testing.assert_allclose(example["spread"], np.exp(step["log_var"][i] / 2), rtol=1e-3)
        reconstruction, kl = step["reconstruction_nats"][i], step["kl"][i].sum()
        np.testing.assert_allclose(
            values(example["losses"]), [reconstruction, kl, reconstruction + kl, kl], rtol=1e-3
        )
        np.testing.assert_array_equal(decoded(example["image"]), step["images"][i])
        np.testing.assert_array_equal(
            decoded(example["reconstruction"]), step["reconstructions"][i]
        )
    assert [(bar["name"], bar["text"]) for bar in shown["layers"]] == [
        ("enc. hidden_1", "30.00"),
        ("enc. mean", "40.00"),
        ("dec. pixels", "0.0123"),
    ]
    assert shown["batch"] == {"before": "135.50", "after": "135.10"}


def test_numbers_have_four_digits() -> None:
    step = make_step()
    step["mean"][0, 0] = -1.23456
    bar = film(step)["examples"][0]["mean"][0]
    assert bar == {"name": "1", "value": -1.235, "text": "−1.23"}


def test_the_longest_bar_is_the_same_for_all_images() -> None:
    step = make_step()
    reach = film(step)["reach"]
    code = max(np.abs(step[name]).max() for name in ("mean", "epsilon", "z"))
    assert reach["code"] == pytest.approx(code, rel=1e-3)
    assert reach["log_var"] == pytest.approx(np.abs(step["log_var"]).max(), rel=1e-3)
    assert reach["kl"] == pytest.approx(step["kl"].max(), rel=1e-3)
    loss = (step["reconstruction_nats"] + step["kl"].sum(axis=1)).max()
    assert reach["nats"] == pytest.approx(loss, rel=1e-3)
    assert reach["gradient"] == 40.0


def test_activations_are_scaled_for_each_image() -> None:
    step = make_step(n=2, hidden=4)
    step["encoder"] = np.array([[0.0, 1.0, 2.0, 4.0], [-1.0, 0.0, 0.5, 1.0]], np.float32)
    first, second = (example["encoder"] for example in film(step)["examples"])
    assert first == [0.0, 0.25, 0.5, 1.0]
    assert second == [0.0, 0.5, 0.75, 1.0]


def test_dead_activations_are_all_dark() -> None:
    step = make_step(n=1, hidden=5)
    step["encoder"] = np.zeros((1, 5), np.float32)
    assert film(step)["examples"][0]["encoder"] == [0.0] * 5


def test_captions_are_one_sentence_each_on_the_real_numbers() -> None:
    step = make_step()
    step["reconstruction_nats"][1], step["kl"][1] = 120.26, [10.0, 5.0, 0.125, 0.125]
    said = captions(film(step), 1)
    assert said == {
        "image": "Here is one of the 50 images of this batch.",
        "encoder": "The encoder turns 48 pixels into 16 numbers.",
        "cloud": "It gives not one point but a Gaussian: a mean and a log-variance for each of 4 "
        "dimensions.",
        "epsilon": "A random epsilon picks one point of this Gaussian.",
        "z": "That point is z, the code: 4 numbers that stand for the whole image.",
        "decoder": "The decoder turns the 4 numbers of z into 17.",
        "reconstruction": "From those it makes 48 pixels: the reconstruction.",
        "losses": "The reconstruction costs 120.3 nats and the KL 15.2: a loss of 135.5.",
        "gradient": "One step against the gradient, and the loss of this very batch falls from "
        "135.50 to 135.10 nats.",
    }


def test_details_put_the_numbers_into_the_formulas() -> None:
    step = make_step(n=1)
    step["mean"][0, 0], step["log_var"][0, 0], step["epsilon"][0, 0] = 0.5, np.log(0.25), -1.2
    step["z"][0, 0] = -0.1
    step["reconstruction_nats"][0], step["kl"][0] = 120.25, [10.0, 5.0, 0.25, 0.25]
    said = details(film(step))
    assert said["image"] == "8 × 6 = 48 numbers between 0 and 1"
    assert said["encoder"].startswith("48 → 16:")
    assert said["cloud"] == (
        "mean₁ = 0.50,  log_var₁ = −1.39,  standard deviation exp(log_var₁ / 2) = 0.50"
    )
    assert said["epsilon"].startswith("epsilon₁ = −1.20,")
    assert said["z"] == (
        "z = mean + exp(log_var / 2) · epsilon:  z₁ = 0.50 + 0.50 · (−1.20) = −0.10"
    )
    assert said["losses"] == (
        "loss = reconstruction + beta × KL = 120.25 + 1 × 15.50 = 135.75 nats"
    )
    assert said["gradient"] == (
        "norm of the gradient 50.00 · learning rate 0.004 · all weights together move by 0.05"
    )


def test_noise_is_mentioned_only_where_it_is_not_1() -> None:
    assert stage(film(make_step()), "epsilon")["note"] == "from N(0, 1)"
    shown = film(make_step(noise=0.5))
    assert stage(shown, "epsilon")["note"] == "0.5 × N(0, 1)"
    formula, numbers = details(shown)["z"].split(":")
    assert formula == "z = mean + exp(log_var / 2) · 0.5 · epsilon"
    assert " · 0.5 · " in numbers


def test_beta_weighs_the_kl() -> None:
    step = make_step(n=1, beta=0.0392)
    step["reconstruction_nats"][0], step["kl"][0] = 100.0, [20.0, 0.0, 0.0, 5.0]
    shown = film(step)
    assert values(shown["examples"][0]["losses"]) == [100.0, 25.0, 101.0, 0.98]
    assert captions(shown)["losses"] == (
        "The reconstruction costs 100.0 nats and the KL 25.0, counted 0.0392 times: "
        "a loss of 101.0."
    )
    assert "100.00 + 0.0392 × 25.00 = 100.98 nats" in details(shown)["losses"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (135.5, 135.1, "falls from 135.50 to 135.10 nats."),
        (135.1, 135.5, "rises from 135.10 to 135.50 nats."),
        (0.12341, 0.12336, "stays at 0.1234 nats."),
        (2.0004, 2.0009, "rises from 2.000 to 2.001 nats."),
        (7.0, 7.0, "stays at 7.0000 nats."),
        (3e7, 2e7, "falls from 3.0e7 to 2.0e7 nats."),
    ],
)
def test_the_caption_says_how_the_loss_changed(before: float, after: float, words: str) -> None:
    shown = film(make_step(loss_before=before, loss_after=after))
    assert captions(shown)["gradient"].endswith(words)


def test_what_is_too_much_for_a_screen_is_thinned_out_and_says_so() -> None:
    step = make_step(d=128, hidden=1000)
    step["layer_names"] = np.array([f"layer {index}" for index in range(13)])
    step["gradient_norms"] = np.arange(1, 14, dtype=np.float32)
    step["update_norms"] = np.ones(13, np.float32)
    step["encoder"][0] = np.linspace(0, 1, 1000)
    shown = film(step)
    example = shown["examples"][0]
    for name in ("mean", "log_var", "epsilon", "z", "kl"):
        np.testing.assert_allclose(values(example[name]), step[name][0, :8], rtol=1e-3)
    np.testing.assert_allclose(example["encoder"], np.linspace(0, 1, 64), atol=2e-3)
    assert (example["encoder"][0], example["encoder"][-1]) == (0.0, 1.0)
    assert len(example["decoder"]) == 64
    assert values(shown["layers"])[0] == 1.0
    assert values(shown["layers"])[-1] == 13.0
    assert len(shown["layers"]) == 8
    assert stage(shown, "cloud")["note"] == stage(shown, "z")["note"] == "8 of 128 shown"
    assert stage(shown, "encoder")["note"] == "64 of 1,000"
    assert stage(shown, "gradient")["note"] == "norms, 8 of 13 shown"
    # The sentences and the losses are about all of them.
    assert "each of 128 dimensions" in captions(shown)["cloud"]
    assert "into 1,000 numbers" in captions(shown)["encoder"]
    assert example["losses"][1]["value"] == pytest.approx(step["kl"][0].sum(), rel=1e-3)


def test_at_most_eight_images() -> None:
    assert len(film(make_step(n=10))["examples"]) == 8


def test_the_arrays_of_a_file_give_the_same_film(tmp_path: Path) -> None:
    step = make_step()
    np.savez(tmp_path / "step.npz", **step)
    with np.load(tmp_path / "step.npz") as arrays:
        assert film(dict(arrays)) == film(step)


def test_numbers_stay_short() -> None:
    step = make_step(n=1, d=8)
    step["mean"][0] = [0.004, -0.004, 9.999, 12.34, -123.4, 9999.4, -12345.0, 3e30]
    texts = [bar["text"] for bar in film(step)["examples"][0]["mean"]]
    assert texts == ["0.00", "0.00", "10.00", "12.3", "−123", "9999", "−1e4", "3e30"]
