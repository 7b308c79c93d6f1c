"""The wheel: what is in it, and what it does where the project's folder is not at hand."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sysconfig
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import PATIENCE_SECONDS, ROOT, run_python, wait_until
from tests.servers import free_port
from vae.shipped.train import SHIPPED_RUNS

SITE = "import vae.environment, pathlib; print(pathlib.Path(vae.environment.__file__).parents[1])"


class Installed(NamedTuple):
    """An environment into which the wheel is installed, and an empty folder."""

    wheel: Path
    python: Path
    program: Path
    folder: Path

    def environment(self, **variables: str) -> dict[str, str]:
        """Return variables that name no folder of this project."""
        names = ("PYTHONPATH", "VAE_RUNS_DIR", "VAE_DATA_DIR")
        inherited = {name: text for name, text in os.environ.items() if name not in names}
        return inherited | {"HOME": str(self.folder), "XDG_DATA_HOME": "", **variables}

    def output(self, *command: str | Path) -> str:
        """Run a command in the empty folder; return what it prints."""
        found = subprocess.run(
            [str(each) for each in command],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new environment that has this Python's packages, but not the project."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("installed")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
    built = run_python(
        *pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, ROOT
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    made = run_python("-m", "venv", "--without-pip", folder / "venv")
    assert made.returncode == 0, made.stderr
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    site = sysconfig.get_path("purelib", vars={"base": str(folder / "venv")})
    Path(site, "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    put = run_python(
        "-m", "pip", "--python", python, *pip[2:], "install", "--no-deps", "--no-index", wheel
    )
    assert put.returncode == 0, put.stderr
    (folder / "empty").mkdir()
    return Installed(wheel, python, scripts / "vae-lab", folder / "empty")


@pytest.fixture(scope="module")
def names(installed: Installed) -> set[str]:
    return set(zipfile.ZipFile(installed.wheel).namelist())


class TestWheel:
    def test_it_has_one_package(self, names: set[str]) -> None:
        assert {re.sub(r"-.*", "", name.split("/")[0]) for name in names} == {"vae", "vae_lab"}

    def test_it_has_all_files_of_package_and_app(self, names: set[str]) -> None:
        found = subprocess.run(
            ["git", "ls-files", "vae", "pages", "app.py", ".streamlit"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split("\n")[:-1]  # fmt: skip
        tracked = {name for name in found if (ROOT / name).exists()}
        assert len(tracked) > 400
        assert tracked <= {name.replace("vae/_app/", "") for name in names}

    def test_it_has_the_notices(self, names: set[str]) -> None:
        assert {"LICENSE", "NOTICES.md"} <= {
            name.rpartition("/")[2] for name in names if "/licenses/" in name
        }

    def test_dependencies_are_those_of_requirements(self, installed: Installed) -> None:
        with zipfile.ZipFile(installed.wheel) as wheel:
            (name,) = (each for each in wheel.namelist() if each.endswith("/METADATA"))
            text = wheel.read(name).decode()
        found = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra)", text, re.MULTILINE)
        lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        assert sorted(found) == sorted(
            re.match(r"[\w-]+", line)[0] for line in lines if line and line[0] != "#"
        )


class TestProgram:
    def test_the_package_is_the_installed_one(self, installed: Installed) -> None:
        assert Path(installed.output(installed.python, "-c", SITE).strip()).parts[-1] == (
            "site-packages"
        )

    def test_summary(self, installed: Installed) -> None:
        printed = installed.output(installed.program, "summary", "--preset", "lecture", "--json")
        assert json.loads(printed.splitlines()[-1])["total"] == 203_288

    def test_shipped_runs_sources_and_classifier(self, installed: Installed) -> None:
        code = "import vae; print(len(vae.RunStore().list_shipped()), vae.RunStore().folder)"
        count, runs = installed.output(installed.python, "-c", code).split(maxsplit=1)
        assert int(count) == len(SHIPPED_RUNS)
        assert Path(runs.strip()).is_relative_to(installed.folder)

    def test_demo(self, installed: Installed) -> None:
        shipped = ROOT / "vae" / "pretrained" / "digits"
        installed.output(installed.program, "demo", shipped, "--out", "demo.html")
        assert (installed.folder / "demo.html").stat().st_size > 100_000
        (installed.folder / "demo.html").unlink()


@contextmanager
def app(installed: Installed) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Start the app from the empty folder; yield its address and process."""
    port = free_port()
    process = subprocess.Popen(
        [installed.program, "app", "--port", str(port)],
        cwd=installed.folder,
        env=installed.environment(
            STREAMLIT_SERVER_HEADLESS="true", STREAMLIT_SERVER_ADDRESS="127.0.0.1"
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def answer(address: str) -> str:
    """Return what an address answers, "" while nobody does."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


@pytest.mark.skipif(os.name == "nt", reason="ends processes by signals")
class TestApp:
    @pytest.mark.browser
    def test_from_an_empty_folder(self, installed: Installed) -> None:
        from tests.browser.driving import chromium, settled

        with app(installed) as (address, process), chromium() as browser:
            wait_until(lambda: answer(f"{address}/_stcore/health") == "ok", "the server answers")
            page = browser.new_page()
            requested: list[str] = []
            page.on("request", lambda request: requested.append(request.url))
            page.goto(address)
            settled(page)
            assert page.title() == "Start · VAE Lab"
            assert page.get_by_alt_text("A 10 by 10 grid of generated images").count() == 1
            size = page.locator("h1").evaluate("title => getComputedStyle(title).fontSize")
            assert size == "28px", "the theme of .streamlit/config.toml: 1.75 rem"
            assert all(
                url.startswith((address, "ws://127.0.0.1", "data:", "blob:")) for url in requested
            )
            assert list(installed.folder.glob("[!.]*")) == [], "runs are among the data of the user"
            process.send_signal(signal.SIGINT)
            text, _ = process.communicate(timeout=60)
            assert "Traceback" not in text

    def test_settings_are_those_of_the_repository(self, installed: Installed) -> None:
        code = (
            "import json, vae.environment as e, streamlit.config as c;"
            "c._main_script_path = str(e.app_folder() / 'app.py');"
            "names = ['client.showErrorDetails', 'browser.gatherUsageStats', 'theme.baseRadius',"
            "'server.maxUploadSize', 'runner.postScriptGC'];"
            "print(json.dumps([c.get_option(name) for name in names]))"
        )
        assert json.loads(installed.output(installed.python, "-c", code)) == [
            "none", False, "medium", 25, False
        ]  # fmt: skip

    @pytest.mark.parametrize("module", [" vae.cli\n", " streamlit.config\n"])
    def test_ctrl_c_while_it_loads(self, module: str, installed: Installed) -> None:
        process = subprocess.Popen(
            [installed.program, "app", "--port", "0"],
            cwd=installed.folder,
            env=installed.environment(PYTHONPROFILEIMPORTTIME="1"),
            stderr=subprocess.PIPE,
            text=True,
        )
        while not process.stderr.readline().endswith(module):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=60)
        assert process.returncode in (130, -signal.SIGINT)
        assert "Traceback" not in text
