"""Runs that come back from other machines: vetted as any import, and made whole.

A zip is not trusted, so its ONNX files stay out. A process of this machine writes them anew as the
runs arrive, rather than at the end or when a page first needs them: what has a row is whole, also
while the sweep goes on and for who reads it without TensorFlow. It is the worker of local sweeps,
which gives runs that are there their rows; so what a kill leaves without a row gets it next time.
"""

from __future__ import annotations

import io
import queue
import shutil
import threading
from collections.abc import Iterator
from typing import Any

from vae.archive.zip_import import import_zip
from vae.runs.metadata import read_metadata
from vae.runs.schema import RunState
from vae.runs.store import RunStore
from vae.runs.writer import RunWriter
from vae.studies.pool import Job, Line, work_in_processes
from vae.sweeps.plan import PlannedRun
from vae.sweeps.study import Sweep
from vae.sweeps.train_planned import failure_line

__all__ = ["WORKER", "Arrivals"]

WORKER = "vae.sweeps.worker"


class _Over(Exception):
    """The sweep has ended: whoever works on arrivals returns."""


class Arrivals:
    """Makes runs whole as they come back, and has their rows."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._found: queue.SimpleQueue[Line | BaseException] = queue.SimpleQueue()
        self._is_over, self.count = False, 0  # of those that have come and have no row yet
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, planned: PlannedRun, row: dict[str, Any], content: bytes) -> None:
        """Make the run's folder of a zip; row: what the other machine says of it."""
        path = self._sweep.run_path(planned)
        owner = read_metadata(self._sweep.path).owner
        try:
            shutil.rmtree(path, ignore_errors=True)  # one that was begun on this machine
            path.parent.mkdir(parents=True, exist_ok=True)
            import_zip(io.BytesIO(content), RunStore(path.parent), owner, path.name)
            # As it ended there: one that an import would have rest has reached its end.
            RunWriter.reopen(path).status(state=RunState(row["state"]), reason=str(row["reason"]))
        except Exception as error:
            self.add_row(failure_line(planned, path, error))
        else:
            self.finish(planned)

    def add_row(self, line: Line) -> None:
        """Add the row of a run that did not come."""
        self.count += 1
        self._found.put(line)

    def finish(self, planned: PlannedRun) -> None:
        """Have the run that is there made whole."""
        self.count += 1
        path = str(self._sweep.path.absolute())
        self._jobs.put({"study": path, "settings": planned.settings, "seed": planned.seed})

    def rows(self) -> Iterator[Line]:
        """Yield the rows of runs that are whole by now; raises what their process raised."""
        while not self._found.empty():
            found = self._found.get()
            if isinstance(found, BaseException):
                raise found
            self.count -= 1
            yield found

    def close(self) -> None:
        """Add no more; those that were added are still made whole."""
        self._jobs.put(None)

    def is_open(self) -> bool:
        """Whether rows may still come."""
        return self._thread.is_alive() or not self._found.empty()

    def abort(self) -> None:
        """End at once: what is not whole is made so by the next session."""
        self._is_over = True
        self.close()
        self._thread.join()

    def _work(self) -> None:
        jobs = iter(self._jobs.get, None)
        try:
            work_in_processes(WORKER, jobs, 1, self._append, self._check, threads=None)
        except _Over:
            return
        except BaseException as error:
            self._found.put(error)

    def _append(self, name: str, line: dict[str, Any]) -> None:
        self._found.put((name, line))

    def _check(self) -> None:
        if self._is_over:
            raise _Over
