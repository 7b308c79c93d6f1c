"""The order in which the files are tested, and what Python's collector need not walk through."""

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the files begin in an order in which no process is alone with a long one at the end.

    Those of this folder itself come first: they try the whole and take longest; then others that
    take more than twenty seconds. The browser's are spread over the first three quarters, because
    two cores can do with one or two browsers at a time, not with one in each process.
    """
    here = Path(__file__).parent
    files = list(dict.fromkeys(item.path for item in items))
    browser = [path for path in files if path.parent.name == "browser"]
    others = [path for path in files if path.parent.name != "browser"]
    others.sort(key=lambda path: (path.parent != here, path.stem not in LONG))
    position = {path: index / len(others) for index, path in enumerate(others)}
    position |= {path: 0.75 * index / len(browser) for index, path in enumerate(browser)}
    items.sort(key=lambda item: position[item.path])


def pytest_collection_finish() -> None:
    """Take what the imports made out of Python's later collections: it stays to the end anyway."""
    gc.collect()
    gc.freeze()


_has_frozen_keras = False


def pytest_runtest_teardown() -> None:
    """Do the same with TensorFlow once it is there: each training collects, and found all of it."""
    global _has_frozen_keras
    if not _has_frozen_keras and "keras" in sys.modules:
        _has_frozen_keras = True
        pytest_collection_finish()
