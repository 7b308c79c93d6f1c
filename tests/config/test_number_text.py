"""Numbers as people type them: each reading by a table, and what the app writes, it reads."""

from __future__ import annotations

import random
from typing import Any

import pytest

from vae.config.number_text import (
    AmbiguousNumberError,
    number_text,
    numbers_text,
    parse_number,
    parse_numbers,
)
from vae.errors import ConfigError

NONE = "none"
# A text, how a field for decimals reads it, and how one for whole numbers does.
READINGS: list[tuple[str, Any, Any]] = [
    ("20", 20.0, 20),
    ("  20\t", 20.0, 20),
    ("+20", 20.0, 20),
    ("+ 20", 20.0, 20),
    ("-20", -20.0, -20),
    ("−20", -20.0, -20),  # MINUS SIGN
    ("–20", -20.0, -20),  # EN DASH
    ("-0", 0.0, 0),
    ("007", 7.0, 7),
    ("1e3", 1000.0, 1000),
    ("1E+3", 1000.0, 1000),
    ("1e-3", 0.001, 0.001),
    ("1e−3", 0.001, 0.001),
    ("1×10^3", 1000.0, 1000),
    ("1.5 * 10**-3", 0.0015, 0.0015),
    ("1,5e3", 1500.0, 1500),
    ("0.001", 0.001, 0.001),
    ("0,001", 0.001, 0.001),
    (".5", 0.5, 0.5),
    (",5", 0.5, 0.5),
    ("0,5", 0.5, 0.5),
    ("2.7", 2.7, 2.7),
    ("2,0", 2.0, 2),
    ("5.", 5.0, 5),
    ("1,25", 1.25, 1.25),
    ("1.2345", 1.2345, 1.2345),
    # A comma before three digits may be either sign; a dot there is the project's decimal sign, but
    # where numbers are whole it can only stand between thousands.
    ("1,000", (1, 1000), 1000),
    ("1,500", (1.5, 1500), 1500),
    ("12,345", (12.345, 12345), 12345),
    ("-1,500", (1.5, 1500), -1500),
    ("1.000", 1.0, 1000),
    ("1.125", 1.125, 1125),
    ("1 000", 1000.0, 1000),
    ("1\u00a0000", 1000.0, 1000),
    ("1\u202f000", 1000.0, 1000),
    ("1'000", 1000.0, 1000),
    ("1’000", 1000.0, 1000),
    ("1_000", 1000.0, 1000),
    ("1,000,000", 1e6, 1_000_000),
    ("1.000.000", 1e6, 1_000_000),
    ("1,000.5", 1000.5, 1000.5),
    ("1.000,5", 1000.5, 1000.5),
    ("1 000,5", 1000.5, 1000.5),
    ("1,234,567.125", 1234567.125, 1234567.125),
    ("2147483647", 2147483647.0, 2147483647),
    ("90071992547409931", 90071992547409931.0, 90071992547409931),
    ("１２", 12.0, 12),
    ("٣", 3.0, 3),
    ("1e999", float("inf"), float("inf")),
    ("", NONE, NONE),
    (" ", NONE, NONE),
    ("-", NONE, NONE),
    (".", NONE, NONE),
    (",", NONE, NONE),
    ("e5", NONE, NONE),
    ("1e", NONE, NONE),
    ("1e2.5", NONE, NONE),
    ("--5", NONE, NONE),
    ("5-", NONE, NONE),
    ("ten", NONE, NONE),
    ("1k", NONE, NONE),
    ("5 %", NONE, NONE),
    ("5 nats", NONE, NONE),
    ("1/2", NONE, NONE),
    ("½", NONE, NONE),
    ("²", NONE, NONE),
    ("0x10", NONE, NONE),
    ("1_0", NONE, NONE),
    ("12 34", NONE, NONE),
    ("1,00,000", NONE, NONE),
    ("1,000 000", NONE, NONE),
    ("1.000.5", NONE, NONE),
    ("1,000,5", NONE, NONE),
    ("nan", NONE, NONE),
    ("inf", NONE, NONE),
    ("Infinity", NONE, NONE),
    ("1e-400", NONE, NONE),  # a float would make a 0 of it
    ("1e9999999", NONE, NONE),
    ("9" * 5000, NONE, NONE),
    ("1 " * 5000, NONE, NONE),
    ("💥\ud800\x00", NONE, NONE),
]


def read(text: str, whole: bool) -> Any:
    """What a text is read as: a number, two of them, or none."""
    try:
        return parse_number(text, whole=whole)
    except AmbiguousNumberError as error:
        one, other = error.question.removeprefix("Is it ").removesuffix("?").split(" or ")
        return float(one), float(other)
    except ConfigError:
        return NONE


