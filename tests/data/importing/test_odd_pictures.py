"""Pictures and zips that are odd in ways of their own: turned, costly, locked, badly named."""

import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.importing.odd_files import (
    COLOR,
    SIZE,
    of_many_scans,
    of_one_tile,
    saved,
    turned,
)
from vae.data.importing.decoder import Decoder, Unreadable
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment

GOOD = saved(Image.new("RGB", SIZE, COLOR), "PNG")


def test_a_picture_stands_upright_however_the_camera_was_held() -> None:
    with Decoder(Treatment(size=8, color=True)) as decoder:
        for orientation, content in turned().items():
            picture = decoder.decode(content)
            assert picture.size == SIZE, orientation
            corners = picture.image[[0, 0, -1, -1], [0, -1, 0, -1]]
            np.testing.assert_allclose(corners, [COLOR, *[(0, 0, 0)] * 3], atol=6)


@pytest.mark.parametrize("costly", [of_many_scans, of_one_tile])
def test_a_picture_of_too_much_time_or_memory_is_refused_beside_good_ones(costly) -> None:
    content = costly()
    assert len(content) < 200_000
    with Decoder(Treatment()) as decoder:
        decoder.decode(GOOD)
        start = time.monotonic()
        with pytest.raises(Unreadable):
            decoder.decode(content)
        assert time.monotonic() - start < 12
        assert decoder.decode(GOOD).size == SIZE


def test_locked_members_are_named_and_the_others_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("locked.png", GOOD)
        archive.writestr("open.png", GOOD)
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag of the first file, here and in the list at the end
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    assert scan(path).refused == (("locked.png", "encrypted"),)
    assert len(import_pictures(path, Treatment()).images) == 1


def test_names_come_out_as_one_line_of_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    classes = ("<img src=x onerror=alert(1)>", "**bold** [a](b)", "\x1b[31mred\x07", "two\nlines")
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*classes, "long " * 50, "\u202egnp", " "):
            archive.writestr(f"set/{name}/1.png", GOOD)
            archive.writestr(f"set/{name}/\x9b\u2066{name}.png", b"none")
    imported = import_pictures(path, Treatment())
    assert (len(imported.images), len(imported.refused)) == (7, 7)
    assert {"two lines", "gnp", "[31mred", "?"} < {*imported.class_names}
    names = [*imported.class_names, *(each.name for each in imported.refused)]
    assert all(name.isprintable() and 0 < len(name) <= 120 for name in names)
