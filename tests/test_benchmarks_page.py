"""docs/performance.md: a benchmark's table stands between its markers, as its command prints it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import presets
from benchmarks.__main__ import BENCHMARKS, WITHOUT_TABLE, main
from benchmarks.page import PAGE, markers, measure_into, written

TABLE = "\nOf one:\n\n| a |\n|---|\n| 1 |\n"


def page_with(*names: str) -> str:
    return "".join(f"# {name}\n\n{''.join(markers(name))}\nBelow {name}.\n" for name in names)


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    page = written(page_with("one", "two"), "one", TABLE)
    begin, end = markers("one")
    assert page == page_with("one", "two").replace(f"{begin}{end}", f"{begin}{TABLE}\n{end}")
    assert written(page, "one", TABLE) == page


@pytest.mark.parametrize(
    "page", ["", page_with("two"), page_with("one", "one"), "".join(reversed(markers("one")))]
)
def test_a_page_without_one_pair_of_markers(page: str) -> None:
    with pytest.raises(ValueError, match="Received: others"):
        written(page, "one", TABLE)


def test_a_table_is_shown_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.md"
    path.write_text(page_with("one"), encoding="utf-8")
    measure_into(path, "one", lambda: print(TABLE))
    assert path.read_text(encoding="utf-8") == written(page_with("one"), "one", TABLE)
    assert TABLE in capsys.readouterr().out
    before = path.read_text(encoding="utf-8")
    measure_into(path, "one", lambda: print("TensorFlow sees no GPU here."))
    assert path.read_text(encoding="utf-8") == before


def test_nothing_is_measured_for_a_page_without_a_place(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page_with("two"), encoding="utf-8")
    with pytest.raises(ValueError, match="Received: others"):
        measure_into(path, "one", lambda: pytest.fail("It was measured."))


def test_the_page_has_a_section_for_every_benchmark() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in set(BENCHMARKS) - set(WITHOUT_TABLE):
        written(page, name, "")


def test_figures_of_shipped_models_are_those_of_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("benchmarks.__main__.PAGE", page)
    monkeypatch.setattr(sys, "argv", ["benchmarks", "presets", "--write"])
    main()
    assert BENCHMARKS["presets"] is presets.table
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
