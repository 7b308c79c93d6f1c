import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from vae.data.importing.contents import ArrayChoice, Caps
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment
from vae.errors import DatasetError

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])
PLAIN = Treatment(size=8, invert="no")


def written(path: Path) -> Path:
    """Write IMAGES as the kind of file that the name says."""
    idx = struct.pack(">HBB3I", 0, 8, 3, *IMAGES.shape) + IMAGES.tobytes()
    if path.suffix == ".npz":
        np.savez(path, x=IMAGES / 255, y=LABELS)
    elif path.suffix == ".npy":
        np.save(path, IMAGES[..., None])
    elif path.suffix == ".csv":
        rows = np.column_stack([LABELS, IMAGES.reshape(6, -1)])
        header = ",".join(["label", *(f"pixel{at}" for at in range(64))])
        np.savetxt(path, rows, "%d", ",", header=header, comments="")
    else:
        path.write_bytes(gzip.compress(idx) if path.suffix == ".gz" else idx)
    return path


@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.csv", "a-idx3-ubyte", "a-idx3-ubyte.gz"])
def test_arrays_come_out_as_they_were(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name)
    imported = import_pictures(path, PLAIN)
    np.testing.assert_array_equal(imported.images[..., 0], IMAGES)
    labelled = path.suffix in (".npz", ".csv")
    assert imported.labels.tolist() == (LABELS.tolist() if labelled else [0] * 6)
    assert scan(path).classes == ({"0": 2, "1": 2, "2": 2} if labelled else {"all": 6})
    for length in range(0, path.stat().st_size - 1, 97):
        cut = tmp_path / f"cut{path.suffix}"
        cut.write_bytes(path.read_bytes()[:length])
        if path.suffix != ".csv":
            with pytest.raises(DatasetError):
                import_pictures(cut, PLAIN)


def test_pickles_and_arrays_over_the_caps_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.array([{}], object), mine=IMAGES, colors=np.zeros((6, 3, 8, 8)))
    with pytest.raises(DatasetError, match="Python objects"):
        import_pictures(path, PLAIN)
    with pytest.raises(DatasetError, match="at most 0 MB"):
        import_pictures(path, PLAIN, arrays=ArrayChoice("mine"), caps=Caps(total_bytes=200))
    assert len(import_pictures(path, PLAIN, arrays=ArrayChoice("mine"), limit=4).images) == 4
    color = import_pictures(path, Treatment(size=8, color=True), arrays=ArrayChoice("colors"))
    assert color.images.shape == (6, 8, 8, 3)
