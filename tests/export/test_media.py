"""Files of images and codes: what is in them, and what they say of themselves."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.conftest import copy_run
from vae.errors import ConfigError
from vae.export.media import (
    AnimationKind,
    animation,
    to_csv,
    to_npz,
)
from vae.runs.metadata import write_metadata
from vae.runs.provenance import notes_of, public_name
from vae.runs.run import SHIPPED, open_run

RUN = open_run(SHIPPED / "mnist-recommended")
KINDS = ("gif", "webp")
GREYS = np.array([0, 100, 200], np.uint8)[:, None, None, None] * np.ones((3, 4, 5, 1), np.uint8)
NOTES = {"Run": 'Größe <1> & "2"', "Seed": "7"}


def frames(content: bytes) -> tuple[list[int], list[int]]:
    """Return the grey level of each frame of an animation, and how long it is shown, in ms."""
    with Image.open(io.BytesIO(content)) as picture:
        levels, lasting = [], []
        for frame in range(picture.n_frames):
            picture.seek(frame)
            levels.append(picture.convert("L").getpixel((3, 3)))
            lasting.append(picture.info["duration"])
    return levels, lasting


class TestNotes:
    def test_name_and_seed(self, tmp_path: Path) -> None:
        assert notes_of(RUN, 5) == {"Run": "mnist-recommended", "Seed": "5"}
        run = copy_run(RUN, tmp_path / "run")
        assert notes_of(run, 5) == {"Run": public_name(run), "Seed": "5"}
        assert notes_of(run)["Seed"] == str(run.config.seed)
        write_metadata(run.path, name="My digits")
        assert notes_of(open_run(run.path), 0)["Run"] == "My digits"


class TestAnimation:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_path_goes_there_and_back(self, kind: AnimationKind) -> None:
        content = animation(GREYS, kind, scale=2)
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.format == kind.upper()
            assert picture.size == (10, 8)
            assert picture.info["loop"] == 0
        levels, lasting = frames(content)
        assert levels == pytest.approx([0, 100, 200, 100], abs=2)
        assert lasting == [450, 90, 450, 90]

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_walk_once(self, kind: AnimationKind) -> None:
        content = animation(GREYS, kind, frames_per_second=20, there_and_back=False, loop=False)
        levels, lasting = frames(content)
        assert levels == pytest.approx([0, 100, 200], abs=2)
        assert lasting == [50] * 3
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.info.get("loop", "once") == {"gif": "once", "webp": 1}[kind]

    @pytest.mark.parametrize("kind", KINDS)
    def test_color(self, kind: AnimationKind) -> None:
        images = np.zeros((2, 4, 4, 3), np.uint8)
        images[1, :, :, 0] = 255
        with Image.open(io.BytesIO(animation(images, kind))) as picture:
            picture.seek(1)
            assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)

    def test_smooth_has_values_in_between(self) -> None:
        image = np.zeros((1, 4, 4, 1), np.uint8)
        image[:, :, 2:] = 200
        levels = [
            len(np.unique(Image.open(io.BytesIO(content)).convert("L")))
            for content in (
                animation(image, "webp", scale=8, smooth=smooth) for smooth in (False, True)
            )
        ]
        assert levels[0] == 2
        assert levels[1] > 5

    def test_says_where_it_comes_from(self) -> None:
        expected = 'Run: Größe <1> & "2", Seed: 7'
        with Image.open(io.BytesIO(animation(GREYS, "gif", notes=NOTES))) as picture:
            assert picture.info["comment"].decode() == expected
        with Image.open(io.BytesIO(animation(GREYS, "webp", notes=NOTES))) as picture:
            tree = ElementTree.fromstring(picture.info["xmp"])
        assert "".join(tree.itertext()).strip() == expected

    @pytest.mark.parametrize("speed", [0.0, -1.0, 51.0, float("nan")])
    def test_bad_speed(self, speed: float) -> None:
        with pytest.raises(ConfigError, match=re.escape(f"Received: {speed}")):
            animation(GREYS, "gif", frames_per_second=speed)


class TestArrays:
    def test_npz(self) -> None:
        z = np.ones((3, 2), np.float32)
        labels = np.array([1, 2, 3], np.uint8)
        content = to_npz({"images": GREYS, "z": z, "labels": labels}, NOTES)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            assert set(arrays) == {"images", "z", "labels", "run", "seed"}
            np.testing.assert_array_equal(arrays["images"], GREYS)
            assert (str(arrays["run"]), str(arrays["seed"])) == (NOTES["Run"], "7")

    def test_csv_reads_back_exactly(self) -> None:
        z = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
        labels = np.array([5, 0, 9, 9], np.uint8)
        text = to_csv(z, NOTES, labels).decode()
        lines = text.splitlines()
        assert lines[:2] == [f"# Run: {NOTES['Run']}", "# Seed: 7"]
        header, *rows = csv.reader(lines[2:])
        assert header == ["z_1", "z_2", "z_3", "label"]
        np.testing.assert_array_equal(np.array([row[:3] for row in rows], np.float32), z)
        assert [int(row[3]) for row in rows] == labels.tolist()

    def test_csv_without_labels(self) -> None:
        text = to_csv(np.zeros((2, 1), np.float32), {"Run": "a"}).decode()
        assert text == "# Run: a\nz_1\n0.0\n0.0\n"