class TestNumber:
    @pytest.mark.parametrize(("text", "number", "_"), READINGS)
    def test_with_decimals(self, text: str, number: Any, _: Any) -> None:
        assert read(text, whole=False) == number

    @pytest.mark.parametrize(("text", "_", "number"), READINGS)
    def test_whole(self, text: str, _: Any, number: Any) -> None:
        assert read(text, whole=True) == number
        assert type(read(text, whole=True)) is type(number)

    @pytest.mark.parametrize("text", [text for text, _, number in READINGS if number == NONE])
    def test_what_is_none_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(ConfigError, match=r"^A number .*Received: ") as error:
            parse_number(text)
        assert len(str(error.value)) < 150

    def test_what_may_mean_two_numbers_is_refused(self) -> None:
        with pytest.raises(AmbiguousNumberError, match=r"^Is it 1 or 1000\? Received: ' 1,000'$"):
            parse_number(" 1,000")

    def test_what_the_app_writes_it_reads(self) -> None:
        draw = random.Random(0)
        for _ in range(20_000):
            power = draw.uniform(-12, 12)
            number = draw.choice((1, -1)) * round(10**power, draw.randint(0, 15))
            assert parse_number(number_text(number)) == number
            whole = draw.randint(-(10**15), 10**15) // 10 ** draw.randint(0, 15)
            assert parse_number(number_text(whole), whole=True) == whole

    def test_how_people_of_all_countries_write_it(self) -> None:
        draw = random.Random(1)
        for _ in range(5_000):
            whole, cents = draw.randint(0, 10**9), draw.randint(0, 99)
            english = f"{whole:,}.{cents:02}"
            german = english.translate(str.maketrans(",.", ".,"))
            french = english.replace(",", "\u202f").replace(".", ",")
            assert {parse_number(each) for each in (english, german, french)} == {
                float(f"{whole}.{cents:02}")
            }
            assert parse_number(f"{whole:,}", whole=True) == whole

    def test_whatever_is_typed_is_a_number_or_refused_in_words(self) -> None:
        draw = random.Random(2)
        for _ in range(20_000):
            text = "".join(draw.choices("0123456789.,-+e −' _%x^*10", k=draw.randint(0, 9)))
            for whole in (False, True):
                read(text, whole)

    @pytest.mark.parametrize(
        ("number", "text"),
        [(1.0, "1"), (0.001, "0.001"), (1e-7, "1e-07"), (1000, "1000"), (0.0, "0"), (12.5, "12.5")],
    )
    def test_as_a_field_shows_it(self, number: float, text: str) -> None:
        assert number_text(number) == text


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("", []),
            (" , ", []),
            ("64", [64]),
            ("256, 128", [256, 128]),
            ("256,128", [256, 128]),
            ("256 128", [256, 128]),
            ("256;128", [256, 128]),
            ("[256, 128]", [256, 128]),
            ("(256, 128,)", [256, 128]),
            ("1e2, 16", [100, 16]),
            ("1,5", [1, 5]),
            ("0,5; 1,5", [0.5, 1.5]),
            ("0,5 1,5", [0.5, 1.5]),
            ("0.5 1.5", [0.5, 1.5]),
            ("-0.05, .5", [-0.05, 0.5]),
        ],
    )
    def test_a_list(self, text: str, numbers: list[float]) -> None:
        assert parse_numbers(text) == numbers

    @pytest.mark.parametrize("text", ["many", "16, x", "256x128", "[1", "[[1, 2]]", "1,2;3,4,5"])
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(ConfigError, match="A number was expected"):
            parse_numbers(text)

    @pytest.mark.parametrize(
        ("text", "question"),
        [
            ("1,024", "Is it one number, 1024, or two, 1 and 24?"),
            ("1 000", "Is it one number, 1000, or two, 1 and 0?"),
            ("64, 1, 008", "Is it one number, 1008, or two, 1 and 8?"),
        ],
    )
    def test_one_number_or_two(self, text: str, question: str) -> None:
        with pytest.raises(AmbiguousNumberError) as error:
            parse_numbers(text, whole=True)
        assert error.value.question == question

    def test_what_the_app_writes_it_reads(self) -> None:
        draw = random.Random(3)
        for _ in range(2_000):
            numbers = [draw.uniform(-1000, 1000) for _ in range(draw.randint(0, 6))]
            assert parse_numbers(numbers_text(numbers)) == numbers
            sizes = [draw.randint(1, 1024) for _ in range(draw.randint(0, 6))]
            assert parse_numbers(numbers_text(sizes), whole=True) == sizes
