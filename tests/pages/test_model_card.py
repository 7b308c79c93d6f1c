"""The model card in the app: of the runs that ship alone."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.conftest import copy_run
from vae.runs.run import SHIPPED, open_run
from vae.shipped.card import model_card


def show(path: str) -> AppTest:
    def script(path: str) -> None:
        from pages._shared.model_card import show_model_card
        from vae.runs.run import open_run

        show_model_card(open_run(path))

    return AppTest.from_function(script, kwargs={"path": path}).run()


def test_the_card_of_a_run_that_ships() -> None:
    app = show(str(SHIPPED / "mnist-lecture"))
    (expander,) = app.expander
    assert (expander.label, expander.proto.expanded) == ("Model card", False)
    (card,) = expander.markdown
    assert card.value == model_card(open_run(SHIPPED / "mnist-lecture"))


def test_a_run_of_ones_own_has_none(tmp_path: Path) -> None:
    app = show(str(copy_run(open_run(SHIPPED / "mnist-lecture"), tmp_path / "run").path))
    assert not app.exception
    assert not app.expander
