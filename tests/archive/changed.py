"""Zips of runs in which one thing is other than this program writes it."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from tests.archive.zips import pack

Files = dict[str, bytes]
REMOVED = ...  # a value whose name in the tests' ids is the same in every process


def with_json(files: Files, name: str, **changes: Any) -> bytes:
    """Return the run's zip with other values in one of its JSON files."""
    values = json.loads(files[name]) | changes
    remaining = {key: value for key, value in values.items() if value is not REMOVED}
    return pack(files | {name: json.dumps(remaining).encode()})


def with_arrays(files: Files, name: str, **changes: Any) -> bytes:
    """Return the run's zip with other arrays in one of its array files."""
    arrays: dict[str, Any] = {}
    if name in files:
        with np.load(io.BytesIO(files[name])) as found:
            arrays = dict(found)
    arrays = {key: array for key, array in (arrays | changes).items() if array is not REMOVED}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return pack(files | {name: buffer.getvalue()})
