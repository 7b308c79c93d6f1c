"""A conditional run on every page: which class it gets, and that other runs get none."""

from __future__ import annotations

import numpy as np
import pytest

from pages._shared.maps.map_data import points_on_plane, usual_plane
from tests.pages.class_field import CLASSES, choice, choose_class, has_class_field
from tests.pages.comparing import open_compare
from tests.pages.driving import act, calm, go, labelled, open_page, tour
from tests.pages.pen import draw, strip, stroke, take
from tests.pages.shown import component, picture, picture_called, shows, words
from vae.data.datasets import load_dataset
from vae.data.user_images import FRAMES, framed, ink_of
from vae.evaluation.image_costs import costs_of
from vae.images import tile, to_uint8
from vae.runs.run import Run
from vae.sampling.prior import prior_codes


class TestEveryPage:
    def test_a_tour(self, conditional: Run) -> None:
        for page, app in tour(run="labelled"):
            assert not app.error, (page, [error.value for error in app.error])

    @pytest.mark.parametrize(
        ("view", "has_field"),
        [
            *((view, True) for view in ("map", "draw", "path", "dimensions")),
            *((view, False) for view in ("projections", "knowledge")),
        ],
    )
    def test_views_of_its_space(self, view: str, has_field: bool, conditional: Run) -> None:
        app = open_page("latent", run="labelled", view=view)
        assert not app.error, [error.value for error in app.error]
        assert has_class_field(app) == has_field

    @pytest.mark.parametrize("view", ["overview", "likelihood", "samples", "latent-space"])
    def test_views_of_its_figures(self, view: str, conditional: Run) -> None:
        app = open_page("evaluate", run="labelled", view=view)
        assert not app.error, [error.value for error in app.error]
        assert not has_class_field(app)

    def test_other_runs_get_no_labels(self, run: Run) -> None:
        for page in ("latent", "generate"):
            app = open_page(page)
            assert not has_class_field(app)
            assert "One style" not in words(app)

    def test_the_class_persists_from_page_to_page(self, conditional: Run) -> None:
        app = choose_class(open_page("latent", run="labelled"), 4)
        assert choice(go(app, "generate")).value == 4
        assert choice(act(labelled(go(app, "latent").segmented_control, "View").set_value("Path")))

    def test_what_is_said_of_classes(self, conditional: Run) -> None:
        said = words(open_page("start", run="labelled"))
        assert "its true class, which this model gets" in said
        assert "one class after the other" in said
        assert "never" not in said

    def test_data_says_which_models_see_labels(self, conditional: Run) -> None:
        said = words(open_page("data", run="labelled"))
        assert "a conditional VAE or GAN gets the label with each image" in said


class TestMap:
    def test_a_position_stays_and_is_decoded_as_the_class(self, conditional: Run) -> None:
        app = open_page("latent", run="labelled", view="map")
        key, positions = "map-labelled", points_on_plane(conditional, usual_plane(conditional))
        assert component(app, key)["plane"] == positions.id
        app.session_state[key] = {
            "selection": {"kind": "place", "plane": positions.id, "x": 0.5, "y": -0.4}
        }
        code = positions.plane.codes(np.array([[0.5, -0.4]]))
        atlases, pictures = set(), []
        for label in (0, 3):
            app = choose_class(app, label) if label else calm(app.run())
            board = component(app, key)
            assert board["plane"] == positions.id  # the pin too
            atlases.add(board["feeds"]["atlas"])
            pictures.append(board["pinned"]["png"])
            assert pictures[-1] == _data_url(conditional.decode(code, label))
            assert f"The image decoded here as class {label}" in words(app)
        assert len(atlases) == len(set(pictures)) == 2

    def test_a_dot_gets_its_own_class(self, conditional: Run) -> None:
        app = choose_class(open_page("latent", run="labelled", view="map"), 5)
        index = int(np.flatnonzero(conditional.latents["y"] == 2)[0])
        app.session_state["map-labelled"] = {"selection": None}
        app.session_state["map-labelled-hover"] = index
        app = calm(app.run())
        copy = conditional.decode(conditional.latents["mean"][index][None], 2)
        pair = np.concatenate([load_dataset("digits").x_test[index][None], to_uint8(copy)])
        assert component(app, "map-labelled")["answer"]["png"] == _data_url(pair)


