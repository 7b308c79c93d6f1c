"""Dimensions: strips of decodings, the busiest first; unused ones grey; KL in nats."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.plain import plain
from tests.conftest import copy_run, say_learned
from tests.pages.driving import act, go, labelled, open_page, picker
from tests.pages.shown import (
    alternatives,
    component,
    numbers,
    picture,
    picture_called,
    shows,
    words,
)
from vae.data.datasets import Dataset
from vae.files import read_json, write_json
from vae.images import tile, to_uint8
from vae.latent.traversals import ranked_dimensions, traverse_all
from vae.runs.run import Run
from vae.statistics import ACTIVE_VARIANCE

STEPS = 13


class Shown(NamedTuple):
    """A row: its name in words, whether it is greyed, its strip (H, W, C), its mark in percent."""

    name: str
    is_faded: bool
    strip: np.ndarray
    mark: float | None


def rows(app: AppTest) -> list[Shown]:
    """All rows, from the top."""
    (body,) = (each.proto.body for each in app.main.get("html") if "base64," in each.proto.body)
    found = []
    for part in body.split('<div style="display:flex;flex-wrap')[1:-1]:  # the last is the axis
        name = re.sub(r"<[^>]*>", "", part[part.index("<b>") :].partition("</span>")[0])
        png = re.search(r'base64,([^"]+)"', part)[1]
        fraction = re.search(r"0\.5 \+ (-?[\d.]+) \*", part)
        mark = fraction and 100 * np.clip((0.5 + float(fraction[1]) * (STEPS - 1)) / STEPS, 0, 1)
        strip = picture(base64.b64decode(png))
        found.append(Shown(name, "grayscale" in part, strip, mark))
    return found


def positions(app: AppTest) -> list[int]:
    return [int(re.match(r"z(\d+) ", row.name)[1]) - 1 for row in rows(app)]


def change(run: Run, **changes: np.ndarray) -> Run:
    """Have a copied run's latents be others."""
    arrays = dict(run.latents) | changes
    np.savez(run.path / "latents.npz", **arrays)
    return Run(run.path)


def test_strips_around_the_mean_ordered_by_kl(run: Run) -> None:
    app = open_page("latent", view="dimensions")
    ranked = ranked_dimensions(run)
    shown = rows(app)
    assert [row.name for row in shown] == [f"z{d.index + 1} · {d.kl:.2f} nats" for d in ranked]
    for row, dimension in zip(shown, ranked, strict=True):
        (strip,) = traverse_all(run, [dimension.index], np.zeros(2), STEPS)
        np.testing.assert_array_equal(row.strip, tile(strip, 1, STEPS))
        assert not row.is_faded
        assert row.mark is None
    assert "2 of 2 dimensions are active" in words(app)
    assert f"above {ACTIVE_VARIANCE} (Burda et al. 2016)" in words(app)
    (bars,) = component(app, "dimensions-finished")["data"]
    assert bars["x"] == [f"z{d.index + 1}" for d in ranked]
    np.testing.assert_allclose(numbers(bars["y"]), [d.kl for d in ranked])
    assert f"together {sum(d.kl for d in ranked):.2f} nats" in words(app)


def test_around_a_test_image(run: Run, digits: Dataset, pictures: dict[str, bytes]) -> None:
    app = open_page("latent", view="dimensions")
    assert labelled(app.text_input, "Test image").disabled
    act(labelled(app.segmented_control, "Around").set_value("image"))
    act(labelled(app.text_input, "Test image").set_value("17"))
    code = run.latents["mean"][17]
    for row, position in zip(rows(app), positions(app), strict=True):
        (strip,) = traverse_all(run, [position], code, STEPS)
        np.testing.assert_array_equal(row.strip, tile(strip, 1, STEPS))
        # Where it is itself: in the middle of the first tile is -3, of the last one 3.
        value = (row.mark / 100 * STEPS - 0.5) / (STEPS - 1) * 6 - 3
        assert value == pytest.approx(np.clip(code[position], -3.25, 3.25), abs=0.01)
    pair = np.stack([digits.x_test[17], to_uint8(run.decode(code[None]))[0]])
    name = picture_called(app, "Test image 17 and its reconstruction")
    assert shows(pictures[name], tile(pair, 1, 2))
    before = [row.strip for row in rows(app)]
    # A view that is left and entered again shows the same.
    go(app, "generate")
    np.testing.assert_array_equal([row.strip for row in rows(go(app, "latent"))], before)


