"""Zip files that are not trusted: a run as somebody packed it, and the zips inside of that.

No size that a header states is believed, and no name in it becomes a path.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vae.errors import RunError, VAEError
from vae.runs.layout import CONFIG, SNAPSHOTS
from vae.schemas.reading import printable

__all__ = ["MAX_BYTES", "SNAPSHOT", "ForeignZip", "run_entries", "size_in_words"]

MAX_BYTES = 100_000_000  # of a zip, and of all that is taken of it
# Python reads the whole list of a zip's contents before it can be counted: 500 bytes an entry.
MAX_MARKS = 20_000
CHUNK = 1 << 20
SNAPSHOT = re.compile(r"[0-9]{4}\.npz|fixed\.npz")
DRIVE = re.compile("[A-Za-z]:")
RESOURCES = "__MACOSX"  # where the Finder stores what only macOS uses


class ForeignZip:
    """A zip that is counted before and while it is read.

    name: what messages call it. Raises RunError if it is damaged or holds a name twice.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name, self.size = name, 0  # size: bytes that came out so far
        with self._or_refuse():
            self.packed_size, marks = _count(file, b"PK\x01\x02")  # one in the list for each entry
            if marks > MAX_MARKS:
                raise RunError(f"{name} holds too much. Received: {marks:,} entries or so")
            self._archive = ZipFile(file)
            self.entries = self._archive.infolist()
            # Python finds a zip behind other bytes too, as the last array file of one cut short.
            if min((entry.header_offset for entry in self.entries), default=0):
                raise BadZipFile("something else stands before it")
        self.check_once(entry.filename for entry in self.entries)

    def check_once(self, names: Iterator[str]) -> None:
        """Refuse names of which there are two."""
        twice = next((name for name, count in Counter(names).items() if count > 1), None)
        if twice is not None:
            self._refuse("holds each name once", f"{twice!r:.80} twice")

    def check(self, entries: Collection[ZipInfo], limit: int) -> None:
        """Refuse what is not to be read: too many entries, too large, encrypted."""
        if len(entries) > limit:
            self._refuse(f"holds at most {limit} entries", f"{len(entries):,}")
        for entry in entries:
            if entry.flag_bits & 0x41:
                self._refuse("must not be encrypted", f"an encrypted {entry.filename!r:.80}")
            # Others may ask for gigabytes of memory before the first byte comes out.
            if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                self._refuse("is stored or deflated", f"compression {entry.compress_type}")
        declared = sum(entry.file_size for entry in entries)
        if declared > MAX_BYTES:
            expected = f"is at most {size_in_words(MAX_BYTES)} when unpacked"
            self._refuse(expected, size_in_words(declared))

    def read(self, entry: ZipInfo, limit: int = MAX_BYTES) -> bytes:
        """Unpack an entry, and stop where there is too much of it."""
        content = io.BytesIO()
        with self._or_refuse(), self._archive.open(entry) as member:
            while part := member.read(CHUNK):
                content.write(part)
                self.size += len(part)
                if content.tell() > limit or self.size > MAX_BYTES:
                    expected = f"holds at most {size_in_words(limit)} of {entry.filename!r:.80}"
                    self._refuse(expected, "more")
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


def run_entries(archive: ForeignZip, known: Sequence[str]) -> dict[str, ZipInfo]:
    """Return the files of the one run in a zip, by their names in its folder.

    known: how files of a run are called, beside its snapshots. The run may be in a folder, or in a
    folder within one. What else there is, as what the Finder, Explorer or whoever packed it adds,
    is left out. Raises RunError for links, for names that lead elsewhere, and for several runs.
    """
    found: list[tuple[tuple[str, ...], str, ZipInfo]] = []
    for entry in archive.entries:
        *folders, name = _parts(entry)
        if RESOURCES in folders:
            continue
        if folders[-1:] == [SNAPSHOTS] and SNAPSHOT.fullmatch(name):
            found.append((tuple(folders[:-1]), f"{SNAPSHOTS}/{name}", entry))
        elif name in known:
            found.append((tuple(folders), name, entry))
    runs = {folders for folders, name, _ in found if name == CONFIG}
    nearest = min(map(len, runs), default=0)
    runs = {folders for folders in runs if len(folders) == nearest}
    if len(runs) > 1:
        names = ", ".join(repr("/".join(folders))[:40] for folders in sorted(runs)[:3])
        raise RunError(f"A run's zip holds one run. Received: several, {names}")
    own = [(name, entry) for folders, name, entry in found if folders in runs]
    archive.check_once(name for name, _ in own)
    return dict(own)


def _parts(entry: ZipInfo) -> list[str]:
    """Return the folders and the name of an entry, which is "" for a folder."""
    raw = entry.orig_filename  # as it is in the zip: Python cleans the other one
    parts = raw.replace("\\", "/").split("/")  # what PowerShell packs has backslashes
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if (
        any(part in ("", "..") for part in parts[:-1])
        or parts[-1] == ".."
        or DRIVE.match(raw)
        or "\0" in raw
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
    ):
        raise RunError(
            "A run's zip holds plain files and folders. "
            f"Received: {raw!r:.80}, which is a link or leads elsewhere"
        )
    # An accented letter has two spellings.
    *folders, name = (unicodedata.normalize("NFC", part) for part in parts)
    return [*(folder for folder in folders if folder != "."), name]


def _count(file: BinaryIO, mark: bytes) -> tuple[int, int]:
    """Return the size of a file of at most MAX_BYTES, and how often the mark is in it."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    if size > MAX_BYTES:
        raise RunError(
            f"A run's zip is at most {size_in_words(MAX_BYTES)}. Received: {size_in_words(size)}"
        )
    file.seek(0)
    found, end = 0, b""
    while chunk := file.read(CHUNK):
        found += (end + chunk).count(mark)
        end = (end + chunk)[1 - len(mark) :]
    return size, found


def size_in_words(count: int) -> str:
    """Return a number of bytes as one would say it: "12 MB", "3,500 bytes"."""
    return f"{count / 1e6:,.0f} MB" if count >= 1e6 else f"{count:,} bytes"
