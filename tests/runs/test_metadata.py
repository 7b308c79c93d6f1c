"""What people say of a run: stored beside it, and never a danger to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vae.runs.metadata import MAX_NAME, Metadata, clean_name, read_metadata, write_metadata


class TestBasics:
    def test_of_a_new_run_nothing_is_said(self, tmp_path: Path) -> None:
        assert read_metadata(tmp_path) == Metadata("", "", 0.0)

    def test_a_change_alters_nothing_else(self, tmp_path: Path) -> None:
        write_metadata(tmp_path, owner="someone")
        changed = write_metadata(tmp_path, name="Zwölf Ziffern")
        assert changed == read_metadata(tmp_path) == Metadata("Zwölf Ziffern", "someone", 0.0)
        assert (
            write_metadata(tmp_path, deleted=5.5).deleted == read_metadata(tmp_path).deleted == 5.5
        )

    def test_what_nobody_can_say(self, tmp_path: Path) -> None:
        with pytest.raises(TypeError):
            write_metadata(tmp_path, color="red")


class TestCorrectness:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"5",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"deleted": null}',
            b'{"deleted": "yesterday"}',
            b'{"deleted": [1]}',
            b'{"deleted": ' + b"9" * 400 + b"}",
        ],
        ids=lambda content: content[:20].decode("latin-1"),
    )
    def test_a_damaged_file_says_nothing(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "about.json").write_bytes(content)
        assert read_metadata(tmp_path) == Metadata()
        assert write_metadata(tmp_path, name="x").name == read_metadata(tmp_path).name == "x"

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("  two\n words\t", "two words"),
            ("a\0b\x1b[31m", "a b [31m"),
            ("\u202egnirts", "gnirts"),  # would turn the rest of the line around
            ("é" * 100, "é" * MAX_NAME),
            ("   ", ""),
        ],
    )
    def test_a_name_fits_into_a_line(self, text: str, name: str, tmp_path: Path) -> None:
        assert clean_name(text) == name
        # Also where another program wrote it.
        write_metadata(tmp_path, name=text)
        assert read_metadata(tmp_path).name == name
