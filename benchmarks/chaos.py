"""Chaos: random faults over a set of runs; afterwards nothing may be lost, doubled or orphaned.

The seed decides which fault comes when and whom it meets; `python -m benchmarks.chaos --seed N`
replays it. What a fault finds also depends on the machine's speed, so a replay has the same faults,
not the same instructions.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from benchmarks.chaos_world import World, folder_on_small_disk
from vae.config import Config
from vae.data.datasets import load_dataset
from vae.runs.run import ACTIVE_STATES, open_run

__all__ = ["Chaos", "chaos"]

FAULTS = 100
RUNS = 4
PATIENCE_SECONDS = 300
CONFIG = Config(
    latent_dim=2, hidden=(16,), batch_size=4, epochs=12, kl_warmup=3, schedule="cosine",
    validation_split=0.1,
)  # fmt: skip


class Chaos(World):
    """All that can go wrong with a runs folder, and what must be true of it afterwards."""

    def __init__(self, folder: Path, seed: int, *, small_disk: bool) -> None:
        super().__init__(folder, seed)
        self.changed: set[str] = set()  # runs whose settings were changed on the way
        self.survived: collections.Counter[str] = collections.Counter()
        kinds = ["kill worker"] * 3 + ["kill server", "kill server and workers", "second server"]
        kinds += ["pause", "play"] * 2 + ["stop", "delete", "delete and undo", "terminate worker"]
        kinds += ["step batch", "step epoch", "change setting", "half a line", "temporary file"]
        self.kinds = kinds + ["disk full"] * 2 * small_disk

    def play(self, faults: int) -> None:
        """Let so many faults happen, then let all runs come to their end."""
        self.ask("ready")
        for _ in range(faults):
            while len(self.unfinished()) < RUNS:
                self.submit()
            time.sleep(self.random.uniform(0.1, 2.0))
            kind = self.random.choice(self.kinds)
            self.do(kind)
            self.survived[kind] += 1
            print(f"\r{sum(self.survived.values())} faults", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        self.come_to_an_end()

    def do(self, kind: str) -> None:
        """Let one fault happen."""
        run = self.random.choice(self.unfinished() or [None])
        if run is None:
            return
        if kind in ("kill worker", "terminate worker"):
            self.signal_workers(
                signal.SIGKILL if kind == "kill worker" else signal.SIGTERM, one=True
            )
        elif kind.startswith("kill server"):
            self.kill_servers()
            if kind.endswith("workers"):
                self.signal_workers(signal.SIGKILL)
        elif kind == "second server":
            self.start_server()
        elif kind == "delete and undo":
            self.ask("delete", run)
            time.sleep(self.random.uniform(0.0, 0.5))
            self.ask("undelete", run)
        elif kind == "change setting":
            self.changed.add(run.id)
            self.ask("change", run, beta=self.random.choice([0.5, 1.0, 2.0]))
        elif kind == "half a line":
            with suppress(OSError), (run.path / "history.jsonl").open("a") as file:
                file.write('{"kind": "step", "epo')
            self.signal_workers(signal.SIGKILL, of=run)
        elif kind == "temporary file":
            with suppress(OSError):
                (run.path / ".writing-0123.npz").write_bytes(b"half")
        elif kind == "disk full":
            self.fill_disk()
        else:
            steps = {"step batch": "batch", "step epoch": "epoch", "play": "run"}
            if kind in steps:
                self.ask("resume", run, action=steps[kind])
            else:
                self.ask(kind, run)

    def submit(self) -> None:
        """Put one more run into the queue, of one of three visitors."""
        number = len(self.owned)
        config = CONFIG.replace(seed=number % 3)
        worked, answer = self.ask("submit", f"visitor{number % 3}", **config.to_dict())
        if worked:
            self.owned.append(answer)
        else:
            time.sleep(0.2)

    def come_to_an_end(self) -> None:
        """Let every run continue until it is finished; fail if one never is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        asked: dict[str, float] = {}
        while left := [run for run in self.all_runs() if run.state != "finished"]:
            if time.monotonic() > deadline:
                raise AssertionError(f"These runs never end: {[(r.id, r.status) for r in left]}")
            for run in left:
                resting = run.state not in ("queued", *ACTIVE_STATES)
                if resting and time.monotonic() > asked.get(run.id, 0.0) + 3.0:
                    asked[run.id] = time.monotonic()
                    self.ask("resume", run)
            time.sleep(0.2)
        wait_until(lambda: not self.workers(), "all workers are gone")
        wait_until(lambda: not list((self.folder / ".queue").glob("*.json")), "no ticket is left")
        self.kill_servers()

    def verdict(self) -> list[str]:
        """Return what is wrong with what is left, an empty list if all is well."""
        wrong = []
        expected = {
            seed: undisturbed(seed) for seed in {number % 3 for number in range(len(self.owned))}
        }
        for run in self.all_runs():
            run = open_run(run.path)
            epochs = [row["epoch"] for row in run.history]
            if epochs != list(range(1, CONFIG.epochs + 1)):
                wrong.append(f"{run.id}: epochs {epochs}")
            positions = [(row["epoch"], row["step"]) for row in run.rows if row["kind"] == "step"]
            if positions != sorted(set(positions)):
                wrong.append(f"{run.id}: steps repeat or go back")
            if run.decode(run.fixed["z"]).shape[0] != len(run.fixed["z"]) or not run.metrics:
                wrong.append(f"{run.id}: its model is not whole")
            text = (run.path / "history.jsonl").read_text()
            if run.id not in self.changed and text != expected[run.config.seed]:
                wrong.append(f"{run.id}: its history is not that of an undisturbed run")
            if run.is_alive():
                wrong.append(f"{run.id}: its lock is held")
        self.age_leftovers()
        self.store.purge()
        leftovers = [p for p in self.folder.rglob(".*") if p.name not in (".queue",)]
        wrong += [f"left over: {path}" for path in leftovers]
        wrong += [f"process left over: {worker.info['cmdline']}" for worker in self.workers()]
        return wrong

    def age_leftovers(self) -> None:
        """Make temporary files old enough to be cleared away without waiting for it."""
        for path in self.folder.rglob(".writing-*"):
            os.utime(path, (0, 0))


