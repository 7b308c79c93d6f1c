"""The images that a run learned: whose they are, whether they are available, and what is missing.

A run's folder holds no images, but the name of their data set. A maker's own data set may have the
name of a known one: which images were meant, the fingerprint in config.json tells. Nothing else
looks a run's data set up by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.data.datasets import Dataset, find_dataset, load_dataset
from vae.data.download import OnProgress
from vae.data.own_sets import OwnSet, find_own
from vae.data.specs import DATASETS, DatasetSpec
from vae.errors import DatasetError
from vae.runs.run import Run

if TYPE_CHECKING:
    from vae.runs.store import RunStore

__all__ = [
    "dataset_title",
    "known_dataset",
    "learned_the_same",
    "load_images",
    "missing_images",
    "own_set_of",
    "runs_of",
]


def known_dataset(run: Run) -> str:
    """Return the name of the known data set whose images a run learned; "" if there is none.

    A run of an older version has no fingerprint, nor have some known data sets: the shape and the
    classes of the images tell then. A data set of one's own is found by its content, whatever it is
    called by now.
    """
    spec = _known(run)
    if spec is None:
        return ""
    return spec.name if isinstance(spec, OwnSet) else run.dataset


def dataset_title(run: Run) -> str:
    """Return what a run's data set is called; a maker's own by the name that it has."""
    spec = _known(run)
    return run.dataset if spec is None else spec.title


def _known(run: Run) -> DatasetSpec | OwnSet | None:
    spec = DATASETS.get(run.dataset)
    if spec is None:
        return find_own(run.dataset, run.fingerprint)
    if run.fingerprint and spec.fingerprint:
        same = run.fingerprint == spec.fingerprint
    else:
        same = (run.image_shape, run.class_names) == (spec.image_shape, spec.class_names)
    return spec if same else None


def own_set_of(run: Run) -> OwnSet | None:
    """Return the data set of one's own whose images a run learned, if it is there."""
    spec = _known(run)
    return spec if isinstance(spec, OwnSet) else None


def runs_of(own: OwnSet, store: RunStore) -> list[Run]:
    """Return the runs that learned a data set of one's own, and need it to be continued."""
    return [run for run in store.list() if run.fingerprint == own.fingerprint]


def learned_the_same(run: Run, other: Run) -> bool:
    """Whether two runs learned the same images, as far as their folders tell."""
    if run.fingerprint and other.fingerprint:
        return run.fingerprint == other.fingerprint
    if (run.dataset, run.image_shape) != (other.dataset, other.image_shape):
        return False
    return known_dataset(run) == known_dataset(other)


def missing_images(run: Run) -> str:
    """Return what a run's images lack, in words that follow "needs"; "" if they are available."""
    name = known_dataset(run)
    if name:
        if find_dataset(name) is not None:
            return ""
        title = dataset_title(run)
        return f"the images of {title}, which are not on this machine: get them on the Data page"
    if run.dataset in DATASETS:
        title = DATASETS[run.dataset].title
        return f"the images that this run was trained on, which only its maker has: not {title}'s"
    return f"the images of “{run.dataset:.80}”, a data set that only its maker has"


def load_images(
    run: Run, *, download: bool = True, on_progress: OnProgress | None = None
) -> Dataset:
    """Load the data set whose images a run learned; download, on_progress: of `load_dataset`.

    Raises DatasetError if only its maker has it, and as `load_dataset` does.
    """
    name = known_dataset(run)
    if not name:
        raise DatasetError(
            f"This needs {missing_images(run)}. In Python, pass the data set itself, as in "
            f"vae.resume(run, dataset). Received: {run.path}"
        )
    return load_dataset(name, download=download, on_progress=on_progress)
