"""A model card of each run that ships (Mitchell et al. 2019): python -m vae.shipped.model_cards

That writes docs/models.md from the files in `pretrained/` alone: the same files, the same text.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from vae.architecture import Layer, Summary, summarize
from vae.data.binarisation import binarisation_name
from vae.evaluation.comparison import binarisation_of
from vae.files import folder_bytes
from vae.presets import PRESET_NOTES, PRESETS, preset_label
from vae.runs.run import Run
from vae.runs.run_images import dataset_title
from vae.runs.store import RunStore
from vae.server.durations import time_in_words
from vae.shipped.card_limits import limits_of
from vae.shipped.card_measurements import LITERATURE_BINARISATION, figures_of

__all__ = ["COMMAND", "PAGE", "model_card", "models_page"]

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
COMMAND = "python -m vae.shipped.model_cards"
TRANSIENT = ("lock", "-progress.json", "-asked.json")

INTRODUCTION = f"""\
# The built-in models

Each is a run folder in `vae/pretrained/`, trained by the command that its card names. They are made
for exploring, comparing and teaching, not for any decision about people or things. Nats are per
image of the test set, which no model was trained on; figures of different data sets or treatments
cannot be compared. Times are those of the machine that trained the model. `{COMMAND}`
writes this page from the runs' own files.
"""


def model_card(run: Run) -> str:
    """Return the card of a finished run as Markdown, without a heading."""
    versions = run.info.get("versions", {})
    what = [
        ("Model", _model(run)),
        *((part.capitalize(), text) for part, text in _networks(run).items()),
        ("Data", _data(run)),
        ("Training", _training(run)),
        ("Made by", f"`python -m vae.shipped.train {run.id}`"),
        ("Files", f"{folder_bytes(run.path, TRANSIENT) / 1e6:.1f} MB in `vae/pretrained/{run.id}`"),
        ("Versions", ", ".join(f"{name} {text}" for name, text in versions.items())),
    ]
    measured = f"Measured on {run.metrics['images']}: {run.metrics['treatment']}."
    return "\n\n".join([
        _purpose(run),
        "\n".join(f"- **{name}**: {text}" for name, text in what),
        f"**Limits.** {' '.join(limits_of(run))}",
        f"**Figures.** {measured}",
        _table(("", "this model", "compare"), figures_of(run)),
    ])  # fmt: skip


def models_page(runs: Sequence[Run]) -> str:
    """Return docs/models.md: tables of all runs, and a section for each.

    Figures of different data are in no column together: each data set and treatment has a table.
    """
    alike: dict[str, list[Run]] = {}
    for run in runs:
        name = f"{dataset_title(run)}, {binarisation_name(binarisation_of(run))}"
        classifies = run.config.has("classifier")
        alike.setdefault(f"{name}: classifiers" if classifies else name, []).append(run)
    tables = [f"**{name}**\n\n{_comparison(each)}" for name, each in alike.items()]
    sections = [f"## {run.id}\n\n{model_card(run)}" for run in runs]
    return "\n\n".join([INTRODUCTION.rstrip(), *tables, *sections]) + "\n"


Columns = dict[str, Callable[[Run], str]]


def _comparison(runs: Sequence[Run]) -> str:
    """Return a table of runs that are measured by the same figures."""
    columns: Columns = {
        "model": lambda run: f"[{run.id}](#{run.id})",
        "recipe": lambda run: preset_label(run.config),
    }
    if runs[0].config.has("decoder"):
        columns["latent dimensions"] = lambda run: str(run.config.latent_dim)
    columns["parameters"] = lambda run: f"{_summary(run).total:,}"
    columns["trained for"] = lambda run: time_in_words(_seconds(run))
    columns |= ACCURACIES if runs[0].config.has("classifier") else _nats(runs)
    return _table(tuple(columns), [[cell(run) for cell in columns.values()] for run in runs])


ACCURACIES: Columns = {
    "accuracy": lambda run: f"{run.classifier_metrics['accuracy']:.2%}",
    "cross-entropy": lambda run: f"{run.classifier_metrics['loss']:.4f}",
    "calibration error": lambda run: (
        f"{run.classifier_metrics.get('calibration_error', math.nan):.2%}"
    ),
}


def _nats(runs: Sequence[Run]) -> Columns:
    columns: Columns = {
        "reconstruction": lambda run: f"{run.metrics['reconstruction']:.2f}",
        "KL": lambda run: f"{run.metrics['kl']:.2f}",
        "ELBO": _elbo,
    }
    if any(run.class_probes for run in runs):
        columns["class by k-NN"] = lambda run: (
            f"{run.class_probes['latent']['knn']:.1%}" if run.class_probes else "–"
        )
    if any(LITERATURE_BINARISATION in run.likelihood for run in runs):
        columns[f"NLL, {binarisation_name(LITERATURE_BINARISATION)}"] = lambda run: (
            f"{run.likelihood[LITERATURE_BINARISATION]['nll']:.2f}"
            if LITERATURE_BINARISATION in run.likelihood
            else "–"
        )
    if any(run.quality for run in runs):
        columns["samples' distance"] = lambda run: (
            f"{run.quality['frechet_classifier_distance']:.1f}" if run.quality else "–"
        )
    return columns


def _elbo(run: Run) -> str:
    if "elbo" not in run.metrics:
        return "–"
    condition = ", given the class" if run.config.conditional else ""
    return f"{run.metrics['elbo']:.2f}{condition}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


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
    summary = _summary(run)
    way_of = {"encoder": _encoder, "decoder": _decoder, "classifier": _classifier}
    ways = {name: way_of[name](run, layers) for name, layers in summary.networks.items()}
    return {
        name: f"{' → '.join(way)}: {summary.parameters[name]:,} parameters"
        for name, way in ways.items()
    }


def _encoder(run: Run, layers: Sequence[Layer]) -> list[str]:
    heads = f"mean {run.config.latent_dim}"
    if run.config.has("posterior"):
        heads += f", log-variance {run.config.latent_dim}"
    way = [_size(run.image_shape), *_hidden(layers), heads]
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


def _summary(run: Run) -> Summary:
    return summarize(run.config, run.image_shape, run.classes)


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
    if config.train_share < 1.0:
        words.append(f"{config.train_share:.3g} of them used")
    if config.validation_split:
        words.append(f"{config.validation_split:.0%} held back for validation")
    return "; ".join(words)


def _training(run: Run) -> str:
    config = run.config
    whole = "" if "seconds_trained" in run.status else ", start and measuring included"
    words = [
        f"{len(run.history)} epochs in {time_in_words(_seconds(run))}{whole}",
        f"{config.optimizer}, {config.schedule} learning rate {config.learning_rate:g}",
        f"batches of {config.batch_size}",
        "loss in nats" if config.loss_scale == "nats" else "loss divided by the pixels",
        f"seed {config.seed}",
    ]
    return "; ".join(words)


def _seconds(run: Run) -> float:
    """Return how long it trained; of an older run, how long its first to its last file took."""
    status = run.status
    if "seconds_trained" in status:
        return status["seconds_trained"]
    times = (status.get("created", ""), status.get("updated", ""))
    begin, end = map(datetime.datetime.fromisoformat, times)
    return (end - begin).total_seconds()


def main() -> None:
    """Write docs/models.md."""
    shipped = RunStore().list_shipped()
    PAGE.write_text(models_page(shipped), encoding="utf-8")
    print(f"{PAGE}: {len(shipped)} models")


if __name__ == "__main__":
    main()
