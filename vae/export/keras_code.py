"""A run as code that needs nothing of this package: a Keras script, a notebook, three lines.

The script is two templates, what all have and what a kind of model has, without the lines that a
configuration does not need. There a line ends with `#:` and the words that must hold for it, and a
part begins with `#=` and its title.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from vae.architecture import (
    FIRST_PIXEL_LOG_VAR,
    classifier_layers,
    decoder_layers,
    discriminator_layers,
    encoder_layers,
)
from vae.config import Config
from vae.data.binarisation import FIXED_SEED
from vae.data.split import split_counts
from vae.errors import ConfigError
from vae.export.keras_layers import written_layers
from vae.export.script_data import SOURCES, Source, source_of
from vae.kinds import KINDS, with_article
from vae.layers import ImageShape
from vae.model.keras_compat import OLDEST_KERAS

__all__ = ["OPEN_IN_KERAS", "keras_notebook", "keras_script", "open_in_keras"]

OPEN_IN_KERAS = f"""\
import keras  # {OLDEST_KERAS} or later
model = keras.models.load_model("model.keras")
outputs = model.predict(images)  # images in [0, 1] (N, H, W, C): reconstruction, mean, log_var
"""
# What is left where functions are left out: the line before, blank lines, the line behind.
HOLE = re.compile(r"(.*\n)\n{2,}(?=(.*))")
BEGIN = "keras_begin.template"  # settings, data, layers
EVALUATION_BATCH = (
    500  # the noise of validation is sampled for as many at once as in `vae.training.loop`
)
THIRD = {"free_bits": "per_dimension", "samples": "bound"}  # what the costs have besides
OPTIMIZERS = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}


class Part(NamedTuple):
    """One part of the script: what it is, in a line, and its code."""

    title: str
    code: str


def open_in_keras(config: Config) -> str:
    """Return the three lines that use a run's model.keras in plain Keras."""
    if config.has("classifier"):
        return OPEN_IN_KERAS.replace("outputs =", "probabilities =").replace(
            "reconstruction, mean, log_var", "a probability for each class"
        )
    if config.has("discriminator"):
        labels = " and labels one-hot (N, classes)" if config.conditional else ""
        inputs = "[z, labels]" if config.conditional else "z"
        return OPEN_IN_KERAS.replace("images)", f"{inputs})").replace(
            "images in [0, 1] (N, H, W, C): reconstruction, mean, log_var",
            f"random z (N, {config.latent_dim}){labels}: image, probability",
        )
    if not config.conditional:
        return OPEN_IN_KERAS
    code = OPEN_IN_KERAS.replace("predict(images)", "predict([images, labels])")
    return code.replace("(N, H, W, C):", "(N, H, W, C), labels one-hot (N, classes):")


def keras_script(config: Config, dataset_name: str, image_shape: ImageShape) -> str:
    """Return a Keras script that trains this model to the same history, epoch by epoch.

    It takes the path of a local mnist.npz as its argument, or downloads it as Keras does (animals:
    takes it from the package animal_mnist; one of one's own: needs its file). It leaves
    encoder.keras, decoder.keras and samples.png, or classifier.keras. Raises ConfigError for a data
    set that only its maker has, and for layers that do not fit the images.
    """
    title, parts = _parts(config, dataset_name, image_shape, local_file=dataset_name != "digits")
    usage = "python script.py" + (f" [{dataset_name}.npz]" if dataset_name != "digits" else "")
    head = f'"""{title}, in plain Keras: {usage}"""\n\n'
    code = parts[0].code  # it begins with imports, which need no heading
    for part in parts[1:]:
        # As a formatter has it: two blank lines around functions, else one.
        around = part.code.startswith("def ") or code.splitlines()[-1].startswith("    return")
        apart = "\n\n\n" if around else "\n\n"
        code += f"{apart}# {part.title}\n{part.code}"
    return head + code + "\n"


def keras_notebook(config: Config, dataset_name: str, image_shape: ImageShape) -> str:
    """Return the same as a Jupyter notebook, nbformat 4.5; raises ConfigError as `keras_script`."""
    title, parts = _parts(config, dataset_name, image_shape, local_file=False)
    cells = [_cell("markdown", f"# {title}")]
    for part in parts:
        cells += [_cell("markdown", f"## {part.title}"), _cell("code", part.code)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": [{"id": f"cell-{index}", **cell} for index, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1)


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": text.strip().splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _parts(
    config: Config, dataset_name: str, image_shape: ImageShape, *, local_file: bool
) -> tuple[str, list[Part]]:
    """Return the title of the whole and its parts."""
    source = source_of(dataset_name)
    if source is None or source.image_shape != tuple(image_shape):
        known = ", ".join(f"{name} {each.image_shape}" for name, each in SOURCES.items())
        raise ConfigError(
            f"A script can load {known} and data sets of your own. "
            f"Received: {dataset_name!r:.80} {tuple(image_shape)}"
        )
    holds = _holding(config, dataset_name, local_file)
    values = _values(config, dataset_name, source, holds)
    lines = []
    rest = _template(config)
    for line in (_read(BEGIN) + _read(rest)).splitlines():
        text, _, conditions = line.partition("  #: ")
        if all(_met(condition, holds) for condition in conditions.split()):
            lines.append(Template(text).substitute(values))
    parts = []
    for part in re.split("^#= ", "\n".join(lines), flags=re.MULTILINE)[1:]:
        part_title, _, code = part.partition("\n")
        parts.append(Part(part_title, HOLE.sub(_blank_lines, code.strip("\n"))))
    what = with_article(config.noun)
    if config.has("discriminator"):
        what = with_article(KINDS[config.kind].title)  # shorter: it stands in one line
    if config.conditional:
        what = f"A conditional {KINDS[config.kind].title}"
    return f"{what} on {source.title}", parts


