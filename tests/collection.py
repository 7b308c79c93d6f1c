"""The order in which the files are tested, and how often Python looks for garbage."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest

# Files that take more than twenty seconds of processor time.
LONG = (
    *("test_keras_code", "test_keras_setup", "test_keras_compat", "test_vae", "test_streams"),
    *("test_loop", "test_resume", "test_train", "test_fitting", "test_every_kind"),
)
FEW_COLLECTIONS = (10_000, 10, 10)  # Python's own: 700, 10, 10


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the files begin in an order in which no process is alone with a long one at the end.

    Those of this folder itself come first: they try the whole and take longest; then others that
    take more than twenty seconds. The browser's stay together (tests/scheduling.py).
    """
    here = Path(__file__).parent

    def position(item: pytest.Item) -> tuple[bool, bool, bool]:
        path = item.path
        return path.parent.name == "browser", path.parent != here, path.stem not in LONG

    items.sort(key=position)


def pytest_collection_finish() -> None:
    """Take what the imports made out of Python's later collections: it stays to the end anyway.

    And have fewer of them: they were a twentieth of the processor time of the pages' tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FEW_COLLECTIONS)


_has_frozen_keras = False


def pytest_runtest_teardown() -> None:
    """Do the same with TensorFlow once it is there: each training collects, and found all of it."""
    global _has_frozen_keras
    if not _has_frozen_keras and "keras" in sys.modules:
        _has_frozen_keras = True
        pytest_collection_finish()
