"""Whether the processes of a study find its images by their name."""

from __future__ import annotations

from vae.data.datasets import Dataset, find_dataset, load_dataset, spec_of

__all__ = ["loads_the_same"]


def loads_the_same(dataset: Dataset) -> bool:
    """Whether another process would load the same images by their name."""
    spec = spec_of(dataset.name)
    if spec is None:
        return False
    if spec.fingerprint:
        return spec.fingerprint == dataset.fingerprint
    if find_dataset(dataset.name) is None:
        return False
    return load_dataset(dataset.name, download=False).fingerprint == dataset.fingerprint
