"""Small array files of every kind that is read, all of the same pictures."""

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
from PIL import Image

from tests.data.importing.odd_files import saved

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2], np.uint8)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def written(path: Path) -> Path:
    """Write IMAGES as the kind of file that the name says."""
    names = ["label", *(f"pixel{at}" for at in range(64))]
    rows = np.column_stack([LABELS, IMAGES.reshape(6, -1)])
    if path.suffix == ".npz":
        np.savez(path, x=IMAGES / 255, y=LABELS)
    elif path.suffix == ".npy":
        np.save(path, IMAGES[..., None])
    elif path.suffix == ".csv":
        np.savetxt(path, rows, "%d", ",", header=",".join(names), comments="")
    elif path.suffix == ".parquet":
        table = pyarrow.table(dict(zip(names, rows.T, strict=True)))
        pyarrow.parquet.write_table(table, path)
    else:
        content = idx(IMAGES)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def table_of_files(path: Path) -> Path:
    """Write PNG files of IMAGES in a column, the last one damaged, with names for the labels."""
    files = [saved(Image.fromarray(image), "PNG") for image in IMAGES[:5]]
    pictures = [{"bytes": content, "path": f"{at}.png"} for at, content in enumerate(files)]
    pictures.append({"bytes": b"none", "path": "damaged.png"})
    features = {"label": {"names": ["one", "two", "never"], "_type": "ClassLabel"}}
    about = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pyarrow.table({"image": pictures, "label": [0, 1] * 3}).replace_schema_metadata(about)
    pyarrow.parquet.write_table(table, path)
    return path
