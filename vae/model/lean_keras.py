"""Keras without the libraries that it can use and that this package never passes to it.

Keras imports pandas, Matplotlib and scikit-learn wherever they are installed: for data frames, for
plots, and to look like an estimator of scikit-learn. Where they are missing it does without. For a
process that trains or decodes they are a third of the import's time and 140 MB of memory:
`python -m benchmarks imports`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

__all__ = ["import_lean", "optional_libraries"]

OPTIONAL = ("matplotlib", "pandas", "sklearn")

_lean = False


def import_lean() -> None:
    """Have a later import of Keras leave them out, in a process that is this package's own.

    In somebody's notebook Keras keeps all that it offers. They can be imported as ever afterwards.
    """
    global _lean
    _lean = True


@contextmanager
def optional_libraries() -> Iterator[None]:
    """Import Keras inside: without these libraries, if `import_lean` was called before."""
    if not _lean:
        yield
        return
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


class _Absent(MetaPathFinder):
    """Says of these libraries that they are not installed."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname in OPTIONAL:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
