"""Runs' zips in the tests of what comes in: made, taken in, refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from vae.archive.zip_import import import_zip
from vae.errors import RunError
from vae.runs.run import Run
from vae.runs.store import RunStore

NEEDLESS = {"encoder.onnx", "decoder.onnx", "control.json"}  # what an import leaves out


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of a run's zip by their names in the run folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name.partition("/")[2]: zipped.read(name) for name in zipped.namelist()}


def pack(files: Mapping[str, bytes], top: str = "run/", compression: int = 0) -> bytes:
    """Zip files below one folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as zipped:
        for name, content in files.items():
            zipped.writestr(top + name, content)
    return buffer.getvalue()


def take(data: bytes, folder: Path, owner: str = "") -> Run:
    """Take a zip in, below a folder that may hold other runs."""
    return import_zip(io.BytesIO(data), RunStore(folder, folder / "none"), owner)


def refused(data: bytes, folder: Path) -> str:
    """Return why a zip is refused; it must leave no trace."""
    folder = folder / "runs"
    with pytest.raises(RunError, match="Received: ") as error:
        take(data, folder)
    assert not folder.exists() or list(folder.iterdir()) == []
    message = str(error.value)
    assert message.isprintable(), message
    assert len(message) < 600
    return message


def unpack_flat(path: Path) -> dict[str, bytes]:
    """Return what a zip file holds, by its own names."""
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}
