"""One step back is one thing undone, and the address says what is shown, on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from pages._shared.run_picker import label
from tests.browser.driving import SCREEN, button, settled, wait_until
from tests.browser.visitors import Visitors
from vae.presets import PRESETS
from vae.runs.store import RunStore

pytestmark = pytest.mark.browser

SECONDS = 60
RUN, OTHER = "mnist-recommended", "mnist-convolutional"
NAMES = {label(run, ""): run.id for run in RunStore().list_shipped()}
TITLES = {
    "VAE Lab": "/",
    "Data": "/data",
    "Train": "/train",
    "Latent space": "/latent",
    "Evaluate": "/evaluate",
    "Generate": "/generate",
}


class Step(NamedTuple):
    """Something that a person does, and what the address says then."""

    do: Callable[[Page], None]
    path: str
    query: dict[str, str]


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """A page without a history."""
    return visitors.open_page(viewport=SCREEN)


def to(title: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=title).last.click()


def pick(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=name, exact=True).click()


def pick_preset(title: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=re.compile(f"^{title} [0-9]")).click()


def choose(box: str, run_id: str) -> Callable[[Page], None]:
    (name,) = (name for name, each in NAMES.items() if each == run_id)

    def act(page: Page) -> None:
        page.get_by_role("combobox", name=box, exact=True).click()
        page.get_by_role("option", name=name, exact=True).click()

    return act


def type_epochs(text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("Epochs", exact=True).fill(text)
        page.keyboard.press("Enter")

    return act


FORM = {"view": "set-up", "dataset": "digits", "preset": "lecture"}
STEPS = (
    Step(to("Data"), "/data", {"view": "images", "dataset": "mnist"}),
    Step(pick("Digits"), "/data", {"view": "images", "dataset": "digits"}),
    Step(to("Train"), "/train", {**FORM, "preset": "recommended"}),
    Step(pick_preset("Lecture"), "/train", FORM),
    Step(type_epochs("7"), "/train", {**FORM, "epochs": "7"}),
    Step(type_epochs("8"), "/train", {**FORM, "epochs": "8"}),
    Step(pick("Watch"), "/train", {"view": "watch"}),
    Step(to("Latent"), "/latent", {"view": "map"}),
    Step(pick("Draw"), "/latent", {"view": "draw"}),
    Step(to("Evaluate"), "/evaluate", {"view": "overview"}),
    Step(pick("Samples"), "/evaluate", {"view": "samples"}),
    Step(to("Generate"), "/generate", {"view": "grid"}),
    Step(pick("Take away"), "/generate", {"view": "take-away"}),
    Step(choose("Run", OTHER), "/generate", {"view": "take-away", "run": OTHER}),
    Step(to("Start"), "/", {"run": OTHER}),
    # From a page to another one without the navigation.
    Step(
        lambda page: button(page, "Train your own").click(),
        "/train",
        {**FORM, "epochs": "8", "run": OTHER},
    ),
    Step(to("Latent"), "/latent", {"view": "draw", "run": OTHER}),
)


# One question: Playwright's locators take a third of a second of processor time for the same.
SHOWN = """() => {
  const main = document.querySelector('[data-testid=stMainBlockContainer]');
  const all = (selector) => [...(main?.querySelectorAll(selector) ?? [])]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }));
  const named = (role, name) => all(`[role=${role}][aria-label="${name}"]`);
  const chosen = (name) => named('radiogroup', name)
    .map((each) => each.querySelector('[role=radio][aria-checked=true]'))
    .map((each) => (each?.querySelector('strong') ?? each)?.innerText ?? '');
  const values = (boxes) => boxes.map((each) => each.value);
  return {
    title: all('[data-testid=stHeading]')[0]?.innerText ?? '',
    view: chosen('View'), dataset: chosen('Data set'), preset: chosen('Preset'),
    run: values(named('combobox', 'Run')),
    epochs: values(all('input[aria-label=Epochs]')),
  };
}"""


def address(page: Page) -> tuple[str, dict[str, str]]:
    url = urlsplit(page.evaluate("location.href"))  # page.url is as old as the last event
    return url.path, dict(parse_qsl(url.query, keep_blank_values=True))


def shown(page: Page) -> tuple[str, dict[str, str]]:
    """What the page itself shows of all that an address can say, as an address says it."""
    seen = page.evaluate(SHOWN)
    found = {}
    for name in ("view", "dataset", "preset"):
        for title in seen[name]:
            found[name] = title.lower().replace(" ", "-")
    for value in seen["run"]:
        found["run"] = NAMES.get(value, "")
    preset = PRESETS.get(found.get("preset", ""))
    for epochs in seen["epochs"]:
        if preset and epochs != str(preset.epochs):
            found["epochs"] = epochs
    return TITLES.get(seen["title"], ""), found


def arrive(page: Page, path: str, query: dict[str, str]) -> None:
    """Wait until the address is this one and the page shows what it says."""
    settled(page)
    wanted = path, query

    try:
        wait_until(lambda: address(page) == shown(page) == wanted, SECONDS)
    except TimeoutError:
        assert [address(page), shown(page)] == [wanted, wanted]


def test_back_forward_and_reload(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/?run={RUN}")
    settled(page)
    visited = [("/", {"run": RUN})]
    before = page.evaluate("history.length")
    for step in STEPS:
        step.do(page)
        visited.append((step.path, {"run": RUN, **step.query}))
        arrive(page, *visited[-1])
        assert page.evaluate("history.length") == before + len(visited) - 1, visited[-1]
    for where in reversed(visited[:-1]):
        page.go_back()
        arrive(page, *where)
    # In strides; and loaded anew, so that one leads to and from such a page.
    for index, where in enumerate(visited[2::2]):
        page.evaluate("history.go(2)")
        arrive(page, *where)
        if index % 2:
            page.reload()
            arrive(page, *where)
    assert page.evaluate("history.length") == before + len(STEPS)


# Counts in each frame how many of the elements found by a selector are visible.
COUNT_VISIBLE = """selector => {
  window.mostVisible = 0;
  const count = () => {
    const found = [...document.querySelectorAll(selector)];
    const visible = found.filter((each) => each.checkVisibility());
    window.mostVisible = Math.max(window.mostVisible, visible.length);
    requestAnimationFrame(count);
  };
  count();
}"""


@pytest.mark.parametrize(
    ("start", "do", "key"),
    [
        ("/latent", pick("Draw"), "latent_view_control"),
        ("/latent", choose("Run", OTHER), "run_picker"),
        ("/train", type_epochs("7"), "form_epochs"),
    ],
)
def test_back_shows_no_control_twice(
    start: str, do: Callable[[Page], None], key: str, server: tuple[str, int], page: Page
) -> None:
    """A control that has the focus is replaced at once by the one with the value of before."""
    page.goto(f"{server[0]}{start}?run={RUN}")
    settled(page)
    before = address(page)
    do(page)
    settled(page)
    wait_until(lambda: address(page) != before, SECONDS)
    page.evaluate(COUNT_VISIBLE, f'[class*="st-key-{key}"]')
    page.go_back()
    arrive(page, *before)
    assert page.evaluate("mostVisible") == 1


def test_the_server_is_found_at_once(server: tuple[str, int], page: Page) -> None:
    address, _ = server
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/generate?view=grid")
    settled(page)
    assert [url for url in asked if "_stcore/health" in url] == [f"{address}/_stcore/health"]


def test_a_link_that_is_opened_is_one_step(server: tuple[str, int], page: Page) -> None:
    page.goto("about:blank")
    before = page.evaluate("history.length")
    page.goto(f"{server[0]}/latent")
    arrive(page, "/latent", {"run": RUN, "view": "map"})
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    page.wait_for_url("about:blank")


def test_what_is_no_parameter_of_the_page_goes(server: tuple[str, int], page: Page) -> None:
    page.goto(f"{server[0]}/evaluate?epochs=3&with={OTHER}&view=samples&run={OTHER}&nonsense=1")
    arrive(page, "/evaluate", {"run": OTHER, "view": "samples"})


@pytest.mark.parametrize("path", ["nowhere", "a b/<i>ü", "train/a/b/c"])
def test_an_address_without_a_page_leads_to_the_first(
    path: str, server: tuple[str, int], page: Page
) -> None:
    page.goto(f"{server[0]}/{path}?run={OTHER}")
    arrive(page, "/", {"run": OTHER})
    message = page.get_by_test_id("stAlert")
    expect(message).to_have_count(1)
    said = message.inner_text().replace("\u2060", "")
    assert f"There is no page '{path}'. Shown instead: Start." in said
    assert message.locator("p *").count() == 0


@pytest.mark.parametrize("name", ["favicon.png", "manifest.json"])
def test_what_is_no_page_is_as_it_was(name: str, server: tuple[str, int], page: Page) -> None:
    response = page.goto(f"{server[0]}/{name}")
    assert response is not None
    assert response.status == 200
    assert "html" not in response.headers["content-type"]
