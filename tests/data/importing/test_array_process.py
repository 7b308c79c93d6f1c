"""The process that reads arrays: what ends it is said in words, and it can be cancelled."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import run_python
from tests.data.importing.array_files import written
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment
from vae.errors import DatasetError


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_labels_that_take_too_much_memory_end_the_reader_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.zeros((6, 8, 8), np.uint8))
    letters = 16_000_000
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        header = {"descr": f"<U{letters}", "fortran_order": False, "shape": (6,)}
        with archive.open("y.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(6 * 4 * letters // 1_000_000):
                file.write(bytes(1_000_000))
    assert path.stat().st_size < 5_000_000
    with pytest.raises(DatasetError, match="read in little memory and time"):
        scan(path)


def test_files_of_too_many_arrays_or_columns_and_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **{f"x{at}": np.zeros(1) for at in range(1001)})
    with pytest.raises(DatasetError, match="At most 1,000 arrays"):
        scan(path)
    table = tmp_path / "a.csv"
    table.write_text(",".join(["1"] * 50_001))
    with pytest.raises(DatasetError, match="at most 50,000 columns"):
        scan(table)
    named = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.npy"))
    np.save(named, np.zeros((3, 8, 8)))
    with pytest.raises(DatasetError, match="rename it"):
        scan(named)


class Enough(Exception):
    """What ends an import, as a page that begins anew does."""


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []

    def on_progress(*report: int) -> None:
        reports.append(report)
        if len(reports) > 1:  # the first time it has just started
            raise Enough

    with pytest.raises(Enough):
        import_pictures(written(tmp_path / "a.csv"), Treatment(), on_progress=on_progress)
    assert reports == [(0, 1)] * 2


class Late(subprocess.Popen[bytes]):
    """A process that has no time for what is first asked of it."""

    is_late = True

    def communicate(self, *arguments, **options):
        if self.is_late:
            self.is_late = False
            raise subprocess.TimeoutExpired(self.args, 0.1)
        return super().communicate(*arguments, **options)


def test_a_busy_machine_loses_no_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", Late)
    path = tmp_path / "a.npz"
    np.savez(path, x=np.zeros((6, 8, 8), np.uint8))
    assert scan(path).count == 6


def test_the_server_loads_no_reader() -> None:
    done = run_python(
        "-c",
        "import sys, vae.data.importing.reading\n"
        "readers = ('tables', 'npz_files', 'idx_files', 'array_worker')\n"
        "print('none of', *({f'vae.data.importing.{name}' for name in readers} & {*sys.modules}))",
    )
    assert done.stdout.split() == ["none", "of"], done.stderr