def undisturbed(seed: int) -> str:
    """Return the history of a run that nothing happened to."""
    from vae.training.train import train  # slow, and the other benchmarks do not need it

    with tempfile.TemporaryDirectory() as folder:
        run = train(CONFIG.replace(seed=seed), load_dataset("digits"), out=Path(folder) / "run")
        return (run.path / "history.jsonl").read_text()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition; fail if it never comes true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Never happened: {what}")
        time.sleep(0.1)


def chaos(faults: int = FAULTS, seed: int | None = None) -> Chaos:
    """Let faults happen; print what was survived, and fail with what was not."""
    seed = random.randrange(10**6) if seed is None else seed
    print(f"\nChaos: {faults} faults, seed {seed} (python -m benchmarks.chaos --seed {seed}).\n")
    with folder_on_small_disk() as (folder, small_disk):
        story = Chaos(folder, seed, small_disk=small_disk)
        try:
            began = time.perf_counter()
            story.play(faults)
            wrong = story.verdict()
        finally:
            story.kill_servers()
            story.signal_workers(signal.SIGKILL)
    if not small_disk:
        print("A full disk was not tried: no small disk could be mounted here.\n")
    print("| fault | survived |")
    print("|---|---|")
    for kind, count in sorted(story.survived.items()):
        print(f"| {kind} | {count} |")
    print(f"\n{len(story.owned)} runs, {time.perf_counter() - began:.0f} s.")
    for text, count in story.refused.most_common():
        print(f"Refused with a message, {count} times: {text}")
    if wrong:
        raise AssertionError(f"seed {seed}: " + "; ".join(wrong))
    print("Every run left is whole and equals an undisturbed one; nothing is orphaned.")
    return story


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(prog="benchmarks.chaos", description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--faults", type=int, default=FAULTS)
    options = parser.parse_args()
    chaos(options.faults, options.seed)
