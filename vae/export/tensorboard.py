"""Curves and metrics as TensorBoard's event files, of a run that trains or of a finished one.

Of the package tensorboard (an extra) it uses the format alone: 0.3 s and 32 MB, where the package's
own writer imports TensorFlow, 8 s and 650 MB, and tensorboardX imports PyTorch where there is one.
"""

from __future__ import annotations

import io
import os
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from vae.errors import SettingsError
from vae.export.scalars import GlobalStep, metric_scalars, row_scalars
from vae.runs.run import Run
from vae.runs.schema import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["TensorBoardLogger", "event_file"]

VERSION = "brain.Event:2"  # of the format, which readers look for in the first record


class TensorBoardLogger:
    """Writes rows as they come: `vae.train(config, dataset, on_event=logger)`.

    folder: where the event file goes, one folder a run. steps_per_epoch: of a run that is resumed,
    see `GlobalStep`. A resumed run may have the folder of before: what it trains again replaces
    what the earlier file holds. Raises SettingsError without the package tensorboard.
    """

    def __init__(self, folder: Path | str, steps_per_epoch: int = 0) -> None:
        self.folder = Path(folder)
        self._events = _Events(self._open)
        self._global_step = GlobalStep(steps_per_epoch)
        self._step = 0

    def __call__(self, row: Row) -> None:
        """Write a row. Raises RunError where its step is unknown."""
        self._step = self._global_step(row)
        self._events.add(self._step, row_scalars(row), time.time())

    def metrics(self, metrics: Mapping[str, object]) -> None:
        """Write what was measured on the test images, `run.metrics`, at the last row's step."""
        self._events.add(self._step, metric_scalars(metrics), time.time())

    def close(self) -> None:
        """Close the file."""
        self._events.close()

    def _open(self) -> IO[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        # TensorBoard reads a folder's files in the order of their names.
        name = f"events.out.tfevents.{time.time():.6f}.{os.getpid()}"
        # Unbuffered: TensorBoard shows each row when it is written.
        return (self.folder / name).open("wb", buffering=0)

    def __enter__(self) -> Self:
        """Return the logger itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()


def event_file(run: Run) -> tuple[str, bytes]:
    """Return name and content of an event file with a run's whole history, and its metrics.

    Rows have no time of their own: they are spread evenly over the time that the run trained.
    """
    began = datetime.fromisoformat(run.status["created"]).timestamp()
    count = GlobalStep(run.steps_per_epoch)
    rows = [(count(row), row) for row in run.rows]
    last = max((step for step, _ in rows), default=0)
    seconds = run.status.get("seconds_trained", 0.0) / max(last, 1)
    content = io.BytesIO()
    events = _Events(lambda: content)
    for step, row in rows:
        events.add(step, row_scalars(row), began + step * seconds)
    events.add(last, metric_scalars(run.metrics), began + last * seconds)
    return f"events.out.tfevents.{began:.0f}.{run.id}", content.getvalue()


class _Events:
    """A file of events. Each is a step, a time in seconds, and named numbers."""

    def __init__(self, open_file: Callable[[], IO[bytes]]) -> None:
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError:
            raise SettingsError(
                "Event files need the package tensorboard: pip install tensorboard. Received: none"
            ) from None
        self._event, self._summary = event_pb2, summary_pb2
        self._records = RecordWriter(open_file())
        self._is_new = True
        self._write(wall_time=time.time(), file_version=VERSION)

    def add(self, step: int, scalars: Mapping[str, float], seconds: float) -> None:
        """Append numbers; none leave no event."""
        if not scalars:
            return
        if self._is_new:
            # Readers drop what earlier files of the folder hold from this step on.
            start = self._event.SessionLog(status=self._event.SessionLog.START)
            self._write(step=step, wall_time=seconds, session_log=start)
            self._is_new = False
        value = self._summary.Summary.Value
        values = [value(tag=name, simple_value=number) for name, number in scalars.items()]
        summary = self._summary.Summary(value=values)
        self._write(step=step, wall_time=seconds, summary=summary)

    def close(self) -> None:
        self._records.close()

    def _write(self, **fields: object) -> None:
        self._records.write(self._event.Event(**fields).SerializeToString())