class TestDraw:
    def test_a_test_image_gets_its_own_class(
        self, conditional: Run, pictures: dict[str, bytes]
    ) -> None:
        app = take(choose_class(open_page("latent", run="labelled", view="draw"), 5), "Test image")
        label = int(conditional.latents["y"][0])
        mean, _ = conditional.encode(load_dataset("digits").x_test[:1], label)
        copy = to_uint8(conditional.decode(mean, label))[0]
        assert shows(pictures[picture_called(app, "Reconstruction")], copy)
        assert f"The model gets class {label} with it." in words(app)

    def test_a_drawing_gets_the_chosen_class(
        self, conditional: Run, pictures: dict[str, bytes]
    ) -> None:
        app = draw(open_page("latent", run="labelled", view="draw"), stroke())
        image = framed(ink_of(stroke().convert("RGBA")), conditional.image_shape, FRAMES["digits"])
        shown = []
        for label in (0, 1):
            app = choose_class(app, label) if label else app
            mean, _ = conditional.encode(image[None], label)
            copy = to_uint8(conditional.decode(mean, label))[0]
            shown.append(picture(pictures[picture_called(app, "Reconstruction")]))
            assert shows(pictures[picture_called(app, "Reconstruction")], copy)
            every = to_uint8(
                conditional.decode(np.repeat(mean, CLASSES, axis=0), np.arange(CLASSES))
            )
            np.testing.assert_array_equal(strip(app, "Its style as every class"), every)
            cost = costs_of(conditional, image[None], label)
            assert f"{cost.reconstruction[0] + cost.kl[0]:,.0f} nats, more than" in words(app)
        assert not np.array_equal(*shown)

    def test_other_runs_have_no_such_strip(self, run: Run) -> None:
        assert strip(open_page("latent", view="draw"), "Its style as every class") is None


class TestOtherViews:
    def test_a_path_is_decoded_as_the_class(self, conditional: Run) -> None:
        app = choose_class(open_page("latent", run="labelled", view="path"), 6)
        mean, y = conditional.latents["mean"], conditional.latents["y"]
        last = int(np.flatnonzero(y != y[0])[0])
        steps = strip(app, "11 images on the way")
        np.testing.assert_array_equal(
            steps[[0, -1]], to_uint8(conditional.decode(mean[[0, last]], [6, 6]))
        )
        assert "decoded as class 6 from a code" in words(app)

    def test_dimensions_around_an_image_use_its_class(self, conditional: Run) -> None:
        app = choose_class(open_page("latent", run="labelled", view="dimensions"), 8)
        assert "All are decoded as class 8." in words(app)
        app = act(labelled(app.segmented_control, "Around").set_value("image"))
        assert f"All are decoded as class {conditional.latents['y'][0]}." in words(app)

    def test_two_runs_side_by_side(
        self, conditional: Run, run: Run, pictures: dict[str, bytes]
    ) -> None:
        app = open_compare("labelled", run.id)
        (field,) = (each for each in app.segmented_control if each.label.startswith("Class to"))
        field.set_value(9)
        app = calm(app.run())
        samples = tile(conditional.decode(prior_codes(24, 3, seed=0), 9), 4, 6)
        (alt,) = (
            shown.alt
            for element in app.image
            for shown in element.proto.imgs
            if shown.alt == f"Samples of {field.label.removeprefix('Class to decode, ')}"
        )
        assert shows(pictures[picture_called(app, alt)], samples)


def _data_url(images: np.ndarray) -> str:
    """The picture beside the pointer that shows these images side by side."""
    from pages._components.data_url import as_data_url
    from vae.images import to_png

    pixels = images if images.dtype == np.uint8 else to_uint8(images)
    return as_data_url(to_png(np.concatenate(pixels, axis=1)))
