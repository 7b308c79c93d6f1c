"""Strangers share the server: whose runs are whose, what each may use, and who has left."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared import run_menu
from tests.pages.crafted import TRAINED, craft, ticket_of
from tests.pages.doubles import ANNA, BEN, Browser, owner_of
from tests.pages.driving import PAGES, act, calm, go, labelled, open_page, picker, press
from tests.pages.shown import component, words
from vae.data.datasets import Dataset
from vae.files import read_json
from vae.runs.run import Run


def options(app: AppTest) -> list[str]:
    """What the picker lists; it is not there without a run."""
    return picker(app).options if app.selectbox else []


def listed(app: AppTest) -> list[str]:
    """The first letters of the runs' ids."""
    if not [box for box in app.selectbox if box.label == "Run"]:
        return []
    return [option.rsplit(" ", 1)[1] for option in options(app)]


@pytest.fixture
def annas(browser: Browser, digits: Dataset, runs: Path) -> Run:
    """A run of Anna's, on a server that strangers share."""
    return craft(runs / "annas-run", digits, state="paused", rows=TRAINED, owner=owner_of(ANNA))


class TestWhoseRuns:
    def test_a_run_belongs_to_the_browser_that_started_it(
        self, browser: Browser, runs: Path
    ) -> None:
        browser.take(ANNA)
        app = press(open_page("train"), "Train")
        run_id = app.query_params["run"]
        metadata = read_json(runs / run_id / "about.json")
        assert metadata["owner"] == owner_of(ANNA)
        assert ANNA not in (runs / run_id / "about.json").read_text()  # the secret stays a secret
        assert len(run_id) == 32  # 128 bits
        # Again in a new session of the same browser, but in no other one.
        assert listed(open_page("start")) == [run_id[:6]]
        for other in (BEN, "", "no secret", ANNA.upper(), ANNA + "0"):
            browser.take(other)
            for page in ("start", "train"):
                app = open_page(page)
                assert listed(app) == []
                assert run_id not in str(app)

    def test_what_names_the_owner_in_a_folder_opens_nothing(
        self, annas: Run, browser: Browser
    ) -> None:
        browser.take(owner_of(ANNA))
        assert listed(open_page("start")) == []

    @pytest.mark.parametrize("page", PAGES)
    def test_others_runs_are_hidden_on_every_page(
        self, page: str, annas: Run, browser: Browser
    ) -> None:
        browser.take(BEN)
        assert "No runs yet" in words(open_page(page))

    def test_each_sees_the_own_ones(
        self, annas: Run, browser: Browser, digits: Dataset, runs: Path
    ) -> None:
        craft(runs / "bens-run", digits, owner=owner_of(BEN))
        craft(runs / "nobodys", digits)  # from before the server was public
        for secret, found in ((ANNA, ["annas-run"]), (BEN, ["bens-run"])):
            browser.take(secret)
            app = open_page("start")
            assert listed(app) == found
            assert "· yours, " in options(app)[0]

    def test_shipped_ones_are_everyones(
        self, annas: Run, shipped: list[Run], browser: Browser
    ) -> None:
        browser.take(BEN)
        app = open_page("start")
        assert len(options(app)) == len(shipped) - 1 > 0
        assert all(option.endswith("built-in") for option in options(app))

    def test_a_link_opens_one(self, annas: Run, browser: Browser) -> None:
        browser.take(BEN)
        app = open_page("start", run="annas-run")
        for page in ("latent", "generate", "train", "start"):
            go(app, page)
            assert picker(app).value == "annas-run"
            assert options(app)[0].endswith("opened by link, annas-run")
        # Only here, and only as long as it is looked at.
        assert listed(open_page("start")) == []

    def test_whoever_has_the_link_may_resume_it(self, annas: Run, browser: Browser) -> None:
        browser.take(BEN)
        press(open_page("train", run="annas-run"), "Play")
        assert ticket_of(annas).owner == owner_of(ANNA)  # it takes her place in the queue

    def test_an_imported_one_is_the_importers(
        self, finished_run: Run, shipped: list[Run], browser: Browser, runs: Path
    ) -> None:
        from vae.archive.zip_export import export_zip

        browser.take(ANNA)
        app = open_page("data")
        uploader = labelled(app.file_uploader, "Import a run")
        act(uploader.set_value(("run.zip", export_zip(finished_run), "application/zip")))
        (folder,) = runs.glob("*/about.json")
        assert read_json(folder)["owner"] == owner_of(ANNA)
        assert f"yours, {folder.parent.name[:6]}" in options(app)[0]


