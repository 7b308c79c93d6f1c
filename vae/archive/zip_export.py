"""A run folder as a zip file, and which of its files are in it."""

from __future__ import annotations

import io
import json
import re
import stat
import unicodedata
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from vae.archive.foreign_zip import SNAPSHOT
from vae.errors import RunError
from vae.files import read_regular
from vae.runs.layout import (
    BEST,
    CHECKPOINT,
    CONFIG,
    CONTROL,
    DECODER,
    ENCODER,
    HISTORY,
    LATENTS,
    METADATA,
    METRICS,
    MODEL,
    SNAPSHOTS,
    STATUS,
)
from vae.runs.provenance import public_name
from vae.runs.results import result_files
from vae.runs.run import Run

__all__ = ["FILES", "export_zip"]

FILES = (
    *(CONFIG, STATUS, METADATA, CONTROL, HISTORY, METRICS),
    *(CHECKPOINT, BEST, LATENTS, MODEL, ENCODER, DECODER),
    *result_files(),
)


def export_zip(run: Run) -> bytes:
    """Pack a run folder; the same folder gives the same bytes.

    A process may write to it meanwhile. Raises RunError if it is no run folder any more.
    """
    snapshots = [
        f"{SNAPSHOTS}/{path.name}"
        for path in (run.path / SNAPSHOTS).glob("*.npz")
        if SNAPSHOT.fullmatch(path.name)
    ]
    names = [
        *(name for name in FILES if name != METADATA),
        *snapshots,
    ]
    contents: dict[str, bytes] = {}
    # A training run appends to its history before it replaces its checkpoint: read in this order,
    # the history covers the checkpoint.
    for name in sorted(names, key=lambda name: (not name.endswith(".npz"), name)):
        try:
            contents[name] = read_regular(run.path / name)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RunError(
                f"A run's files must be readable ({error.strerror}). Received: {run.path / name}"
            ) from None
    if CONFIG not in contents:
        raise RunError(f"A run folder holds config.json. Received: {run.path}, which has none")
    if run.metadata.name:  # and nothing else of it: whose run it is stays here
        contents[METADATA] = json.dumps({"name": run.metadata.name}).encode()
    name = unicodedata.normalize("NFC", public_name(run))
    top = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run"
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(contents):
            entry = ZipInfo(f"{top}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # as on Linux, wherever this runs
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            # What holds numbers was compressed before, or hardly shrinks.
            text = name.endswith((".json", ".jsonl"))
            entry.compress_type = ZIP_DEFLATED if text else ZIP_STORED
            archive.writestr(entry, contents[name])
    return buffer.getvalue()
