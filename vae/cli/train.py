"""The commands that train: what Ctrl-C and TERM do, and what the exit status says.

The first signal ends the run cleanly, with its model; a second one ends the process at once. While
nothing is trained yet, in TensorFlow's import and in the first compilation, there is nothing that
could be lost, and the first one ends the process within a second.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae.cli.streams import import_tensorflow, say, to_json, warn
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.split import check_trainable, untaught_classes_note, unused_images_note
from vae.environment import runs_folder
from vae.errors import VAEError
from vae.runs.failures import in_words, record_failure
from vae.runs.run import Run, how_to_resume, open_run
from vae.runs.schema import Row
from vae.runs.writer import RunWriter, check_free, new_run_id
from vae.training.stopping import StopRequest

__all__ = ["STATUS_HELP", "resume_run", "run_result", "train_run"]

OnEvent = Callable[[Row], None]
Load = Callable[[], Dataset]
STATUS_HELP = (
    "Exit status: 0, or 1 if the run diverged or failed, 2 for what cannot be done, 130 or 143 if "
    "Ctrl-C or TERM stopped it."
)
# A training that can listen does so after each call of at most 0.2 s.
NOTICE_SECONDS = 0.7


def train_run(
    config: Config, load: Load, out: Path | None, on_event: OnEvent, *, as_json: bool
) -> tuple[Run, int]:
    """Train a new run into a folder; return it and the exit status.

    load: the data set, with what it takes to get it.
    """
    path = out or runs_folder() / new_run_id()
    check_free(path)  # before a download
    dataset = load()
    check_trainable(config, dataset)
    for note in (
        unused_images_note(config, len(dataset.x_train)),
        untaught_classes_note(config, dataset),
    ):
        if note:
            warn(note)

    def train(stop: _Stop) -> None:
        # The folder first: a run that is stopped while TensorFlow loads can be resumed too.
        RunWriter.create(path, config, dataset)
        import_tensorflow()
        from vae.training.train import train

        train(config, dataset, stop.hearing(on_event), out=path, should_stop=stop)

    return _carried_out(path, train, as_json)


def resume_run(
    run: Run, load: Load, more_epochs: int, on_event: OnEvent, *, as_json: bool
) -> tuple[Run, int]:
    """Resume a run from its last checkpoint; return it and the exit status."""
    run.requests.check_resume(more_epochs)
    dataset = load()

    def resume(stop: _Stop) -> None:
        import_tensorflow()
        from vae.training.train import resume

        event = stop.hearing(on_event)
        resume(run, dataset, event, more_epochs=more_epochs, should_stop=stop)

    return _carried_out(run.path, resume, as_json)


def run_result(run: Run) -> dict[str, Any]:
    """Return what the commands say of a run in the end."""
    last = {k: v for k, v in run.history[-1].items() if k != "kind"} if run.history else {}
    outcome = {"run": str(run.path), "state": run.state, "reason": run.status.get("reason", "")}
    return outcome | {"last_epoch": last, "metrics": run.metrics}


def _carried_out(path: Path, act: Callable[[_Stop], None], as_json: bool) -> tuple[Run, int]:
    reason = ""
    with _Stop(path, as_json) as stop:
        try:
            act(stop)
        except (VAEError, OSError):
            raise
        except Exception as error:  # the run's worker.log has the trace
            reason = in_words(error)
    run = open_run(path)
    if stop.signal:
        warn(_how_to_resume(path))
        return run, 128 + stop.signal
    if reason or run.state in ("diverged", "failed"):
        warn(reason or run.status.get("reason", ""))
        return run, 1
    return run, 0


def _how_to_resume(path: Path) -> str:
    run = open_run(path)
    reason = run.status.get("reason") or f"{run.state.capitalize()}."
    return f"{reason} To continue: {how_to_resume(path)}"


class _Stop(StopRequest):
    """Within it the first signal asks the run in a folder to stop; what cannot listen is ended.

    Python itself handles a signal between two lines of its own, which a compilation makes wait for
    seconds. So the signals' numbers go to a thread through a socket, at once.
    """

    def __init__(self, path: Path, as_json: bool) -> None:
        super().__init__()
        self.path, self.as_json = path, as_json
        self.has_trained = False
        self._handlers: dict[int, Any] = {signal.SIGINT: None, signal.SIGTERM: None}

    def hearing(self, on_event: OnEvent) -> OnEvent:
        """Return the listener, which also tells that there is something to lose."""

        def hear(row: Row) -> None:
            self.has_trained = self.has_trained or row["kind"] == "step"
            on_event(row)

        return hear

    def __enter__(self) -> _Stop:
        if threading.current_thread() is not threading.main_thread():
            self._thread = None  # where no signal comes
            return self
        self._stderr = os.dup(2)
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        for number in self._handlers:
            self._handlers[number] = signal.signal(number, lambda *_: None)
        self._fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is None:
            return
        signal.set_wakeup_fd(self._fd)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._writer.close()
        self._thread.join()
        self._reader.close()
        os.close(self._stderr)

    def _watch(self) -> None:
        first = self._next_signal(None)
        if not first:
            return
        self.signal = first
        self._say("\nStopping: the model is written first. A second Ctrl-C ends at once.")
        again = self._next_signal(NOTICE_SECONDS)
        if again is None and (self.noticed.is_set() or self.has_trained):
            again = self._next_signal(None)
        if again != 0:
            self._end()

    def _next_signal(self, seconds: float | None) -> int | None:
        """Return the number of the next signal, 0 when training is over, None after so long."""
        self._reader.settimeout(seconds)
        while True:
            try:
                byte = self._reader.recv(1)
            except TimeoutError:
                return None
            if not byte or byte[0] in self._handlers:
                return byte[0] if byte else 0

    def _say(self, text: str) -> None:
        """Write a line to what standard error was: while TensorFlow loads it is held back."""
        with contextlib.suppress(OSError):
            os.write(self._stderr, f"{text}\n".encode(errors="backslashreplace"))

    def _end(self) -> None:
        """End the process, whatever it does."""
        with contextlib.suppress(Exception):  # a folder that is not made yet, or a full disk
            record_failure(self.path, KeyboardInterrupt())
            self._say(_how_to_resume(self.path))
            if self.as_json:
                say(to_json(run_result(open_run(self.path))))
            # The thread that trains may have written what it says of itself meanwhile.
            record_failure(self.path, KeyboardInterrupt())
        os._exit(128 + self.signal)
