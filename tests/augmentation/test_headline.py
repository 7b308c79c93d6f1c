"""The headline of a study: which differences are more than chance, and what is said of them."""

from __future__ import annotations

from tests.augmentation.made import FOUND, made_rows
from vae.augmentation.headline import find, headline
from vae.augmentation.summary import summarize


def test_it_is_read_off_the_rows() -> None:
    found = find(summarize(made_rows()))
    assert [(each.per_class, each.method) for each in found.helps] == [(5, "vae")]
    assert [(each.per_class, each.method) for each in found.hurts] == [(50, "gan")]
    assert [each.per_class for each in found.classical_better] == [5, 50]
    assert found.classical_worse == found.takes == []
    assert found.has_intervals


def test_it_says_where_and_by_how_much() -> None:
    cells = summarize(made_rows())
    (help,) = find(cells).helps
    said, _ = headline(cells)
    low, high = (f"{100 * end:.1f}" for end in (help.difference.low, help.difference.high))
    assert said.startswith(
        "Synthetic images help at 5 images a class: they add "
        f"{100 * help.difference.mean:.1f} percentage points of accuracy "
        f"(95 % interval {low} to {high}) to real images alone; classical augmentation adds more "
        "at every number, by up to 8.0 points"
    )
    assert "those of the conditional GAN hurt at 50, by 3.0 points" in said


def test_other_rows_another_verdict() -> None:
    better = {5: {"real": 0.6, "classical": 0.62, "vae": 0.9, "classical_vae": 0.7}}
    said, on_top = headline(summarize(made_rows(better)))
    assert "classical augmentation adds less at 5, by 28.0 points" in said
    assert on_top.startswith("On top of classical augmentation they add 8.0 points")
    assert "hurt" not in said


def test_classical_augmentation_that_hurts_is_not_said_to_add_less() -> None:
    hurt = {
        5: {"real": 0.6, "classical": 0.7, "vae": 0.6, "classical_vae": 0.7},
        50: {"real": 0.8, "classical": 0.7, "vae": 0.78, "classical_vae": 0.7},
    }
    cells = summarize(made_rows(hurt))
    assert [each.per_class for each in find(cells).classical_hurts] == [50]
    said, _ = headline(cells)
    assert "classical augmentation adds more at 5, by 10.0 points" in said
    assert "and takes 10.0 points" in said
    assert "from real images alone at 50" in said
    assert "adds less" not in said


def test_no_difference_is_said_to_be_none() -> None:
    same = {5: {"real": 0.6, "classical": 0.6, "vae": 0.6, "classical_vae": 0.6}}
    said = headline(summarize(made_rows(same)))
    assert said == (
        "Synthetic images add nothing measurable to real images alone; classical augmentation "
        "makes no measurable difference to them.",
        "On top of classical augmentation they change nothing measurable.",
    )


def test_one_seed_says_nothing() -> None:
    said, _ = headline(summarize(made_rows(FOUND, seeds=1)))
    assert said == "One seed cannot tell a difference from chance: two or more can."
    assert headline([]) == ("Nothing can be compared yet.", "")
