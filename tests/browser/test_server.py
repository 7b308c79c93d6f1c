"""What the server does before anyone visits, at the very first visit, and when a page fails."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, Request, expect

from pages._shared.page_list import PAGES, PageEntry
from tests.browser.driving import ROOT, serve, settled, wait_until
from tests.pages.crafted import craft, enqueue
from vae.config import Config
from vae.data.datasets import load_dataset
from vae.runs.run import Run

SECONDS = 120
RUN = "mnist-recommended"
EXPLANATION = re.compile(
    r"Something went wrong that this page cannot explain\. "
    r"The server's log has the details under the reference ([0-9a-f]{8})\."
)


def log_of(runs: Path) -> str:
    """What all servers of this runs folder have printed."""
    logs = sorted(runs.parent.glob("server-*.log"))
    return "".join(log.read_text(encoding="utf-8") for log in logs)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def test_runs_of_a_server_that_died_resume_before_anyone_visits(runs: Path) -> None:
    config = Config(latent_dim=2, hidden=(256,), batch_size=20, epochs=500)
    run = enqueue(craft(runs / "run", load_dataset("digits"), config, "queued", checkpoint=False))
    with serve(runs, real_workers=True, XLA_FLAGS="") as (_, server):
        wait_until(lambda: len(Run(run.path).history) >= 3, SECONDS)
        server.kill()
        psutil.Process(Run(run.path).status["pid"]).kill()
        server.wait()
    epoch = len(Run(run.path).history)
    with serve(runs, real_workers=True, XLA_FLAGS=""):  # which asks for its health alone
        wait_until(lambda: len(Run(run.path).history) > epoch + 3, SECONDS)
        assert Run(run.path).state == "training"
        run.requests.send("stop")
        wait_until(lambda: Run(run.path).state == "stopped", SECONDS)
    assert "Traceback" not in log_of(runs)


@pytest.mark.browser
@pytest.mark.parametrize("entry", PAGES, ids=[entry.folder for entry in PAGES])
def test_the_first_address_on_a_fresh_server_opens_its_page(
    entry: PageEntry, runs: Path, page: Page
) -> None:
    opened: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            opened.append(request.url)

    page.on("request", note)
    path = "" if entry is PAGES[0] else entry.folder
    with serve(runs, is_fresh=True) as (address, _):
        page.goto(f"{address}/{path}?run={RUN}")
        expect(page.get_by_test_id("stHeading").first).to_have_text(entry.heading)
        settled(page)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        assert opened == [f"{address}/{path}?run={RUN}"]
        # The router's own things: its navigation, and the picker.
        expect(page.get_by_test_id("stTopNavLink")).to_have_count(len(PAGES))
        picker = page.get_by_role("combobox", name="Run")
        if entry.shows_run:
            expect(picker).to_have_value(re.compile("Recommended"))
        else:
            expect(picker).to_have_count(0)


@pytest.mark.browser
def test_an_error_that_no_page_explains_has_a_reference_in_the_log(
    runs: Path, page: Page, tmp_path: Path
) -> None:
    # Python imports this before all else: a fault of a page, and one of a fragment.
    (tmp_path / "sitecustomize.py").write_text(
        "import vae.figures.classes, vae.sampling.prior\n"
        "def fail(*_, **__): raise ZeroDivisionError('the secret of /srv/place')\n"
        "vae.figures.classes.class_counts = vae.sampling.prior.prior_codes = fail\n"
    )
    with serve(runs, real_workers=True, PYTHONPATH=f"{tmp_path}:{ROOT}") as (address, _):
        for path in ("data", "generate"):
            page.goto(f"{address}/{path}?run={RUN}")
            message = page.get_by_test_id("stAlert").filter(has_text="Something went wrong")
            expect(message).to_have_text(EXPLANATION)
            settled(page)
            main = page.get_by_test_id("stApp").inner_text()
            assert "secret" not in main
            assert "ZeroDivisionError" not in main
            found = EXPLANATION.search(message.inner_text().replace("\u2060", ""))
            assert found
            logged = log_of(runs).partition(f"Reference {found[1]}\nTraceback (most recent")[2]
            assert "ZeroDivisionError: the secret of /srv/place" in logged
            # The picker stands above it, and a page that is whole is one click away.
            expect(page.get_by_role("combobox", name="Run")).to_be_visible()
