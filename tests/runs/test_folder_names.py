"""Names of run folders as people give them: they open everywhere, and lead nowhere else."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, copy_run, run_python
from tests.queueing import Servers
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.cli.main import main
from vae.errors import RunError
from vae.runs import folder_names
from vae.runs.folder_names import is_folder_name
from vae.runs.provenance import public_name
from vae.runs.run import SHIPPED, Run
from vae.runs.store import RunStore
from vae.server import scheduler
from vae.server.tickets import Ticket, Tickets

NAMES = (
    *("beta-0.5", "my run", "größe", unicodedata.normalize("NFD", "größe"), "数字", "größe 💥"),
    *("a__b", "a_", "run.", " run ", "v1.2.3", "100%", "a+b&c=d", "#1", "what?", 'it\'s "it"'),
    *("[a-z]*", "<b>x", "**x**", "$x$", ":red[x]", "~", "-", "-rf", "%2e%2e", "a\\b", "NUL"),
    *("tab\there", "line\nbreak", "x" * 255, "ü" * 127),
)
LEAD_ELSEWHERE = (
    "",
    ".",
    "..",
    ".queue",
    ".hidden",
    "/",
    "/etc",
    "a/b",
    "a/",
    "a/..",
    "../a",
    "a\0",
    "x" * 256,
    "\udcff",
)
# What Windows reads differently, or keeps for itself.
OF_WINDOWS = ("a\\b", "..\\a", "C:", "C:a", "C:\\a", "NUL", "nul", "COM1.txt", "run.", "run ")


def label(name: str) -> str:
    return ascii(name)[:24]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runs folder with a run of each name."""
    runs = tmp_path_factory.mktemp("names") / "runs"
    for name in NAMES:
        copy_run(Run(SHIPPED / "digits"), runs / name)
    return runs


class TestNames:
    @pytest.mark.parametrize("name", NAMES, ids=label)
    def test_opens_by_its_name(self, folder: Path, name: str) -> None:
        store = RunStore(folder, folder / "none")
        assert is_folder_name(name)
        run = store.open(name)
        assert (run.id, run.path) == (name, folder / name)
        assert name in [each.id for each in store.list()]
        store.delete(run)
        assert store.undelete(name).id == name
        assert run.short_id.isprintable()

    def test_all_are_listed(self, folder: Path) -> None:
        store = RunStore(folder, folder / "none")
        assert {run.id for run in store.list()} == {*NAMES}
        assert store.read().left_out == {}

    @pytest.mark.parametrize("name", LEAD_ELSEWHERE, ids=label)
    def test_what_leads_elsewhere(self, folder: Path, name: str) -> None:
        assert not is_folder_name(name)
        for store in (RunStore(folder, folder), RunStore(folder / "none", folder)):
            with pytest.raises(RunError, match="No run has this id"):
                store.open(name)
            with pytest.raises(RunError, match="Only a deleted run"):
                store.undelete(name)

    @pytest.mark.parametrize("name", OF_WINDOWS, ids=label)
    def test_on_windows(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folder_names.os, "name", "nt")
        monkeypatch.setattr(folder_names, "Path", folder_names.PureWindowsPath)
        assert not is_folder_name(name)
        assert is_folder_name("größe 0.5")

    def test_the_other_spelling_of_an_accent(self, tmp_path: Path) -> None:
        for form, other in (("NFC", "NFD"), ("NFD", "NFC")):
            folder = tmp_path / form
            there = copy_run(Run(SHIPPED / "digits"), folder / unicodedata.normalize(form, "größe"))
            store = RunStore(folder, folder / "none")
            assert store.open(unicodedata.normalize(other, "größe")).path == there.path

    def test_random_ids_are_cut_and_names_are_not(self, tmp_path: Path) -> None:
        assert Run(tmp_path / ("0123456789abcdef" * 2)).short_id == "012345"
        assert Run(tmp_path / "beta-0.5").short_id == "beta-0.5"
        assert Run(tmp_path / "a\n\x1b b").short_id == "a b"


