"""Stands in for `vae.server.worker` in the queue's tests: it holds a run and obeys, in no time.

It trains nothing. Files in the run's folder tell it what to live through: "wait" and "crash-early"
(before it holds the run), "finish", "crash", "give-up" and "linger" (stay as long as it is there).
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path

POLL_SECONDS = 0.005


def main() -> None:
    if sys.argv[1] == "--warm":
        line = sys.stdin.readline()
        if not line:
            return
        job = json.loads(line)
        path, action = Path(job["run"]), job["action"]
    else:
        path, action = Path(sys.argv[1]), sys.argv[2]
    wait = (path / "wait").exists
    while wait():
        time.sleep(POLL_SECONDS)
    if (path / "crash-early").exists():
        return
    leaving: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(1))
    with (path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        runs = path.parent.parent if path.parent.name == ".studies" else path.parent
        with (runs / "order.txt").open("a") as order:
            order.write(f"{path.name} {action} {sys.argv[1] == '--warm'}\n")
        work(path, action, leaving)


def work(path: Path, action: str, leaving: list[int]) -> None:
    """Obey until the run is over."""
    if action == "study":
        return work_on_study(path)
    if action != "train":
        while not (path / "finish").exists() and not (path / "crash").exists():
            time.sleep(POLL_SECONDS)
        if (path / "crash").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return None
    (path / "history.jsonl").write_text('{"kind": "epoch", "epoch": 1, "step": 9, "loss": 1.0}\n')
    (path / "checkpoint.npz").touch()
    serial = requested(path)["serial"]
    tell(path, state="training", pid=os.getpid(), epoch=1, step=9, steps=9, serial=serial)
    while True:
        control = requested(path)
        if (path / "crash").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if (path / "finish").exists() or control["action"] == "stop":
            # It makes the model now, and reads no request any more.
            state = "stopped" if control["action"] == "stop" else "finished"
            tell(path, serial=control["serial"], epoch=control["epochs"])
            linger(path)
            return tell(path, state=state)
        if (path / "give-up").exists():
            return tell(path, state="interrupted", reason="The disk is full.")
        if control["action"] == "leave":
            leaving.append(1)
            serial = control["serial"]
        if leaving:
            tell(path, state="paused", serial=serial, reason="Paused.")
            return linger(path)
        if control["serial"] != serial:
            serial = control["serial"]
            state = "paused" if control["action"] == "pause" else "training"
            tell(path, state=state, serial=serial)
        time.sleep(POLL_SECONDS)


def work_on_study(path: Path) -> None:
    """Obey until the study is over; each file "found-N" is a training that is done."""
    states = {"pause": "paused", "stop": "stopped"}
    while True:
        tell(path, state="running", done=len([*path.glob("found-*")]))
        if (path / "crash").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if (path / "finish").exists():
            return tell(path, state="finished")
        if (path / "control.json").exists():
            action = json.loads((path / "control.json").read_text())["action"]
            if action in states:
                linger(path)
                return tell(path, state=states[action])
        time.sleep(POLL_SECONDS)


def linger(path: Path) -> None:
    """Do not go yet."""
    while (path / "linger").exists():
        time.sleep(POLL_SECONDS)


def requested(path: Path) -> dict:
    """Return what is asked of the run, and its last epoch."""
    config = json.loads((path / "config.json").read_text())["config"]
    try:
        control = json.loads((path / "control.json").read_text())
    except FileNotFoundError:
        control = {"action": "run", "serial": 0, "more": []}
    segments = [[0, config["epochs"]], *control["more"]]
    return control | {"epochs": segments[-1][1]}


def tell(path: Path, **changes: object) -> None:
    """Change what the run says of itself."""
    status = json.loads((path / "status.json").read_text()) | changes
    (path / "status.tmp").write_text(json.dumps(status))
    (path / "status.tmp").replace(path / "status.json")


if __name__ == "__main__":
    main()
