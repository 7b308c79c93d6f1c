"""What is picked on the map: by a click, by another page, by a link."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pages._shared.maps.map_data import points_on_plane, usual_plane
from tests.conftest import copy_run, say_learned
from tests.pages.driving import act, labelled, open_page
from tests.pages.map_page import pick, send
from tests.pages.shown import component, picture_called, shows, words
from vae.data.datasets import load_dataset
from vae.images import tile, to_uint8
from vae.latent.density import hole_mask, log_density_ratio, posteriors_of
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run, open_run
from vae.runs.writer import RunWriter


class TestPicks:
    def test_a_position_is_decoded_exactly(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = pick(open_page("latent"), run, "place", x=0.25, y=-1.5)
        code = np.array([[0.25, -1.5]])
        shown = pictures[picture_called(app, "The image decoded here")]
        assert shows(shown, to_uint8(run.decode(code))[0])
        indices, distances = nearest_images(run, code[0], 10)
        near = pictures[picture_called(app, "Nearest test images")]
        assert shows(near, tile(load_dataset("digits").x_test[indices], 2, 5))
        assert f"{distances[0]:.2f} to {distances[-1]:.2f} away" in words(app)
        frame = component(app, "map-finished")
        assert (frame["pin"], frame["neighbours"]) == ([0.25, -1.5], indices.tolist())
        assert frame["pinned"]["text"] == "decoded exactly"

    def test_an_image(self, run: Run, pictures: dict[str, bytes]) -> None:
        app = pick(open_page("latent"), run, "image", index=17)
        mean = run.latents["mean"][17]
        pair = np.stack([load_dataset("digits").x_test[17], to_uint8(run.decode(mean[None]))[0]])
        shown = pictures[picture_called(app, "Test image 17 and its reconstruction")]
        assert shows(shown, tile(pair, 1, 2))
        frame = component(app, "map-finished")
        np.testing.assert_allclose(frame["pin"], mean)
        assert 17 not in frame["neighbours"]
        assert len(frame["neighbours"]) == 10

    def test_an_image_stays_picked_on_another_plane(self, wide: Run) -> None:
        app = pick(open_page("latent"), wide, "image", index=5)
        act(labelled(app.segmented_control, "Plane").set_value("Two dimensions"))
        frame = component(app, "map-wide")
        np.testing.assert_allclose(frame["pin"], wide.latents["mean"][5, :2], rtol=1e-5)

    def test_a_position_belongs_to_its_plane(self, wide: Run) -> None:
        app = pick(open_page("latent"), wide, "place", x=0.0, y=0.0)
        assert "The image decoded here" in words(app)
        act(labelled(app.segmented_control, "Plane").set_value("Two dimensions"))
        assert "pin" not in component(app, "map-wide")
        assert "Move over the map." in words(app)

    def test_a_selection_has_a_mean(self, run: Run, pictures: dict[str, bytes]) -> None:
        chosen = [3, 8, 8, 200]
        app = pick(open_page("latent"), run, "selection", indices=chosen)
        x = load_dataset("digits").x_test[[3, 8, 200]]
        centre = run.latents["mean"][[3, 8, 200]].mean(axis=0, keepdims=True)
        pair = np.concatenate([np.rint(x.mean(axis=0))[None], to_uint8(run.decode(centre))])
        text = "The mean of the images, and the image decoded from the mean of their codes."
        assert shows(pictures[picture_called(app, text)], tile(pair.astype(np.uint8), 1, 2))
        assert "3 test images selected" in words(app)

    def test_far_outside(self, run: Run) -> None:
        app = pick(open_page("latent"), run, "place", x=40.0, y=-90.0)
        assert "98.49 from the prior's mean" in words(app)
        pick(app, run, "place", x=1e9, y=0.0)
        assert "Move over the map." in words(app)

    @pytest.mark.parametrize("kind", ["vae", "autoencoder"])
    def test_a_hole_is_named(
        self, kind: str, finished_run: Run, autoencoder_run: Run, runs: Path
    ) -> None:
        run = copy_run({"vae": finished_run, "autoencoder": autoencoder_run}[kind], runs / kind)
        # On one side of 0, and sure of each image: the other side of the prior is empty.
        latents = run.latents
        mean = 0.2 * latents["mean"] / latents["mean"].std(axis=0) + 0.8
        narrow = np.full_like(mean, -6.0)
        RunWriter(run.path).arrays("latents.npz", y=latents["y"], mean=mean, log_var=narrow)
        run = open_run(run.path)
        plane = usual_plane(run)
        points = points_on_plane(run, plane).extent.grid(20, 20)
        log_ratio = log_density_ratio(plane.codes(points), posteriors_of(run))
        holes = hole_mask(plane, points, log_ratio)
        app = open_page("latent")
        for hole in (True, False):
            x, y = points[np.flatnonzero(holes == hole)[0]]
            pick(app, run, "place", x=float(x), y=float(y))
            assert ("A hole: this place is likely under the prior" in words(app)) == hole

    @pytest.mark.parametrize(
        "nonsense",
        [
            *("text", 7, [], {}, {"kind": "image"}),
            {"kind": "image", "plane": "x", "index": 360},
            {"kind": "image", "plane": "x", "index": -400},
            {"kind": "image", "plane": "x", "index": "two"},
            {"kind": "place", "plane": "x", "x": 0.0, "y": 0.0},
            {"kind": "selection", "plane": "x", "indices": [-1, 9999]},
            {"kind": "selection", "plane": "x", "indices": [[1], [2, 3]]},
        ],
    )
    def test_what_a_browser_should_not_send(self, run: Run, nonsense: Any) -> None:
        app = send(open_page("latent"), run, selection=nonsense)
        assert "Move over the map." in words(app)

    def test_a_position_that_is_no_number(self, run: Run) -> None:
        app = pick(open_page("latent"), run, "place", x=float("nan"), y=0.0)
        assert "Move over the map." in words(app)

    def test_without_the_data_set(self, run: Run, pictures: dict[str, bytes]) -> None:
        say_learned(run.path, "mnist")
        app = pick(open_page("latent"), run, "image", index=0)
        assert (
            "The image itself cannot be shown: it needs the images of MNIST, which are not on this"
            in words(app)
        )
        shown = pictures[picture_called(app, "Test image 0 and its reconstruction")]
        assert shows(shown, to_uint8(run.decode(run.latents["mean"][:1]))[0])
        assert "Reconstructions, the nearest first" in words(app)