def test_dead_dimensions_are_grey(run: Run) -> None:
    mean, log_var = (run.latents[name].copy() for name in ("mean", "log_var"))
    mean[:, 0], log_var[:, 0] = 0.05, 0.0
    change(run, mean=mean, log_var=log_var)
    app = open_page("latent", view="dimensions")
    assert "1 of 2 dimensions are active" in words(app)
    first, second = rows(app)
    assert first.name.startswith("z2")
    assert not first.is_faded
    assert second.name == "z1 · 0.00 nats · unused"
    assert second.is_faded
    (bars,) = component(app, "dimensions-finished")["data"]
    assert len(set(bars["marker"]["color"])) == 2


def test_none_is_active(run: Run) -> None:
    change(run, **{name: np.zeros_like(run.latents[name]) for name in ("mean", "log_var")})
    app = open_page("latent", view="dimensions")
    assert "0 of 2 dimensions are active" in words(app)
    assert "**The model ignores its code.**" in words(app)
    assert all(row.is_faded for row in rows(app))


def test_a_single_dimension(line_run: Run, runs: Path) -> None:
    copy_run(line_run, runs / "line")
    app = open_page("latent", view="dimensions")
    assert len(rows(app)) == 1
    assert "of 1 dimension is active" in words(app)
    assert "The only dimension goes from −3 to 3" in words(app)


def test_sixteen_at_first_all_on_demand(wide: Run) -> None:
    app = open_page("latent", view="dimensions")
    ranked = [each.index for each in ranked_dimensions(wide)]
    assert positions(app) == ranked[:16]
    assert len(component(app, "dimensions-wide")["data"][0]["x"]) == 40
    act(labelled(app.toggle, "All 40 dimensions").set_value(True))
    assert positions(app) == ranked


def test_an_autoencoder_by_variance(autoencoder_run: Run, runs: Path) -> None:
    run = copy_run(autoencoder_run, runs / "autoencoder")
    app = open_page("latent", view="dimensions")
    variances = np.sort(run.latents["mean"].astype(float).var(axis=0))[::-1]
    names = [row.name.split(" · ")[1] for row in rows(app)]
    assert names == [f"variance {value:,.2f}" for value in variances]
    (bars,) = component(app, "dimensions-autoencoder")["data"]
    np.testing.assert_allclose(numbers(bars["y"]), variances, rtol=1e-6)
    assert "an autoencoder has no KL" in words(app)
    assert labelled(app.segmented_control, "Around").options[0] == "Zero"


def test_color_images_in_64_dimensions(color_run: Run) -> None:
    app = open_page("latent", view="dimensions")
    act(labelled(app.toggle, "All 64 dimensions").set_value(True))
    assert len(rows(app)) == 64
    assert rows(app)[0].strip.shape == (64, STEPS * 64, 3)


@pytest.mark.parametrize("bad", [np.nan, 1e6])
def test_variances_that_are_no_numbers(run: Run, bad: float) -> None:
    change(run, log_var=np.full_like(run.latents["log_var"], bad))
    app = open_page("latent", view="dimensions")
    (warning,) = app.warning
    assert "This run diverged: its codes are not finite numbers" in warning.value
    assert not app.segmented_control  # nor any view to choose


def test_a_run_with_fewer_images(run: Run, convolutional_run: Run, runs: Path) -> None:
    copy_run(convolutional_run, runs / "stripes")
    app = open_page("latent", run=run.id, view="dimensions")
    act(labelled(app.segmented_control, "Around").set_value("image"))
    act(labelled(app.text_input, "Test image").set_value("300"))
    act(picker(app).set_value("stripes"))
    assert labelled(app.text_input, "Test image").value == "0"
    assert rows(app)[0].strip.shape == (12, STEPS * 9, 3)


def test_without_its_data_set(run: Run) -> None:
    say_learned(run.path, "mnist")
    app = open_page("latent", view="dimensions")
    act(labelled(app.segmented_control, "Around").set_value("image"))
    assert alternatives(app) == ["Test image 0 and its reconstruction"]


def test_class_names_are_no_markdown(run: Run) -> None:
    name = "![x](https://a.b/x.png)"
    path = run.path / "config.json"
    write_json(path, read_json(path) | {"class_names": [name] * 10})
    app = open_page("latent", view="dimensions")
    act(labelled(app.segmented_control, "Around").set_value("image"))
    assert f"class {plain(name)}" in words(app)
    assert "![" not in words(app)


@pytest.mark.parametrize("value", ["x", -3, 10**9, None])
def test_a_session_with_nonsense(run: Run, value: object) -> None:
    app = open_page("latent", view="map")
    for name in ("around", "image", "all"):
        app.session_state[f"dimensions_{name}"] = value
    act(app.segmented_control(key="latent_view_control").set_value("Dimensions"))
    assert len(rows(app)) == 2
