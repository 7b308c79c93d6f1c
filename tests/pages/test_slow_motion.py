"""What the browser is given of a training step."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PATIENCE_SECONDS
from tests.pages.conftest import picture
from vae.figures.colors import HUES

STAGES = [
    *("image", "encoder", "cloud", "epsilon", "z"),
    *("decoder", "reconstruction", "losses", "gradient"),
]
DIVERGED = "No finite number any more: this training has diverged."


def make_step(
    n: int = 3,
    d: int = 4,
    *,
    hidden: int = 16,
    image_shape: tuple[int, int, int] = (8, 6, 1),
    seed: int = 0,
    **changes: Any,
) -> dict[str, Any]:
    """One training step of a network that never was, consistent in itself."""
    generator = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape).astype(np.float32)

    mean, log_var, epsilon = 2 * normal(n, d), normal(n, d) - 2, normal(n, d)
    noise = changes.get("noise", 1.0)
    return {
        "epoch": 3,
        "step": 41,
        "steps": 1200,
        "images": generator.integers(0, 256, (n, *image_shape), dtype=np.uint8),
        "encoder": normal(n, hidden),
        "mean": mean,
        "log_var": log_var,
        "epsilon": epsilon,
        "z": mean + np.exp(log_var / 2) * noise * epsilon,
        "noise": 1.0,
        "decoder": normal(n, hidden + 1),
        "reconstructions": generator.integers(0, 256, (n, *image_shape), dtype=np.uint8),
        "reconstruction_nats": 100 + 10 * generator.random(n).astype(np.float32),
        "kl": 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var),
        "beta": 1.0,
        "learning_rate": 0.004,
        "loss_before": 135.5,
        "loss_after": 135.1,
        "layer_names": np.array(["encoder hidden_1", "encoder mean", "decoder pixels"]),
        "gradient_norms": np.array([30.0, 40.0, 0.0123], np.float32),
        "update_norms": np.array([0.03, 0.04, 0.0], np.float32),
        "batch_size": 50,
        "kind": "vae",
    } | changes


def film(step: dict[str, Any]) -> dict[str, Any]:
    """What the browser is given, as JSON allows it and nothing else."""

    def script(step: dict) -> None:
        from pages._components.slow_motion import slow_motion

        slow_motion(step, key="slow", on_next=lambda: None)

    app = AppTest.from_function(
        script, kwargs={"step": step}, default_timeout=PATIENCE_SECONDS
    ).run()
    assert [element.value for element in app.exception] == []

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(app.main.get_by_key("slow").proto.json, parse_constant=refuse)


def values(bars: list[dict[str, Any]]) -> list[float]:
    return [bar["value"] for bar in bars]


def plain(text: str) -> str:
    """A text without its colours."""
    return re.sub(r"\w+\[([^\]]*)\]", r"\1", text)


def captions(film: dict[str, Any], example: int = 0) -> dict[str, str]:
    said = map(plain, film["examples"][example]["captions"])
    return dict(zip(STAGES, said, strict=True))


def details(film: dict[str, Any], example: int = 0) -> dict[str, str]:
    said = map(plain, film["examples"][example]["details"])
    return dict(zip(STAGES, said, strict=True))


def stage(film: dict[str, Any], name: str) -> dict[str, str]:
    return film["stages"][STAGES.index(name)]


def decoded(url: str) -> np.ndarray:
    kind, _, content = url.partition(",")
    assert kind == "data:image/png;base64"
    return picture(base64.b64decode(content))


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


def test_one_dimension_one_image() -> None:
    shown = film(make_step(n=1, d=1, batch_size=1))
    said = captions(shown)
    assert said["image"] == "Here is the only image of this batch."
    assert said["cloud"].endswith("a mean and a log-variance for its only dimension.")
    assert said["z"] == "That point is z, the code: one number that stands for the whole image."
    assert said["decoder"] == "The decoder turns the one number of z into 17."
    assert stage(shown, "z")["note"] == "1 dimension"
    assert "₁" not in "".join(details(shown).values())


def test_color_images() -> None:
    step = make_step(image_shape=(5, 7, 3))
    shown = film(step)
    np.testing.assert_array_equal(decoded(shown["examples"][2]["image"]), step["images"][2])
    said = captions(shown)
    assert said["encoder"] == "The encoder turns 35 color pixels into 16 numbers."
    assert said["reconstruction"] == "From those it makes 35 color pixels: the reconstruction."
    assert details(shown)["image"] == "5 × 7 × 3 colors = 105 numbers between 0 and 1"
    assert stage(shown, "image")["note"] == "5 × 7 pixels"


def test_an_autoencoder_has_no_cloud_no_epsilon_and_no_kl() -> None:
    step = make_step(kind="autoencoder", beta=0.0)
    step["z"] = step["mean"]
    for name in ("log_var", "epsilon", "kl"):
        del step[name]
    shown = film(step)
    assert stage(shown, "epsilon")["absent"] == "An autoencoder has none."
    assert stage(shown, "cloud")["title"] == "mean[Mean]"
    example = shown["examples"][0]
    for name in ("log_var", "spread", "epsilon", "kl"):
        assert example[name] == []
    reconstruction, kl, loss, _ = example["losses"]
    assert kl["text"] == "none"
    assert loss["value"] == reconstruction["value"]
    said = captions(shown)
    assert said["cloud"] == (
        "It gives one point: a mean for each of 4 dimensions, and no spread around it."
    )
    assert said["epsilon"] == "An autoencoder has no epsilon: nothing is random."
    assert said["losses"].endswith("and that is all: an autoencoder has no KL.")
    assert "log_var" not in "".join(details(shown).values())


def test_a_conditional_one_gets_the_label() -> None:
    shown = film(make_step(kind="conditional"))
    said, numbers = captions(shown), details(shown)
    assert said["encoder"] == "The encoder turns 48 pixels and the label into 16 numbers."
    assert said["decoder"] == "The decoder turns the 4 numbers of z and the label into 17."
    assert numbers["encoder"].startswith("48 + label → 16:")
    assert numbers["decoder"].startswith("4 + label → 17:")
    assert said["losses"] == captions(film(make_step()))["losses"]


def test_a_run_that_diverged_says_so() -> None:
    step = make_step(loss_before=np.nan, loss_after=np.inf)
    step["encoder"][0, 3] = np.nan
    step["mean"][0, :3] = [np.nan, np.inf, -np.inf]
    step["mean"][0, 3] = -1.5e20
    step["log_var"][0, 1] = 3000.0  # its exponential is no number that JSON knows
    step["kl"][0] = np.nan
    step["z"][0] = np.inf
    step["gradient_norms"][:] = np.nan
    shown = film(step)
    example = shown["examples"][0]
    assert [bar["text"] for bar in example["mean"]] == ["NaN", "∞", "−∞", "−2e20"]
    assert values(example["mean"]) == [None, None, None, -1.5e20]
    assert example["spread"][1] is None
    assert example["encoder"][3] is None
    assert shown["reach"]["gradient"] == 1.0
    assert shown["batch"] == {"before": "NaN", "after": "∞"}
    said = captions(shown)
    assert [name for name in STAGES if said[name] == DIVERGED] == [
        *("encoder", "cloud", "z", "losses", "gradient")
    ]
    assert captions(shown, 1)["cloud"] != DIVERGED


def test_everything_not_a_number() -> None:
    step = make_step()
    for name, array in step.items():
        if isinstance(array, np.ndarray) and array.dtype == np.float32:
            step[name] = np.full_like(array, np.nan)
    assert film(step)["examples"][0]["encoder"] == [None] * 16


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
