"""Trains the runs that ship with the project: python -m vae.shipped.train [--derive] [NAME ...].

They are run folders like any other, made on all of a data set with fixed seeds, without what only a
continued training needs and with fewer snapshots. With --derive nothing is trained: the runs that
are there get what is computed of a model and they lack.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
from pathlib import Path

from vae.config import Config
from vae.config.settings import MAX_IMPORTANCE_SAMPLES
from vae.data.datasets import load_dataset
from vae.evaluation.class_probes import compute_class_probes
from vae.evaluation.classifier_choice import classifier_mark, classifiers_beside
from vae.evaluation.classifier_comparison import compute_comparison
from vae.evaluation.comparison_request import request_comparison
from vae.evaluation.likelihood import compute_likelihood, request_likelihood
from vae.evaluation.sample_quality import compute_quality
from vae.files import folder_bytes, read_json, replacing, write_json
from vae.latent.projections import compute_tsne
from vae.model.evaluate import evaluate
from vae.model.keras_compat import portable
from vae.presets import PRESETS
from vae.runs.layout import CHECKPOINT, CONFIG, METRICS, MODEL
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter
from vae.sampling.fitted import compute_samplers, read_samplers
from vae.shipped.thinning import thin_out
from vae.training.train import resume, train

__all__ = ["SHIPPED_RUNS", "derive", "make_portable", "ship"]

# In the order in which the app lists them: the first is what a new visitor sees. What stands before
# the first hyphen is the data set.
SHIPPED_RUNS: dict[str, Config] = {
    f"mnist-{preset}": PRESETS[preset]
    for preset in (
        "recommended",
        "convolutional",
        "2d",
        "best",
        "conditional",
        "lecture",
        "lecture-fast",
        "autoencoder",
    )
} | {
    "digits": PRESETS["recommended"].replace(epochs=200, validation_split=0.1),
    "animals-conditional": PRESETS["convolutional"].replace(conditional=True, epochs=80),
    "mnist-classifier": PRESETS["classifier"],
    "animals-classifier": PRESETS["classifier"].replace(epochs=20),
    "mnist-gan": PRESETS["gan"],
    "mnist-gan-convolutional": PRESETS["gan-convolutional"],
}
MAX_BYTES = 6_000_000
GREY_SAMPLES = 500  # importance samples for a likelihood: minutes for a convolutional network


def ship(name: str, folder: Path = SHIPPED) -> Run:
    """Train one of the shipped runs anew and replace its folder.

    It is made beside its place: the app shows the old one until the new one is whole.
    What was interrupted there, or found too large, is resumed.
    """
    config, dataset = SHIPPED_RUNS[name], load_dataset(name.partition("-")[0])
    beside = folder / f".shipping-{name}" / name
    if (beside / CHECKPOINT).exists():
        if open_run(beside).state != "finished":
            resume(beside, dataset)
    elif not (beside / METRICS).exists():
        shutil.rmtree(beside, ignore_errors=True)
        train(config, dataset, out=beside)
    run = open_run(beside)
    if (beside / CHECKPOINT).exists():
        thin_out(run)
    derive(run)
    shutil.rmtree(folder / name, ignore_errors=True)
    beside.rename(folder / name)
    beside.parent.rmdir()
    return Run(folder / name)


def derive(run: Run) -> None:
    """Compute what a run lacks of t-SNE, class probes, samplers, quality, metrics, likelihood, ...

    Of those that its kind of model has. What is there stays; a model.keras of an earlier version is
    made to open in older ones of Keras too. Raises RuntimeError if metrics that are there are not
    those of its model, or if the run is too large then.
    """
    index = list(SHIPPED_RUNS).index(run.id)
    if run.info.get("place") != index:
        write_json(run.path / CONFIG, {**run.info, "place": index})
    make_portable(run.path / MODEL)
    if run.config.has("encoder"):
        _derive_of_codes(run)
    if run.config.has("decoder"):
        _derive_of_samples(run)
    if run.config.has("likelihood"):
        _derive_of_likelihood(run)
    size = folder_bytes(run.path)
    if size > MAX_BYTES:
        raise RuntimeError(f"A shipped run has at most {MAX_BYTES:,} bytes. Received: {size:,}")


def _derive_of_codes(run: Run) -> None:
    if run.config.latent_dim > 2:
        compute_tsne(run)
    if not run.class_probes:
        compute_class_probes(run, load_dataset(run.dataset))
    if not read_samplers(run):
        compute_samplers(run, load_dataset(run.dataset))


def _derive_of_samples(run: Run) -> None:
    """Measure samples, those of other samplers too where there are any."""
    is_measured = "samplers" in run.quality or (run.quality and not read_samplers(run))
    if not is_measured and run.dataset == "mnist":
        compute_quality(run, load_dataset(run.dataset))


def _derive_of_likelihood(run: Run) -> None:
    if "binarisation" not in run.metrics:
        _complete_metrics(run)
    binarisation = run.config.binarisation
    if run.config.has("posterior") and binarisation not in run.likelihood:
        # What stands beside the literature has as many samples as that.
        samples = GREY_SAMPLES if binarisation == "none" else MAX_IMPORTANCE_SAMPLES
        request_likelihood(run, samples, binarisation)
        compute_likelihood(run, load_dataset(run.dataset))
    if run.config.conditional:
        _compare(run)


def _compare(run: Run) -> None:
    """Compare a conditional run with the shipped classifier of its classes, if that is another."""
    classifier = next(iter(classifiers_beside(run, RunStore().list_shipped())), None)
    mark = None if classifier is None else classifier_mark(classifier)
    known = run.classification
    if not known or known.get("classifier", {}).get("mark") != mark:
        request_comparison(run, classifier)
        compute_comparison(run, load_dataset(run.dataset))


def make_portable(path: Path) -> None:
    """Have a model.keras open in older versions of Keras too, if it does not."""
    content = path.read_bytes()
    mended = portable(content)
    if mended is not content:
        with replacing(path) as temporary:
            temporary.write_bytes(mended)


def _complete_metrics(run: Run) -> None:
    """Add what an earlier version did not measure; numbers that are there stay, digit by digit."""
    known = run.metrics
    found, _ = evaluate(run.load_model(), load_dataset(run.dataset))
    for name in ("reconstruction", "kl"):
        if not math.isclose(found[name], known[name], rel_tol=1e-4):
            raise RuntimeError(
                f"{name} of {run.id} is {known[name]:.4f} by its metrics. "
                f"Received: {found[name]:.4f} from its model"
            )
    parts = {"distortion": known["reconstruction"]}
    if "rate" in found:
        parts["rate"] = known["kl"]
    RunWriter(run.path).figures(METRICS, known | found | known | parts)  # in the order that it had


def main() -> None:
    """Train those that are named, or all; or derive what they lack."""
    parser = argparse.ArgumentParser(prog="vae.shipped.train", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--derive", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(SHIPPED_RUNS)):
        parser.error(f"NAME is one of {', '.join(SHIPPED_RUNS)}. Received: {', '.join(unknown)}")
    for name in arguments.names or SHIPPED_RUNS:
        if arguments.derive:
            derive(open_run(SHIPPED / name))
        else:
            run = ship(name)
            print(f"{name}: {read_json(run.path / 'metrics.json')}", file=sys.stderr)


if __name__ == "__main__":
    main()
