"""Runs as zip files: one made of a run folder, and a run folder made of one from anywhere.

An import keeps to three rules. Nothing is written under the name that it has in the zip: the files
of a run have names that are known. No size that a header states is believed. And each file must be
what a run writes (see `schema` and `vetting`); JSON is written anew from what was understood of it.
"""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vae.about import AboutFile, write_about
from vae.config import Config
from vae.control import Control, parse_control
from vae.errors import ConfigError, RunError, VAEError
from vae.figures_schema import FIGURES
from vae.files import write_json, writing_to
from vae.presets import preset_label
from vae.recorder import Recorder, new_run_id
from vae.run_schema import Status
from vae.run_store import RunStore
from vae.runs import Run, open_run
from vae.schema import MOST_TEXT_BYTES, decode, printable
from vae.server_settings import is_public
from vae.vetting import ArrayCheck, read_frame, read_history
from vae.vetting_keras import check_keras

__all__ = ["MOST_BYTES", "MOST_ENTRIES", "export_zip", "import_zip", "public_name"]

MOST_BYTES = 100_000_000  # of a zip, and of all that is in it
MOST_ENTRIES = 700  # 500 epochs have a snapshot each
# 500 epochs in 128 dimensions are 20 MB. Rows that were read need up to eight times their bytes, so
# that where strangers share the memory a history may be that of 100 epochs, which are 4 MB.
MOST_HISTORY_BYTES = 40_000_000
MOST_PUBLIC_HISTORY_BYTES = 5_000_000
MOST_LEGS = 100  # beyond the configured epochs
# An array file is itself a zip. Each may hold MOST_BYTES, which bounds the memory, and all together
# this, which bounds the time: 500 snapshots of color 32 x 32 images in 128 dimensions are 220 MB.
MOST_ARRAY_BYTES = 400_000_000
MOST_ARRAYS = 1000  # in one file; weights and their optimizer's variables are about a hundred
# Python reads the whole list of a zip's contents before it can be counted: 500 bytes an entry.
MOST_MARKS = 20_000
CHUNK = 1 << 20

FILES = (
    "about.json",
    "best.npz",
    "checkpoint.npz",
    "config.json",
    "control.json",
    "decoder.onnx",
    "encoder.onnx",
    "history.jsonl",
    "knowledge.json",
    "latents.npz",
    "likelihood.json",
    "metrics.json",
    "model.keras",
    "quality.json",
    "samplers.npz",
    "status.json",
    "tsne-3d.npz",
    "tsne.npz",
)
FORMER = ("step.npz",)  # in older zips; the next step writes it anew
SNAPSHOT = re.compile(r"snapshots/(fixed|[0-9]{4})\.npz")


