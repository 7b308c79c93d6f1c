"""The figures of a run that come from elsewhere: each thing that is refused, alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.archive.changed import REMOVED, Files, with_json
from tests.archive.zips import pack, refused, take, unpack
from vae.archive.zip_export import export_zip
from vae.runs.run import Run


@pytest.fixture(scope="module")
def files(finished_run: Run) -> Files:
    return unpack(export_zip(finished_run))


def assert_refused(
    files: Files, name: str, figures: dict[str, Any], changes: dict[str, Any], folder: Path
) -> None:
    """Fail unless a run is refused for this file, which is right but for these changes."""
    zipped = with_json(files | {name: json.dumps(figures).encode()}, name, **changes)
    assert name in refused(zipped, folder)


def assert_unreadable(files: Files, name: str, content: bytes, folder: Path) -> None:
    """Fail unless a run is refused for what stands in this file."""
    assert name in refused(pack(files | {name: content}), folder)


KNOWN = {"dimensions": 2, "knn": 0.9, "probe": 1, "silhouette": -0.25}
CLASS_PROBES = {
    **{"training_images": 1437, "test_images": 360, "silhouette_images": 360},
    **{"latent": KNOWN, "pca": KNOWN, "pixels": KNOWN | {"dimensions": 64}},
}


class TestClassProbes:
    @pytest.mark.parametrize(
        "changes",
        [
            {"latent": REMOVED},
            {"pixels": None},
            {"pixels": []},
            {"pca": KNOWN | {"knn": 1.5}},
            {"pca": KNOWN | {"knn": -0.1}},
            {"pca": KNOWN | {"probe": "1"}},
            {"pca": KNOWN | {"probe": float("nan")}},
            {"pca": KNOWN | {"probe": True}},
            {"latent": KNOWN | {"silhouette": -1.01}},
            {"latent": KNOWN | {"dimensions": 0}},
            {"latent": KNOWN | {"dimensions": 2.5}},
            {"test_images": -5},
            {"test_images": "many"},
            {"training_images": REMOVED},
            {"training_images": 10**12},
        ],
        ids=lambda changes: str(changes)[:60],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        assert_refused(files, "knowledge.json", CLASS_PROBES, changes, tmp_path)

    @pytest.mark.parametrize("content", [b"[]", b"5", b"null", b'"latent"', b"{}", b"", b"\xff"])
    def test_no_object(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert_unreadable(files, "knowledge.json", content, tmp_path)

    def test_only_what_is_known_comes_in(self, files: Files, tmp_path: Path) -> None:
        known = CLASS_PROBES | {"note": "<script>", "latent": KNOWN | {"more": [1]}}
        data = pack(files | {"knowledge.json": json.dumps(known).encode()})
        run = take(data, tmp_path)
        assert run.class_probes == CLASS_PROBES
        assert b"more" not in (run.path / "knowledge.json").read_bytes()
        again = take(export_zip(run), tmp_path)
        assert again.class_probes == CLASS_PROBES


FOUND = {
    **{"images": "all 360 test images", "treatment": "grey levels in [0, 1]", "seconds": 2.5},
    **{"nll": 90.5, "nll_standard_error": 0.5, "elbo": -95.5, "importance_samples": 500},
}
LIKELIHOOD = {"none": FOUND, "sampled": FOUND | {"treatment": "drawn"}}


class TestLikelihood:
    @pytest.mark.parametrize(
        "changes",
        [
            {"none": None},
            {"none": 5},
            {"none": []},
            {"none": FOUND | {"nll": "low"}},
            {"none": FOUND | {"nll": float("nan")}},
            {"none": FOUND | {"elbo": True}},
            {"none": FOUND | {"seconds": 1e200}},
            {"none": FOUND | {"treatment": 5}},
            {"none": FOUND | {"images": None}},
            {"none": FOUND | {"importance_samples": 0}},
            {"none": FOUND | {"importance_samples": 2.5}},
            {"none": {name: value for name, value in FOUND.items() if name != "nll"}},
        ],
        ids=lambda changes: str(changes)[:60],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        assert_refused(files, "likelihood.json", LIKELIHOOD, changes, tmp_path)

    @pytest.mark.parametrize("content", [b"[]", b"5", b"null", b'"none"', b"", b"\xff"])
    def test_no_object(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert_unreadable(files, "likelihood.json", content, tmp_path)

    def test_only_what_is_known_comes_in(self, files: Files, tmp_path: Path) -> None:
        found = LIKELIHOOD | {"none": FOUND | {"more": [1], "images": "a\0b"}, "grey": "<b>"}
        data = pack(files | {"likelihood.json": json.dumps(found).encode()})
        run = take(data, tmp_path)
        assert run.likelihood == LIKELIHOOD | {"none": FOUND | {"images": "a b"}}
        assert take(export_zip(run), tmp_path).likelihood == run.likelihood


REAL = {
    **{"precision": 0.88, "recall": 0.9, "share_sure": 1, "class_counts": [10] * 10},
    **{"class_entropy": math.log(10), "class_balance": 1.0},
}
QUALITY = {
    **{"dataset": "mnist", "samples": 100, "seed": 0, "reference_images": 5000},
    **{"classifier": "0123456789ab", "classifier_accuracy": 0.99, "noise_floor": 0.5},
    **{"frechet_classifier_distance": 86.5, "precision": 0.25, "recall": 0.0, "share_sure": 0.75},
    **{"class_counts": [100, *[0] * 9], "class_entropy": 0.0, "class_balance": 0.0},
    **{f"real_{name}": value for name, value in REAL.items()},
}


class TestQuality:
    @pytest.mark.parametrize(
        "changes",
        [
            {"dataset": "digits"},
            {"dataset": ["mnist"]},
            {"samples": 0},
            {"samples": "many"},
            {"reference_images": 2.5},
            {"seed": -1},
            {"classifier": "<b>"},
            {"classifier": 5},
            {"classifier_accuracy": 1.5},
            {"frechet_classifier_distance": -0.1},
            {"frechet_classifier_distance": float("nan")},
            {"noise_floor": None},
            {"precision": 1.01},
            {"recall": True},
            {"real_share_sure": "1"},
            {"real_class_balance": REMOVED},
            {"class_entropy": 2.4},
            {"class_counts": [1] * 9},
            {"class_counts": [1.5] * 10},
            {"real_class_counts": "0123456789"},
        ],
        ids=lambda changes: str(changes)[:60],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        assert_refused(files, "quality.json", QUALITY, changes, tmp_path)

    @pytest.mark.parametrize("content", [b"[]", b"5", b"null", b'"recall"', b"{}", b"", b"\xff"])
    def test_no_object(self, files: Files, tmp_path: Path, content: bytes) -> None:
        assert_unreadable(files, "quality.json", content, tmp_path)

    def test_only_what_is_known_comes_in(self, files: Files, tmp_path: Path) -> None:
        data = pack(files | {"quality.json": json.dumps(QUALITY | {"more": "<b>"}).encode()})
        run = take(data, tmp_path)
        assert run.quality == QUALITY
        assert take(export_zip(run), tmp_path).quality == QUALITY


BY = {"accuracy": 0.9, "accuracy_low": 0.85, "accuracy_high": 0.95, "calibration_error": 0.05}
AREA = {"area": 0.75, "low": 0.7, "high": 0.8}
SEPARATION = {
    **{"name": "Noise", "images": 1000, "likelihood": AREA, "bayes": AREA},
    **{"ratio": AREA | {"area": 0.9876}, "probability": AREA, "entropy": AREA},
}
CLASSIFICATION: dict[str, Any] = {
    **{"treatment": "grey", "seed": 0, "test_images": 360, "usual_ratio": 5.0, "seconds": 3.0},
    **{"elbo": BY | {"images": 360, "samples": 8, "accuracy": 0.912}},
    **{"importance": BY | {"images": 100, "samples": 100}},
    "foreign": [SEPARATION],
}


class TestClassification:
    @pytest.mark.parametrize(
        "changes",
        [
            {"elbo": BY},
            {"elbo": BY | {"images": 0, "samples": 8}},
            {"importance": REMOVED},
            {"test_images": 1.5},
            {"usual_ratio": float("inf")},
            {"seconds": -1.0},
            {"foreign": {}},
            {"foreign": [SEPARATION] * 33},
            {"foreign": [SEPARATION | {"ratio": AREA | {"area": 1.1}}]},
            {"foreign": [SEPARATION | {"entropy": 0.5}]},
            {"foreign": [{"name": "Noise", "images": 5}]},
            {"classifier": {"name": "C", "mark": "<b>", "all": BY, "same": BY}},
            {"classifier": {"name": "C", "mark": "0123456789ab", "all": BY}},
        ],
        ids=lambda changes: str(changes)[:60],
    )
    def test_refused(self, files: Files, tmp_path: Path, changes: dict[str, Any]) -> None:
        assert_refused(files, "classification.json", CLASSIFICATION, changes, tmp_path)

    def test_only_what_is_known_comes_in(self, files: Files, tmp_path: Path) -> None:
        by = {"name": "C", "mark": "0123456789ab", "all": BY, "same": BY}
        found = CLASSIFICATION | {"classifier": by}
        content = json.dumps(found | {"more": 5, "classifier": by | {"id": "secret"}}).encode()
        run = take(pack(files | {"classification.json": content}), tmp_path)
        assert run.classification == found
        assert take(export_zip(run), tmp_path).classification == found
