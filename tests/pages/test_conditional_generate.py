"""A conditional run: what it generates, its figures, and how one is set up."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.pictures import apart
from tests.pages.class_field import CLASSES, choose_class, has_class_field
from tests.pages.driving import act, labelled, open_page, picker, press
from tests.pages.form import control, layers
from tests.pages.shown import component, picture, picture_called, shown_code, shows, words
from vae.images import tile
from vae.preset_notes import PRESET_NOTES
from vae.runs.run import Run, open_run
from vae.sampling.prior import balanced_labels, prior_codes


class TestGenerate:
    @pytest.mark.parametrize(
        ("view", "has_field"),
        [
            *((view, True) for view in ("grid", "samplers", "by-hand", "manifold")),
            *((view, True) for view in ("arithmetic", "animation", "take-away")),
            ("classes", False),
        ],
    )
    def test_its_views(self, view: str, has_field: bool, conditional: Run) -> None:
        app = open_page("generate", run="labelled", view=view)
        assert not app.error, [error.value for error in app.error]
        assert has_class_field(app) == has_field

    def test_one_style_every_class(
        self, conditional: Run, downloads: dict[str, Callable[[], bytes]]
    ) -> None:
        app = open_page("generate", run="labelled", view="classes")
        labelled(app.slider, "Styles").set_value(4)
        app = press(app, "New samples")
        codes = prior_codes(4, 3, seed=1)
        rows = [conditional.decode(codes, label) for label in range(CLASSES)]
        expected = tile(np.concatenate(rows), CLASSES, 4)
        (body,) = (
            each.proto.body for each in app.main.get("html") if "each decoded as" in each.proto.body
        )
        assert 'alt="4 codes, each decoded as 10 classes"' in body
        assert all(f">{name}</span>" in body for name in conditional.class_names)
        assert shows(downloads["digits-10-classes-seed1.png"](), expected)
        shown = base64.b64decode(body.partition("base64,")[2].partition('"')[0])
        assert shows(shown, tile(apart(np.concatenate(rows)), CLASSES, 4))

    def test_an_unconditional_run_has_no_such_view(self, conditional: Run, run: Run) -> None:
        app = open_page("generate", run="labelled", view="classes")
        app = act(picker(app).set_value(run.id))
        view = labelled(app.segmented_control, "View")
        assert view.value == "Grid"
        assert "Classes" not in view.options
        app = act(picker(app).set_value(conditional.id))
        assert labelled(app.segmented_control, "View").value == "Classes"

    def test_the_grid_is_of_the_class(self, conditional: Run) -> None:
        app = choose_class(open_page("generate", run="labelled", view="grid"), 2)
        board = component(app, "grid-labelled")
        shown = picture(base64.b64decode(board["image"].partition(",")[2]))
        np.testing.assert_array_equal(
            shown, tile(apart(conditional.decode(prior_codes(100, 3), 2)), 10, 10)
        )
        before = board["grid"]
        assert (
            component(choose_class(app, 3), "grid-labelled")["grid"] == before
        )  # a pick stays picked

    def test_how_to_open_what_is_taken_away(self, conditional: Run) -> None:
        app = open_page("generate", run="labelled", view="take-away")
        assert "model.predict([images, labels])" in shown_code(app, "Open it in Keras")
        app = open_page("generate", run="labelled", view="take-away")
        assert '{"z": mean, "label": labels}' in shown_code(app, "Open it in ONNX Runtime")

    def test_start_shows_classes_in_columns(
        self, conditional: Run, pictures: dict[str, bytes]
    ) -> None:
        app = open_page("start", run="labelled")
        shown = pictures[picture_called(app, "A 10 by 10 grid of generated images")]
        images = conditional.decode(prior_codes(100, 3), balanced_labels(100, CLASSES))
        assert shows(shown, tile(apart(images), 10, 10))


class TestFigures:
    def test_is_it_good(self, conditional: Run) -> None:
        said = words(open_page("evaluate", run="labelled"))
        total = conditional.metrics["loss"] + np.log(CLASSES)
        assert "log p(x | y)" in said.replace("\\", "")
        assert f"**{total:.1f}** in all" in said
        assert "was trained with their labels" in said
        assert "given their class" in said

    def test_the_space_need_not_know(self, conditional: Run) -> None:
        said = words(open_page("latent", run="labelled", view="knowledge"))
        assert "its code need not contain it" in said
        assert "trained without labels" not in said


class TestForm:
    def test_the_kind_is_one_of_the_choices(self) -> None:
        app = open_page("train")
        app = act(control(app, "conditional").set_value(True))
        assert not app.error
        names = [name for network in layers(app) for name in network]
        assert [name for name in names if "label" in name] == [
            *("label (InputLayer)", "with_label (Concatenate)"),
        ] * 2
        app = press(app, "Train")
        assert open_run(next(iter(_folders(app)))).config.conditional

    def test_the_preset(self) -> None:
        app = open_page("train", preset="conditional")
        assert control(app, "conditional").value is True
        assert PRESET_NOTES["conditional"].purpose in words(app)


def _folders(app: AppTest) -> list[Path]:
    from pages._shared import server

    return [run.path for run in server.store().list()]