def _template(config: Config) -> str:
    """Return the name of the part of the script that is of this kind of model alone."""
    if config.has("classifier"):
        return "keras_classifier.template"
    return "keras_codes.template" if config.has("encoder") else "keras_gan.template"


def _read(template: str) -> str:
    return Path(__file__).with_name(template).read_text(encoding="utf-8")


def _met(condition: str, holds: set[str]) -> bool:
    """Whether one condition of a line holds: a word, `!word` or `word|word`."""
    if condition.startswith("!"):
        return condition[1:] not in holds
    return not holds.isdisjoint(condition.split("|"))


def _blank_lines(hole: re.Match[str]) -> str:
    """Leave two blank lines around a function and one elsewhere, as a formatter does."""
    before, behind = hole.groups()
    around = before.startswith(" ") or behind.startswith(("def ", "@"))
    return before + ("\n\n" if around else "\n")


def _holding(config: Config, dataset_name: str, local_file: bool) -> set[str]:
    """Return the words that hold for a configuration; "vae" for a conditional one too."""
    optional = {
        config.kind: True,
        "conditional": config.conditional,
        "labels": config.conditional or config.has("classifier"),
        "digits": dataset_name == "digits",
        "own": dataset_name not in SOURCES,
        "animals": dataset_name == "animals",
        "keras": dataset_name in ("mnist", "fashion_mnist"),
        "local_file": local_file,
        "shift": config.shift > 0,
        "flip": config.flip,
        "moved": config.moves_images,
        "anew": config.moves_images or config.binarisation == "sampled",
        "share": config.train_share < 1.0,
        "validation": config.validation_split > 0.0,
        "patience": config.patience > 0,
        "cosine": config.schedule == "cosine",
        "per_pixel": config.loss_scale == "per_pixel",
        "warms_up": config.kl_warmup > 0,
        "kl_cycle": config.kl_cycle > 0,
        "free_bits": config.free_bits > 0.0,
        "capacity": config.capacity > 0.0,
        "samples": config.importance_samples > 1,
        "noise": config.noise != 1.0,
        "adam": config.optimizer == "adam",
    }
    chosen = {config.network, config.likelihood, config.binarisation}
    return chosen | {word for word, holds in optional.items() if holds}


def _values(config: Config, dataset_name: str, source: Source, holds: set[str]) -> dict[str, Any]:
    """Return what replaces each $name: the settings, and what follows from them."""
    return (
        config.to_dict()
        | _networks(config, source)
        | {
            "title": source.title,
            "loader": dataset_name,
            "pixels": math.prod(source.image_shape),
            "batch_size": min(config.batch_size, split_counts(config, source.images)[0]),
            "optimizer": OPTIMIZERS[config.optimizer],
            "fixed_seed": FIXED_SEED,
            "first_pixel_log_var": FIRST_PIXEL_LOG_VAR,
            "beta_now": "beta" if "warms_up" in holds and "capacity" not in holds else "BETA",
            "capacity_now": "capacity" if "warms_up" in holds else "CAPACITY",
            "part": EVALUATION_BATCH,
            "classes": source.classes,
            "label": ", label" if config.conditional else "",
            **{
                name: f"[{name}, label]" if config.conditional else name
                for name in ("image", "images", "z")
            },
            "arguments": "".join(
                f", {name}" for name in ("SAMPLES", "NOISE") if name.lower() in holds
            ),
            "third": "".join(f", {value}" for name, value in THIRD.items() if name in holds),
        }
    )


def _networks(config: Config, source: Source) -> dict[str, str]:
    """Write the layers of each network, up to those that the template has."""
    images = config, source.image_shape, source.classes
    if config.has("classifier"):
        return {"classifier": written_layers(classifier_layers(*images)[:-1], "image", 0)}
    if config.has("discriminator"):
        return {
            "discriminator": written_layers(discriminator_layers(*images)[:-1], "image", 301),
            "decoder": written_layers(decoder_layers(*images)[:-1], "z", 201),
        }
    return {
        "encoder": written_layers(encoder_layers(*images)[:-2], "image", 0),
        "decoder": written_layers(decoder_layers(*images)[:-1], "z", 201),
    }
