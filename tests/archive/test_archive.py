"""Runs as zip files: what comes out comes in again, and nothing else does."""

from __future__ import annotations

import io
import json
import shutil
import stat
import struct
import sys
import threading
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, copy_run, run_python
from vae.archive import archive, foreign_zip
from vae.archive.archive import (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_SEGMENTS,
    export_zip,
    import_zip,
)
from vae.errors import RunError
from vae.files import read_json, write_json
from vae.runs.control import Control, Segment, read_control
from vae.runs.layout import TSNE, live_snapshot_file
from vae.runs.metadata import read_metadata, write_metadata
from vae.runs.provenance import public_name
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.runs.writer import new_run_id

GIGABYTE = 1_000_000_000
NEEDLESS = {"encoder.onnx", "decoder.onnx", "control.json"}  # what an import leaves out


# What programs that pack a folder, and people, put beside a run's files.
ADDED = {
    "finder": (
        *("__MACOSX/run/._config.json", "__MACOSX/config.json", "__MACOSX/snapshots/0001.npz"),
        *(
            "run/",
            "run/snapshots/",
            "run/.DS_Store",
            "run/._model.keras",
            "run/snapshots/._0001.npz",
        ),
    ),
    "explorer": ("run\\", "run\\snapshots\\", "run\\Thumbs.db", "run\\desktop.ini"),
    "worker": (
        *("run/lock", "run/worker.log", "run/step.npz", "run/likelihood-asked.json"),
        *("run/tsne-progress.json", "run/.writing-0123.npz", "run/likelihood-progress.json"),
    ),
    "person": (
        *("README.txt", "run/notes.md", "run/Config.json", "run/config.json.bak", "run/evil.py"),
        *("run/old/config.json", "run/old/model.keras", "about.json", "other/about.json"),
        *("run/snapshots/1.npz", "run/snapshots/00001.npz", "run/snapshots/٠٠٠١.npz", "run/.env"),
        *("run/snapshots/x/0001.npz", "run/CON", "run/a:b", "run/deeper/status.json"),
    ),
}


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of a run's zip by their names in the run folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        return {name.partition("/")[2]: zipped.read(name) for name in zipped.namelist()}


