"""Starting the real app and driving it in a real Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.servers import free_port, is_up
from tests.warm.client import STREAMLIT
from tests.warm.programs import Process, start_server, start_warm
from vae.runs.run import open_run

__all__ = [
    "PHONE",
    "SCREEN",
    "button",
    "chromium",
    "held",
    "open_run_menu",
    "serve",
    "settled",
    "train",
    "wait_until",
    "words",
]

ROOT = Path(__file__).parents[2]
SCREEN = {"width": 1440, "height": 900}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 390, "height": 844}
START_SECONDS = 60
# The popups below the address bar, of which each window has two, and a page's time is a third of
# theirs. The others are those that Playwright leaves out: the last list counts.
LEFT_OUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
# Software rendering gives WebGL, which the point clouds need, on a machine without a GPU; the
# browser makes no calls of its own.
ARGUMENTS = [
    f"--disable-features={','.join(LEFT_OUT)}",
    "--no-sandbox",
    # A camera that shows a test picture, and may be used.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # No test machine has a GPU, and imitating one for all that is drawn is a quarter of the work;
    # 3-D charts still get their WebGL.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
    "--disable-accelerated-2d-canvas",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SETTLED = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shows = (selector) => all(selector).some((each) => each.checkVisibility());
  return (
    shows("[data-testid=stApp][data-test-script-state=notRunning]") &&
    shows("[data-testid=stHeading]") &&
    !all("[data-testid=stSkeleton], [data-testid^=stBidiComponent]:not([data-drawn])").length
  );
}"""


@contextmanager
def serve(
    runs: Path,
    tls: tuple[Path, Path] | None = None,
    script: Path = ROOT / "app.py",
    is_fresh: bool = False,
    real_workers: bool = False,
    **environment: str,
) -> Iterator[tuple[str, Process | subprocess.Popen[bytes]]]:
    """Start the app on a free port; yield its address and its process.

    tls: the files of a certificate and its key, with which it is at an https address. script:
    another app, to compare with. is_fresh: whether it starts from the beginning, with nothing
    imported. real_workers: whether its workers do, too.
    """
    start_server()
    port = free_port()
    address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    if tls:
        names = "STREAMLIT_SERVER_SSL_CERT_FILE", "STREAMLIT_SERVER_SSL_KEY_FILE"
        environment |= dict(zip(names, map(str, tls), strict=True))
    arguments = [
        "-m", "streamlit" if real_workers else "tests.warm.app",
        "run", str(script),
        "--server.port", str(port), "--server.address", "127.0.0.1",
        "--server.headless", "true",
    ]  # fmt: skip
    environment = {**os.environ, "VAE_RUNS_DIR": str(runs), **environment}
    with (runs.parent / f"server-{port}.log").open("wb") as log:
        streams = {"stdout": log, "stderr": log, "env": environment, "cwd": ROOT}
        if is_fresh or real_workers:
            process = subprocess.Popen([sys.executable, *arguments], **streams)
        else:
            process = start_warm(*arguments, server=STREAMLIT, **streams)
        try:
            wait_until(lambda: is_up(address), START_SECONDS)
            yield address, process
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, or Playwright's own where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def settled(page: Page, timeout: float = 60_000) -> None:
    """Wait until the script of the page has run and what it drew has arrived.

    Asked twenty times a second: in each frame, as Playwright does, takes a tenth of a page's time.
    """
    page.wait_for_function(SETTLED, polling=50, timeout=timeout)


def open_run_menu(page: Page) -> None:
    """Open the menu of the chosen run, which stands beside its name."""
    page.locator('[class*="st-key-menu-"]').get_by_role("button").click()


def train(page: Page) -> str:
    """Press Train, and return the id of the new run: the address may name another one till then."""
    before = _run_in(page.url)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(lambda url: _run_in(url) not in (None, before))
    return str(_run_in(page.url))


@contextmanager
def held(run: Path) -> Iterator[None]:
    """Have a run's training stand still: it would take a whole processor from what is done here."""
    process = psutil.Process(open_run(run).status["pid"])
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def button(page: Page, name: str) -> Locator:
    """A button of the page; while a script runs Streamlit's header has a Stop of its own."""
    main = page.get_by_test_id("stMainBlockContainer")
    return main.get_by_role("button", name=name, exact=True)


def words(page: Page, text: str | re.Pattern[str]) -> Locator:
    """Words of the page itself: the region that screen readers hear may say them too."""
    return page.get_by_test_id("stMain").get_by_text(text)


def wait_until(condition, seconds: float) -> None:
    """Wait for a condition outside the browser; fail if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"The condition did not come true within {seconds} s")
        time.sleep(0.05)


def _run_in(url: str) -> str | None:
    """Return the id of the run of somebody's own that an address names."""
    found = re.search(r"run=([0-9a-f]{32})", url)
    return found and found[1]
