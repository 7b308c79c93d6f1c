"""Opens the app's pages in streamlit's AppTest, and acts on them as a person does."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

from tests.conftest import PATIENCE_SECONDS, ROOT
from vae.runs.run import Run

# AppTest searches all installed packages for components, anew for every run of a page: 0.2 s of
# processor time, four fifths of what a page takes. None has one. Not a fixture, because the tours
# that open pages in a process of their own come past here too.
BidiComponentManager.discover_and_register_components = lambda *_, **__: None
# It compiles the scripts anew for every run, too, where a server has them from the first one on: a
# tenth of what a page takes.
app_test.ScriptCache = functools.cache(app_test.ScriptCache)
# It asks a thousand times a second whether the script has ended, and each time that waits for it: a
# fifth of what a page takes.
poll = local_script_runner.require_widgets_deltas


def join(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    """Wait until the script has ended, and have `poll` refuse one that has not."""
    if (thread := runner._script_thread) is not None:
        thread.join(timeout)
    if not runner.script_stopped():
        poll(runner, 0.0)


local_script_runner.require_widgets_deltas = join
# After every run Streamlit clears Keras's session where Keras is imported, as in tests that train,
# not in a server: a full collection, 20 ms at least.
script_runner._clean_problem_modules = lambda: None

PAGES = ("start", "data", "train", "latent", "evaluate", "generate")  # that show the chosen run


# What each page is called at its top.
TITLES = {
    "start": "VAE Lab",
    "learn": "Learn",
    "data": "Data",
    "train": "Train",
    "latent": "Latent space",
    "evaluate": "Evaluate",
    "generate": "Generate",
    "runs": "Runs",
}


def open_page(page: str, **address: str) -> AppTest:
    """Open a page by its address in a new session, as a link does; address: what stands after ?."""
    app = AppTest.from_file(ROOT / "pages" / "router.py", default_timeout=PATIENCE_SECONDS)
    app.query_params.update(address)
    # AppTest opens Start first and has no public way to begin with another page.
    app._page_hash = calc_hash("" if page == "start" else page)
    return calm(app.run(), page)


def go(app: AppTest, page: str) -> AppTest:
    """Go to another page by the navigation, in the same session."""
    return calm(app.switch_page(f"{page}/page.py").run(), page)


def watch(app: AppTest) -> AppTest:
    """Turn the Train page to the view that shows the chosen run."""
    return act(labelled(app.segmented_control, "View").set_value("Watch"))


def tour(**address: str) -> Iterator[tuple[str, AppTest]]:
    """Go through all pages in one session, each at what it shows of the chosen run."""
    app = open_page("train", **address)
    if labelled(app.segmented_control, "View").value != "Watch":
        watch(app)
    yield "train", app
    for page in PAGES:
        if page != "train":
            yield page, go(app, page)


def calm(app: AppTest, page: str | None = None) -> AppTest:
    """Return the app; it must show no exception, and the page whose name is given."""
    assert [element.value for element in app.exception] == []
    if page:
        assert [title.value for title in app.title] == [TITLES[page]]
    return app


def healthy(app: AppTest) -> AppTest:
    """Return the app; it must show no exception and no error."""
    assert [error.value for error in calm(app).error] == []
    return app


def act(widget: Any) -> AppTest:
    """Have the app run with what was done to the widget."""
    return calm(widget.run())


def labelled(widgets: Any, label: str) -> Any:
    """The one widget with this label."""
    (found,) = (widget for widget in widgets if widget.label == label)
    return found


def picker(app: AppTest) -> Any:
    """The run picker."""
    return labelled(app.selectbox, "Run")


def press(app: AppTest, label: str) -> AppTest:
    """Press the one button with this label."""
    return act(labelled(app.button, label).click())


def open_watch(run: Run) -> AppTest:
    """Open the page that shows this run."""
    app = open_page("train", run=run.id)
    return app if labelled(app.segmented_control, "View").value == "Watch" else watch(app)
