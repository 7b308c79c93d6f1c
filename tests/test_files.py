"""Only regular files are read: what waits, never ends or is none is refused at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.conftest import run_python
from tests.odd_files import KINDS
from vae.files import MAX_JSON_BYTES, open_regular, read_json, read_regular

# Each way to a file; in a process of its own, for the one that waits for ever.
READERS = """
import sys
from pathlib import Path

from vae.runs.metadata import read_metadata
from vae.data.array_files import ArraySpec, read_array
from vae.runs.control import read_control
from vae.export.weights import read_weights
from vae.files import open_regular, read_json, read_regular, write_json
from vae.runs.history import read_rows
from vae.runs.inference import decode
from vae.runs.progress import read_progress
from vae.runs.writer import RunWriter
from vae.runs.run import Run, open_run
from vae.model.weights_file import check_weights

folder = Path(sys.argv[1])
odd = folder / "odd"
ways = {
    "bytes": lambda: read_regular(odd),
    "json": lambda: read_json(odd),
    "append": lambda: open_regular(odd, "ab"),
    "update": lambda: open_regular(odd, "rb+"),
    "history": lambda: read_rows(odd),
    "network": lambda: decode(odd, [[0.0]], 1),
    "weights": lambda: check_weights(odd, 1),
    "npz": lambda: read_array(odd.rename(folder / "odd.npz"), "x", ArraySpec((1,), "")),
    "idx": lambda: read_array((folder / "odd.npz").rename(odd), "x", ArraySpec((1,), "")),
    "about": lambda: read_metadata(folder),
    "control": lambda: read_control(folder),
    "progress": lambda: read_progress(folder, "tsne"),
    "row": lambda: RunWriter(folder).row({}),
    "rows": lambda: Run(folder).rows,
    "arrays": lambda: Run(folder).latents,
    "run": lambda: open_run(folder),
}
for name in ("about", "control", "tsne-progress"):
    (folder / f"{name}.json").symlink_to(odd)
for name in ("history.jsonl", "latents.npz", "config.json"):
    (folder / name).symlink_to(odd)
for name, read in ways.items():
    print(name, flush=True, end=" ")
    try:
        print("read", repr(read()))
    except (OSError, ValueError) as error:
        print("refused", type(error).__name__)
"""
EMPTY = ("about", "control", "progress")  # a damaged file says nothing there


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these")
class TestOdd:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_reader_refuses_it(self, kind: str, tmp_path: Path) -> None:
        KINDS[kind](tmp_path / "odd")
        done = run_python("-c", READERS, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        for line in done.stdout.splitlines():
            name, outcome = line.split()[:2]
            assert outcome == ("read" if name in EMPTY else "refused"), line

    def test_nothing_stays_open(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        before = len(list(Path("/dev/fd").iterdir()))
        for _ in range(20):
            with pytest.raises(OSError, match="no regular file"):
                open_regular(tmp_path / "pipe")
        assert len(list(Path("/dev/fd").iterdir())) == before

    def test_what_replaces_a_file_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "file"
        path.write_text("x")
        stat = Path.stat

        def replace_after(this: Path, **follow: bool) -> os.stat_result:
            found = stat(this, **follow)
            path.unlink()
            os.mkfifo(path)
            return found

        monkeypatch.setattr(Path, "stat", replace_after)
        with pytest.raises(OSError, match="no regular file"):
            open_regular(path)


class TestRegular:
    def test_files_and_links_to_them(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"[1]")
        (tmp_path / "link").symlink_to("file")
        for name in ("file", "link"):
            assert read_regular(tmp_path / name) == b"[1]"
            assert read_json(tmp_path / name) == [1]

    def test_none(self, tmp_path: Path) -> None:
        (tmp_path / "broken").symlink_to("nothing")
        for name in ("nothing", "broken"):
            with pytest.raises(FileNotFoundError):
                read_regular(tmp_path / name)

    def test_appending_makes_one(self, tmp_path: Path) -> None:
        for _ in range(2):
            with open_regular(tmp_path / "log", "ab") as file:
                file.write(b"x")
        assert (tmp_path / "log").read_bytes() == b"xx"
        assert (tmp_path / "log").stat().st_mode & 0o600 == 0o600

    def test_one_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "status.json"
        with path.open("wb") as file:
            file.truncate(10**12)  # of which nothing is on the disk
        with pytest.raises(OSError, match=f"more than {MAX_JSON_BYTES:,} bytes"):
            read_json(path)
        with pytest.raises(OSError, match="more than 5 bytes"):
            read_regular(path, 5)
