"""What can be done with a whole run: name, download, import, delete, undo."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.crafted import craft
from tests.pages.driving import act, labelled, open_page, picker, watch
from tests.pages.shown import choices, words
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.data.datasets import Dataset
from vae.runs.metadata import MAX_NAME
from vae.runs.run import Run
from vae.runs.store import RunStore

HOSTILE = {
    "markdown": "**bold** :red[red] [a link](https://example.org) `code` $x^2$ :material/home:",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "path": "../../etc/passwd",
    "emoji": "💥 ünï — 数字",
    "quotes": "\"'; DROP TABLE runs; --",
}


def rename(app: AppTest, name: str) -> AppTest:
    return act(labelled(app.text_input, "Name of this run").set_value(name))


class TestRename:
    def test_the_name_comes_first_in_the_list(self, own_run: Run) -> None:
        app = rename(open_page("start"), "My first")
        assert choices(app) == ["My first · Digits · Custom (2-D) · training loss 37.0 nats · "
                                "stopped · yours, made"]  # fmt: skip
        assert Run(own_run.path).metadata.name == "My first"
        assert choices(open_page("latent"))[0].startswith("My first · ")

    def test_none_again(self, own_run: Run) -> None:
        app = rename(rename(open_page("start"), "My first"), "  ")
        assert choices(app)[0].startswith("Digits · ")

    @pytest.mark.parametrize("kind", HOSTILE)
    def test_a_hostile_name_is_shown_as_it_is(self, kind: str, own_run: Run) -> None:
        name = HOSTILE[kind][:MAX_NAME]
        app = rename(open_page("train"), name)
        assert choices(app)[0].startswith(f"{name} · Digits")
        for page in ("start", "train", "latent"):
            app = open_page(page)
            assert name not in words(app)  # nowhere as text that is rendered
            assert not [each for each in app.get("html") if name in each.proto.body]

    def test_a_very_long_one_is_cut(self, own_run: Run) -> None:
        app = open_page("start")
        box = labelled(app.text_input, "Name of this run")
        assert box.proto.max_chars == MAX_NAME
        rename(app, "x" * 5000)
        assert Run(own_run.path).metadata.name == "x" * MAX_NAME

    def test_control_characters_are_no_part_of_it(self, own_run: Run) -> None:
        rename(open_page("start"), "a\nb\x00c\u202ed")
        assert Run(own_run.path).metadata.name == "a b c d"

    def test_each_run_has_its_own(self, own_run: Run, digits: Dataset, runs: Path) -> None:
        other = craft(runs / "other", digits)
        app = rename(open_page("start", run="made"), "First")
        act(picker(app).set_value("other"))
        assert labelled(app.text_input, "Name of this run").value == ""
        rename(app, "Second")
        assert [Run(run.path).metadata.name for run in (own_run, other)] == ["First", "Second"]

    def test_a_run_that_is_gone_meanwhile(self, own_run: Run) -> None:
        app = open_page("start")
        shutil.rmtree(own_run.path)
        assert "No run has this id. Received: 'made'" in rename(app, "Late").error[0].value

    def test_a_full_disk(self, own_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        app = open_page("start")

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("vae.runs.metadata.write_json", full)
        assert "No space left on device" in rename(app, "Late").error[0].value


class TestDownload:
    def test_the_file_is_the_run(
        self, run: Run, downloads: dict[str, Callable[[], bytes]], tmp_path: Path
    ) -> None:
        open_page("start")
        content = downloads["digits Custom finished.zip"]()
        assert content == export_zip(run)
        imported = import_zip(io.BytesIO(content), RunStore(tmp_path / "elsewhere"))
        assert imported.config == run.config
        assert imported.rows == run.rows
        assert imported.metrics == run.metrics

    def test_it_has_the_runs_name(
        self, own_run: Run, downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        rename(open_page("start"), "My first")
        with zipfile.ZipFile(io.BytesIO(downloads["My first.zip"]())) as archive:
            assert "My-first/config.json" in archive.namelist()

    def test_shipped_runs_too(
        self, shipped: list[Run], downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        open_page("start")
        assert zipfile.is_zipfile(io.BytesIO(downloads[f"{shipped[0].id}.zip"]()))


class TestShipped:
    def test_they_can_only_be_downloaded(self, shipped: list[Run]) -> None:
        app = watch(open_page("train"))
        assert [box.label for box in app.text_input] == []
        assert [button.label for button in app.button] == []
        assert [b.label for b in app.download_button] == ["Download as zip"]
        assert labelled(app.file_uploader, "Import a run")
