"""JSON that anyone may have written: what is read is as a run writes it, or it is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_run
from tests.hostile import CONTENTS, EMPTY, PICTURE, altered
from tests.pages.crafted import METRICS, change, row
from tests.schemas.test_figures import CLASS_PROBES, CLASSIFICATION, LIKELIHOOD, QUALITY
from vae.config import Config
from vae.errors import RunError
from vae.evaluation.likelihood import requested_likelihood
from vae.kinds import KINDS
from vae.runs.control import Control, Segment, read_control, request
from vae.runs.history import history_fault
from vae.runs.metadata import MetadataFile, read_metadata
from vae.runs.progress import Progress, read_progress
from vae.runs.results import FIGURES, figures_of
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.schema import (
    AccuracyRow,
    AdversarialRow,
    ChangeRow,
    ElboRow,
    Info,
    Status,
    decode_row,
)
from vae.runs.store import RunStore
from vae.schemas.classification import ComparisonRequest
from vae.schemas.likelihood import LikelihoodRequest
from vae.schemas.reading import MAX_TEXT_BYTES, Text, Words, decode, printable, read
from vae.server.presence import Presence
from vae.server.tickets import Tickets

INFO = {
    **{"format": 1, "config": Config().to_dict(), "dataset": "digits", "image_shape": [8, 8, 1]},
    **{"class_names": ["a", "b"], "images": 5, "seed": 0, "versions": {"keras": "3"}, "place": 1},
}
STATUS = {
    **{"state": "paused", "created": "2026", "updated": "2026", "reason": "", "pid": 5, "epoch": 1},
    **{"step": 2, "steps": 3, "until": 4, "kept": [1, 2], "model_epoch": 1, "serial": 1},
    **{"imported": True, "look_failed": False, "images_per_second": 5, "seconds_per_epoch": 1.5},
    **{"seconds_trained": 3.5, "taken_up": [1, 2], "shown": 0},
}
VALID: dict[str, tuple[dict[str, Any], Any]] = {
    "metrics.json": (
        json.loads((SHIPPED / "mnist-recommended" / "metrics.json").read_bytes()),
        FIGURES["metrics.json"],
    ),
    "likelihood.json": (LIKELIHOOD, FIGURES["likelihood.json"]),
    "knowledge.json": (CLASS_PROBES, FIGURES["knowledge.json"]),
    "quality.json": (QUALITY, FIGURES["quality.json"]),
    "classification.json": (CLASSIFICATION, FIGURES["classification.json"]),
    "classification-asked.json": ({"classifier": "an id"}, ComparisonRequest),
    "likelihood-asked.json": ({"samples": 5, "treatment": "none"}, LikelihoodRequest),
    "config.json": (INFO, Info),
    "status.json": (STATUS, Status),
    "about.json": (
        {"name": "Mine", "owner": "abc", "deleted": 5.5, "tags": ["best"], "note": "Keep."},
        MetadataFile,
    ),
}
VALIDATED = {
    f"val_{name}": row(1, 5.0)[name]
    for name in ("loss", "reconstruction", "kl", "kl_per_dimension")
}
ACCURACY_ROW = {
    **{"kind": "epoch", "epoch": 1, "step": 25, "loss": 0.5, "accuracy": 0.875},
    **{"learning_rate": 1e-3, "gradient_norm": 2.0, "val_loss": 0.6, "val_accuracy": 0.75},
}
ADVERSARIAL_ROW = {
    **{"kind": "epoch", "epoch": 1, "step": 25, "loss": 0.7, "discriminator_loss": 1.3},
    **{"d_real": 0.55, "d_fake": 0.45, "learning_rate": 1e-3, "gradient_norm": 2.0},
    "discriminator_gradient_norm": 3.0,
}
ROWS = (
    row(1, 5.0, noise=1.0, gradient_norm=2.0, capacity=3.0, pixel_deviation=4.0, prior_distance=1.0)
    | VALIDATED,
    row(1, 5.0, kind="step"),
    change(1, 2, beta=0.5, learning_rate=0.1, noise=0.0) | {"epochs": 5},
    ACCURACY_ROW,
    ADVERSARIAL_ROW,
)
TYPES = (ElboRow, ElboRow, ChangeRow, AccuracyRow, AdversarialRow)


def refused(act: Callable[[], Any]) -> bool:
    """Whether it raises RunError, in one short line that can be shown."""
    said = ""
    try:
        act()
    except RunError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 500
    return bool(said)


def taken_as(content: bytes, kind: Any) -> dict[str, Any] | None:
    """What it is read as, None if it is refused."""
    try:
        return decode("A file", content, kind)
    except RunError:
        return None


@pytest.fixture
def run(tmp_path: Path, finished_run: Run) -> Run:
    return copy_run(finished_run, tmp_path / "run")


class TestBasics:
    @pytest.mark.parametrize("name", VALID)
    def test_what_a_run_writes_and_nothing_else(self, name: str) -> None:
        value, kind = VALID[name]
        content = json.dumps(value | {"remark": PICTURE, PICTURE: [1]}).encode()
        assert decode(name, content, kind) == value

    def test_rows(self) -> None:
        for each in ROWS:
            assert decode_row(json.dumps(each | {"note": PICTURE}).encode()) == each

    @pytest.mark.parametrize("run", RunStore(Path("none")).list_shipped(), ids=lambda run: run.id)
    def test_what_ships(self, run: Run) -> None:
        kinds = {name: kind for name, (_, kind) in VALID.items()}
        for name, kind in (kinds | figures_of(KINDS[run.config.kind])).items():
            if (path := run.path / name).exists():
                assert read(path, kind) == json.loads(path.read_bytes())
        lines = (run.path / "history.jsonl").read_bytes().splitlines()
        assert run.rows == [json.loads(line) for line in lines]
        assert run.faults == []

    def test_what_the_first_version_wrote(self) -> None:
        status = {"state": "finished", "created": "2026", "epoch": 15, "model_epoch": 15}
        assert decode("status.json", json.dumps(status).encode(), Status) == status
        metrics = decode("metrics.json", json.dumps(METRICS).encode(), FIGURES["metrics.json"])
        assert metrics == METRICS

    def test_texts(self) -> None:
        assert printable(" a\tb\n\n\0c\u202ed\x1b[31m ", 60) == "a b c d [31m"
        assert printable("<b>é 数 σ</b>", 60) == "<b>é 数 σ</b>"
        assert printable("x" * 100, 7) == "xxxxxxx"
        assert decode("a", b'"a\\nb"', Text) == "a b"
        long = b'"' + b"x" * 10**6 + b'"'
        assert [len(decode("a", long, kind)) for kind in (Text, Words)] == [200, 2000]

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none.json", Status)

    def test_a_folder_under_its_name(self, tmp_path: Path) -> None:
        (tmp_path / "status.json").mkdir()
        with pytest.raises(RunError, match=r"^status\.json must be readable\. Received: it is no"):
            read(tmp_path / "status.json", Status)

    def test_a_file_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "status.json"
        path.write_bytes(json.dumps(STATUS).encode().rjust(MAX_TEXT_BYTES))
        assert read(path, Status) == STATUS
        path.write_bytes(b" " + path.read_bytes())
        with pytest.raises(RunError, match=r"^status\.json must be of at most 1 MB"):
            read(path, Status)


class TestCorrectness:
    @pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
    @pytest.mark.parametrize("name", VALID)
    def test_other_contents(self, name: str, content: bytes) -> None:
        if name in ("likelihood.json", "about.json") and content in EMPTY:
            assert decode(name, content, VALID[name][1]) == {}
        else:
            assert refused(lambda: decode(name, content, VALID[name][1]))

    @pytest.mark.parametrize("name", VALID)
    def test_other_values(self, name: str) -> None:
        value, kind = VALID[name]
        taken = [found for each in altered(value) if (found := taken_as(each, kind)) is not None]
        for found in taken:
            assert PICTURE not in found
            if name != "config.json":  # whose settings `Config` checks
                assert decode(name, json.dumps(found, allow_nan=False).encode(), kind) == found

    @pytest.mark.parametrize("index", range(len(ROWS)))
    def test_other_values_in_a_row(self, index: int) -> None:
        kind = TYPES[index]
        for content in altered(ROWS[index]):
            if (found := taken_as(content, kind)) is not None:
                assert found.keys() <= ROWS[index].keys()
                assert taken_as(json.dumps(found, allow_nan=False).encode(), kind) == found

    def test_a_row_with_half_a_validation(self) -> None:
        for missing in VALIDATED:
            half = {name: value for name, value in ROWS[0].items() if name != missing}
            with pytest.raises(RunError, match=f"Received: no {missing}"):
                decode_row(json.dumps(half).encode())
        for missing in ("val_loss", "val_accuracy"):
            half = {name: value for name, value in ACCURACY_ROW.items() if name != missing}
            with pytest.raises(RunError, match=f"Received: no {missing}"):
                decode_row(json.dumps(half).encode())

    def test_a_row_is_read_as_what_it_is(self) -> None:
        for each in ROWS:
            assert decode_row(json.dumps(each).encode()) == each

    def test_the_last_of_two_keys_counts(self) -> None:
        kind = FIGURES["metrics.json"]
        twice = json.dumps(METRICS).replace("}", ', "loss": 7.5}').encode()
        assert decode("metrics.json", twice, kind) == METRICS | {"loss": 7.5}
        wrong = json.dumps(METRICS).replace("}", ', "loss": "x"}').encode()
        assert refused(lambda: decode("metrics.json", wrong, kind))


class TestReaders:
    """Whatever a file holds, its reader says what it says where there is none."""

    @pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
    def test_of_a_run(self, content: bytes, run: Run) -> None:
        for name in (*FIGURES, "about.json", "control.json", "tsne-progress.json"):
            (run.path / name).write_bytes(content)
        with (run.path / "history.jsonl").open("ab") as file:
            file.write(content + b"\n")
        again = open_run(run.path)
        assert (again.metrics, again.likelihood, again.class_probes, again.quality) == ({},) * 4
        assert again.classification == {}
        assert again.rows == run.rows
        assert read_metadata(run.path).name == ""
        assert read_control(run.path) == Control()
        assert read_progress(run.path, "tsne") == Progress()
        said = " ".join(again.faults)
        needed = [name for name in FIGURES if name != "likelihood.json" or content not in EMPTY]
        assert all(name in said for name in needed)
        assert bool(history_fault(run.path / "history.jsonl")) == bool(content)
        # And it does not stand in the way of what is written next.
        assert request(run.path, "pause").action == read_control(run.path).action == "pause"

    @pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
    @pytest.mark.parametrize("name", ["config.json", "status.json"])
    def test_of_what_is_no_run(self, name: str, content: bytes, run: Run) -> None:
        (run.path / name).write_bytes(content)
        assert refused(lambda: open_run(run.path))

    @pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
    def test_of_the_queue(self, content: bytes, run: Run, tmp_path: Path) -> None:
        tickets = Tickets(tmp_path)
        tickets.enqueue("good", "train")
        (tickets.folder / "bad-train.json").write_bytes(content)
        assert [ticket.name for ticket in tickets.list()] == ["good-train"]
        (tickets.folder / ".present-0.json").write_bytes(content)
        Presence(30.0).announce(tickets.folder)
        (run.path / "likelihood-asked.json").write_bytes(content)
        assert refused(lambda: requested_likelihood(run))

    def test_other_values_of_a_ticket(self, tmp_path: Path) -> None:
        tickets = Tickets(tmp_path)
        tickets.enqueue("run", "train", "me")
        path = tickets.folder / "run-train.json"
        for content in altered(json.loads(path.read_bytes())):
            path.write_bytes(content)
            for ticket in tickets.list():
                assert len(ticket.owner) <= Text.longest
                assert (type(ticket.enqueued), type(ticket.started)) == (int, bool)

    def test_other_values_of_requests(self, tmp_path: Path) -> None:
        request(tmp_path, "batch", {"beta": 0.5, "learning_rate": 0.1, "noise": 1.0}, Segment(1, 2))
        path = tmp_path / "control.json"
        for content in altered(json.loads(path.read_bytes())):
            path.write_bytes(content)
            values = read_control(tmp_path)
            Config().replace(**values.settings)
            assert all(type(number) is int for segment in values.more for number in segment)
