"""A run folder made of a zip from anywhere.

An import follows four rules. Nothing is written under the name that it has in the zip: the files
of a run have names that are known. No size that a header states is believed (see `foreign_zip`).
Each file must be what a run writes (see `schema` and `vetting`); JSON is written anew from what was
understood of it. And what takes little room in the zip takes little on the disk.
"""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from vae.archive.foreign_zip import MAX_BYTES, ForeignZip, run_entries, size_in_words
from vae.archive.vetting import read_frame, read_history
from vae.archive.vetting_arrays import ArrayCheck
from vae.archive.vetting_keras import check_keras
from vae.archive.zip_export import FILES
from vae.config import Config
from vae.environment import is_public
from vae.errors import ConfigError, RunError
from vae.files import write_json, writing_to
from vae.kinds import KINDS
from vae.runs.control import Control, parse_control
from vae.runs.layout import (
    CHECKPOINT,
    CONFIG,
    CONTROL,
    HISTORY,
    METADATA,
    MODEL,
    SNAPSHOTS,
    STATUS,
)
from vae.runs.metadata import MetadataFile, write_metadata
from vae.runs.results import figures_of
from vae.runs.run import Run, open_run
from vae.runs.schema import RunState, Status, StatusChanges
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter, new_run_id
from vae.schemas.reading import MAX_TEXT_BYTES, decode

__all__ = ["MAX_ENTRIES", "import_zip"]

MAX_ENTRIES = 700  # 500 epochs have a snapshot each
# 500 epochs in 128 dimensions are 20 MB. Rows that were read need up to three times their bytes, so
# that where strangers share the memory a history may be that of 100 epochs, which are 4 MB.
MAX_HISTORY_BYTES = 40_000_000
MAX_PUBLIC_HISTORY_BYTES = 5_000_000
MAX_SEGMENTS = 100  # beyond the configured epochs
# An array file is itself a zip. Each may hold MAX_BYTES, which bounds the memory, and all together
# this, which bounds the time: 500 snapshots of color 32 x 32 images in 128 dimensions are 220 MB.
MAX_ARRAY_BYTES = 400_000_000
MAX_ARRAYS = 1000  # in one file; weights and their optimizer's variables are about a hundred
# How many times the room of its zip a run takes on the disk, at most. Those that ship take as much
# as their zip, and one that is mostly history, which is text, three times as much.
MAX_GROWTH = 10
FREE_GROWTH = 1_000_000
# Fields of status.json that an import takes over.
TAKEN_OVER: tuple[
    Literal["epoch", "step", "steps", "model_epoch", "seconds_per_epoch", "seconds_trained"], ...
] = ("epoch", "step", "steps", "model_epoch", "seconds_per_epoch", "seconds_trained")
WORTH_PACKING = 0.9  # of its size, from which on a file stays as it came


def import_zip(file: BinaryIO, store: RunStore, owner: str = "", name: str | None = None) -> Run:
    """Make a new run in the store's folder of a zip: by `export_zip`, or of a run's folder.

    The zip is not trusted. Its ONNX files stay out. name: of the run's folder, which must not be
    there yet; None is a new id. Raises RunError, and leaves nothing behind, for what is not a
    run's zip or holds more than a run does.
    """
    archive = ForeignZip(file, "The file")
    entries = _entries(archive)
    run_id = new_run_id() if name is None else name
    # One folder deeper than runs are, so that no list shows what is not vetted yet.
    workshop = store.folder / f".importing-{run_id}"
    try:
        with writing_to(store.folder, "Runs need a folder that can be written to"):
            (workshop / run_id / SNAPSHOTS).mkdir(parents=True)
            _take_over(archive, entries, workshop / run_id, owner)
            _check_growth(archive, workshop / run_id)
            open_run(workshop / run_id)
            (workshop / run_id).rename(store.folder / run_id)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return open_run(store.folder / run_id)


