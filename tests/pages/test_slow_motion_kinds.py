"""Slow motion of every kind of model, and of a run that diverged."""

from __future__ import annotations

import numpy as np

from tests.pages.films import (
    STAGES,
    captions,
    decoded,
    details,
    film,
    make_step,
    stage,
    values,
)

DIVERGED = "No finite number any more: this training has diverged."


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
