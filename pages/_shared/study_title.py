"""What the data set of a study is called."""

from __future__ import annotations

from vae.data.datasets import spec_of
from vae.server.study_store import AnyStudy

__all__ = ["data_title"]


def data_title(study: AnyStudy) -> str:
    """Return what a study's data set is called; a maker's own by the name that it has."""
    name = study.dataset
    spec = spec_of(name)
    is_known = spec is not None and spec.fingerprint in ("", study.settings["fingerprint"])
    return spec.title if spec is not None and is_known else name
