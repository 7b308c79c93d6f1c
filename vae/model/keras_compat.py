"""model.keras as older versions of Keras read it too."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import Any

from vae.errors import RunError

__all__ = ["OLDEST_KERAS", "portable"]

# Tried with JAX 0.4.35, TensorFlow 2.16.1 and PyTorch 2.13. Before it, Keras had another form for
# networks with one input or output.
OLDEST_KERAS = "3.4"
# Written by later versions; an older one takes each for an argument that its layers do not have.
LATER_KEYS = frozenset({"quantization_config", "input_axes", "output_axes"})
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the same file, whenever it is made


def portable(content: bytes) -> bytes:
    """Return a Keras file without the null values that only later versions of Keras know.

    A file that has none is returned as it is. All other values and the weights stay, byte by byte.
    Raises RunError for anything but a Keras file, and for a damaged one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        config = json.loads(members["config.json"])
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
        raise RunError(
            f"model.keras must be a whole Keras file ({error!s:.80}). Received: one that is not"
        ) from None
    older = _without_later_keys(config)
    if older == config:
        return content
    members["config.json"] = json.dumps(older).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), member)
    return buffer.getvalue()


def _without_later_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_later_keys(item)
            for key, item in value.items()
            if not (item is None and key in LATER_KEYS)
        }
    if isinstance(value, list):
        return [_without_later_keys(item) for item in value]
    return value
