"""The environment: folders, who shares the server, what a run may use, how many train at once.

Every environment variable that this package reads is read here. `~` in a folder is the home folder.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import joblib  # pyright: ignore[reportMissingTypeStubs] -- it has none
import platformdirs
import psutil

from vae.limits import Caps, Limits, StorageLimits

__all__ = [
    "abbreviate_home",
    "app_folder",
    "data_folders",
    "grace_seconds",
    "import_caps",
    "is_public",
    "keras_home",
    "limits",
    "memory_megabytes",
    "quiet_tensorflow",
    "ray_address",
    "runs_folder",
    "storage_limits",
    "training_threads",
    "worker_count",
    "worker_python_path",
]

PACKAGE = Path(__file__).resolve().parent
INSTALLED_APP = PACKAGE / "_app"  # in a wheel alone: see pyproject.toml

# Measured with `python -m benchmarks`: the server while visitors move, a worker at its peak on
# 60,000 images, and what a further one adds to it, since they share the libraries.
SERVER_MEGABYTES = 400
WORKER_MEGABYTES = 940
FURTHER_WORKER_MEGABYTES = 750
CGROUP = Path("/sys/fs/cgroup")
CGROUP_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # version 2, version 1
COMMUNITY_CLOUD = "/mount/src/"
# Where strangers share the server, whose disk and cores are few.
PUBLIC_CAPS = Caps(20_000, 10_000_000, 250_000_000, output_bytes=100_000_000)


def app_folder() -> Path:
    """Return the folder of app.py: inside an installed package, else the clone's."""
    return INSTALLED_APP if INSTALLED_APP.is_dir() else PACKAGE.parent


def runs_folder() -> Path:
    """Return the folder of new runs, the same one wherever the program is started.

    `VAE_RUNS_DIR`, else `runs` beside a clone's app.py, else a folder of the user's own data.
    """
    folder = _folder("VAE_RUNS_DIR")
    if folder:
        return folder
    if INSTALLED_APP.is_dir():
        return platformdirs.user_data_path("vae-lab", appauthor=False) / "runs"
    return PACKAGE.parent / "runs"


def data_folders() -> list[Path]:
    """Return the folders that may hold data sets, the first to search first.

    `VAE_DATA_DIR`, if it is set, and the folder of Keras's own downloads.
    """
    own = _folder("VAE_DATA_DIR")
    return [*([own] if own else []), keras_home() / "datasets"]


def keras_home() -> Path:
    """Return `KERAS_HOME`, else `.keras` in the home folder, else the same in /tmp.

    The last is Keras's own rule for an account whose home is missing, as in many containers.
    """
    home = _home()
    return _folder("KERAS_HOME") or Path(home if os.access(home, os.W_OK) else "/tmp", ".keras")


def abbreviate_home(path: str) -> str:
    """Return a path with `~` in place of the home folder."""
    home = _home()
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path


def worker_python_path() -> str:
    """Return a `PYTHONPATH` that has this package, wherever the process was started."""
    here = str(Path(__file__).resolve().parents[1])
    return os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))


def quiet_tensorflow() -> bool:
    """Silence the notes of TensorFlow's C++ code, unless `TF_CPP_MIN_LOG_LEVEL` is set already.

    Returns whether they are silenced. To have an effect it precedes the import of TensorFlow.
    """
    return os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") == "3"


def is_public() -> bool:
    """Return whether strangers share this server, so that each sees the own runs alone.

    `VAE_PUBLIC` says so (1 or 0); without it, Community Cloud is known by its mount point.
    """
    setting = os.environ.get("VAE_PUBLIC")
    if setting is not None:
        return setting not in ("", "0")
    return str(PACKAGE).startswith(COMMUNITY_CLOUD)


def limits() -> Limits:
    """Return what a run may use: `VAE_MOST_EPOCHS`, `VAE_MOST_SECONDS`, `VAE_MOST_PARAMETERS`.

    By default a public server has limits and one's own machine has none.
    """
    default = Limits(100, 1200.0, 2_000_000) if is_public() else Limits()
    return Limits(
        int(_number("VAE_MOST_EPOCHS", default.epochs)),
        _number("VAE_MOST_SECONDS", default.seconds),
        int(_number("VAE_MOST_PARAMETERS", default.parameters)),
    )


def grace_seconds() -> float:
    """Return how long a run trains on after its visitor left: `VAE_GRACE_SECONDS`; 0 is for ever.

    On one's own machine the default is 0, so that a closed browser loses nothing.
    """
    return _number("VAE_GRACE_SECONDS", 300.0 if is_public() else 0.0)


def storage_limits() -> StorageLimits:
    """Return what runs may take of the disk.

    `VAE_FREE_MEGABYTES`, `VAE_RUNS_MEGABYTES`, `VAE_KEEP_DAYS`; the last one has an effect on a
    public server alone.
    """
    default = StorageLimits(500, 2000, 7) if is_public() else StorageLimits(100)
    return StorageLimits(
        _number("VAE_FREE_MEGABYTES", default.free_megabytes),
        _number("VAE_RUNS_MEGABYTES", default.runs_megabytes),
        _number("VAE_KEEP_DAYS", default.keep_days) if is_public() else 0.0,
    )


def import_caps() -> Caps:
    """Return what an import of pictures may take.

    `VAE_IMPORT_PICTURES`, and `VAE_IMPORT_MEGABYTES` for all of them, unpacked.
    """
    default = PUBLIC_CAPS if is_public() else Caps()
    files = int(_number("VAE_IMPORT_PICTURES", 0)) or default.files
    total = int(1e6 * _number("VAE_IMPORT_MEGABYTES", 0)) or default.total_bytes
    return replace(default, files=files, total_bytes=total)


def worker_count() -> int:
    """Return how many runs may train at once: `VAE_WORKERS`, else what memory and cores allow.

    More than one a core would only make all of them, and the pages, slower.
    """
    requested = int(_number("VAE_WORKERS", 0))
    if requested > 0:
        return requested
    rest = memory_megabytes() - SERVER_MEGABYTES - WORKER_MEGABYTES
    return max(1, min(1 + int(rest // FURTHER_WORKER_MEGABYTES), joblib.cpu_count()))


def training_threads() -> int:
    """Return how many threads TensorFlow takes for one sum here: the cores this process may use.

    `TF_NUM_INTRAOP_THREADS` says otherwise, to TensorFlow itself.
    """
    requested = int(_number("TF_NUM_INTRAOP_THREADS", 0))
    if requested > 0:
        return requested
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ray_address() -> str | None:
    """Return the address of the Ray cluster that `RAY_ADDRESS` names; None if it names none."""
    return os.environ.get("RAY_ADDRESS") or None


def memory_megabytes() -> float:
    """Return the memory that this process may have: the container's limit, else the machine's."""
    found: list[float] = [psutil.virtual_memory().total]
    for name in CGROUP_LIMITS:
        try:
            found.append(int((CGROUP / name).read_text()))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return min(found) / 2**20


def _home() -> str:
    return os.path.expanduser("~")  # noqa: PTH111 (Path.home raises for an account without one)


def _folder(name: str) -> Path | None:
    """Read the path of a folder; None if the variable is empty or not set."""
    text = os.environ.get(name)
    return Path(os.path.expanduser(text)) if text else None  # noqa: PTH111 (as in `_home`)


def _number(name: str, default: float) -> float:
    """Read a number from 0; anything else counts as not set."""
    try:
        value = float(os.environ[name])
    except (KeyError, ValueError):
        return default
    return value if 0.0 <= value < math.inf else default