def _take_over(archive: ForeignZip, entries: dict[str, ZipInfo], folder: Path, owner: str) -> None:
    """Write the folder of a run from the entries that pass."""

    def text(name: str, max_bytes: int = MAX_TEXT_BYTES) -> bytes | None:
        return archive.read(entries[name], max_bytes) if name in entries else None

    frame = read_frame(text(CONFIG) or b"")
    check, unpacked = ArrayCheck(frame), 0
    for name in sorted(name for name in entries if name.endswith((".npz", ".keras"))):
        content = archive.read(entries[name])
        inner = ForeignZip(io.BytesIO(content), name)
        inner.check(inner.entries, MAX_ARRAYS)
        files = {
            entry.filename: inner.read(
                entry, MAX_TEXT_BYTES if entry.filename.endswith(".json") else MAX_BYTES
            )
            for entry in inner.entries
        }
        unpacked += inner.size
        if unpacked > MAX_ARRAY_BYTES:
            raise RunError(
                f"The arrays of a run are at most {size_in_words(MAX_ARRAY_BYTES)} when unpacked. "
                f"Received: {size_in_words(unpacked)}, and more to come"
            )
        if name == MODEL:
            check_keras(files, frame)
        else:
            check(name, files)
        (folder / name).write_bytes(_packed(content, files))
    max_bytes = MAX_PUBLIC_HISTORY_BYTES if is_public() else MAX_HISTORY_BYTES
    if (history := text(HISTORY, max_bytes)) is not None:
        with (folder / HISTORY).open("w", encoding="utf-8") as file:
            for row in read_history(history, frame):
                file.write(json.dumps(row, allow_nan=False) + "\n")
    for name, kind in figures_of(KINDS[frame.config.kind]).items():
        if (figures := text(name)) is not None:
            write_json(folder / name, decode(name, figures, kind))
    write_metadata(folder, name=_name(text(METADATA)), owner=owner)
    RunWriter(folder).status(**_status(text(STATUS), CHECKPOINT in entries))
    _read_commands(text(CONTROL), folder, frame.config)
    write_json(folder / CONFIG, frame.info)


def _read_commands(content: bytes | None, folder: Path, config: Config) -> None:
    """Take over settings that were changed and epochs that were added, as far as they are valid."""
    wanted = parse_control(content or b"")
    if len(wanted.more) > MAX_SEGMENTS:
        raise RunError(
            f"A run is continued for more epochs at most {MAX_SEGMENTS} times. "
            f"Received: {len(wanted.more):,} times"
        )
    used = {name: value for name, value in wanted.settings.items() if config.uses(name)}
    settings = used if _fits(config, **used) else {}
    segments = tuple(
        segment
        for segment in wanted.more
        if 0 <= segment.after < segment.until and _fits(config, epochs=segment.until)
    )
    if settings or segments:
        control = Control(serial=1, settings=settings, more=segments)
        write_json(folder / CONTROL, dataclasses.asdict(control))


def _fits(config: Config, **changes: float) -> bool:
    try:
        config.replace(**changes)
    except ConfigError:
        return False
    return True


def _entries(archive: ForeignZip) -> dict[str, ZipInfo]:
    """Return the entries by their names in a run folder; raises RunError if there is no run."""
    found = run_entries(archive, FILES)
    archive.check(found.values(), MAX_ENTRIES)
    if CONFIG not in found or not found.keys() & {MODEL, CHECKPOINT}:
        names = sorted(found) or sorted(entry.filename for entry in archive.entries)
        raise RunError(
            "A run's zip holds config.json and model.keras or checkpoint.npz. "
            f"Received: {', '.join(map(repr, names[:5])) or 'no files'!s:.200}"
        )
    return found


def _packed(content: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files, deflated; the one that came if that is hardly larger."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for name, file in files.items():
            packed.writestr(name, file)
    return buffer.getvalue() if buffer.tell() < WORTH_PACKING * len(content) else content


def _check_growth(archive: ForeignZip, folder: Path) -> None:
    """Refuse what takes much more room than its zip: a history of the same line again and again."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > FREE_GROWTH + MAX_GROWTH * archive.packed_size:
        raise RunError(
            f"A run takes at most {MAX_GROWTH} times the room of its zip. Received: "
            f"{size_in_words(size)}, of a zip of {size_in_words(archive.packed_size)}"
        )


def _name(metadata: bytes | None) -> str:
    """Return the name that a run was given, fit to be shown; "" without a usable one."""
    try:
        return decode(METADATA, metadata or b"{}", MetadataFile).get("name", "")
    except RunError:
        return ""


def _status(content: bytes | None, resumable: bool) -> StatusChanges:
    """Return what an imported run says of itself, whatever else it said before."""
    rest = RunState.PAUSED if resumable else RunState.STOPPED
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    status: StatusChanges = {"state": rest, "created": now, "imported": True, "reason": "Imported."}
    if content is None:
        return status
    old = decode(STATUS, content, Status)
    if old["state"] in (RunState.FINISHED, RunState.DIVERGED):
        status["state"] = old["state"]
    for name in TAKEN_OVER:
        if (value := old.get(name)) is not None:
            status[name] = value
    return status