class TestWhatALinkPermits:
    """All but what is the owner's: the name, and to delete it."""

    def may_delete(self, app: AppTest) -> bool:
        may = "Delete this run" in [button.label for button in app.button]
        assert ("Name of this run" in [box.label for box in app.text_input]) == may
        return may

    def test_the_owner_may_delete_and_bring_back(self, annas: Run, browser: Browser) -> None:
        browser.take(ANNA)
        app = open_page("start")
        assert self.may_delete(app)
        assert "Only you, in this browser, can name and delete it." in words(app)
        press(app, "Delete this run")
        browser.take(BEN)
        for address in ({}, {"run": "annas-run"}):
            other = open_page("start", **address)
            assert not [each for each in other.button if each.label.startswith("Undo")]
        browser.take(ANNA)
        press(open_page("start"), "Undo: digits Custom annas-run")
        assert not Run(annas.path).metadata.deleted

    def test_who_has_the_link_may_not(self, annas: Run, browser: Browser) -> None:
        browser.take(BEN)
        app = open_page("start", run="annas-run")
        assert not self.may_delete(app)
        assert "Only its owner can name and delete it." in words(app)
        assert [each.label for each in app.download_button] == ["Download as zip"]

    def test_a_page_from_before_cannot_either(self, annas: Run, browser: Browser) -> None:
        # What a browser sends need not be what it was shown.
        browser.take(BEN)
        open_page("start", run="annas-run")
        run_menu._delete("annas-run", owner_of(BEN))
        assert not Run(annas.path).metadata.deleted

    def test_what_is_nobodys_nobody_may_delete(
        self, browser: Browser, digits: Dataset, runs: Path
    ) -> None:
        craft(runs / "nobodys", digits, rows=TRAINED)
        browser.take(BEN)
        app = open_page("start", run="nobodys")
        assert not self.may_delete(app)
        assert "Nobody can name or delete it here." in words(app)

    def test_on_ones_own_machine_all_may_be(
        self, annas: Run, digits: Dataset, runs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("VAE_PUBLIC")
        craft(runs / "nobodys", digits, rows=TRAINED)
        for run_id in ("annas-run", "nobodys"):
            app = open_page("start", run=run_id)
            assert self.may_delete(app)
            assert "link" not in words(app)
            press(app, "Delete this run")
            assert Run(runs / run_id).metadata.deleted


class TestCookie:
    def test_a_new_browser_gets_a_secret_to_keep(
        self, shipped: list[Run], browser: Browser
    ) -> None:
        secrets = set()
        for _ in range(3):
            app = open_page("start")
            secret = component(app, "visitor_cookie")["secret"]
            assert len(secret) == 32
            assert component(go(app, "train"), "visitor_cookie")["secret"] == secret
            secrets.add(secret)
        assert len(secrets) == 3

    def test_a_known_one_keeps_its_own(self, shipped: list[Run], browser: Browser) -> None:
        browser.take(ANNA)
        assert component(open_page("start"), "visitor_cookie")["secret"] == ANNA

    def test_another_tab_was_first(self, annas: Run, shipped: list[Run], browser: Browser) -> None:
        # Two tabs open at once: the one that comes second takes over the first one's cookie.
        app = open_page("start")
        assert "annas-run" not in listed(app)
        app.session_state["visitor_cookie"] = {"secret": ANNA}
        calm(app.run())
        assert listed(app)[0] == "annas-run"

    @pytest.mark.parametrize("secret", ["", "short", "A" * 32, "../" * 11, 7, None])
    def test_what_no_secret_looks_like_is_left_out(
        self, secret: object, shipped: list[Run], browser: Browser
    ) -> None:
        app = open_page("start")
        own = component(app, "visitor_cookie")["secret"]
        app.session_state["visitor_cookie"] = {"secret": secret}
        assert component(calm(app.run()), "visitor_cookie")["secret"] == own

    def test_on_ones_own_machine_there_is_none(self, shipped: list[Run]) -> None:
        with pytest.raises(KeyError):
            component(open_page("start"), "visitor_cookie")


class TestOnesOwnMachine:
    @pytest.mark.parametrize("setting", [None, "", "0"])
    def test_all_runs_are_listed(
        self,
        setting: str | None,
        annas: Run,
        digits: Dataset,
        runs: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.delenv("VAE_PUBLIC")
        if setting is not None:
            monkeypatch.setenv("VAE_PUBLIC", setting)
        craft(runs / "mine", digits)
        assert sorted(listed(open_page("start"))) == ["annas-run", "mine"]

    def test_no_limits_are_shown(self) -> None:
        app = open_page("train")
        assert "On this server" not in words(app)
