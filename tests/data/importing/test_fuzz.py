"""Files that nobody would write: each reader gives what is in one, or says why not.

Hypothesis makes them, the same ones each time; what ends a process is in test_mutations.
"""

from __future__ import annotations

import gzip
import io
import itertools
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from tests.data.importing.odd_files import saved
from vae.data.importing.array_worker import answer
from vae.data.importing.exchange import PIXELS, ArrayFile, Report, Request
from vae.data.importing.reading import scan
from vae.data.importing.treatment import Treatment
from vae.data.importing.worker import NUMBERS, ORIGINAL_SIDE, READ, _answer
from vae.errors import DatasetError
from vae.limits import Caps

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of odd files
fuzz = settings(max_examples=60, deadline=None, derandomize=True, database=None)
PNG = saved(Image.new("L", (9, 7), 200), "PNG")
WORDS = st.text(min_size=0, max_size=8)
DTYPES = st.one_of(
    npst.boolean_dtypes(),
    npst.integer_dtypes(),
    npst.unsigned_integer_dtypes(),
    npst.floating_dtypes(),
    npst.complex_number_dtypes(),
    npst.unicode_string_dtypes(max_len=3),
    npst.byte_string_dtypes(max_len=3),
    npst.datetime64_dtypes(),
)
ARRAYS = npst.arrays(DTYPES, npst.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=5))
PICTURES = npst.arrays(np.uint8, npst.array_shapes(min_dims=3, max_dims=3, max_side=9))


