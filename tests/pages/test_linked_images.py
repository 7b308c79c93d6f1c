"""Many test images, and codes of many dimensions, in an address."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest

from pages._shared.linked_code import changes_text, code_text, read_changes, read_code
from pages._shared.linked_images import MAX_TEXT, images_text, read_images

COUNT = 10_000


@pytest.mark.parametrize("chosen", [1, 2, 99, 1_000, 5_000, 9_000, COUNT])
def test_any_images_of_a_test_set_come_back(chosen: int) -> None:
    random = np.random.default_rng(chosen)
    indices = np.sort(random.choice(COUNT, chosen, replace=False))
    text = images_text(indices, COUNT)
    assert text.replace("-", "").replace("_", "").isalnum()
    np.testing.assert_array_equal(read_images(text, COUNT), indices)


def test_more_than_an_address_can_hold_are_left_out() -> None:
    random = np.random.default_rng(0)
    assert images_text(random.choice(40_000, 20_000, replace=False), 40_000) == ""


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).decode()


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "é", "====", "a" * (MAX_TEXT + 1)),
        packed(b""),
        packed(bytes(2)),  # of nine images, but none of them
        packed(b"\x80"),  # of fewer
        packed(b"\x80\x01"),  # the sixteenth of nine
        packed(bytes(10**8)),
    ],
)
def test_what_cannot_be_read_is_none(text: str) -> None:
    assert read_images(text, 9) is None


@pytest.mark.parametrize("dims", [1, 64, 65, 128])
def test_codes_come_back(dims: int) -> None:
    code = np.random.default_rng(dims).standard_normal(dims).astype(np.float32)
    text = code_text(code)
    assert len(text) <= 700
    found = read_code(text, dims)
    assert found is not None
    np.testing.assert_allclose(found, code, rtol=1e-5)
    assert code_text(found) == text
    assert read_code(text, dims + 1) is None


@pytest.mark.parametrize("text", ["", "x", "é" * 4, "AAAA", code_text(np.full(65, np.nan, "f4"))])
def test_no_code_of_many_dimensions(text: str) -> None:
    assert read_code(text, 65) is None


def test_changes_of_a_code_come_back() -> None:
    before = np.random.default_rng(0).standard_normal(5).astype(np.float32)
    code = before.copy()
    code[[0, 3]] = 0.1, -2.35
    text = changes_text(before, code)
    assert text == "0_0.1_3_-2.35"
    np.testing.assert_array_equal(read_changes(text, before), code)
    assert changes_text(before, before) == ""


@pytest.mark.parametrize("text", ["", "1", "5_1", "x_1", "1_x", "1_nan", "1_1e9", "1_1_2"])
def test_no_changes(text: str) -> None:
    assert read_changes(text, np.zeros(5, np.float32)) is None
