"""The app in a frame of another site, such as a course's page."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.driving import SCREEN, serve
from tests.browser.visitors import Visitors
from tests.pages.crafted import craft, epochs
from tests.pages.doubles import owner_of
from vae.data.datasets import load_dataset

pytestmark = pytest.mark.browser

KEEP_LINK = "Keep the link of each run that you train."


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedded") / "runs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def plain_server(runs: Path) -> Iterator[str]:
    with serve(runs, VAE_PUBLIC="1") as (address, _):
        yield address


@pytest.fixture(scope="module")
def secure_server(runs: Path) -> Iterator[str]:
    if shutil.which("openssl") is None:
        pytest.skip("a certificate is made with openssl")
    key, certificate = runs.parent / "key.pem", runs.parent / "certificate.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with serve(runs, tls=(certificate, key), VAE_PUBLIC="1") as (address, _):
        yield address


class Courses(BaseHTTPRequestHandler):
    """Pages that show in a frame what stands after the question mark."""

    def do_GET(self) -> None:
        address = html.escape(unquote(self.path.partition("?")[2]))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{address}" width=1300 height=850></iframe>'.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def course_port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Courses) as courses:
        threading.Thread(target=courses.serve_forever, daemon=True).start()
        yield courses.server_address[1]
        courses.shutdown()


@pytest.fixture
def course(visitors: Visitors) -> Page:
    """A page of a browser that takes the server's own certificate."""
    return visitors.open_page(viewport=SCREEN, ignore_https_errors=True)


def embed(page: Page, site: str, address: str, query: str = "embed=true") -> FrameLocator:
    """Open a page of another site that shows the app, which is at 127.0.0.1."""
    page.goto(f"http://{site}/?{quote(f'{address}/latent?{query}')}")
    return opened(page)


def opened(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Latent space")).to_be_visible()
    expect(frame.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    return frame


def secret_of(page: Page, address: str) -> str:
    """What the app's cookie in this browser holds."""
    (cookie,) = (
        each for each in page.context.cookies(f"{address}/") if each["name"] == "vae_visitor"
    )
    assert cookie["secure"]
    assert cookie["sameSite"] == "None"
    return cookie["value"]


def test_a_run_is_found_again_after_a_reload(
    secure_server: str, runs: Path, course: Page, course_port: int
) -> None:
    embed(course, f"localhost:{course_port}", secure_server)
    owner = owner_of(secret_of(course, secure_server))
    craft(runs / "mine", load_dataset("digits"), state="stopped", rows=epochs(40.0), owner=owner)
    course.reload()
    frame = opened(course)
    frame.get_by_role("combobox", name="Run").click()
    expect(frame.get_by_role("option").filter(has_text="yours, mine")).to_have_count(1)
    expect(frame.get_by_text(KEEP_LINK)).to_have_count(0)
    # On a page of another course the same browser is another visitor: sites do not follow anyone.
    frame = embed(course, f"other.localhost:{course_port}", secure_server)
    frame.get_by_role("combobox", name="Run").click()
    expect(frame.get_by_role("option").filter(has_text="built-in").first).to_be_visible()
    expect(frame.get_by_role("option").filter(has_text="yours")).to_have_count(0)


def test_without_a_cookie_the_page_says_to_keep_the_link(
    plain_server: str, course: Page, course_port: int
) -> None:
    frame = embed(course, f"localhost:{course_port}", plain_server, "embed=true&run=mnist-2d")
    message = frame.get_by_test_id("stAlert").filter(has_text=KEEP_LINK)
    expect(message).to_be_visible()
    link = message.get_by_role("link")
    expect(link).to_have_attribute("href", f"{plain_server}/latent?run=mnist-2d")
    with course.context.expect_page() as pages:
        link.click()
    alone = pages.value
    expect(alone.get_by_role("combobox", name="Run")).to_have_value(re.compile("Two dimensions"))
    expect(alone.get_by_text(KEEP_LINK)).to_have_count(0)


def test_the_address_in_a_frame(plain_server: str, course: Page, course_port: int) -> None:
    frame = embed(course, f"localhost:{course_port}", plain_server)
    before = course.evaluate("history.length")
    view = frame.get_by_role("radiogroup", name="View")
    view.get_by_role("radio", name="Draw", exact=True).click()
    expect(view.get_by_role("radio", name="Draw", exact=True)).to_be_checked()
    inside = course.frames[1]
    inside.wait_for_function("location.search.includes('view=draw')")
    assert "embed=true" in inside.evaluate("location.search")
    assert course.evaluate("history.length") == before + 1
    course.evaluate("history.back()")  # go_back would wait for a document
    expect(view.get_by_role("radio", name="Map", exact=True)).to_be_checked()
    inside.wait_for_function("location.search.includes('view=map')")


def test_a_picture_is_taken_in_a_frame(
    secure_server: str, course: Page, course_port: int, tmp_path: Path
) -> None:
    Image.new("L", (28, 28), 255).save(tmp_path / "seven.png")
    frame = embed(course, f"localhost:{course_port}", secure_server, "view=draw&run=mnist-2d")
    frame.get_by_role("radio", name="Upload", exact=True).click()
    with course.expect_response(lambda each: "/upload_file/" in each.url) as answers:
        frame.locator("input[type=file]").last.set_input_files(tmp_path / "seven.png")
    assert answers.value.status == 204
