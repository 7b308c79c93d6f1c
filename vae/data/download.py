"""Fetching files from the internet: verified by checksum, atomic, with progress."""

from __future__ import annotations

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

    A file that is there already, with the right checksum, is kept. on_progress(done_bytes,
    total_bytes) counts over all files; without it a progress bar goes to standard error.
    Raises OSError with one clause that says what went wrong.
    """
    # Only who downloads pays for these imports (about 0.1 s). The first has no types to check.
    pooch: Any = importlib.import_module("pooch")
    import requests

    pooch.get_logger().setLevel("ERROR")  # the progress says what is downloaded
    meter = _Meter(sum(file.size for file in files), on_progress or _show_bar)
    http = pooch.HTTPDownloader(progressbar=meter, chunk_size=CHUNK_BYTES)

    def fetch(address: str, temporary_path: str, _: object) -> None:
        http(address, temporary_path, None)
        # pooch's temporary file is for its owner alone, but a data folder serves everyone:
        # often one account fills it and another runs the app.
        Path(temporary_path).chmod(0o644)

    for file in files:
        host = urlsplit(file.address).hostname
        target = folder / file.path
        meter.start(file)
        if target.exists() and not target.is_file():  # pooch would read it
            raise OSError(f"{target} is no regular file")
        try:
            pooch.retrieve(
                file.address,
                known_hash=f"sha256:{file.sha256}",
                fname=target.name,
                path=target.parent,
                downloader=fetch,
            )
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "with an error"
            raise OSError(f"{host} answered {status} for {file.address}") from error
        except requests.RequestException as error:
            raise OSError(f"{host} could not be reached or broke off") from error
        except ValueError as error:  # pooch's word for a checksum that differs
            raise OSError(f"{host} sent another {target.name} (its checksum differs)") from error
        meter.finish()


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
