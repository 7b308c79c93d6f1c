"""Array files with a few other bytes are read or refused: no crash, little time, little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.data.importing.array_files import table_of_files, written
from tests.data.importing.mutation_loop import OUT_OF_MEMORY, READ
from vae.data.importing.exchange import REFUSED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are Linux's")
NAMES = ("a.npz", "a.npy", "a.csv", "a.parquet", "a-idx3-ubyte", "a-idx3-ubyte.gz", "files.parquet")
COUNT = 100


@pytest.mark.parametrize("name", NAMES)
def test_no_reader_crashes_hangs_or_swells(tmp_path: Path, name: str) -> None:
    path = (table_of_files if name.startswith("files") else written)(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "tests.data.importing.mutation_loop", str(path), f"{COUNT}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == COUNT
    assert {each["status"] for each in results} <= {READ, REFUSED, OUT_OF_MEMORY}, done.stderr
    assert REFUSED in {each["status"] for each in results}  # else mutations would hurt nothing
    assert max(each["seconds"] for each in results) < 2
    assert max(each["megabytes"] for each in results) < 500