class TestEverywhere:
    @pytest.mark.parametrize("name", NAMES, ids=label)
    def test_tickets(self, tmp_path: Path, name: str) -> None:
        tickets = Tickets(tmp_path)
        tickets.enqueue(name, "train", "anna")
        tickets.enqueue(name, "tsne")
        tickets.start(tickets.list()[0])
        assert Tickets(tmp_path).list() == tickets.list()
        assert [(t.run_id, t.action, t.started) for t in tickets.list()] == [
            (name, "train", True),
            (name, "tsne", False),
        ]
        tickets.remove(Ticket(name, "train"))
        tickets.remove(Ticket(name, "tsne"))
        assert tickets.list() == []
        assert list(tickets.folder.iterdir()) == []

    def test_a_ticket_leads_nowhere_else(self, tmp_path: Path) -> None:
        tickets = Tickets(tmp_path)
        tickets.enqueue("run", "train")
        values = json.loads((tickets.folder / "run-train.json").read_text())
        for name in ("../run", "/etc", "other"):
            (tickets.folder / "x-train.json").write_text(json.dumps(values | {"run": name}))
            assert [ticket.run_id for ticket in tickets.list()] == ["run"]

    @pytest.mark.parametrize("name", ["beta-0.5", "größe 💥", "-rf", "line\nbreak", "x" * 255])
    def test_queue_and_worker(
        self, servers: Servers, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scheduler, "TIDY_SECONDS", 0.05)
        server = servers.open()
        run = servers.submit(server, "busy")
        servers.until_begun("busy")
        waits = servers.submit(server, "waits", "another")
        renamed = Run(waits.path.rename(servers.folder / name))
        servers.instruct(run, "finish")
        servers.until(renamed, "training")  # its old ticket leads nowhere, and it gets a new one
        servers.instruct(renamed, "finish")
        servers.until(renamed, "finished")
        servers.store.delete(renamed)

    @pytest.mark.parametrize("name", NAMES, ids=label)
    def test_export_and_import(self, folder: Path, name: str, tmp_path: Path) -> None:
        run = RunStore(folder, folder / "none").open(name)
        assert public_name(run).isprintable()
        again = import_zip(io.BytesIO(export_zip(run)), RunStore(tmp_path, tmp_path / "none"))
        assert again.rows == run.rows

    @pytest.mark.parametrize("name", ["beta-0.5", "größe 💥", 'it\'s "it"', "a\\b", "line\nbreak"])
    def test_commands(
        self, folder: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for command, *more in (
            ("sample", "--rows", "2", "--columns", "2", "--out", str(tmp_path / "grid.png")),
            ("sample", "--out", str(tmp_path / "grid.svg")),
            ("interpolate", "--out", str(tmp_path / "path.webp")),
            ("export", "--format", "weights", "--out", str(tmp_path / "weights.npz")),
            ("demo", "--out", str(tmp_path / f"{name}.html")),
        ):
            assert main([command, str(folder / name), *more, "--json"]) == 0, capsys.readouterr()

    def test_a_worker(self, folder: Path) -> None:
        for name in ("größe", "my run", "line\nbreak"):
            done = run_python("-m", "vae.server.worker", folder / name, "train", cwd=ROOT)
            assert (done.returncode, done.stderr) == (
                0,
                "Nothing is left to do for this run: finished\n",
            )


@pytest.fixture
def spoilt(tmp_path: Path) -> Iterator[Path]:
    """A runs folder with one good run, and all that may go wrong beside it."""
    runs = tmp_path / "runs"
    good = copy_run(Run(SHIPPED / "digits"), runs / "good")
    for name in ("half", "empty config", "locked", "locked config", "no status"):
        copy_run(good, runs / name)
    half = (good.path / "config.json").read_bytes()[:50]
    (runs / "half" / "config.json").write_bytes(half)
    (runs / "empty config" / "config.json").write_bytes(b"")
    (runs / "no status" / "status.json").unlink()
    (runs / "file").write_text("a file that is called like a run")
    (runs / "broken").symlink_to("nothing")
    (runs / "circle").symlink_to("circle")
    (runs / "of no use").mkdir()
    (runs / "config in it" / "config.json").mkdir(parents=True)
    (runs / "locked" / "config.json").parent.chmod(0)
    (runs / "locked config" / "config.json").chmod(0)
    yield runs
    (runs / "locked").chmod(0o700)


@pytest.fixture
def unnamed(spoilt: Path) -> Path:
    """One more, whose name is no text."""
    name = os.fsdecode("gr\xf6\xdfe".encode("latin-1"))
    try:
        shutil.copytree(spoilt / "good", spoilt / name)
    except OSError:
        pytest.skip("names are text on this system")
    return spoilt


def as_nobody(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python so that permissions count, also for who may read all files."""
    command = [sys.executable, *map(str, arguments)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("whoever may read all files is refused none")
        powers = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", *command]
    names = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        command, cwd=ROOT, env=names, capture_output=True, text=True, timeout=180, check=False
    )


LIST = """
import json, sys
from pathlib import Path
from vae.errors import RunError
from vae.runs.store import RunStore
store = RunStore(Path(sys.argv[1]), Path("none"))
store.purge()
refused = {}
for name in ("half", "locked", "locked config", "file", "broken", "circle", "of no use"):
    try:
        store.open(name)
    except RunError as error:
        refused[name] = str(error)
print(json.dumps([[run.id for run in store.list()], store.read().left_out, refused]))
"""


class TestBadFolders:
    def test_the_others_are_listed_and_the_reason_is_known(self, unnamed: Path) -> None:
        done = as_nobody("-c", LIST, unnamed)
        assert done.returncode == 0, done.stderr
        listed, unreadable, refused = json.loads(done.stdout)
        assert listed == ["good"]
        unread = {"half", "empty config", "no status", "config in it", "circle"}
        unread |= {"locked", "locked config"}
        assert {name for name in unreadable if name.isascii()} == unread
        assert len(unreadable) == len(unread) + 1
        assert "Permission denied" in unreadable["locked"]
        assert "Permission denied" in unreadable["locked config"]
        assert len(refused) == 7
        assert "Permission denied" in refused["locked"]
        assert "must be as a run writes it" in refused["half"]
        for name in ("file", "broken", "of no use"):
            assert refused[name] == f"No run has this id. Received: {name!r}"

    def test_every_page(self, unnamed: Path, tmp_path: Path) -> None:
        done = as_nobody(
            *("-m", "tests.pages.page_tour", "good", "half", "locked", "nothing"),
            VAE_RUNS_DIR=str(unnamed),
            VAE_DATA_DIR=str(tmp_path / "data"),
            KERAS_HOME=str(tmp_path / "keras"),
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 24
        assert [line for line in done.stdout.splitlines() if not line.endswith("[]")] == []