def read(suffix: str, write: Callable[[Path], object]) -> tuple[Report, bytes] | None:
    """Return what a file holds, and its pixels; None if it is refused, with a reason."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, f"a{suffix}")
        write(path)
        request = Request((ArrayFile(str(path)),), None, Caps(), name, with_pixels=True)
        try:
            report = answer(request)
        except DatasetError as error:
            return check(error)
        if report.image_shape is None:
            assert len(report.names) == report.count
            return report, b""
        pixels = Path(name, PIXELS).read_bytes()
        assert len(pixels) == report.count * np.prod(report.image_shape)
        return report, pixels


def check(error: DatasetError) -> None:
    """Fail unless an error is written for the person at the screen."""
    assert "expected" in str(error)
    assert "Received: " in str(error)
    assert str(error).replace("\xa0", " ").isprintable()


def scaled(images: np.ndarray) -> bytes:
    """Whole numbers as pixels: of those up to 1 or 16 that is white."""
    most = images.max()
    white = 1 if most <= 1 else 16 if most <= 16 else 255
    return np.rint(images * (255 / white)).astype(np.uint8).tobytes()


@fuzz
@given(PICTURES, st.booleans(), st.integers(-3, 3))
@example(np.full((2, 3, 3), 7, np.uint8), True, 0)
def test_idx(images: np.ndarray, is_gzipped: bool, lacks: int) -> None:
    values = (images.tobytes() + b"more")[: max(0, images.size + lacks)]
    content = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + values
    packed = gzip.compress(content) if is_gzipped else content
    found = read("", lambda path: path.write_bytes(packed))
    assert (found is None) == (lacks < 0)
    if found is not None:
        assert found[1] == scaled(images)


@fuzz
@given(ARRAYS, st.booleans())
def test_npy(array: np.ndarray, is_fortran: bool) -> None:
    kept = np.asfortranarray(array) if is_fortran else array
    found = read(".npy", lambda path: np.save(path, kept))
    if array.ndim == 3 and array.size and array.dtype == np.uint8:
        assert found is not None
        assert found[1] == scaled(array)
    if array.dtype.kind not in "buif" or not array.size or array.ndim < 2:
        assert found is None


@fuzz
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(["x", "y", "x_train", "y_train", "x_test"]), WORDS),
        st.one_of(ARRAYS, PICTURES),
        max_size=4,
    )
)
@example({"x": np.zeros((2, 3, 3), np.uint8), "y": np.array([0, 300])})
@example({"x": np.ones((2, 3, 3), np.uint8), "y": np.array([[1], [0]], np.complex64)})
def test_npz(arrays: dict[str, np.ndarray]) -> None:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:  # np.savez takes no odd names
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w") as file:
                    np.lib.format.write_array(file, np.asanyarray(array))

    found = read(".npz", write)
    if found is not None:
        assert all(name.isprintable() for name in found[0].classes)


CELLS = st.one_of(
    st.integers(-1, 256).map(str),
    st.sampled_from(["", "nan", "1e400", "0.5", '"', " 7", "true", "\u00e9", "0x10"]),
)


@fuzz
@given(
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
    st.lists(st.lists(CELLS, min_size=1, max_size=10), min_size=1, max_size=5),
)
def test_csv(delimiter: str, is_headed: bool, rows: list[list[str]]) -> None:
    lines = [delimiter.join(row) for row in rows]
    if is_headed:
        lines.insert(0, delimiter.join(f"p{at}" for at in range(len(rows[0]))))
    found = read(".csv", lambda path: path.write_text("\n".join(lines), encoding="utf-8"))
    if found is not None:
        assert found[0].count <= len(lines)


@fuzz
@given(st.integers(1, 4), st.integers(1, 3), st.booleans(), st.data())
def test_csv_of_pixels(side: int, count: int, is_headed: bool, data: st.DataObject) -> None:
    pixels = data.draw(npst.arrays(np.uint8, (count, side * side)))
    head = ["label," + ",".join(f"p{at}" for at in range(side * side))] * is_headed
    lines = [f"{at}," + ",".join(map(str, row)) for at, row in enumerate(pixels.tolist())]
    found = read(".csv", lambda path: path.write_text("\n".join([*head, *lines])))
    if is_headed or side > 1:  # two numbers a row are no picture that one could know
        assert found is not None
        assert found[1] == scaled(pixels)
        assert list(found[0].classes) == [str(at) for at in range(count)]


COLUMNS = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(0, 255)), min_size=3, max_size=3),
    st.lists(st.floats(), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), WORDS), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.just(PNG), st.binary(max_size=9)), min_size=3, max_size=3),
    st.lists(st.lists(st.integers(0, 9), max_size=2), min_size=3, max_size=3),
)


@fuzz
@given(st.dictionaries(st.one_of(st.just("label"), WORDS), COLUMNS, max_size=5))
@example({"a": [1, 2, None], "label": [None, "x", ""]})
def test_parquet(columns: dict[str, list[Any]]) -> None:
    table = pyarrow.table(columns)
    found = read(".parquet", lambda path: pyarrow.parquet.write_table(table, path))
    if found is not None:
        assert found[0].count == 3


NAMES = st.lists(
    st.one_of(
        WORDS,
        st.lists(st.sampled_from(["..", "a", "train", "test", "", "C:", "\\", "x.png", "._x"]),
                 min_size=1, max_size=4).map("/".join),
    ),
    max_size=6, unique=True,
)  # fmt: skip


@fuzz
@given(NAMES, st.sampled_from([0, 0o120777 << 16, 0o060644 << 16]))
def test_zip(names: list[str], attributes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                info = zipfile.ZipInfo(name or "-")
                info.external_attr = attributes
                archive.writestr(info, PNG)
        try:
            contents = scan(path)
        except DatasetError as error:
            check(error)
            return
    assert sum(contents.classes.values()) == contents.count
    assert contents.count + len(contents.refused) <= len(names)
    assert not (attributes and contents.count)
    said = [*contents.classes, *itertools.chain(*contents.refused)]
    assert all(text.isprintable() and text for text in said)
    assert ".." not in contents.classes


@fuzz
@given(
    st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"]),
    st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"]),
    st.integers(1, 200),
    st.integers(1, 40),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3),
    st.sampled_from(["crop", "pad"]),
)
@example("L", "PNG", 2000, 1, [], "pad")
@example("L", "PNG", 1, 2000, [], "crop")
def test_image(
    mode: str, kind: str, width: int, height: int, changes: list[tuple[int, int]], fit: Any
) -> None:
    file = io.BytesIO()
    try:
        Image.new(mode, (width, height)).save(file, kind)
    except (OSError, KeyError, ValueError):  # no such file can be
        return
    content = bytearray(file.getvalue())
    for at, value in changes:
        content[at % len(content)] = value
    status, found = _answer(bytes(content), Treatment(fit=fit, paper=bool(height % 2)))
    if status != READ:
        assert found.decode()
        assert changes or mode == "F"
        return
    *_, grey, wide, high = NUMBERS.unpack_from(found)
    assert max(wide, high) <= ORIGINAL_SIDE
    assert len(found) == NUMBERS.size + 3 * 28 * 28 + 3 * wide * high
    assert changes or grey


@fuzz
@given(st.binary(max_size=60), st.sampled_from(["PK\3\4", "\x93NUMPY\1\0", "\0\0\x08\3", "PAR1"]))
def test_nothing_but_a_beginning(rest: bytes, start: str) -> None:
    content = start.encode("latin-1") + rest
    for suffix in (".npz", ".npy", ".parquet", ""):
        found = read(suffix, partial(Path.write_bytes, data=content)) if suffix else None
        assert found is None or found[0].count
