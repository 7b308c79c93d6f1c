"""The model card of a run that ships (Mitchell et al. 2019), from the run's own files."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from vae.architecture import Summary, summarize
from vae.config import Config
from vae.data.binarisation import binarisation_name
from vae.data.moves import moves_in_words
from vae.files import folder_bytes
from vae.layers import Layer
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS, preset_label
from vae.runs.run import FAMILIES, SHIPPED, Run
from vae.runs.run_images import dataset_title
from vae.server.durations import time_in_words
from vae.shipped.card_limits import limits_of
from vae.shipped.card_measurements import figures_of

__all__ = ["markdown_table", "model_card", "network_summary", "training_seconds"]

TRANSIENT = ("lock", "-progress.json", "-asked.json")


def model_card(run: Run) -> str:
    """Return the card of a finished run as Markdown, without a heading."""
    versions = run.info.get("versions", {})
    what = [
        ("Model", _model(run)),
        *((part.capitalize(), text) for part, text in _networks(run).items()),
        ("Data", _data(run)),
        ("Training", _training(run)),
        ("Made by", f"`{_command(run)}`"),
        ("Files", f"{folder_bytes(run.path, TRANSIENT) / 1e6:.1f} MB in `{_place(run)}`"),
        ("Versions", ", ".join(f"{name} {text}" for name, text in versions.items())),
    ]
    measured = f"Measured on {run.metrics['images']}: {run.metrics['treatment']}."
    return "\n\n".join([
        _purpose(run),
        "\n".join(f"- **{name}**: {text}" for name, text in what),
        f"**Limits.** {' '.join(limits_of(run))}",
        f"**Figures.** {measured}",
        markdown_table(("", "this model", "compare"), figures_of(run)),
    ])  # fmt: skip


def _command(run: Run) -> str:
    """Return what trains the run anew; a family is trained as one."""
    if FAMILIES in run.path.parents:
        return f"python -m vae.shipped.train_{run.path.parent.name}_family"
    return f"python -m vae.shipped.train {run.id}"


def _place(run: Run) -> str:
    if FAMILIES in run.path.parents:
        return f"vae/pretrained/{run.path.relative_to(SHIPPED).as_posix()}"
    return f"vae/pretrained/{run.id}"


def _purpose(run: Run) -> str:
    """Return the purpose of the model: that of its preset where it is unchanged."""
    label, preset = preset_label(run.config), run.config.preset
    if preset in PRESETS and label == PRESET_NOTES[preset].title:
        return f"**{label}.** {PRESET_NOTES[preset].purpose}"
    return f"**{label}.** A model of {dataset_title(run)} with settings of its own."


def _model(run: Run) -> str:
    config = run.config
    words = f"{config.network} {config.noun}"
    if config.has("decoder"):
        words += f", {config.latent_dim} latent dimensions"
    words += f", {config.activation}"
    if config.has("posterior"):
        words += (
            f", {config.likelihood.replace('_', ' ').title()} likelihood, beta {config.beta:.3g}"
        )
    if config.capacity:
        words += f", KL capacity {config.capacity:g} nats"
    if config.free_bits:
        words += f", {config.free_bits:g} free nats a dimension"
    if config.importance_samples > 1:
        words += f", bound of {config.importance_samples} importance samples"
    return words


def _networks(run: Run) -> dict[str, str]:
    summary = network_summary(run)
    way_of = {
        "encoder": _encoder,
        "decoder": _decoder,
        "discriminator": _discriminator,
        "classifier": _classifier,
    }
    ways = {name: way_of[name](run, layers) for name, layers in summary.networks.items()}
    return {
        name: f"{' → '.join(way)}: {summary.parameters[name]:,} parameters"
        for name, way in ways.items()
    }


def _encoder(run: Run, layers: Sequence[Layer]) -> list[str]:
    heads = f"mean {run.config.latent_dim}"
    if run.config.has("posterior"):
        heads += f", log-variance {run.config.latent_dim}"
    return _from_image(run, layers, heads)


def _discriminator(run: Run, layers: Sequence[Layer]) -> list[str]:
    return _from_image(run, layers, "1")


def _from_image(run: Run, layers: Sequence[Layer], end: str) -> list[str]:
    way = [_size(run.image_shape), *_hidden(layers), end]
    # The label joins the pixels, or what the convolutions make of them.
    way[sum(layer.class_name == "Conv2D" for layer in layers)] += _label(run)
    return way


def _decoder(run: Run, layers: Sequence[Layer]) -> list[str]:
    code = f"{run.config.latent_dim}{_label(run)}"
    return [code, *_hidden(layers), _size(run.image_shape)]


def _classifier(run: Run, layers: Sequence[Layer]) -> list[str]:
    return [_size(run.image_shape), *_hidden(layers), f"{run.classes} classes"]


def _label(run: Run) -> str:
    return f" + label {run.classes}" if run.config.conditional else ""


def _hidden(layers: Sequence[Layer]) -> list[str]:
    ends = ("mean", "log_var", "pixels", "logits")
    return [
        _size(layer.output_shape)
        for layer in layers
        if layer.parameters and layer.name not in ends
    ]  # fmt: skip


def _size(shape: Sequence[int]) -> str:
    sides = shape[:-1] if len(shape) == 3 and shape[-1] == 1 else shape  # grey has no channels
    return " × ".join(f"{side:,}" for side in sides)


def _data(run: Run) -> str:
    config = run.config
    count = f"{run.info['images']:,} " if "images" in run.info else ""
    words = [
        f"{dataset_title(run)}: {count}training images of {_size(run.image_shape)}",
        binarisation_name(config.binarisation),
    ]
    if config.moves_images:
        words.append(moves_in_words(config))
    if config.train_share < 1.0:
        words.append(f"{config.train_share:.3g} of them used")
    if config.validation_split:
        words.append(f"{config.validation_split:.0%} held back for validation")
    return "; ".join(words)


def _training(run: Run) -> str:
    config = run.config
    whole = "" if "seconds_trained" in run.status else ", start and measuring included"
    words = [
        f"{len(run.history)} epochs in {time_in_words(training_seconds(run))}{whole}",
        f"{config.optimizer}, {config.schedule} learning rate {config.learning_rate:g}",
        f"batches of {config.batch_size}",
        "loss in nats" if config.loss_scale == "nats" else "loss divided by the pixels",
        *_of_a_gan(config),
        f"seed {config.seed}",
    ]
    return "; ".join(words)


def _of_a_gan(config: Config) -> list[str]:
    if not config.has("discriminator"):
        return []
    betas = f"Adam's betas {config.adam_beta_1:g} and {config.adam_beta_2:g}"
    return [f"R1 gradient penalty {config.gradient_penalty:g}", betas]


def network_summary(run: Run) -> Summary:
    """Count the layers and parameters of its networks."""
    return summarize(run.config, run.image_shape, run.classes)


def training_seconds(run: Run) -> float:
    """Return how many seconds it trained; of an older run, from its first file to its last."""
    status = run.status
    if "seconds_trained" in status:
        return status["seconds_trained"]
    times = (status.get("created", ""), status.get("updated", ""))
    begin, end = map(datetime.datetime.fromisoformat, times)
    return (end - begin).total_seconds()


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; each row has as many cells as there are heads."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
