"""python -m vae sweep: planned, trained, shown, extended, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Output, last_json, refused
from vae.cli.main import main
from vae.runs.run import open_run

SMALL = [
    *("--set", "network=convolutional", "hidden=2", "latent_dim=2", "epochs=1", "train_share=0.1"),
    *("--dataset", "digits"),
]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae.sweeps.run.loads_the_same", lambda dataset: False)


def test_a_plan_writes_nothing(tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "s"
    command = ["sweep", *SMALL, "--vary", "beta=0.5,4", "latent_dim=2..4:3", "--seeds", "2"]
    assert main([*command, "--out", str(out), "--plan", "--json"]) == 0
    values = last_json(capsys.readouterr().out)
    assert (values["runs"], len(values["planned"])) == (12, 12)
    assert values["planned"][-1] == {"beta": 4.0, "latent_dim": 4, "seed": 1}
    assert values["seconds"] > 0
    assert values["bytes"] > 0
    assert not out.exists()


def test_it_trains_shows_and_is_extended(tmp_path: Path, capsys: Output) -> None:
    out = str(tmp_path / "s")
    assert main(["sweep", *SMALL, "--vary", "beta=0.5,4", "--out", out, "--json"]) == 0
    values = last_json(capsys.readouterr().out)
    assert (values["state"], values["done"], values["total"]) == ("finished", 2, 2)
    elbos = {row["settings"]["beta"]: row["metrics"]["elbo"] for row in values["runs"]}
    assert values["best"]["beta"] == max(elbos, key=elbos.__getitem__)
    best = open_run(Path(values["best"]["run"]))
    assert best.metrics.get("elbo") == elbos[values["best"]["beta"]]
    before = (tmp_path / "s" / "study.json").read_bytes()
    assert main(["sweep", "--vary", "beta=8", "--out", out, "--plan", "--json"]) == 0
    assert last_json(capsys.readouterr().out)["planned"] == [{"beta": 8.0, "seed": 0}]
    assert (tmp_path / "s" / "study.json").read_bytes() == before
    assert main(["sweep", "--vary", "beta=8", "--out", out]) == 0
    shown = capsys.readouterr().out
    assert "Finished: 3 of 3 runs" in shown
    assert "Best elbo" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vary", "beta"], "NAME=VALUES"),
        (["--vary", "betta=1"], "betta"),
        (["--vary", "beta=1", "beta=2"], "varied once"),
        ([], "one setting or more"),
        (["--vary", "beta=1,2", "--seeds", "0"], "one seed or more"),
        (["--vary", "free_bits=0.5", "importance_samples=1,5"], "skip_excluded"),
        (["--vary", "beta=0..10:1000", "noise=0..1:1000"], "10,000 runs"),
        (["--vary", "beta=1,2", "--processes", "0"], "Processes must be 1"),
    ],
)
def test_what_cannot_be_swept(
    arguments: list[str], words: str, tmp_path: Path, capsys: Output
) -> None:
    command = ["sweep", "--dataset", "digits", *arguments, "--out", str(tmp_path / "s")]
    assert words in refused(command, capsys)
    assert not (tmp_path / "s").exists()
