"""Fetching files from the internet: verified by checksum, atomic, resumed, with progress."""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = ["OnProgress", "RemoteFile", "download_files"]

OnProgress = Callable[[int, int], None]  # (done_bytes, total_bytes)

CHUNK_BYTES = 64 * 1024
TIMEOUT_SECONDS = 30  # without a byte


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch: its path in the target folder, address, SHA-256 and size in bytes."""

    path: str
    address: str
    sha256: str
    size: int


def download_files(
    files: Sequence[RemoteFile], folder: Path, on_progress: OnProgress | None = None
) -> None:
    """Fetch `files` into `folder`, where each appears only once it is complete and verified.

    A file that is there already, with the right checksum, is kept. What broke off lies beside it as
    a hidden .part file, from whose end the next call goes on. on_progress(done_bytes,
    total_bytes) counts over all files; without it a progress bar goes to standard error.
    Raises OSError with one clause that says what went wrong.
    """
    # Only who downloads pays for these imports (about 0.1 s). The first has no types to check.
    pooch: Any = importlib.import_module("pooch")
    import requests

    pooch.get_logger().setLevel("ERROR")  # the progress says what is downloaded
    size = sum(file.size for file in files)
    if on_progress is None:
        _show_bar(0, size)  # how much it will be, before it starts
    meter = _Meter(size, on_progress or _show_bar)

    for file in files:
        host = urlsplit(file.address).hostname
        target = folder / file.path
        meter.start(file)
        if target.exists() and not target.is_file():  # pooch would read it
            raise OSError(f"{target} is no regular file")
        part = target.with_name(f".{target.name}.{file.sha256[:8]}.part")

        def fetch(
            _address: str, temporary: str, _: object, file: RemoteFile = file, part: Path = part
        ) -> None:
            _fetch(file, part, meter)
            # pooch's temporary file is for its owner alone, but a data folder serves everyone:
            # often one account fills it and another runs the app.
            part.chmod(0o644)
            part.replace(temporary)

        try:
            pooch.retrieve(
                file.address,
                known_hash=f"sha256:{file.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=fetch,
            )
        except requests.RequestException as error:
            raise OSError(_reason(error, file, host)) from error
        except ValueError as error:  # pooch's word for a checksum that differs
            raise OSError(f"{host} sent another {target.name} (its checksum differs)") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OSError(f"the disk of {target.parent} is full") from error
            raise
        meter.finish()


def _fetch(file: RemoteFile, part: Path, meter: _Meter) -> None:
    """Fetch what `part` lacks of a file; a server that cannot resume sends all of it again."""
    import requests

    there = part.stat().st_size if part.is_file() else 0
    if there >= file.size:  # whole, or another file: the checksum tells
        meter.update(there)
        return
    headers = {"Accept-Encoding": "identity"}  # bytes as they are stored, so that they count
    if there:
        headers["Range"] = f"bytes={there}-"
    with requests.get(
        file.address, headers=headers, stream=True, timeout=TIMEOUT_SECONDS
    ) as answer:
        answer.raise_for_status()
        is_rest = answer.headers.get("Content-Range", "").startswith(f"bytes {there}-")
        if there and is_rest:
            meter.update(there)
        with part.open("ab" if is_rest else "wb") as target:
            for chunk in answer.iter_content(CHUNK_BYTES):
                target.write(chunk)
                meter.update(len(chunk))


def _reason(error: Exception, file: RemoteFile, host: str | None) -> str:
    """Return one clause that names what failed: proxy, certificate, host or connection."""
    import requests

    if isinstance(error, requests.HTTPError):
        status = error.response.status_code if error.response is not None else "with an error"
        return f"{host} answered {status} for {file.address}"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"the proxy between this machine and {host} could not be reached or refused"
    if isinstance(error, requests.exceptions.SSLError):
        return f"the certificate of {host} could not be verified"
    if "NameResolution" in repr(error):
        return f"the name {host} could not be resolved"
    broke_off = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ReadTimeout)
    if isinstance(error, broke_off) or "Read timed out" in str(error):
        return f"the connection to {host} broke off; the next download goes on from there"
    return f"{host} could not be reached"


class _Meter:
    """Counts bytes over several files; pooch calls update, reset and close, and sets total."""

    def __init__(self, total_bytes: int, on_progress: OnProgress) -> None:
        self.total_bytes = total_bytes
        self.on_progress = on_progress
        self.done = 0
        self.end = 0  # what `done` is once the file under way is complete

    def start(self, file: RemoteFile) -> None:
        self.end += file.size

    def update(self, count: int) -> None:
        # pooch counts whole chunks, and then the whole file once more.
        done = min(self.done + count, self.end)
        if done > self.done:
            self.done = done
            self.on_progress(done, self.total_bytes)

    def finish(self) -> None:
        self.update(self.end - self.done)  # a file that was there already

    def reset(self) -> None:
        """Nothing: a count that ran to the end stays there."""

    def close(self) -> None:
        """Nothing to close."""


def _show_bar(done_bytes: int, total_bytes: int) -> None:
    filled = 30 * done_bytes // total_bytes
    bar = f"[{'=' * filled:<30}] {done_bytes / 1e6:.1f} of {total_bytes / 1e6:.1f} MB"
    end = "\n" if done_bytes == total_bytes else ""
    print(f"\rDownloading {bar}", end=end, file=sys.stderr, flush=True)
