"""The files of a zip or a folder, each to be read into memory, a table to be copied."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from vae.data.importing.array_kinds import is_array_name
from vae.data.importing.contents import Caps, Refusal
from vae.data.importing.decoder import Unreadable
from vae.data.importing.names import clean, escapes, is_clutter
from vae.errors import DatasetError
from vae.files import open_regular

__all__ = ["Member", "Source", "opened"]

DIRECTORY_BYTES = 400  # of a zip's list, for a file with a long name
ZIP_END, ZIP_END_BYTES = b"PK\5\6", 22
COPIED_BYTES = 1_000_000
SMALL = 100_000  # bytes: how well fewer are compressed doesn't matter


class Member(NamedTuple):
    """A file of a source, of which at most max_bytes are read. path: of one that is no part."""

    name: str
    opened: Callable[[], IO[bytes]]
    max_bytes: int
    path: Path | None = None

    def read(self) -> bytes:
        """Return what the file holds; raises Unreadable."""
        file = io.BytesIO()
        self.copy_to(file)
        return file.getvalue()

    def copy_to(self, target: IO[bytes]) -> None:
        """Write what the file holds, a little at a time; raises Unreadable."""
        size = 0
        try:
            with self.opened() as file:
                while size <= self.max_bytes and (block := file.read(COPIED_BYTES)):
                    size += target.write(block)
        # zlib, lzma, bz2, CRC, overlapping files, unknown methods: each has an error of its own
        except Exception:
            raise Unreadable("it cannot be opened, or is damaged") from None
        if size > self.max_bytes:
            raise Unreadable(_too_large(self.max_bytes))


class Source(NamedTuple):
    """The files of a zip ("zip"), a folder ("folder"), a table or one alone ("image").

    places: the class of each and whether it is a test, where that is known; else paths say so.
    class_names: of all classes, those without a picture too, where they are known.
    """

    kind: str
    members: list[Member]
    refused: list[Refusal]
    places: list[tuple[str, bool | None]] | None = None
    class_names: tuple[str, ...] = ()


@contextmanager
def opened(path: Path, caps: Caps) -> Generator[Source]:
    """Yield what a path holds. Raises DatasetError for what is over the caps, or no whole zip."""
    if path.is_dir():
        yield _of_folder(path, caps)
    elif _starts_with(path, b"PK"):
        with open_regular(path) as file:
            try:
                _check_directory(path, caps)
                archive = zipfile.ZipFile(file)
            except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
                if isinstance(error, DatasetError):
                    raise
                raise DatasetError(
                    f"A complete zip was expected. Received: {clean(path.name)!r}, which is damaged"
                ) from None
            with archive:
                yield _of_zip(archive, caps)
    else:
        yield Source("image", [_of_file(path.name, path, caps)], [])


def _starts_with(path: Path, magic: bytes) -> bool:
    with open_regular(path) as file:
        return file.read(len(magic)) == magic


def _check_directory(path: Path, caps: Caps) -> None:
    """Refuse a zip's list of files before it is read if it is too long."""
    with open_regular(path) as file:
        file.seek(max(0, path.stat().st_size - 65_535 - ZIP_END_BYTES))
        tail = file.read()
    end = tail.rfind(ZIP_END)
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if size > 2 * caps.files * DIRECTORY_BYTES:
        raise _too_many(caps, "a longer list of files")


def _too_many(caps: Caps, received: str) -> DatasetError:
    return DatasetError(f"At most {caps.files:,} files can be read at once. Received: {received}")


def _of_folder(folder: Path, caps: Caps) -> Source:
    members: list[Member] = []
    refused: list[Refusal] = []
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            path = Path(parent, file)
            name = path.relative_to(folder).as_posix()
            if is_clutter(name):
                continue
            if path.is_symlink() or not path.is_file():
                refused.append(Refusal(clean(name), "a link or a device, not a file"))
            else:
                members.append(_of_file(name, path, caps))
            if len(members) > caps.files:
                raise _too_many(caps, "a folder of more")
    return Source("folder", members, refused)


def _of_file(name: str, path: Path, caps: Caps) -> Member:
    return Member(name, lambda: open_regular(path), _max_bytes(name, caps), path)


def _max_bytes(name: str, caps: Caps) -> int:
    return caps.array_bytes if is_array_name(name) else caps.file_bytes


def _too_large(max_bytes: int) -> str:
    return f"larger than {max_bytes // 10**6:,} MB"


def _of_zip(archive: zipfile.ZipFile, caps: Caps) -> Source:
    infos = [info for info in archive.infolist() if not info.filename.endswith(("/", "\\"))]
    named = [(info.filename.replace("\\", "/"), info) for info in infos]
    named = [(name, info) for name, info in named if not is_clutter(name)]
    if len(named) > caps.files:
        raise _too_many(caps, f"{len(named):,}")
    total = sum(info.file_size for _, info in named)
    if total > caps.total_bytes:
        raise DatasetError(
            f"Files of at most {caps.total_bytes // 10**6:,} MB in all can be read at once. "
            f"Received: {total // 10**6:,} MB"
        )
    members: list[Member] = []
    refused: list[Refusal] = []
    for name, info in sorted(named, key=lambda pair: pair[0]):
        if reason := _reason_against(name, info, caps):
            refused.append(Refusal(clean(name), reason))
        else:
            members.append(Member(name, lambda info=info: archive.open(info), info.file_size))
    return Source("zip", members, refused)


def _reason_against(name: str, info: zipfile.ZipInfo, caps: Caps) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if escapes(name):
        return "its path leads out of the zip"
    if kind not in (0, stat.S_IFREG):
        return "a link or a device, not a file"
    if info.flag_bits & 0x1:
        return "encrypted"
    if name.lower().endswith((".zip", ".7z", ".rar", ".tar", ".tgz")):
        return "an archive inside a zip; unpack it first"
    if info.file_size > _max_bytes(name, caps):
        return _too_large(_max_bytes(name, caps))
    if info.file_size > max(SMALL, caps.ratio * info.compress_size):
        return f"compressed to less than 1/{caps.ratio} of its size, as no picture is"
    return ""
