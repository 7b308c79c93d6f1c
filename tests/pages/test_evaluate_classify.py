"""Classify: both models on the same pictures, what was measured, and how it is requested."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from pages._shared import server
from tests.conftest import copy_run
from tests.kinds import Kinds
from tests.pages.doubles import Processes
from tests.pages.driving import labelled, open_page, press
from tests.pages.pen import draw, stroke
from tests.pages.shown import words
from tests.schemas.test_figures import BY, CLASSIFICATION, SEPARATION
from vae.evaluation.classifier_choice import classifier_mark
from vae.files import read_json, write_json
from vae.runs.progress import write_progress
from vae.runs.run import Run
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter

SCORES_OF_CLASSIFIER = ("probability", "entropy")


@pytest.fixture
def told(conditional_run: Run, runs: Path) -> Run:
    return copy_run(conditional_run, runs / "told")


@pytest.fixture
def classifier(kinds: Kinds, runs: Path) -> Run:
    return copy_run(kinds["classifier-dense"], runs / "classifier")


def open_classify(run: Run, **parameters: str) -> Any:
    return open_page("evaluate", run=run.id, view="classify", **parameters)


def shown(app: Any) -> str:
    """All texts of the page, its tables too."""
    return words(app) + "".join(each.proto.body for each in app.main.get("html"))


def find(run: Run, classifier: Run | None = None, **changes: Any) -> None:
    found = CLASSIFICATION | changes
    if classifier is not None:
        by = {"all": BY | {"accuracy": 0.987}, "same": BY}
        found["classifier"] = {"name": "Custom", "mark": classifier_mark(classifier), **by}
    RunWriter(run.path).figures("classification.json", found)


class TestPictures:
    def test_both_models_say_something_of_each(self, told: Run, classifier: Run) -> None:
        app = open_classify(told)
        assert not app.exception
        said = shown(app)
        for name in ("Test image of 0", "MNIST", "Animals", "Noise", "Rectangle", "Black"):
            assert name in said
        assert "Classifier says" in said
        assert labelled(app.selectbox, "Classifier").value == "classifier"
        assert "log-likelihood ratio finds" in said
        assert "7 of these pictures are not of the data that the models learned" in said

    def test_what_is_said_is_what_the_models_give(self, told: Run, classifier: Run) -> None:
        image = Run(told.path).fixed["images"][:1]
        answer = classifier.classify(image)[0]
        said = shown(open_classify(told))
        assert f"<b>{answer.argmax()}</b>&ensp;{answer.max():.1%}" in said

    def test_without_a_classifier_it_says_how_to_get_one(self, told: Run) -> None:
        app = open_classify(told)
        assert not app.exception
        (info,) = [each.value for each in app.info if "No classifier" in each.value]
        assert "Train one of Digits on the Train page" in info
        assert "Classifier says" not in shown(app)
        assert "Bayes' rule says" in shown(app)

    def test_a_classifier_of_other_classes_is_none(self, told: Run, classifier: Run) -> None:
        info = read_json(classifier.path / "config.json")
        info["class_names"][0] = "zero"
        write_json(classifier.path / "config.json", info)
        app = open_classify(told, classifier="classifier")
        assert any("No classifier of these classes is here" in each.value for each in app.info)

    def test_a_link_chooses_the_classifier(self, told: Run, classifier: Run, runs: Path) -> None:
        copy_run(classifier, runs / "other")
        for name in ("other", "classifier"):
            app = open_classify(told, classifier=name)
            assert labelled(app.selectbox, "Classifier").value == name
        app = open_classify(told, classifier="no such")
        assert not app.exception

    def test_a_built_in_one_of_the_same_name(
        self, told: Run, classifier: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built_in = copy_run(classifier, tmp_path / "shipped" / "classifier")
        monkeypatch.setattr(server, "RunStore", partial(RunStore, shipped=built_in.path.parent))
        app = open_classify(told, classifier="classifier")
        assert not app.exception
        (shown,) = labelled(app.selectbox, "Classifier").options
        assert "yours" in shown or "opened by link" in shown
        assert server.store().open("classifier").path == classifier.path
        assert "Not in the list: classifier" in words(app)

    def test_a_run_without_stored_pictures(self, told: Run, classifier: Run) -> None:
        (told.path / "snapshots" / "fixed.npz").unlink()
        st.cache_data.clear()  # of the same model in other tests
        app = open_classify(told)
        assert not app.exception
        assert "Test image of" not in shown(app)
        assert "Noise" in shown(app)

    def test_a_damaged_classifier_is_said(self, told: Run, classifier: Run) -> None:
        (classifier.path / "classifier.onnx").write_bytes(b"no network")
        app = open_classify(told)
        assert not app.exception
        assert any("must be this run's network" in each.value for each in app.error)

    def test_a_drawing_is_a_row(self, told: Run, classifier: Run) -> None:
        app = open_classify(told)
        row = shown(app).partition("Your drawing")[2]
        assert row.count("<td>–</td>") == 5
        row = shown(draw(app, stroke())).partition("Your drawing")[2]
        assert "<td>–</td>" not in row
        assert "%" in row.partition("</tr>")[0]

    def test_the_likelihood_alone_fails_and_it_is_said(self, told: Run) -> None:
        assert "Nalisnick et al. 2019" in shown(open_classify(told))

    def test_only_runs_with_labels_have_it(self, run: Run) -> None:
        app = open_classify(run)
        assert "Classify" not in app.segmented_control[0].options


class TestMeasured:
    def test_accuracies_and_areas(self, told: Run, classifier: Run) -> None:
        find(told, classifier)
        app = open_classify(told)
        assert not app.exception
        said = shown(app)
        for text in ("91.2%", "98.7%", "85.0%–95.0%", "100 importance samples", "360 test"):
            assert text in said
        assert "0.988" in said
        assert "Classifier&#x27;s entropy" in said
        assert "no below 5 nats: the ratio of 95 % of the test images is higher" in said
        assert not [each for each in app.info if "measured" in each.value]

    def test_beside_another_classifier(self, told: Run, classifier: Run, runs: Path) -> None:
        find(told, classifier)
        other = copy_run(classifier, runs / "other")
        with (other.path / "classifier.onnx").open("ab") as file:
            file.write(b"\xf8\x7f\x00")  # a field that no reader knows: the same network
        app = open_classify(told, classifier="other")
        assert any("beside another classifier" in each.value for each in app.info)

    def test_without_a_classifier(self, told: Run) -> None:
        find(told, foreign=[{k: v for k, v in SEPARATION.items() if k not in SCORES_OF_CLASSIFIER}])
        said = shown(open_classify(told))
        assert "Classifier&#x27;s entropy" not in said
        assert "91.2%" in said

    def test_a_damaged_file_says_so(self, told: Run) -> None:
        (told.path / "classification.json").write_text("{")
        app = open_classify(told)
        assert not app.exception
        assert any("classification.json" in each.value for each in app.warning)


class TestRequest:
    def test_it_is_requested_with_the_chosen_classifier(
        self, told: Run, classifier: Run, processes: Processes
    ) -> None:
        app = press(open_classify(told), "Measure")
        assert not app.exception
        assert read_json(told.path / "classification-asked.json") == {"classifier": "classifier"}
        assert [each.label for each in app.button if each.label == "Stop measuring"]

    def test_stopped_it_is_withdrawn(self, busy: Run, conditional_run: Run) -> None:
        told = copy_run(conditional_run, busy.path.parent / "told")
        app = press(open_classify(told), "Measure")
        assert "Measuring is queued" in words(app)
        press(app, "Stop measuring")
        assert not server.queue().is_pending(told, "classification")
        assert not (told.path / "classification-asked.json").exists()
        assert not app.error
        assert labelled(app.button, "Measure")

    def test_what_went_wrong_is_said(self, told: Run) -> None:
        write_progress(told.path, "classification", 0.0, "No run has this id.")
        app = open_classify(told)
        assert any("No run has this id" in each.value for each in app.error)

    def test_without_the_images_it_cannot_be_measured(
        self, told: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        info = read_json(told.path / "config.json")
        write_json(told.path / "config.json", info | {"dataset": "mine", "fingerprint": "0" * 32})
        app = open_classify(told)
        assert any("Measuring needs" in each.value for each in app.info)
        assert not [each for each in app.button if each.label == "Measure"]
