"""Reading run folders, and what is requested of a run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import PREDICTABLE, ROOT, change_status, copy_run
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.files import read_json, write_json
from vae.runs.history import History
from vae.runs.run import ACTIVE_STATES, Run, open_run
from vae.runs.schema import RunState
from vae.runs.writer import RunWriter

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from vae.runs.schema import RunState
from vae.runs.run import Run
with Run(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(run: Run) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the run's lock until its input ends."""
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(run.path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


class TestBasics:
    @pytest.mark.parametrize("likelihood", ["bernoulli", "continuous_bernoulli", "gaussian"])
    def test_bits_of_an_earlier_version(self, run: Run, likelihood: str) -> None:
        """It wrote bits per dimension of densities too: negative, and comparable with nothing."""
        info = read_json(run.path / "config.json")
        info["config"]["likelihood"] = likelihood
        write_json(run.path / "config.json", info)
        write_json(run.path / "metrics.json", {**run.metrics, "bits_per_dimension": -1.86})
        found = Run(run.path).metrics
        assert ("bits_per_dimension" in found) == (likelihood == "bernoulli")
        assert found["elbo"] == run.metrics["elbo"]

    def test_open(self, finished_run: Run) -> None:
        for path in (finished_run.path, str(finished_run.path)):
            run = open_run(path)
            assert run.id == "run"
            assert run.config == PREDICTABLE
            assert run.has_model
            assert not run.shipped
            assert run.snapshot_epochs == list(range(PREDICTABLE.epochs + 1))

    def test_history_by_row_and_by_name(self) -> None:
        history = History([{"loss": 3.0, "kl": 1.0}, {"loss": 2.0, "kl": 1.5}])
        assert history[-1]["loss"] == 2.0
        assert history["kl"] == [1.0, 1.5]
        assert len(history[:1]) == 1
        with pytest.raises(KeyError):
            history["nothing"]

    def test_the_steps_of_an_epoch(self, finished_run: Run, tmp_path: Path) -> None:
        steps = finished_run.steps_per_epoch
        assert steps == finished_run.history[-1]["step"]
        young = copy_run(finished_run, tmp_path / "young")
        rows = (young.path / "history.jsonl").read_text().splitlines()
        (young.path / "history.jsonl").write_text("\n".join(rows[:3]) + "\n")
        assert Run(young.path).rows[-1]["step"] < Run(young.path).steps_per_epoch == steps

    def test_a_run_waits_for_its_own_training_only(self, digits: Dataset, tmp_path: Path) -> None:
        RunWriter.create(tmp_path / "run", Config(seed=3), digits)
        run = open_run(tmp_path / "run")
        assert run.waits_for(Config(seed=3), "digits")
        assert not run.waits_for(Config(seed=4), "digits")
        assert not run.waits_for(Config(seed=3), "mnist")

    def test_a_finished_run_waits_for_nothing(self, finished_run: Run) -> None:
        assert not finished_run.waits_for(finished_run.config, "digits")


class TestRequests:
    """What can be asked of a run, and what it then is to do."""

    def test_request(self, run: Run) -> None:
        assert run.control.action == "run"
        assert run.requests.send("pause") == run.control == open_run(run.path).control
        assert run.control.action == "pause"

    def test_live_settings(self, run: Run) -> None:
        assert run.settings == PREDICTABLE
        run.requests.change(beta=2, noise=0.5)
        run.requests.change(beta=3)
        assert run.control.settings == {"beta": 3.0, "noise": 0.5}
        assert run.settings == PREDICTABLE.replace(beta=3.0, noise=0.5)
        assert run.config == PREDICTABLE  # what it began with stays written
        assert run.control.turn == 0  # nothing begins or ends by it

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"epochs": 5}, "act at once are .*Received: epochs"),
            ({"beta": 1.0, "seed": 3}, "Received: seed"),
            ({"beta": 101.0}, r"beta must be .*Received: beta=101\.0"),
            ({"learning_rate": 0.0}, "learning_rate must be"),
            ({"noise": float("nan")}, "noise must be"),
        ],
    )
    def test_other_settings_are_refused(
        self, run: Run, settings: dict[str, float], message: str
    ) -> None:
        with pytest.raises(ConfigError, match=message):
            run.requests.change(**settings)
        assert run.control.serial == 0

    def test_an_autoencoder_has_no_beta_to_change(
        self, autoencoder_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(autoencoder_run, tmp_path / "autoencoder")
        with pytest.raises(ConfigError, match="so beta means nothing for it"):
            run.requests.change(beta=1.0)

    @pytest.mark.parametrize("value", ["-1", "1e9", "NaN"])
    def test_settings_that_cannot_be_are_ignored(self, run: Run, value: str) -> None:
        run.requests.change(beta=2.0)
        path = run.path / "control.json"
        path.write_text(path.read_text().replace("2.0", value))
        assert run.settings == PREDICTABLE
        run.requests.change(noise=0.5)
        assert run.settings == PREDICTABLE.replace(noise=0.5)

    def test_more_epochs(self, run: Run) -> None:
        assert run.epochs == 12
        run.requests.resume(3)
        assert (run.epochs, run.control.more, run.control.action) == (15, ((12, 15),), "run")

    def test_a_run_under_way_continues_beyond_its_end(self, run: Run) -> None:
        change_status(run, state="stopped", epoch=4)
        stopped = open_run(run.path)
        stopped.requests.resume(3)
        stopped.requests.resume(5)
        assert stopped.control.more == ((12, 15), (15, 20))

    def test_after_early_stopping_it_resumes_from_there(self, run: Run) -> None:
        change_status(run, epoch=8)
        early = open_run(run.path)
        early.requests.resume(3)
        assert early.control.more == ((8, 11),)
        assert early.epochs == 11

    def test_a_finished_run_needs_epochs_to_resume(self, run: Run) -> None:
        with pytest.raises(RunError, match=r"for how many more epochs\. Received: 0"):
            run.requests.resume()
        assert run.control.serial == 0

    def test_too_many_epochs(self, run: Run) -> None:
        with pytest.raises(ConfigError, match="epochs must be"):
            run.requests.resume(489)
        assert run.control.serial == 0
        run.requests.resume(488)

    def test_without_a_checkpoint_what_it_learned_would_be_lost(self, run: Run) -> None:
        (run.path / "checkpoint.npz").unlink()
        assert not run.can_resume
        with pytest.raises(RunError, match=r"needs its checkpoint\.npz\. Received"):
            run.requests.resume(3)

    def test_before_the_first_checkpoint_nothing_is_lost(
        self, digits: Dataset, tmp_path: Path
    ) -> None:
        RunWriter.create(tmp_path / "run", Config(), digits)
        run = open_run(tmp_path / "run")
        assert run.can_resume
        run.requests.resume()
        assert run.control.action == "run"


class TestState:
    @pytest.mark.parametrize("state", ACTIVE_STATES)
    def test_without_a_process_an_active_run_was_interrupted(self, run: Run, state: str) -> None:
        assert change_status(run, state=state).state == "interrupted"
        assert read_json(run.path / "status.json")["state"] == state  # a reader writes nothing

    @pytest.mark.parametrize("state", sorted(set(RunState) - set(ACTIVE_STATES)))
    def test_other_states_need_no_process(self, run: Run, state: str) -> None:
        assert change_status(run, state=state).state == state

    def test_a_process_is_known_by_its_lock(self, run: Run, held: subprocess.Popen[str]) -> None:
        assert change_status(run, state="training").state == "training"
        assert run.is_alive()
        held.kill()  # the system lets go of a killed one's lock
        held.wait()
        assert not run.is_alive()
        assert Run(run.path).state == "interrupted"

    def test_two_who_check_do_not_take_each_other_for_the_process(self, run: Run) -> None:
        run.lock().acquire(timeout=0).lock.release()  # as its process did
        with ThreadPoolExecutor(8) as pool:
            found = pool.map(lambda _: Run(run.path).is_alive(), range(4000))
        assert set(found) == {False}

    def test_reading_leaves_the_lock_free(self, run: Run) -> None:
        assert not run.is_alive()
        with run.lock().acquire(timeout=0):
            assert run.is_alive()
        assert not run.is_alive()

    def test_looking_makes_no_folder(self, tmp_path: Path) -> None:
        assert not Run(tmp_path / "removed").is_alive()
        assert list(tmp_path.iterdir()) == []
