"""Runs whose files anyone has written, in every view: faults are said, texts are no Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from tests.hostile import CONTENTS, EMPTY, VIEWS, with_texts
from tests.pages.driving import open_page, watch
from tests.pages.shown import words
from vae.files import read_json, write_json
from vae.runs.results import FIGURES, RESULTS
from vae.runs.run import SHIPPED, Run, open_run

REQUESTS = ("likelihood-asked.json", "classification-asked.json")
# Elements whose values are shown to the letter; their labels and help texts are Markdown too.
TO_THE_LETTER = (
    *("selectbox", "multiselect", "text_input", "plotly_chart", "bidi_component"),
    "arrow_data_frame",
)


# What no reader takes, what one takes in which nothing is said, and a word that no file can hold.
TRIED_EVERYWHERE = [CONTENTS[name] for name in ("a list", "other keys", "half a letter")]
# Views that show most of the files; the others learn what was read from the same functions.
FEW_VIEWS = {"train": ("",), "evaluate": ("overview", "likelihood"), "latent": ("knowledge",)}


def everywhere(run_id: str, pages: dict[str, tuple[str, ...]] = VIEWS) -> Iterator[AppTest]:
    """Every view of these pages, with this run chosen."""
    for page, views in pages.items():
        for view in views:
            app = open_page(page, run=run_id, **({"view": view} if view else {}))
            yield watch(app) if page == "train" else app


def spoil(run: Run, content: bytes) -> None:
    for name in (*FIGURES, "about.json", "control.json", *REQUESTS):
        (run.path / name).write_bytes(content)
    for job in RESULTS:
        (run.path / f"{job}-progress.json").write_bytes(content)
    (run.path / "history.jsonl").write_bytes(content + b"\n")


def fetches(app: AppTest) -> list[str]:
    """All that the browser is given in which it would take TEXT for a picture to fetch."""
    found = []
    for element in app.main:
        proto = element.proto
        said = str(proto)
        if element.type in TO_THE_LETTER:
            said = "".join(getattr(proto, name, "") for name in ("label", "help"))
        picture = r"<img src=http" if element.type == "html" else r"(?<!\\)(<img src=|\[x\]\()http"
        if re.search(picture, said):
            found.append(said)
    return found


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_other_contents(content: bytes, run: Run) -> None:
    spoil(run, content)
    for app in everywhere(run.id, VIEWS if content in TRIED_EVERYWHERE else FEW_VIEWS):
        assert not app.error
        assert fetches(app) == []
        if app.title[0].value == "Runs":  # of all of them, and each is as good as it can be read
            continue
        (warning,) = [each for each in app.warning if "cannot be read" in each.value]
        said = [name for name in FIGURES if name != "likelihood.json" or content not in EMPTY]
        assert all(name in warning.value for name in said)


@pytest.mark.parametrize("name", ["config.json", "status.json"])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_folder_that_is_no_run(content: bytes, name: str, run: Run) -> None:
    other = copy_run(run, run.path.parent / "other")
    (other.path / name).write_bytes(content)
    app = open_page("start", run="other")
    assert "is not a run that this version can read" in words(app)
    assert app.query_params["run"] == run.id


@pytest.fixture
def labelled_run(runs: Path) -> Run:
    return with_texts(copy_run(Run(SHIPPED / "mnist-conditional"), runs / "theirs"))


def test_no_text_of_others_is_markdown(labelled_run: Run) -> None:
    assert labelled_run.faults == []
    for app in everywhere(labelled_run.id):
        assert fetches(app) == []


def test_numbers_at_the_ends_of_their_range(run: Run) -> None:
    """What a schema lets pass, every view can show."""
    metrics = read_json(run.path / "metrics.json")
    largest = {name: 1e100 if type(value) is float else value for name, value in metrics.items()}
    largest |= {"active_units": 10**9, "epoch": 10**9, "kl_per_dimension": []}
    write_json(run.path / "metrics.json", largest | {"reconstruction_per_class": {}})
    rows = [json.loads(line) for line in (run.path / "history.jsonl").read_text().splitlines()]
    wide: list[dict[str, Any]] = [
        {name: ends(name, value, index) for name, value in row.items()}
        for index, row in enumerate(rows)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in wide)
    (run.path / "history.jsonl").write_text(lines)
    status = read_json(run.path / "status.json")
    counts = dict.fromkeys(("epoch", "step", "steps", "model_epoch", "until"), 10**9)
    write_json(run.path / "status.json", status | counts | {"seconds_per_epoch": 1e8})
    assert open_run(run.path).faults == []
    for app in everywhere(run.id):
        assert not app.error


def ends(name: str, value: Any, index: int) -> Any:
    """A value of a row at one end of its range or the other."""
    if name == "kl_per_dimension":
        return [[], [1e100] * 128][index % 2]
    if isinstance(value, float):
        return (1e100, -1e100, 0.0)[index % 3]
    return value
