"""Worker processes of one study: each does one job after the other, and reports what it finds.

A worker is `python -m MODULE`, with pipes: it reads a job as a line of JSON and answers with lines,
each a list of a file's name and what to append, and null when it is done. The parent alone writes
to the study, so that no two processes do. A worker whose parent is gone ends at once.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from vae.environment import worker_python_path
from vae.errors import StudyError

__all__ = ["Job", "Line", "serve", "work_in_processes"]

Job = dict[str, Any]
Line = tuple[str, dict[str, Any]]  # the name of a file, and what to append to it
POLL_SECONDS = 0.2
DIE_WITH = "error"
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def work_in_processes(
    module: str,
    jobs: Iterable[Job],
    processes: int,
    append: Callable[[str, dict[str, Any]], None],
    check: Callable[[], None],
    threads: int | None = 1,
) -> None:
    """Have so many workers do the jobs, in about this order; raises what append and check raise.

    jobs: each is taken when somebody is free, after what was found until then was appended.
    append: called with each line that is found. check: called five times a second. threads: of each
    worker, 1 as there are as many workers as cores; None leaves it to TensorFlow. Raises StudyError
    if a worker cannot do its job or dies.
    """
    answers: queue.SimpleQueue[tuple[_Worker, Any]] = queue.SimpleQueue()
    waiting, workers = iter(jobs), list[_Worker]()
    try:
        for job in itertools.islice(waiting, processes):
            workers.append(_Worker(module, answers, threads))
            workers[-1].send(job)
        busy = len(workers)
        while busy:
            check()
            try:
                worker, answer = answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(answer, list):
                append(*answer)
            elif answer is not None:
                raise StudyError(f"A job of the study failed: {answer[DIE_WITH]}")
            elif (job := next(waiting, None)) is not None:
                worker.send(job)
            else:
                busy -= 1
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process, and the thread that reads what it says."""

    def __init__(self, module: str, answers: queue.SimpleQueue[Any], threads: int | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ
            | ({} if threads is None else dict.fromkeys(THREADS, str(threads)))
            # Keras's own warnings, at each export to ONNX.
            | {"PYTHONPATH": worker_python_path(), "PYTHONWARNINGS": "ignore::FutureWarning"},
            text=True,
        )
        self._answers = answers
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, job: Job) -> None:
        """Give it a job."""
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError):  # its end is reported by the thread that reads
            pipe.write(json.dumps(job) + "\n")
            pipe.flush()

    def end(self) -> None:
        """End it, whatever it does: what it found was reported as soon as it was found."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with suppress(ValueError, OSError):  # closed by `end`
            for line in pipe:
                self._answers.put((self, json.loads(line)))
        code = self._process.wait()
        self._answers.put((self, {DIE_WITH: f"its process ended with status {code}"}))


def serve(work: Callable[[Job], Iterator[Line]]) -> None:
    """Be a worker: do each job that is read from standard input, until that ends.

    work: yields each line as soon as it is found; a VAEError or another error of it is reported.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this one
    answers = os.fdopen(os.dup(1), "w", 1, encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin, jobs), daemon=True).start()
    while True:
        job = jobs.get()
        try:
            for name, line in work(job):
                print(json.dumps([name, line]), file=answers)
            print("null", file=answers)
        except Exception as error:  # the parent says it, and ends this process
            print(json.dumps({DIE_WITH: f"{error!s:.500}"}), file=answers)


def _receive(pipe: IO[str], jobs: queue.SimpleQueue[Job]) -> None:
    """Pass jobs on; when the parent is gone, so is this process, whatever it does."""
    for line in pipe:
        jobs.put(json.loads(line))
    os._exit(0)
