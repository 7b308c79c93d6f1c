"""Learn as a whole: its address, contents, what was read, questions, formulas, and its words."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.glossary import EVERYWHERE, WORDS
from pages.learn.chapter_list import CHAPTERS, Chapter
from pages.learn.contents import READ
from pages.learn.parts import MAX_WORDS
from pages.learn.symbols import SYMBOLS, as_tex, symbols_in
from tests.pages.driving import TITLES, act, labelled, open_page, press
from tests.pages.reading import explained_words, unexplained
from tests.pages.shown import words
from vae.figures.colors import HUES
from vae.glossary import explained_by
from vae.runs.run import Run

pytestmark = pytest.mark.usefixtures("shipped")

SLUGS = [chapter.slug for chapter in CHAPTERS]
EACH = pytest.mark.parametrize("chapter", CHAPTERS, ids=SLUGS)


def shown(app: AppTest) -> str:
    """Return the title of the chapter that is shown."""
    return app.header[0].value


def screens(app: AppTest) -> list[str]:
    """Return what each screen says up to the next heading, without what is behind symbols."""
    found: list[str] = []
    behind_symbols = {symbol.text for symbol in SYMBOLS.values()}
    for element in app.main:
        if element.type == "subheader":
            found.append("")
        elif found and element.type in ("markdown", "caption"):
            found[-1] += f" {element.value}" * (element.value not in behind_symbols)
    return found


def test_the_chapters_are_those_of_the_lecture() -> None:
    assert len({*SLUGS}) == len(SLUGS)
    assert not any("." in slug for slug in SLUGS)  # a dot separates them in the cookie


@EACH
def test_a_link_opens_a_chapter(chapter: Chapter) -> None:
    app = open_page("learn", chapter=chapter.slug)
    assert shown(app) == chapter.title
    assert app.query_params["chapter"] == chapter.slug
    assert not app.error
    assert not app.warning
    # Each has words beside a figure, a question, a way into the lab, and says what it draws on.
    assert len(app.subheader) >= 2
    assert [radio for radio in app.radio if radio.label.startswith("**Predict.**")]
    assert [button for button in app.button if button.label.startswith("Open in the lab")]
    assert [each for each in app.caption if each.value.startswith("Sources: ")]


@EACH
def test_a_screen_has_few_words(chapter: Chapter) -> None:
    for text in screens(open_page("learn", chapter=chapter.slug)):
        assert len(text.split()) < MAX_WORDS, text


@EACH
def test_a_chapter_explains_its_words(chapter: Chapter) -> None:
    app = open_page("learn", chapter=chapter.slug)
    assert unexplained(app) == []
    name = f"learn/{chapter.slug}"
    assert sorted(explained_words(app)) == sorted(explained_by(WORDS[name] + EVERYWHERE))


def test_a_chapter_that_does_not_exist() -> None:
    app = open_page("learn", chapter="gna")
    assert shown(app) == CHAPTERS[0].title
    (warning,) = app.warning
    assert warning.value.startswith("There is no chapter 'gna'. Shown instead: ")
    assert app.query_params["chapter"] == CHAPTERS[0].slug


def test_the_way_through_all_chapters_ticks_them() -> None:
    app = open_page("learn")
    for chapter in CHAPTERS:
        assert shown(app) == chapter.title
        last = chapter is CHAPTERS[-1]
        (label,) = (each.label for each in app.button if each.key == "learn-next")
        assert (label == "Done: mark as read") == last
        press(app, label)
    assert app.session_state[READ] == {*SLUGS}
    assert all("✓" in entry for entry in labelled(app.radio, "Chapters").options)
    assert words(app).count(f"{len(CHAPTERS)} of {len(CHAPTERS)} read.") == 1


def test_the_contents_lead_to_a_chapter() -> None:
    app = open_page("learn")
    act(labelled(app.radio, "Chapters").set_value(SLUGS[-1]))
    assert shown(app) == CHAPTERS[-1].title
    assert app.query_params["chapter"] == SLUGS[-1]
    press(app, f"Back: {CHAPTERS[-2].title}")
    assert shown(app) == CHAPTERS[-2].title
    assert app.session_state[READ] == set()  # who goes back has not read it


def test_what_was_read_in_another_session_is_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "streamlit.runtime.context.ContextProxy.cookies",
        {"vae_read": f"{SLUGS[0]}.no-chapter.{SLUGS[-1]}"},
    )
    app = open_page("learn")
    ticked = [entry for entry in labelled(app.radio, "Chapters").options if "✓" in entry]
    assert [entry.split("** ")[1] for entry in ticked] == [CHAPTERS[0].title, CHAPTERS[-1].title]


@EACH
def test_a_question_says_whether_one_was_right(chapter: Chapter) -> None:
    app = open_page("learn", chapter=chapter.slug)
    asked = [each.label for each in app.radio if each.label.startswith("**Predict.**")]
    for label in asked:
        verdicts = []
        for option in labelled(app.radio, label).options:
            act(labelled(app.radio, label).set_value(option))
            (verdict,) = re.findall(r"\*\*(Yes\.|No: .*\.)\*\*", words(app))[-1:]
            verdicts.append(verdict == "Yes." and option)
        (right,) = filter(None, verdicts)
        wrong = next(each for each in labelled(app.radio, label).options if each != right)
        act(labelled(app.radio, label).set_value(wrong))
        assert f"**No: {right}.**" in words(app)


def test_a_formula_sets_each_symbol_in_the_hue_of_the_figures() -> None:
    assert as_tex("«z» = «mu»") == (
        rf"\textcolor{{{HUES['z']}}}{{z}} = \textcolor{{{HUES['mean']}}}{{\mu}}"
    )
    assert symbols_in("«z» + «mu» «z»") == ["z", "mu"]
    with pytest.raises(KeyError):
        as_tex("«flux»")


def test_each_symbol_says_what_it_stands_for() -> None:
    for symbol in SYMBOLS.values():
        assert symbol.hue in HUES
        assert symbol.text.endswith(".")


def test_no_run_is_chosen_there_but_the_choice_stays() -> None:
    app = open_page("start", run="mnist-2d")
    app.switch_page("learn/page.py").run()
    assert not [box for box in app.selectbox if box.label == "Run"]
    assert app.session_state.chosen_run == "mnist-2d"


@EACH
def test_each_way_into_the_lab_opens_its_page_and_its_run(
    chapter: Chapter, shipped: list[Run]
) -> None:
    labels = [
        each.label
        for each in open_page("learn", chapter=chapter.slug).button
        if each.label.startswith("Open in the lab")
    ]
    for label in labels:
        app = open_page("learn", chapter=chapter.slug)
        key = labelled(app.button, label).key
        page, wanted = key.removeprefix("learn-lab-").partition("-")[::2]
        press(app, label)
        assert [title.value for title in app.title] == [TITLES[page]]
        assert not app.warning
        # The run that the button names, if it names one.
        named = [run.id for run in shipped if wanted.startswith(run.id)]
        assert not named or app.query_params["run"] == max(named, key=len)
