"""Runs as zip files: what comes out comes in again, and nothing else does."""

from __future__ import annotations

import json
import shutil
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.archive.zips import NEEDLESS, pack, take, unpack
from tests.conftest import ROOT, copy_run, run_python
from vae.archive.zip_export import export_zip
from vae.files import read_json
from vae.runs.layout import TSNE
from vae.runs.metadata import read_metadata, write_metadata
from vae.runs.run import Run
from vae.runs.store import RunStore

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
        "run/classification-asked.json",
        *("run/tsne-progress.json", "run/.writing-0123.npz", "run/likelihood-progress.json"),
    ),
    "person": (
        *("README.txt", "run/notes.md", "run/Config.json", "run/config.json.bak", "run/evil.py"),
        *("run/old/config.json", "run/old/model.keras", "about.json", "other/about.json"),
        *("run/snapshots/1.npz", "run/snapshots/00001.npz", "run/snapshots/٠٠٠١.npz", "run/.env"),
        *("run/snapshots/x/0001.npz", "run/CON", "run/a:b", "run/deeper/status.json"),
    ),
}


def same_arrays(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name])
        for name in one
    )


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

    def test_the_name_is_exported_and_the_owner_is_not(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "copy")
        write_metadata(run.path, name="My run", owner="secret-owner")
        data = export_zip(run)
        assert b"secret" not in data
        assert json.loads(unpack(data)["about.json"]) == {"name": "My run"}
        metadata = read_metadata(take(data, tmp_path / "runs", owner="me").path)
        assert (metadata.name, metadata.owner, metadata.deleted) == ("My run", "me", 0.0)

    @pytest.mark.parametrize(
        "metadata",
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
    def test_a_hostile_name(
        self, files: dict[str, bytes], tmp_path: Path, metadata: object
    ) -> None:
        data = pack(files | {"about.json": json.dumps(metadata).encode()})
        found = read_json(take(data, tmp_path, owner="me").path / "about.json")
        hostile = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
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
    def test_other_files_are_left_out(
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
        names = {f"{spellings[index % 2]}/{name}": name for index, name in enumerate(files)}
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
        found_modules = run_python(
            "-c",
            "import sys\nfrom pathlib import Path\n"
            "from vae.archive.zip_export import export_zip\n"
            "from vae.archive.zip_import import import_zip\n"
            "from vae.runs.store import RunStore\n"
            "with open(sys.argv[1], 'rb') as file:\n"
            "    export_zip(import_zip(file, RunStore(Path(sys.argv[2]))))\n"
            "print([n for n in ('tensorflow', 'keras', 'h5py', 'streamlit') if n in sys.modules])",
            tmp_path / "run.zip",
            tmp_path / "runs",
            cwd=ROOT,
        )
        assert found_modules.stdout.strip() == "[]", found_modules.stderr
