"""A run's zip, and what is in it."""

from __future__ import annotations

import pytest

from tests.archive.zips import unpack
from vae.archive.zip_export import export_zip
from vae.runs.run import Run


@pytest.fixture(scope="session")
def exported(finished_run: Run) -> bytes:
    return export_zip(finished_run)


@pytest.fixture(scope="session")
def files(exported: bytes) -> dict[str, bytes]:
    return unpack(exported)
