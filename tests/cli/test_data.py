"""python -m vae data: adding pictures, listing them, training on them, removing them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Output, last_json, refused
from tests.data.test_own_pictures import write_pictures
from vae.cli.main import main
from vae.runs.run import open_run
from vae.runs.run_images import known_dataset


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, an empty runs folder, and 100 pictures."""
    monkeypatch.setenv("VAE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "runs"))
    write_pictures(tmp_path / "pictures")
    (tmp_path / "pictures" / "notes.txt").write_text("no picture")
    return tmp_path


def test_pictures_become_a_data_set(folders: Path, capsys: Output) -> None:
    assert main(["data", "list", "--json"]) == 0
    assert last_json(capsys.readouterr().out) == {"datasets": []}
    add = ["data", "add", str(folders / "pictures"), "--name", "shells", "--size", "12"]
    assert main([*add, "--note", "dark on light", "--json"]) == 0
    printed = capsys.readouterr()
    added = last_json(printed.out)
    assert (added["name"], added["image_shape"]) == ("shells", [12, 12, 1])
    assert added["training_images"] + added["test_images"] == 100
    assert any("Only 8" in each for each in added["findings"])
    assert "notes.txt" in printed.err
    assert main(["data", "list"]) == 0
    assert "dark on light" in capsys.readouterr().out
    out = ["--out", str(folders / "runs" / "run")]
    assert main(["train", "--dataset", "shells", "--set", "epochs=1", "hidden=8", *out]) == 0
    assert known_dataset(open_run(folders / "runs" / "run")) == "shells"
    capsys.readouterr()
    assert main(["data", "remove", "shells"]) == 2  # a run needs it
    assert "Received: run" in capsys.readouterr().err
    assert main(["data", "remove", "shells", "--force", "--json"]) == 0
    assert last_json(capsys.readouterr().out) == {"removed": "shells", "runs": ["run"]}
    assert known_dataset(open_run(folders / "runs" / "run")) == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "nowhere"], "a file or folder was expected"),
        (["add", "pictures", "--name", "digits"], "which is taken"),
        (["add", "pictures", "--size", "4"], "a size from 8 to 64"),
        (["add", "pictures", "--test-fraction", "1"], "a fraction above 0 and below 1"),
        (["remove", "shells"], "received: 'shells'"),
        ([], "action"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], said: str, folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(folders)
    assert said in refused(["data", *arguments], capsys).lower()
