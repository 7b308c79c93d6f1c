"""Codes that somebody pasted: taken as they are, or refused with a reason."""

from __future__ import annotations

import numpy as np
import pytest

from vae.errors import ConfigError
from vae.latent.code_text import parse_code


class TestCorrectness:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("[0.5, -1, 2e0]", [0.5, -1.0, 2.0]),
            (" [0,0,0]\n", [0.0, 0.0, 0.0]),
            ("1, 2, 3", [1.0, 2.0, 3.0]),
            ("0,5; −1,25; 2", [0.5, -1.25, 2.0]),
            ("[ 0.5 -1.25\n 2. ]", [0.5, -1.25, 2.0]),
            ("0,5 -1,25 2", [0.5, -1.25, 2.0]),
        ],
    )
    def test_a_code(self, text: str, code: list[float]) -> None:
        found = parse_code(text, 3)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, code)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[1, 2]", "list of 3 numbers.* Received: 2 numbers"),
            ("[1, 2, 3, 4]", "Received: 4 numbers"),
            ("[]", "Received: '\\[\\]'"),
            ("", "Received: ''"),
            ("1, 2, 003", "Is it one number, 2003, or two, 2 and 3. Received: "),
            ('[1, 2, "3"]', "Received: "),
            ("[1, 2, true]", "Received: "),
            ("[1, 2, null]", "Received: "),
            ("[[1, 2, 3]]", "Received: "),
            ('{"z": [1, 2, 3]}', "Received: "),
            ("[" * 100_000, "Received: "),
            ("[1, 2, NaN]", "Received: "),
            ("[1, 2, Infinity]", "Received: "),
            ("[1, 2, 1e400]", "from -1,000 to 1,000. Received: "),
            ("[1, 2, -1000.5]", "from -1,000 to 1,000. Received: "),
            (f"[1, 2, 1{'0' * 90}]", "from -1,000 to 1,000. Received: "),
            (f"[1, 2, 1{'0' * 400}]", "Received: "),
        ],
    )
    def test_what_is_none(self, text: str, words: str) -> None:
        with pytest.raises(ConfigError, match=words) as error:
            parse_code(text, 3)
        assert len(str(error.value)) < 250