def pack(files: Mapping[str, bytes], top: str = "run/", compression: int = 0) -> bytes:
    """Zip files below one folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as zipped:
        for name, content in files.items():
            zipped.writestr(top + name, content)
    return buffer.getvalue()


def take(data: bytes, folder: Path, owner: str = "") -> Run:
    return import_zip(io.BytesIO(data), RunStore(folder, folder / "none"), owner)


def refused(data: bytes, folder: Path) -> str:
    """Return why a zip is refused; it must leave no trace."""
    folder = folder / "runs"
    with pytest.raises(RunError, match="Received: ") as error:
        take(data, folder)
    assert not folder.exists() or list(folder.iterdir()) == []
    message = str(error.value)
    assert message.isprintable(), message
    assert len(message) < 600
    return message


def same_arrays(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name])
        for name in one
    )


@pytest.fixture(scope="module")
def exported(finished_run: Run) -> bytes:
    return export_zip(finished_run)


@pytest.fixture(scope="module")
def files(exported: bytes) -> dict[str, bytes]:
    return unpack(exported)


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A gigabyte of zeros in a megabyte."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped,
        zipped.open("run/history.jsonl", "w") as member,
    ):
        for _ in range(1000):
            member.write(bytes(GIGABYTE // 1000))
    return buffer.getvalue()


class TestExport:
    def test_the_same_run_gives_the_same_bytes(self, finished_run: Run, exported: bytes) -> None:
        assert export_zip(open_run(finished_run.path)) == exported

    def test_what_is_in_it(self, finished_run: Run, exported: bytes, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        foreign = ("worker.log", "lock", ".writing-1.npz", "notes.txt", "snapshots/x.npz")
        for name in (*foreign, live_snapshot_file(1, 20)):
            (run.path / name).write_text("x")
        (run.path / "step.npz").write_bytes(b"the next step writes it anew")
        assert export_zip(run) == exported
        with zipfile.ZipFile(io.BytesIO(exported)) as zipped:
            assert zipped.testzip() is None
            names = zipped.namelist()
            assert names == sorted(names)
            own = {name: name.partition("/")[2] for name in names}
            assert {"config.json", "snapshots/0012.npz", "encoder.onnx"} <= {*own.values()}
            assert {entry.date_time[0] for entry in zipped.infolist()} == {1980}
            for name in names:
                assert zipped.read(name) == (run.path / own[name]).read_bytes()
                stored = zipped.getinfo(name).compress_type == zipfile.ZIP_STORED
                assert stored == name.endswith((".npz", ".keras", ".onnx"))

    @pytest.mark.parametrize(
        ("name", "top"),
        [
            ("My first run!", "My-first-run"),
            ("../../etc", "etc"),
            ("C:\\x", "C-x"),
            ("Übung", "Übung"),
            ("gro\u0308ße", "größe"),
            ("数字", "数字"),
            ("beta-0.5", "beta-0.5"),
            ("💥", "run"),
            ("", "digits-Custom-copy"),
        ],
    )
    def test_it_is_named_after_the_run(
        self, finished_run: Run, tmp_path: Path, name: str, top: str
    ) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_metadata(run.path, name=name, owner="me", deleted=5.0)
        with zipfile.ZipFile(io.BytesIO(export_zip(run))) as zipped:
            assert {path.partition("/")[0] for path in zipped.namelist()} == {top}
            about = json.loads(zipped.read(f"{top}/about.json")) if name else {"name": ""}
        assert about == {"name": name}

    def test_the_id_opens_the_run_and_stays_here(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / new_run_id())
        data = export_zip(run)
        for content in (data, *unpack(data).values()):
            assert run.id.encode() not in content
        assert public_name(run) == f"digits Custom {run.id[:6]}"
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            assert zipped.namelist()[0].startswith(f"digits-Custom-{run.id[:6]}/")

    def test_shipped_runs_are_called_what_they_are(self, tmp_path: Path) -> None:
        for run in RunStore(tmp_path / "none").list():
            assert public_name(run) == run.id

    def test_a_run_that_is_being_written(self, finished_run: Run, tmp_path: Path) -> None:
        """Files are replaced and vanish all the time; each one is read whole or not at all."""
        run = copy_run(finished_run, tmp_path / "run")
        versions = [run.latents, {name: array[:5] for name, array in run.latents.items()}]
        over = threading.Event()

        def write() -> None:
            place = 0
            while not over.is_set():
                place += 1
                temporary = run.path / "temporary.npz"
                np.savez(temporary, **versions[place % 2])
                temporary.replace(run.path / "latents.npz")
                (run.path / "snapshots" / "0003.npz").unlink(missing_ok=True)
                shutil.copy(run.path / "snapshots/0004.npz", run.path / "snapshots/0003.npz")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            exports = [unpack(export_zip(run)) for _ in range(30)]
        finally:
            over.set()
            writer.join()
        lengths = set()
        for found in exports:
            with np.load(io.BytesIO(found["latents.npz"])) as arrays:
                lengths.add(len(arrays["mean"]))
        assert lengths <= {5, 360}
        assert {frozenset(found) - {"snapshots/0003.npz"} for found in exports} == {
            frozenset(exports[0]) - {"snapshots/0003.npz"}
        }

    def test_the_history_is_read_after_what_it_must_cover(
        self, finished_run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process appends a row first and writes snapshot and checkpoint then."""
        read, read_regular = [], archive.read_regular
        monkeypatch.setattr(
            archive, "read_regular", lambda path: (read.append(path.name), read_regular(path))[1]
        )
        export_zip(finished_run)
        assert len(read) == len(set(read))
        assert read.index("history.jsonl") > max(
            read.index(name) for name in ("checkpoint.npz", "fixed.npz", "0012.npz", "latents.npz")
        )

    def test_a_folder_that_is_gone(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        shutil.rmtree(run.path)
        with pytest.raises(RunError, match=r"holds config\.json\. Received"):
            export_zip(run)


class TestRoundTrip:
    def test_a_finished_run(self, finished_run: Run, exported: bytes, tmp_path: Path) -> None:
        run = take(exported, tmp_path / "new" / "runs", owner="someone")
        assert run.path.parent == tmp_path / "new" / "runs"
        assert len(run.id) == 32
        assert [path.name for path in run.path.parent.iterdir()] == [run.id]
        assert (run.config, run.dataset) == (finished_run.config, finished_run.dataset)
        assert (run.image_shape, run.class_names) == (
            finished_run.image_shape,
            finished_run.class_names,
        )
        assert run.info == finished_run.info
        assert run.rows == finished_run.rows
        assert run.metrics == finished_run.metrics
        assert run.snapshot_epochs == finished_run.snapshot_epochs
        for path in finished_run.path.rglob("*.npz"):
            name = str(path.relative_to(finished_run.path))
            assert same_arrays(run.arrays(name), finished_run.arrays(name)), name
        assert not run.has_model  # its ONNX files are made here
        assert read_metadata(run.path).owner == "someone"

    def test_its_model_gives_the_same_images(
        self, finished_run: Run, exported: bytes, tmp_path: Path
    ) -> None:
        ours, theirs = finished_run.load_model(), take(exported, tmp_path).load_model()
        for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize("kind", ["autoencoder_run", "convolutional_run"])
    def test_other_runs(self, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        run: Run = request.getfixturevalue(kind)
        again = take(export_zip(run), tmp_path)
        assert (again.config, again.rows, again.metrics) == (run.config, run.rows, run.metrics)

    def test_shipped_runs(self, tmp_path: Path) -> None:
        shipped = RunStore(tmp_path / "none").list()
        assert shipped
        for run in shipped:
            again = take(export_zip(run), tmp_path / "runs")
            assert again.state == "finished"
            assert again.rows == run.rows
            assert same_arrays(again.latents, run.latents)
            assert again.class_probes == run.class_probes
            assert again.metrics == run.metrics
            for name in TSNE.values():
                assert same_arrays(again.arrays(name), run.arrays(name))
            assert "place" not in again.info  # among the shipped runs
            assert not again.shipped

    def test_twice_gives_two_runs(self, exported: bytes, tmp_path: Path) -> None:
        first, second = take(exported, tmp_path), take(exported, tmp_path)
        assert first.id != second.id
        assert {run.id for run in RunStore(tmp_path, tmp_path / "none").list()} == {
            first.id,
            second.id,
        }

    def test_an_import_can_be_exported(self, exported: bytes, tmp_path: Path) -> None:
        again = unpack(export_zip(take(exported, tmp_path)))
        before = unpack(exported)
        assert again.keys() == before.keys() - NEEDLESS
        same = [name for name in again if again[name] == before[name]]
        # What was not compressed is, where that helps.
        assert {*again} - {*same} <= {"status.json", "checkpoint.npz", "model.keras"}
        assert all(len(again[name]) <= len(before[name]) for name in {*again} - {"status.json"})

    def test_the_name_comes_along_and_the_owner_does_not(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_metadata(run.path, name="My run", owner="secret-owner")
        data = export_zip(run)
        assert b"secret" not in data
        assert json.loads(unpack(data)["about.json"]) == {"name": "My run"}
        about = read_metadata(take(data, tmp_path / "runs", owner="me").path)
        assert (about.name, about.owner, about.deleted) == ("My run", "me", 0.0)

    @pytest.mark.parametrize(
        "about",
        [
            {"name": "  a\n\0\u202eb " + "c" * 100, "owner": "thief", "deleted": 5},
            {"name": 5},
            {"name": ["\ud800"]},
            {"owner": "thief"},
            ["name"],
            5,
            "name",
        ],
        ids=str,
    )
    def test_a_hostile_name(self, files: dict[str, bytes], tmp_path: Path, about: object) -> None:
        data = pack(files | {"about.json": json.dumps(about).encode()})
        found = read_json(take(data, tmp_path, owner="me").path / "about.json")
        hostile = isinstance(about, dict) and isinstance(about.get("name"), str)
        assert found["name"] == ("a b " + "c" * 56 if hostile else "")
        assert found["owner"] == "me"
        assert not found["deleted"]

    def test_zips_as_people_make_them(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """Without a folder, within one or two, compressed, in whatever order."""
        for data in (
            pack(files, top=""),
            pack(files, top="./"),
            pack(files, top="Mein Lauf (1)/", compression=zipfile.ZIP_DEFLATED),
            pack(files, top="größe 💥/beta-0.5 12:30/"),
            pack(files, top="snapshots/"),
            pack(dict(reversed(files.items()))),
        ):
            assert len(take(data, tmp_path).rows) == 132

    @pytest.mark.parametrize("added", ADDED)
    def test_what_is_no_data_of_the_run_is_left_out(
        self, files: dict[str, bytes], tmp_path: Path, added: str
    ) -> None:
        top = "run/" if added != "explorer" else "run\\"
        own = {top + name: content for name, content in files.items()}
        if added == "explorer":
            own = {name.replace("/", "\\"): content for name, content in own.items()}
        extra = dict.fromkeys(ADDED[added], b"![x](//example.org)")
        run = take(pack(extra | own, top="", compression=zipfile.ZIP_DEFLATED), tmp_path)
        assert len(run.rows) == 132
        assert run.snapshot_epochs == [*range(13)]
        there = {str(path.relative_to(run.path)) for path in run.path.rglob("*")}
        assert there <= {*files, "about.json", "snapshots"}
        assert b"example.org" not in b"".join(
            path.read_bytes() for path in run.path.rglob("*") if path.is_file()
        )

    def test_names_in_either_spelling(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """macOS writes ö as o and two dots, in some names of a zip."""
        spellings = ("größe", unicodedata.normalize("NFD", "größe"))
        names = {f"{spellings[place % 2]}/{name}": name for place, name in enumerate(files)}
        data = pack({name: files[own] for name, own in names.items()}, top="")
        assert len(take(data, tmp_path).rows) == 132

    def test_a_zip_of_a_zip_program(self, finished_run: Run, tmp_path: Path) -> None:
        """The folder as it is on the disk, with lock, log and links to folders and all."""
        run = copy_run(finished_run, tmp_path / "here" / "my run (größe)")
        for name in ("lock", "worker.log", ".DS_Store", "snapshots/Thumbs.db"):
            (run.path / name).write_text("x")
        packed = shutil.make_archive(str(tmp_path / "run"), "zip", tmp_path / "here")
        again = take(Path(packed).read_bytes(), tmp_path / "runs")
        assert again.rows == run.rows
        assert again.state == "finished"

    def test_no_tensorflow(self, exported: bytes, tmp_path: Path) -> None:
        (tmp_path / "run.zip").write_bytes(exported)
        look = run_python(
            "-c",
            "import sys\nfrom pathlib import Path\n"
            "from vae.archive.archive import import_zip, export_zip\n"
            "from vae.runs.store import RunStore\n"
            "with open(sys.argv[1], 'rb') as file:\n"
            "    export_zip(import_zip(file, RunStore(Path(sys.argv[2]))))\n"
            "print([n for n in ('tensorflow', 'keras', 'h5py', 'streamlit') if n in sys.modules])",
            tmp_path / "run.zip",
            tmp_path / "runs",
            cwd=ROOT,
        )
        assert look.stdout.strip() == "[]", look.stderr


class TestStatus:
    @pytest.mark.parametrize(
        ("before", "checkpoint", "after"),
        [
            ("finished", True, "finished"),
            ("finished", False, "finished"),
            ("diverged", True, "diverged"),
            ("training", True, "paused"),
            ("queued", True, "paused"),
            ("failed", True, "paused"),
            ("training", False, "stopped"),
        ],
    )
    def test_state(
        self,
        files: dict[str, bytes],
        tmp_path: Path,
        before: object,
        checkpoint: bool,
        after: str,
    ) -> None:
        old = {"state": before, "created": "2026"}
        files = files | {"status.json": json.dumps(old).encode()}
        if not checkpoint:
            del files["checkpoint.npz"]
        status = read_json(take(pack(files), tmp_path).path / "status.json")
        assert status["state"] == after
        assert status["imported"] is True
        assert status["reason"] == "Imported."
        assert status["created"] > "2026-"

    def test_only_sound_figures_are_kept(self, files: dict[str, bytes], tmp_path: Path) -> None:
        old = {"state": "finished", "created": "<b>", "reason": "<b>", "pid": 1}
        old |= {"model_epoch": 12, "updated": "<b>", "evil": [1], "serial": 7}
        data = pack(files | {"status.json": json.dumps(old).encode()})
        status = read_json(take(data, tmp_path).path / "status.json")
        assert status.keys() == {
            *("state", "created", "updated", "imported", "reason", "model_epoch")
        }
        assert status["model_epoch"] == 12

    def test_figures_of_a_real_run(
        self, finished_run: Run, exported: bytes, tmp_path: Path
    ) -> None:
        status = take(exported, tmp_path).status
        for name in ("epoch", "step", "steps", "seconds_per_epoch", "model_epoch"):
            assert status[name] == finished_run.status[name]

    def test_wishes_stay_behind(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_json(run.path / "control.json", {"stop": True})
        data = export_zip(run)
        assert "control.json" in unpack(data)
        assert not (take(data, tmp_path / "runs").path / "control.json").exists()

    @pytest.mark.parametrize(
        "content",
        [
            *(b"[]", b"{", b"\xff", b"NaN", b'{"state": "finished"}'),
            b'{"state": "elsewhere", "created": "2026"}',
            b'{"state": ["finished"], "created": "2026"}',
            b'{"state": null, "created": "2026"}',
            b'{"state": "finished", "created": "2026", "step": -1}',
            b'{"state": "finished", "created": "2026", "seconds_per_epoch": 1e9}',
        ],
    )
    def test_damaged(self, files: dict[str, bytes], tmp_path: Path, content: bytes) -> None:
        assert "status.json" in refused(pack(files | {"status.json": content}), tmp_path)

    def test_without_one(self, files: dict[str, bytes], tmp_path: Path) -> None:
        del (files := dict(files))["status.json"]
        assert read_json(take(pack(files), tmp_path).path / "status.json")["state"] == "paused"


class TestWishes:
    def wish(self, files: dict[str, bytes], **values: object) -> bytes:
        values = {"action": "stop", "turn": 7, "serial": 9, "settings": {}, "more": []} | values
        return pack(files | {"control.json": json.dumps(values).encode()})

    def test_settings_and_epochs_come_along(self, files: dict[str, bytes], tmp_path: Path) -> None:
        data = self.wish(files, settings={"beta": 0.5, "epochs": 9}, more=[[12, 20], [20, 25]])
        run = take(data, tmp_path)
        assert run.control == Control(
            "run", 0, 1, {"beta": 0.5}, (Segment(12, 20), Segment(20, 25))
        )
        assert run.epochs == 25

    @pytest.mark.parametrize("segment", [[12, 501], [12, 12], [20, 12]], ids=str)
    def test_epochs_that_no_run_has(
        self, files: dict[str, bytes], tmp_path: Path, segment: list[int]
    ) -> None:
        assert take(self.wish(files, more=[[12, 20], segment]), tmp_path).control.more == (
            Segment(12, 20),
        )

    def test_settings_that_do_not_fit_the_run(self, autoencoder_run: Run, tmp_path: Path) -> None:
        files = unpack(export_zip(autoencoder_run))
        run = take(self.wish(files, settings={"beta": 1.0}, more=[[2, 5]]), tmp_path)
        assert (run.control.settings, run.epochs) == ({}, 5)

    def test_many_times_more_epochs(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """They are written at once: a file that grows by one each time takes hours."""
        written = []
        write = archive.write_json
        monkeypatch.setattr(
            archive,
            "write_json",
            lambda path, value: (written.append(path.name), write(path, value)),
        )
        segments = [[i, i + 1] for i in range(12, 12 + MAX_SEGMENTS)]
        run = take(self.wish(files, more=segments), tmp_path / "most")
        assert len(read_control(run.path).more) == MAX_SEGMENTS == 100
        assert written.count("control.json") == 1
        message = refused(self.wish(files, more=[[12, 13]] * (MAX_SEGMENTS + 1)), tmp_path)
        assert "at most 100 times. Received: 101 times" in message


class TestLimits:
    """What a server has to keep in its memory for those who look at a run."""

    def test_parameters(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "2000")
        message = refused(pack(files), tmp_path)
        assert "On this server a run has at most 2,000 parameters. Received: 2,244" in message

    def test_epochs_that_are_behind_it_cost_nothing(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_MOST_EPOCHS", "5")
        assert take(pack(files), tmp_path).config.epochs == 12

    def test_a_history_where_strangers_share_the_server(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [line.ljust(19_000) for line in files["history.jsonl"].splitlines()] * 3
        data = pack(files | {"history.jsonl": b"\n".join(rows)}, "run/", zipfile.ZIP_DEFLATED)
        assert len(take(data, tmp_path / "own").rows) == 396  # 7.5 MB
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert "at most 5 MB of 'run/history.jsonl'" in refused(data, tmp_path)
        assert take(pack(files), tmp_path / "public").rows


class TestRefused:
    @pytest.mark.parametrize(
        "data", [b"", b"PK", b"PK\x03\x04", b"not a zip", bytes(10_000), b"\x93NUMPY" + bytes(99)]
    )
    def test_not_a_zip(self, data: bytes, tmp_path: Path) -> None:
        assert "must be a whole zip file" in refused(data, tmp_path)

    def test_an_empty_zip(self, tmp_path: Path) -> None:
        assert "Received: no files" in refused(pack({}), tmp_path)

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
    def test_cut_short(self, exported: bytes, tmp_path: Path, share: float) -> None:
        cut = exported[: int(share * len(exported))]
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
        kept = {name: content for name, content in files.items() if name not in missing}
        assert "model.keras or checkpoint.npz. Received" in refused(pack(kept), tmp_path)

    @pytest.mark.parametrize("kept", ["model.keras", "checkpoint.npz"])
    def test_one_of_both_is_enough(
        self, files: dict[str, bytes], tmp_path: Path, kept: str
    ) -> None:
        run = take(pack({name: files[name] for name in ("config.json", kept)}), tmp_path)
        assert (run.rows, run.metrics, run.latents) == ([], {}, {})
        assert {path.name for path in run.path.iterdir()} >= {kept, "snapshots"}

    def test_a_folder_that_cannot_be_written_to(self, exported: bytes, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"can be written to .*Received"):
            take(exported, tmp_path / "file")

    def test_a_stream_that_cannot_go_back(self, tmp_path: Path) -> None:
        class Pipe(io.RawIOBase):
            pass

        with pytest.raises(RunError, match="must be a whole zip file"):
            import_zip(Pipe(), RunStore(tmp_path))  # type: ignore[arg-type]


class TestBombs:
    def test_a_gigabyte_in_a_megabyte(
        self, files: dict[str, bytes], bomb: bytes, tmp_path: Path
    ) -> None:
        assert len(bomb) < 10_000_000
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a") as zipped:
            zipped.writestr("run/config.json", files["config.json"])
        tracemalloc.start()
        try:
            message = refused(buffer.getvalue(), tmp_path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert "at most 100 MB when unpacked. Received: 1,000 MB" in message
        assert peak < 10_000_000

    @pytest.mark.parametrize("claim", [0, 1000, 30_000_000])
    def test_headers_that_lie(
        self, files: dict[str, bytes], bomb: bytes, tmp_path: Path, claim: int
    ) -> None:
        buffer = io.BytesIO(bomb)
        with zipfile.ZipFile(buffer, "a") as zipped:
            for name in ("config.json", "model.keras"):
                zipped.writestr(f"run/{name}", files[name])
        data = buffer.getvalue()
        size = struct.pack("<I", GIGABYTE)
        assert data.count(size) >= 2
        data = data.replace(size, struct.pack("<I", claim))
        tracemalloc.start()
        try:
            message = refused(data, tmp_path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert "must be a whole zip file" in message
        assert peak < 3 * MAX_BYTES

    @pytest.mark.parametrize("name", ["checkpoint.npz", "best.npz", "model.keras"])
    def test_little_in_the_zip_is_little_on_the_disk(
        self, files: dict[str, bytes], tmp_path: Path, name: str
    ) -> None:
        """Stored within, so that only the outer zip shrinks it."""
        with zipfile.ZipFile(io.BytesIO(files[name] if name in files else pack({}))) as zipped:
            inner = {member: zipped.read(member) for member in zipped.namelist()}
        if name == "model.keras":
            weights = inner["model.weights.h5"]
            inner["model.weights.h5"] = weights[:64] + bytes(len(weights) - 64)
        else:
            array = io.BytesIO()
            np.save(array, np.zeros(10_000_000, np.float32))
            inner["v999.npy"] = array.getvalue()
        data = pack(files | {name: pack(inner, top="")}, "run/", zipfile.ZIP_DEFLATED)
        run = take(data, tmp_path)
        size = sum(path.stat().st_size for path in run.path.rglob("*") if path.is_file())
        assert size < 3 * len(data) + 500_000
        assert (run.path / name).stat().st_size < 0.1 * sum(map(len, inner.values()))
        if name != "model.keras":
            assert run.arrays(name)["v999"].shape == (10_000_000,)

    def test_a_history_of_the_same_line(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archive, "FREE_GROWTH", 0)
        take(pack(files, "run/", zipfile.ZIP_DEFLATED), tmp_path / "honest")
        line = files["history.jsonl"].splitlines(keepends=True)[0]
        data = pack(files | {"history.jsonl": line * 20_000}, "run/", zipfile.ZIP_DEFLATED)
        message = refused(data, tmp_path)
        assert "at most 10 times the room of its zip. Received: " in message

    def test_what_is_left_out_costs_nothing(self, files: dict[str, bytes], tmp_path: Path) -> None:
        extra = {"worker.log": bytes(MAX_BYTES + 1)}
        extra |= {f"._{place}": b"" for place in range(2 * MAX_ENTRIES)}
        data = pack(files | extra, "run/", zipfile.ZIP_DEFLATED)
        tracemalloc.start()
        try:
            run = take(data, tmp_path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert run.rows
        assert peak < 30_000_000

    def test_all_together(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """No entry is too large, but the sum is."""
        zeros = bytes(MAX_BYTES // 3)
        many = dict.fromkeys(("encoder.onnx", "decoder.onnx", "tsne.npz"), zeros)
        data = pack(files | many, compression=zipfile.ZIP_DEFLATED)
        assert len(data) < 3_000_000
        assert "at most 100 MB when unpacked" in refused(data, tmp_path)

    def test_a_file_too_large(self, exported: bytes, tmp_path: Path) -> None:
        class Large(io.BytesIO):
            def tell(self) -> int:
                return super().tell() + MAX_BYTES

        with pytest.raises(RunError, match=r"at most 100 MB\. Received: 1"):
            import_zip(Large(exported), RunStore(tmp_path))

    @pytest.mark.parametrize("name", ["config.json", "metrics.json", "about.json", "status.json"])
    def test_a_text_too_large(self, files: dict[str, bytes], tmp_path: Path, name: str) -> None:
        large = b" " * 2_000_000 + files.get(name, b"{}")
        data = pack(files | {name: large}, compression=zipfile.ZIP_DEFLATED)
        if name == "about.json":  # of which nothing depends
            assert "at most 1 MB" in refused(data, tmp_path)
        else:
            assert f"at most 1 MB of 'run/{name}'" in refused(data, tmp_path)

    @pytest.mark.parametrize("name", ["latents.npz", "model.keras"])
    def test_within_an_inner_zip(self, files: dict[str, bytes], tmp_path: Path, name: str) -> None:
        inner = pack({"mean.npy": bytes(150_000_000)}, "", zipfile.ZIP_DEFLATED)
        message = refused(pack(files | {name: inner}), tmp_path)
        assert f"{name} is at most 100 MB when unpacked. Received: 150 MB" in message
        lying = inner.replace(struct.pack("<I", 150_000_000), struct.pack("<I", 1000))
        assert f"{name} must be a whole zip" in refused(pack(files | {name: lying}), tmp_path)

    def test_inner_zips_together(
        self, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archive, "MAX_ARRAY_BYTES", 100_000)
        assert "at most 100,000 bytes when unpacked" in refused(pack(files), tmp_path)

    def test_an_inner_zip_with_too_many_names(
        self, files: dict[str, bytes], tmp_path: Path
    ) -> None:
        inner = pack({f"v{i}.npy": b"" for i in range(archive.MAX_ARRAYS + 1)}, "")
        message = refused(pack(files | {"best.npz": inner}), tmp_path)
        assert "best.npz holds at most 1000 entries. Received: 1,001" in message


class TestDamage:
    """Whatever a byte turns into: a run that opens, or a refusal, and nothing left behind."""

    def survives(self, data: bytes, folder: Path) -> bool:
        store = RunStore(folder, folder / "none")
        try:
            run = import_zip(io.BytesIO(data), store)
        except RunError:
            assert not folder.exists() or not list(folder.iterdir())
            return False
        assert [path.name for path in folder.iterdir()] == [run.id]
        run = store.open(run.id)
        _ = run.metrics, run.latents, run.fixed, run.history["loss"], run.status
        for epoch in run.snapshot_epochs:
            assert run.snapshot(epoch)["samples"].shape == (50, 8, 8, 1)
        shutil.rmtree(run.path)
        return True

    def test_of_the_zip(self, exported: bytes, tmp_path: Path) -> None:
        generator = np.random.default_rng(0)
        # Half of them among the headers, which are few bytes of many.
        contents = exported.rindex(b"PK\x03\x04")
        places = [
            *generator.integers(0, len(exported), 100),
            *generator.integers(contents, len(exported), 100),
        ]
        outcomes = set()
        for place in places:
            data = bytearray(exported)
            data[place] ^= int(generator.integers(1, 256))
            outcomes.add(self.survives(bytes(data), tmp_path / "runs"))
        assert outcomes == {True, False}

    def test_of_a_file(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """The zip is whole, as from someone who means it."""
        generator = np.random.default_rng(1)
        names = sorted({*files} - NEEDLESS)
        for _ in range(150):
            name = names[generator.integers(len(names))]
            content = bytearray(files[name])
            content[generator.integers(len(content))] ^= int(generator.integers(1, 256))
            self.survives(pack(files | {name: bytes(content)}), tmp_path / "runs")

    @pytest.mark.filterwarnings("ignore:invalid escape sequence")
    def test_of_what_is_in_a_file(self, files: dict[str, bytes], tmp_path: Path) -> None:
        """Headers of arrays, and the description of a model."""
        generator = np.random.default_rng(2)
        names = sorted(name for name in files if name.endswith((".npz", ".keras")))
        outcomes = set()
        for _ in range(150):
            name = names[generator.integers(len(names))]
            with zipfile.ZipFile(io.BytesIO(files[name])) as zipped:
                inner = {member: zipped.read(member) for member in zipped.namelist()}
            member = sorted(inner)[generator.integers(len(inner))]
            content = bytearray(inner[member])
            end = min(len(content), 10_000 if member.endswith(".json") else 128)
            content[generator.integers(end)] ^= int(generator.integers(1, 256))
            damaged = pack(inner | {member: bytes(content)}, top="")
            outcomes.add(self.survives(pack(files | {name: damaged}), tmp_path / "runs"))
        assert outcomes == {True, False}

    def test_nothing_is_listed_before_it_is_whole(
        self, exported: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = []

        def look(path: Path) -> Run:
            seen.append([path.name for path in tmp_path.iterdir()])
            assert not [found for found in tmp_path.glob("*/config.json") if found.parent != path]
            return open_run(path)

        monkeypatch.setattr(archive, "open_run", look)
        run = take(exported, tmp_path)
        (before,), after = seen
        assert before == f".importing-{run.id}"
        assert after == [run.id]

    def test_memory_of_a_normal_import(self, tmp_path: Path) -> None:
        """A shipped run takes a few times its own size, not more."""
        run = RunStore(tmp_path / "none").list()[0]
        data = export_zip(run)
        tracemalloc.start()
        try:
            take(data, tmp_path / "runs")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 4 * len(data) + 10_000_000, sys.getsizeof(data)
