"""Zips that hold no run, or lead elsewhere."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from tests.archive.zips import pack, refused, take
from vae.archive import foreign_zip
from vae.archive.zip_import import MAX_ENTRIES, import_zip
from vae.errors import RunError
from vae.runs.store import RunStore


class TestRefused:
    @pytest.mark.parametrize(
        "data", [b"", b"PK", b"PK\x03\x04", b"not a zip", bytes(10_000), b"\x93NUMPY" + bytes(99)]
    )
    def test_not_a_zip(self, data: bytes, tmp_path: Path) -> None:
        assert "must be a whole zip file" in refused(data, tmp_path)

    def test_an_empty_zip(self, tmp_path: Path) -> None:
        assert "Received: no files" in refused(pack({}), tmp_path)

    @pytest.mark.parametrize("fraction", [0.01, 0.3, 0.9, 0.999])
    def test_cut_short(self, exported: bytes, tmp_path: Path, fraction: float) -> None:
        cut = exported[: int(fraction * len(exported))]
        assert "must be a whole zip file" in refused(cut, tmp_path)

    @pytest.mark.parametrize(
        "name",
        [
            "/etc/passwd",
            "//host/config.json",
            "../config.json",
            "run/../config.json",
            "run/../../config.json",
            "run/..",
            "../",
            "run//config.json",
            "C:/config.json",
            "C:config.json",
            "..\\config.json",
            "run\\..\\config.json",
            "\\config.json",
            "C:\\config.json",
            "run\\\\config.json",
            "run/snapshots/../../0001.npz",
            "../__MACOSX/x",
            "../.DS_Store",
            "run/a\0b",
            "config.json\0.txt",
        ],
    )
    def test_paths_that_lead_elsewhere(
        self, files: dict[str, bytes], tmp_path: Path, name: str
    ) -> None:
        # Python's own writer would clean the name.
        mark = "~" * len(name.encode())
        data = pack({f"run/{own}": content for own, content in files.items()} | {mark: b""}, "")
        data = data.replace(mark.encode(), name.encode())
        message = refused(data, tmp_path)
        assert "leads elsewhere" in message
        assert {path.name for path in tmp_path.iterdir()} <= {"runs"}

    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
    @pytest.mark.parametrize("name", ["run/config.json", "run/tsne.npz", "run/snapshots/"])
    def test_links_and_devices(
        self, files: dict[str, bytes], tmp_path: Path, kind: int, name: str
    ) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as zipped:
            for own, content in files.items():
                if f"run/{own}" != name:
                    zipped.writestr(f"run/{own}", content)
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (kind | 0o777) << 16
            zipped.writestr(entry, b"/etc/passwd")
        assert "is a link" in refused(buffer.getvalue(), tmp_path)

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize("name", ["config.json", "latents.npz", ".DS_Store", "snapshots/"])
    def test_the_same_name_twice(self, files: dict[str, bytes], tmp_path: Path, name: str) -> None:
        buffer = io.BytesIO(pack(files))
        with zipfile.ZipFile(buffer, "a") as zipped:
            zipped.writestr(f"run/{name}", b"")
            zipped.writestr(f"run/{name}", b"")
        assert "twice" in refused(buffer.getvalue(), tmp_path)

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    @pytest.mark.parametrize("name", ["run\\config.json", "./run/config.json", "run/./config.json"])
    def test_the_same_name_in_two_spellings(
        self, files: dict[str, bytes], tmp_path: Path, name: str
    ) -> None:
        own = {f"run/{known}": content for known, content in files.items()}
        assert "twice" in refused(pack(own | {name: b"{}"}, top=""), tmp_path)

    def test_two_runs(self, files: dict[str, bytes], tmp_path: Path) -> None:
        both = {f"{top}/{name}": files[name] for top in ("one", "two") for name in files}
        assert "one run. Received: several, 'one', 'two'" in refused(pack(both, top=""), tmp_path)

    def test_too_many_entries(self, files: dict[str, bytes], tmp_path: Path) -> None:
        for few in (1, 20):
            many = {f"snapshots/{i:04d}.npz": b"" for i in range(MAX_ENTRIES * few)}
            assert f"at most {MAX_ENTRIES} entries" in refused(pack(files | many), tmp_path)

    def test_a_list_of_contents_too_long_to_be_read(self, tmp_path: Path) -> None:
        """Python would make objects of all of it before anyone can count them."""
        data = b"PK\x01\x02" * (foreign_zip.MAX_MARKS + 1)
        assert "holds too much" in refused(data, tmp_path)

    def test_marks_are_found_across_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for size in (1, 3, 4, 5, 64):
            monkeypatch.setattr(foreign_zip, "CHUNK", size)
            assert foreign_zip._count(io.BytesIO(b"xPK\x01\x02" * 7), b"PK\x01\x02") == (35, 7)

    def test_encrypted(self, exported: bytes, tmp_path: Path) -> None:
        data = bytearray(exported)
        data[exported.rindex(b"PK\x01\x02") + 8] |= 1
        assert "must not be encrypted" in refused(bytes(data), tmp_path)

    @pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_other_compressions(
        self, files: dict[str, bytes], tmp_path: Path, compression: int
    ) -> None:
        assert "stored or deflated" in refused(pack(files, compression=compression), tmp_path)

    @pytest.mark.parametrize(
        "missing", [("config.json",), ("model.keras", "checkpoint.npz")], ids=str
    )
    def test_without_what_makes_a_run(
        self, files: dict[str, bytes], tmp_path: Path, missing: tuple[str, ...]
    ) -> None:
        remaining = {name: content for name, content in files.items() if name not in missing}
        assert "model.keras or checkpoint.npz. Received" in refused(pack(remaining), tmp_path)

    @pytest.mark.parametrize("remaining", ["model.keras", "checkpoint.npz"])
    def test_one_of_both_is_enough(
        self, files: dict[str, bytes], tmp_path: Path, remaining: str
    ) -> None:
        run = take(pack({name: files[name] for name in ("config.json", remaining)}), tmp_path)
        assert (run.rows, run.metrics, run.latents) == ([], {}, {})
        assert {path.name for path in run.path.iterdir()} >= {remaining, "snapshots"}

    def test_a_folder_that_cannot_be_written_to(self, exported: bytes, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"can be written to .*Received"):
            take(exported, tmp_path / "file")

    def test_a_stream_that_cannot_go_back(self, tmp_path: Path) -> None:
        class Pipe(io.RawIOBase):
            pass

        with pytest.raises(RunError, match="must be a whole zip file"):
            import_zip(Pipe(), RunStore(tmp_path))  # type: ignore[arg-type]
