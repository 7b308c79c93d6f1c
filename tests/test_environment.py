"""The environment: folders, who shares the server, what a run may use, how many train at once."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT, run_python
from vae import environment
from vae.config import Config
from vae.environment import (
    FURTHER_WORKER_MEGABYTES,
    SERVER_MEGABYTES,
    WORKER_MEGABYTES,
    abbreviate_home,
    data_folders,
    grace_seconds,
    import_caps,
    is_public,
    keras_home,
    limits,
    memory_megabytes,
    runs_folder,
    worker_count,
)
from vae.errors import ConfigError
from vae.limits import Caps, Limits

SHAPE, CLASSES = (8, 8, 1), 10
SMALL = Config(hidden=(10,), latent_dim=2, epochs=20)  # 64-10-(2+2), 2-10-64: 1,428 parameters


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        *("PUBLIC", "WORKERS", "GRACE_SECONDS", "IMPORT_PICTURES", "IMPORT_MEGABYTES"),
        *("MOST_EPOCHS", "MOST_SECONDS", "MOST_PARAMETERS"),
    )
    for name in names:
        monkeypatch.delenv(f"VAE_{name}", raising=False)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A machine of 64 GB and 16 cores, in no container; both can be changed."""
    machine = SimpleNamespace(gigabytes=64, cores=16, cgroup=tmp_path)
    monkeypatch.setattr(environment, "CGROUP", tmp_path)
    monkeypatch.setattr(
        environment.psutil,
        "virtual_memory",
        lambda: SimpleNamespace(total=machine.gigabytes * 2**30),
    )
    monkeypatch.setattr(environment.joblib, "cpu_count", lambda: machine.cores)
    return machine


# Where other code than vae/environment.py touches os.environ, and why it does not read a setting.
ENVIRON_ELSEWHERE = {
    "vae/model/keras_setup.py": "replaces Keras's variables while Keras is imported",
    "vae/data/importing/process.py": "hands the whole environment to a process",
    "vae/studies/pool.py": "hands the whole environment to a process",
    "vae/server/worker_processes.py": "hands the whole environment to a process",
}


