"""What config.json and metrics.json must hold when they come from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.archive.changed import REMOVED, Files, with_json
from tests.archive.zips import pack, refused, take


class TestConfig:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"format": 2}, "at `$.format`"),
            ({"format": REMOVED}, "field `format`"),
            ({"config": REMOVED}, "field `config`"),
            ({"config": {"epochs": 0}}, "epochs must be"),
            ({"config": {"evil": 1}}, "Settings are"),
            ({"config": {"latent_dim": 10**300}}, "latent_dim must be"),
            ({"config": {"preset": 5}}, "preset must be"),
            ({"config": []}, "at `$.config`"),
            ({"config": {"network": "convolutional", "hidden": [4] * 5}}, "needs 1 to 2 hidden"),
            ({"dataset": REMOVED}, "field `dataset`"),
            ({"dataset": 5}, "at `$.dataset`"),
            ({"dataset": "../digits"}, "short word"),
            ({"dataset": "<b>"}, "short word"),
            ({"dataset": "digits\n!"}, "short word"),
            ({"dataset": "x" * 65}, "short word"),
            ({"image_shape": REMOVED}, "field `image_shape`"),
            ({"image_shape": [8, 8]}, "length >= 3"),
            ({"image_shape": [8.0, 8, 1]}, "Expected `int`, got `float`"),
            ({"image_shape": [True, 8, 1]}, "Expected `int`, got `bool`"),
            ({"image_shape": "881"}, "Expected `array`"),
            ({"image_shape": [-8, 8, 1]}, "Expected `int` >= 1"),
            ({"image_shape": [513, 8, 1]}, "Expected `int` <= 512"),
            ({"image_shape": [8, 8, 5]}, "at most 4 channels"),
            ({"image_shape": [0, 8, 1]}, "Expected `int` >= 1"),
            ({"image_shape": [4, 4, 1]}, "from 8 to 64"),
            ({"class_names": "0123456789"}, "at `$.class_names`"),
            ({"class_names": [1, 2]}, "at `$.class_names[0]`"),
            ({"class_names": ["x"] * 257}, "length <= 256"),
            ({"class_names": []}, "length >= 1"),
            ({"images": "many"}, "at `$.images`"),
            *(
                ({"fingerprint": value}, "at `$.fingerprint`")
                for value in (5, "", "F" * 32, "a" * 33, ["a" * 32])
            ),
            ({"versions": {"keras": 5}}, "at `$.versions"),
            ({"seed": -1}, "at `$.seed`"),
        ],
        ids=str,
    )
    def test_refused(
        self, files: Files, tmp_path: Path, changes: dict[str, Any], reason: str
    ) -> None:
        assert reason in refused(with_json(files, "config.json", **changes), tmp_path)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
    def test_not_an_object(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert "config.json" in refused(pack(files | {"config.json": content}), tmp_path)

    def test_known_keys_are_imported(self, files: Files, tmp_path: Path) -> None:
        config = json.loads(files["config.json"])["config"] | {"preset": "a\u202eb" * 200}
        names = ["a\0b", "\x1b[31mred", *"23456789"]
        changes = {"evil": 1, "place": 0, "images": REMOVED, "class_names": names}
        changes |= {"versions": {"python": "3\n"}, "config": config, "seed": 99}
        run = take(with_json(files, "config.json", **changes), tmp_path)
        assert run.info.keys() == {
            *("format", "config", "dataset", "image_shape", "class_names", "seed", "versions"),
            "fingerprint",
        }
        assert run.info["fingerprint"] == json.loads(files["config.json"])["fingerprint"]
        assert run.class_names == ("a b", "[31mred", *"23456789")
        assert run.info["versions"] == {"python": "3"}
        assert run.info["seed"] == run.config.seed == 7
        assert run.config.preset == ("a b" * 67)[:200].strip()

    def test_a_run_of_an_older_version_has_no_fingerprint(
        self, files: Files, tmp_path: Path
    ) -> None:
        run = take(with_json(files, "config.json", fingerprint=REMOVED), tmp_path)
        assert run.fingerprint == ""


class TestMetrics:
    @pytest.mark.parametrize(
        "changes",
        [
            {"loss": float("nan")},
            {"loss": "low"},
            {"loss": REMOVED},
            {"elbo": "high"},
            {"images": 5},
            {"treatment": REMOVED},
            {"reconstruction": REMOVED},
            {"active_units": "![x](http://evil.example/x.png)"},
            {"bits_per_dimension": "0.5"},
            {"kl_per_dimension": [1.0, float("inf")]},
            {"kl_per_dimension": ["x"]},
            {"kl_per_dimension": [0] * 1001},
            {"rate": "low"},
            {"distortion": [1.0]},
            {"elbo_standard_error": "small"},
            {"binarisation": "grey"},
            {"binarisation": ["none"]},
            {"reconstruction_per_class": "low"},
            {"reconstruction_per_class": [1.0]},
            {"reconstruction_per_class": {"0": "low"}},
            {"reconstruction_per_class": {"0": float("inf")}},
            {"reconstruction_per_class": {"0": {"1": 2.0}}},
            {"reconstruction_per_class": {str(i): 1.0 for i in range(257)}},
        ],
        ids=lambda changes: str(changes)[:40],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        message = refused(with_json(files, "metrics.json", **changes), tmp_path)
        assert "metrics.json" in message

    def test_texts_are_cleaned(self, files: Files, tmp_path: Path) -> None:
        data = with_json(files, "metrics.json", images="a\0b", treatment="x" * 1000)
        metrics = take(data, tmp_path).metrics
        assert (metrics["images"], metrics["treatment"]) == ("a b", "x" * 200)

    def test_unknown_keys_are_left_out(self, files: Files, tmp_path: Path) -> None:
        image = "![x](http://evil.example/x.png)"
        unknown = {image: 1.0, "note": image, "deep": {"er": [None]}, "more": [True] * 2000}
        run = take(with_json(files, "metrics.json", **unknown), tmp_path)
        assert run.metrics == json.loads(files["metrics.json"])
        assert b"evil" not in (run.path / "metrics.json").read_bytes()

    def test_classes(self, files: Files, tmp_path: Path) -> None:
        data = with_json(files, "metrics.json", reconstruction_per_class={"a\0b": 1, "c": 2.5})
        assert take(data, tmp_path).metrics["reconstruction_per_class"] == {"a b": 1, "c": 2.5}

    def test_those_of_an_earlier_version(self, files: Files, tmp_path: Path) -> None:
        new = ("binarisation", "distortion", "rate", "elbo_standard_error")
        changes = dict.fromkeys((*new, "reconstruction_per_class"), REMOVED)
        metrics = take(with_json(files, "metrics.json", **changes), tmp_path).metrics
        assert not set(changes) & set(metrics)
        assert metrics["elbo"] < 0.0
