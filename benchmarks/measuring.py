"""What the benchmarks share: a process of its own for each measurement, medians, ratios."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["measured", "medians", "peak_megabytes", "ratios", "spread", "verdict"]

PROJECT = Path(__file__).parents[1]
PROCESS_STATUS = Path("/proc/self/status")


def measured(
    module: str, *arguments: object, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a module in a process of its own; return the JSON object of its last line.

    "began" is added: when the process was asked for, by `time.time()`.
    Ends the program with what the process said if it fails.
    """
    began = time.time()
    finished = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=PROJECT,
        env={**(environment or {}), **os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"{module} failed:\n{finished.stderr[-4000:]}")
    return {**json.loads(finished.stdout.splitlines()[-1]), "began": began}


def peak_megabytes() -> float:
    """Return the most memory that this process has had resident, in MB of 2**20 bytes."""
    if PROCESS_STATUS.exists():
        # Linux lets a process begin with its parent's peak in `getrusage`, but not here.
        peak = next(line for line in PROCESS_STATUS.read_text().splitlines() if "VmHWM" in line)
        return int(peak.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Divide round by round: a slow moment of the machine has met both sides."""
    return [first / second for first, second in zip(above, below, strict=True)]


def medians(rounds: Mapping[str, Sequence[Sequence[float]]]) -> dict[str, list[float]]:
    """Return the median over the rounds of each figure, for each side."""
    return {
        side: [statistics.median(values) for values in zip(*figures, strict=True)]
        for side, figures in rounds.items()
    }


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the median and the range: "1.20 (1.10 to 1.30)"."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def verdict(value: float, *, at_least: float | None = None, at_most: float | None = None) -> str:
    """Return a goal and whether a value meets it: "at least 4: yes"."""
    if at_least is not None:
        return f"at least {at_least:,g}: {'yes' if value >= at_least else 'no'}"
    return f"at most {at_most:,g}: {'yes' if value <= at_most else 'no'}"