class TestOneReader:
    def test_no_other_module_reads_a_variable(self) -> None:
        sources = [*(ROOT / "vae").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
        found = {
            path.relative_to(ROOT).as_posix()
            for path in sources
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        }
        assert found - {"vae/environment.py"} == set(ENVIRON_ELSEWHERE)


class TestFolders:
    @pytest.fixture(autouse=True)
    def _home(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("VAE_RUNS_DIR", "VAE_DATA_DIR", "KERAS_HOME", "XDG_DATA_HOME"):
            monkeypatch.delenv(name, raising=False)

    def test_a_clone_has_its_own_runs(self) -> None:
        assert runs_folder() == ROOT / "runs"

    def test_an_installed_package_has_the_users(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(environment, "INSTALLED_APP", tmp_path)
        folder = runs_folder()
        assert folder.is_relative_to(tmp_path)
        assert folder.parts[-2:] == ("vae-lab", "runs")

    def test_the_variable_comes_first(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(environment, "INSTALLED_APP", tmp_path)
        monkeypatch.setenv("VAE_RUNS_DIR", "~/mine")
        assert runs_folder() == tmp_path / "mine"
        monkeypatch.setenv("VAE_RUNS_DIR", "/tmp/mine")
        assert runs_folder() == Path("/tmp/mine")

    def test_the_same_runs_from_any_folder(self, tmp_path: Path) -> None:
        code = "import vae; print(vae.RunStore().folder)"
        found = [
            run_python("-c", code, cwd=folder, PYTHONPATH=str(ROOT)) for folder in (ROOT, tmp_path)
        ]
        assert [each.stdout.strip() for each in found] == [str(ROOT / "runs")] * 2

    def test_data_folders(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        assert data_folders() == [tmp_path / ".keras" / "datasets"]
        monkeypatch.setenv("VAE_DATA_DIR", "~/data")
        monkeypatch.setenv("KERAS_HOME", "~/keras")
        assert data_folders() == [tmp_path / "data", tmp_path / "keras" / "datasets"]

    def test_an_account_without_a_home_has_keras_in_tmp(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", "/nowhere")
        assert keras_home() == Path("/tmp/.keras")

    def test_home_is_abbreviated(self, tmp_path: Path) -> None:
        assert abbreviate_home(str(tmp_path / "a")) == f"~{os.sep}a"
        assert abbreviate_home(f"{tmp_path}-2/a") == f"{tmp_path}-2/a"


class TestImportCaps:
    def test_settings_come_first_and_strangers_may_less(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = import_caps()
        assert own == Caps()
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert import_caps().files < own.files
        assert import_caps().total_bytes < own.total_bytes
        monkeypatch.setenv("VAE_IMPORT_PICTURES", "500")
        monkeypatch.setenv("VAE_IMPORT_MEGABYTES", "3001")
        assert import_caps().in_words() == (
            "At most 500 pictures, 10 MB each and 3,001 MB in all; "
            "an array file or table of at most 1,500.5 MB; 256 classes."
        )
        monkeypatch.setenv("VAE_IMPORT_MEGABYTES", "0")
        assert import_caps().total_bytes == 250_000_000


class TestLimits:
    def test_none_on_ones_own_machine(self) -> None:
        assert limits() == Limits(0, 0.0, 0)
        assert limits().in_words() == ""
        limits().check(Config(epochs=500, hidden=(1024,) * 6), SHAPE, CLASSES)

    def test_on_a_public_server_there_are_some(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert all(limit > 0 for limit in (limits().epochs, limits().seconds, limits().parameters))

    def test_settings_come_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        monkeypatch.setenv("VAE_MOST_EPOCHS", "7")
        monkeypatch.setenv("VAE_MOST_SECONDS", "90")
        monkeypatch.setenv("VAE_MOST_PARAMETERS", "0")
        assert limits() == Limits(7, 90.0, 0)
        assert limits().in_words() == (
            "On this server a run has at most 7 epochs, 1.5 minutes of training."
        )

    def test_what_is_no_number_counts_as_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VAE_PUBLIC", "1")
        usual = limits()
        for text in ("", "many", "-5", "nan", "inf"):
            for name in ("VAE_MOST_EPOCHS", "VAE_MOST_SECONDS", "VAE_MOST_PARAMETERS"):
                monkeypatch.setenv(name, text)
            assert limits() == usual

    @pytest.mark.parametrize(
        ("highest", "message"),
        [
            (Limits(epochs=19), r"at most 19 epochs\. Received: 20"),
            (Limits(parameters=1427), r"at most 1,427 parameters\. Received: 1,428"),
        ],
    )
    def test_more_is_refused(self, highest: Limits, message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            highest.check(SMALL, SHAPE, CLASSES)

    def test_just_as_much_is_not(self) -> None:
        Limits(epochs=20, seconds=0.1, parameters=1428).check(SMALL, SHAPE, CLASSES)

    def test_a_label_counts(self) -> None:
        # 10 classes are 10 more inputs of both networks' layers of 10 units.
        conditional = SMALL.replace(kind="conditional")
        Limits(parameters=1628).check(conditional, SHAPE, CLASSES)
        with pytest.raises(ConfigError, match=r"Received: 1,628"):
            Limits(parameters=1627).check(conditional, SHAPE, CLASSES)


class TestWhoSharesIt:
    @pytest.mark.parametrize(("text", "public"), [("1", True), ("0", False), ("", False)])
    def test_with_labels(self, text: str, public: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(environment, "COMMUNITY_CLOUD", "/")
        monkeypatch.setenv("VAE_PUBLIC", text)
        assert is_public() is public

    def test_community_cloud_is_known_by_its_mount_point(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert not is_public()
        monkeypatch.setattr(environment, "PACKAGE", Path("/mount/src/vae-lab/vae"))
        assert is_public()

    def test_at_home_nobody_is_ever_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert grace_seconds() == 0.0
        monkeypatch.setenv("VAE_PUBLIC", "1")
        assert grace_seconds() == 300.0
        monkeypatch.setenv("VAE_GRACE_SECONDS", "20")
        assert grace_seconds() == 20.0


class TestWorkers:
    def test_the_containers_limit_counts(self, machine: SimpleNamespace) -> None:
        assert memory_megabytes() == 64 * 1024
        (machine.cgroup / "memory.max").write_text("max\n")
        assert memory_megabytes() == 64 * 1024
        (machine.cgroup / "memory.max").write_text(f"{4 * 2**30}\n")
        assert memory_megabytes() == 4 * 1024

    def test_so_does_that_of_version_1(self, machine: SimpleNamespace) -> None:
        (machine.cgroup / "memory").mkdir()
        limit = machine.cgroup / "memory" / "memory.limit_in_bytes"
        limit.write_text(str(2**63 - 4096))  # its way to say that there is none
        assert memory_megabytes() == 64 * 1024
        limit.write_text(str(3 * 2**30))
        assert memory_megabytes() == 3 * 1024

    @pytest.mark.parametrize(
        ("megabytes", "cores", "workers"),
        [
            (512, 8, 1),  # one is always tried
            (SERVER_MEGABYTES + WORKER_MEGABYTES, 8, 1),
            (SERVER_MEGABYTES + WORKER_MEGABYTES + FURTHER_WORKER_MEGABYTES - 1, 8, 1),
            (SERVER_MEGABYTES + WORKER_MEGABYTES + FURTHER_WORKER_MEGABYTES, 8, 2),
            (SERVER_MEGABYTES + WORKER_MEGABYTES + 3 * FURTHER_WORKER_MEGABYTES, 8, 4),
            (64 * 1024, 2, 2),
            (64 * 1024, 1, 1),
        ],
    )
    def test_as_many_as_memory_and_cores_allow(
        self, megabytes: int, cores: int, workers: int, machine: SimpleNamespace
    ) -> None:
        machine.cores = cores
        (machine.cgroup / "memory.max").write_text(str(megabytes * 2**20))
        assert worker_count() == workers

    @pytest.mark.parametrize(
        ("text", "workers"), [("3", 3), ("40", 40), ("0", 16), ("two", 16), ("-1", 16), ("inf", 16)]
    )
    def test_the_setting_overrides(
        self, text: str, workers: int, machine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAE_WORKERS", text)
        assert worker_count() == workers
