"""What a worker computes of a run's model on request: one record each, and all who need it read it.

The queue takes a result's name as an action, the worker finds its function here, archives find the
files and what a foreign one may hold, the writer knows what a new model makes stale, and pages and
queue how long it takes. A new one is a file with its function and a line in `RESULTS`.

Functions are dotted paths, resolved where they run: reading this loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vae.dotted_path import resolve
from vae.kinds import Kind, Part
from vae.runs import layout
from vae.schemas.class_probes import ClassProbes
from vae.schemas.classification import ClassifierComparison
from vae.schemas.likelihood import Likelihood
from vae.schemas.metrics import Metrics
from vae.schemas.sample_quality import Quality

__all__ = ["ARRAYS", "FIGURES", "RESULTS", "Result", "Shapes", "figures_of", "result_files"]

# Shapes of arrays by their names. A word is a size of the run ("latent_dim") or one that is free
# within limits, and the same wherever it stands (see `archive.vetting`).
Shapes = Mapping[str, tuple[int | str, ...]]


@dataclass(frozen=True)
class Result:
    """Something that is computed of a finished model.

    name: of its action in the queue and of its progress file. needs: the part that a run's model
    must have, see `kinds`. files: their names and what each may hold, a type for JSON (see
    `schema`) and shapes for arrays. compute: called with the run, its images where it needs them,
    and `on_progress`, which takes the fraction that is done. seconds: that it takes on two cores,
    or the function of the run that tells. check: called with the run before the images are loaded;
    raises RunError if there is nothing to compute.
    """

    name: str
    needs: Part
    files: Mapping[str, Any]
    compute: str
    seconds: float | str
    needs_images: bool = True
    needs_tensorflow: bool = False
    check: str | None = None


def _mixtures(components: str, prefix: str = "") -> Shapes:
    shapes: Shapes = {
        "weights": (components,),
        "means": (components, "latent_dim"),
        "factors": (components, "latent_dim", "latent_dim"),
    }
    return {f"{prefix}{name}": shape for name, shape in shapes.items()}


SAMPLERS: Shapes = {
    **_mixtures("components"),
    **_mixtures("class_components", "class_"),
    "class_labels": ("class_components",),
    "mean": ("posteriors", "latent_dim"),
    "log_var": ("posteriors", "latent_dim"),
    "y": ("posteriors",),
    "trials": ("trials", 3),
    "fitted_images": (),
}

RESULTS: dict[str, Result] = {
    result.name: result
    for result in (
        Result(
            "tsne",
            needs="encoder",
            files={name: {"points": ("points", count)} for count, name in layout.TSNE.items()},
            compute="vae.latent.projections:compute_tsne",
            seconds="vae.latent.projections:tsne_seconds",
            needs_images=False,
        ),
        Result(
            "knowledge",
            needs="encoder",
            files={layout.CLASS_PROBES: ClassProbes},
            compute="vae.evaluation.class_probes:compute_class_probes",
            seconds=10.0,
        ),
        Result(
            "likelihood",
            needs="posterior",
            files={layout.LIKELIHOOD: Likelihood},
            compute="vae.evaluation.likelihood:compute_likelihood",
            seconds="vae.evaluation.likelihood:requested_seconds",
            needs_tensorflow=True,
        ),
        Result(
            "quality",
            needs="decoder",
            files={layout.QUALITY: Quality},
            compute="vae.evaluation.sample_quality:compute_quality",
            seconds=30.0,
            check="vae.evaluation.sample_quality:check_measurable",
        ),
        Result(
            "samplers",
            needs="encoder",
            files={layout.SAMPLERS: SAMPLERS},
            compute="vae.sampling.fitted:compute_samplers",
            seconds=30.0,
        ),
        Result(
            "classification",
            needs="likelihood",
            files={layout.CLASSIFICATION: ClassifierComparison},
            compute="vae.evaluation.classifier_comparison:compute_comparison",
            seconds="vae.evaluation.comparison_request:comparison_seconds",
            needs_tensorflow=True,
            check="vae.evaluation.classifier_choice:check_comparable",
        ),
    )
}


def result_files() -> list[str]:
    """Return the names of all files that results are kept in."""
    return [name for result in RESULTS.values() for name in result.files]


def _files(suffix: str) -> dict[str, Any]:
    return {
        name: kind
        for result in RESULTS.values()
        for name, kind in result.files.items()
        if name.endswith(suffix)
    }


# By the file's name. Each may be absent.
FIGURES: dict[str, Any] = {layout.METRICS: Metrics, **_files(".json")}


def figures_of(kind: Kind) -> dict[str, Any]:
    """Return the types of the figures of a kind of model, by the file's name."""
    return FIGURES | {layout.METRICS: resolve(kind.metrics)}


ARRAYS: dict[str, Shapes] = _files(".npz")
