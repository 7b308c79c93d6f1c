"""What people read of files that a command wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import Output
from vae.cli.main import main
from vae.files import folder_bytes
from vae.runs.run import Run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sample", "--out", "a.png"), "100 images in 10 x 10, 80 x 80 pixels"),
        (("sample", "--out", "a.csv", "--count", "1"), "1 code"),
        (("sample", "--out", "a.npz"), "100 images with their codes: images, z"),
        (("interpolate", "--out", "a.webp"), "15 images from seed 0 to seed 1"),
        (("export", "--format", "onnx", "--out", "a"), "encoder.onnx and decoder.onnx"),
        (("export", "--out", "a.keras"), "encoder and decoder in one Keras model"),
        (("demo", "--out", "a.html"), "one page"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_what_was_written(
    arguments: tuple[str, ...], said: str, finished_run: Run, here: Path, capsys: Output
) -> None:
    assert main([arguments[0], str(finished_run.path), *arguments[1:]]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    out = here / arguments[arguments.index("--out") + 1]
    size = folder_bytes(out) if out.is_dir() else out.stat().st_size
    words = f"{size:,} bytes" if size < 1000 else f"{size / 1000:,.1f} kB"
    assert first == f"Wrote {out.name} ({words}): {said}"
    assert rest or arguments[0] == "interpolate"