def export_zip(run: Run) -> bytes:
    """Pack a run folder; the same folder gives the same bytes.

    A process may write to it meanwhile. Raises RunError if it is no run folder any more.
    """
    snapshots = [f"snapshots/{path.name}" for path in (run.path / "snapshots").glob("*.npz")]
    names = [
        *(name for name in FILES if name != "about.json"),
        *filter(SNAPSHOT.fullmatch, snapshots),
    ]
    contents: dict[str, bytes] = {}
    # A training run appends to its history before it replaces its checkpoint: read in this order,
    # the history covers the checkpoint.
    for name in sorted(names, key=lambda name: (not name.endswith(".npz"), name)):
        try:
            contents[name] = (run.path / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RunError(
                f"A run's files must be readable ({error.strerror}). Received: {run.path / name}"
            ) from None
    if "config.json" not in contents:
        raise RunError(f"A run folder holds config.json. Received: {run.path}, which has none")
    if run.about.name:  # and nothing else of it: whose run it is stays here
        contents["about.json"] = json.dumps({"name": run.about.name}).encode()
    top = re.sub(r"[^A-Za-z0-9_]+", "-", public_name(run)).strip("-") or "run"
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


def public_name(run: Run) -> str:
    """Return what a file that is made of a run calls it: its name, or what tells it apart.

    Never all of its id: whoever knows that can open, change and stop the run.
    """
    if run.shipped:
        return run.id
    return run.about.name or f"{run.dataset} {preset_label(run.config)} {run.id[:6]}"


def import_zip(file: BinaryIO, store: RunStore, owner: str = "") -> Run:
    """Make a new run in the store's folder of a zip that `export_zip` made, here or elsewhere.

    The zip is not trusted. Its ONNX files stay out. Raises RunError,
    and leaves nothing behind, for what is not a run's zip or holds more than a run does.
    """
    archive = _Zip(file, "The file", MOST_ENTRIES)
    entries = _entries(archive)
    run_id = new_run_id()
    # One folder deeper than runs are, so that no list shows what is not vetted yet.
    workshop = store.folder / f".importing-{run_id}"
    try:
        with writing_to(store.folder, "Runs need a folder that can be written to"):
            (workshop / run_id / "snapshots").mkdir(parents=True)
            _take_over(archive, entries, workshop / run_id, owner)
            open_run(workshop / run_id)
            (workshop / run_id).rename(store.folder / run_id)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return open_run(store.folder / run_id)


def _take_over(archive: _Zip, entries: dict[str, ZipInfo], folder: Path, owner: str) -> None:
    """Write the folder of a run from the entries that pass."""

    def text(name: str, most: int = MOST_TEXT_BYTES) -> bytes | None:
        return archive.read(entries[name], most) if name in entries else None

    frame = read_frame(text("config.json") or b"")
    check, unpacked = ArrayCheck(frame), 0
    for name in sorted(name for name in entries if name.endswith((".npz", ".keras"))):
        content = archive.read(entries[name])
        inner = _Zip(io.BytesIO(content), name, MOST_ARRAYS)
        files = {
            entry.filename: inner.read(
                entry, MOST_TEXT_BYTES if entry.filename.endswith(".json") else MOST_BYTES
            )
            for entry in inner.entries
        }
        unpacked += inner.size
        if unpacked > MOST_ARRAY_BYTES:
            raise RunError(
                f"The arrays of a run are at most {_size(MOST_ARRAY_BYTES)} when unpacked. "
                f"Received: {_size(unpacked)}, and more to come"
            )
        if name == "model.keras":
            check_keras(files, frame)
        else:
            check(name, files)
        (folder / name).write_bytes(content)
    most = MOST_PUBLIC_HISTORY_BYTES if is_public() else MOST_HISTORY_BYTES
    if (history := text("history.jsonl", most)) is not None:
        with (folder / "history.jsonl").open("w", encoding="utf-8") as file:
            for row in read_history(history, frame):
                file.write(json.dumps(row, allow_nan=False) + "\n")
    for name, kind in FIGURES.items():
        if (figures := text(name)) is not None:
            write_json(folder / name, decode(name, figures, kind))
    write_about(folder, name=_name(text("about.json")), owner=owner)
    Recorder(folder).status(**_status(text("status.json"), "checkpoint.npz" in entries))
    _take_wishes(text("control.json"), folder, frame.config)
    write_json(folder / "config.json", frame.info)


def _take_wishes(content: bytes | None, folder: Path, config: Config) -> None:
    """Take over settings that were changed and epochs that were added, as far as they are valid."""
    wanted = parse_control(content or b"")
    if len(wanted.more) > MOST_LEGS:
        raise RunError(
            f"A run is continued for more epochs at most {MOST_LEGS} times. "
            f"Received: {len(wanted.more):,} times"
        )
    settings = wanted.settings if _fits(config, **wanted.settings) else {}
    legs = tuple(
        leg for leg in wanted.more if 0 <= leg.after < leg.until and _fits(config, epochs=leg.until)
    )
    if settings or legs:
        control = Control(serial=1, settings=settings, more=legs)
        write_json(folder / "control.json", dataclasses.asdict(control))


def _fits(config: Config, **changes: float) -> bool:
    try:
        config.replace(**changes)
    except ConfigError:
        return False
    return True


def _entries(archive: _Zip) -> dict[str, ZipInfo]:
    """Return the entries by their names in a run folder; raises RunError if one has no place."""
    found: dict[str, ZipInfo] = {}
    tops = set()
    for entry in archive.entries:
        name = entry.orig_filename  # as it is in the zip: Python cleans the other one
        parts = name.removesuffix("/").split("/")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if (
            any(part in ("", ".", "..") for part in parts)
            or any(sign in name for sign in "\\:\0")
            or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        ):
            raise RunError(
                "A run's zip holds plain files within one folder. "
                f"Received: {name!r:.80}, which is a link or leads elsewhere"
            )
        if name.endswith("/") or "__MACOSX" in parts or parts[-1] == ".DS_Store":
            continue
        own = name if _is_own(name) else "/".join(parts[1:])
        if not _is_own(own):
            raise RunError(f"A run's zip holds a run's files alone. Received: {name!r:.80}")
        tops.add(name.removesuffix(own))
        if own not in FORMER:
            found[own] = entry
    if len(tops) > 1:
        folders = ", ".join(repr(top)[:40] for top in sorted(tops)[:3])
        raise RunError(f"A run's zip holds one folder. Received: several, {folders}")
    if "config.json" not in found or not found.keys() & {"model.keras", "checkpoint.npz"}:
        raise RunError(
            "A run's zip holds config.json and model.keras or checkpoint.npz. "
            f"Received: {', '.join(sorted(found)[:5]) or 'no files'}"
        )
    return found


def _is_own(name: str) -> bool:
    return name in (*FILES, *FORMER) or SNAPSHOT.fullmatch(name) is not None


def _name(about: bytes | None) -> str:
    """Return the name that a run was given, fit to be shown; "" without a usable one."""
    try:
        return decode("about.json", about or b"{}", AboutFile).get("name", "")
    except RunError:
        return ""


def _status(content: bytes | None, resumable: bool) -> dict[str, Any]:
    """Return what an imported run says of itself, whatever else it said before."""
    old = {} if content is None else decode("status.json", content, Status)
    state = old.get("state")
    if state not in ("finished", "diverged"):
        state = "paused" if resumable else "stopped"
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    status = {"state": state, "created": now, "imported": True, "reason": "Imported."}
    kept = ("epoch", "step", "steps", "model_epoch", "seconds_per_epoch", "seconds_trained")
    return status | {name: old[name] for name in kept if name in old}


class _Zip:
    """A zip that nobody vouches for: it is counted before and while it is read.

    Raises RunError if it is damaged, encrypted or too large, or holds a name twice.
    """

    def __init__(self, file: BinaryIO, name: str, most_entries: int) -> None:
        self.name, self.size = name, 0  # size: bytes that came out so far
        with self._or_refuse():
            marks = _count(file, b"PK\x01\x02")  # each entry has one in the list of contents
            if marks > MOST_MARKS:
                raise RunError(f"{name} holds too much. Received: {marks:,} entries or so")
            self._archive = ZipFile(file)
            self.entries = self._archive.infolist()
            # Python finds a zip behind other bytes too, as the last array file of one cut short.
            if min((entry.header_offset for entry in self.entries), default=0):
                raise BadZipFile("something else stands before it")
        declared = sum(entry.file_size for entry in self.entries)
        names = [entry.filename for entry in self.entries]
        if len(names) > most_entries:
            self._refuse(f"holds at most {most_entries} entries", f"{len(names):,}")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            self._refuse("holds each name once", f"{twice!r:.80} twice")
        for entry in self.entries:
            if entry.flag_bits & 0x41:
                self._refuse("must not be encrypted", f"an encrypted {entry.filename!r:.80}")
            # Others may ask for gigabytes of memory before the first byte comes out.
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                self._refuse("is stored or deflated", f"compression {entry.compress_type}")
        if declared > MOST_BYTES:
            self._refuse(f"is at most {_size(MOST_BYTES)} when unpacked", _size(declared))

    def read(self, entry: ZipInfo, most: int = MOST_BYTES) -> bytes:
        """Unpack an entry, and stop where there is too much of it."""
        content = io.BytesIO()
        with self._or_refuse(), self._archive.open(entry) as member:
            while part := member.read(CHUNK):
                content.write(part)
                self.size += len(part)
                if content.tell() > most or self.size > MOST_BYTES:
                    self._refuse(f"holds at most {_size(most)} of {entry.filename!r:.80}", "more")
        return content.getvalue()

    def _refuse(self, expected: str, received: str) -> None:
        raise RunError(f"{self.name} {expected}. Received: {received}")

    @contextmanager
    def _or_refuse(self) -> Iterator[None]:
        try:
            yield
        except VAEError:
            raise
        except Exception as error:
            # A damaged zip fails in a dozen ways: zlib, struct, EOF, names that are no text, ...
            raise RunError(
                f"{self.name} must be a whole zip file. "
                f"Received: {printable(str(error), 100) or type(error).__name__}"
            ) from None


def _count(file: BinaryIO, mark: bytes) -> int:
    """Count the mark in a file of at most MOST_BYTES."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size > MOST_BYTES:
        raise RunError(f"A run's zip is at most {_size(MOST_BYTES)}. Received: {_size(size)}")
    file.seek(0)
    found, end = 0, b""
    while chunk := file.read(CHUNK):
        found += (end + chunk).count(mark)
        end = (end + chunk)[1 - len(mark) :]
    return found


def _size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count >= 1e6 else f"{count:,} bytes"
