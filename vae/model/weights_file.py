"""The weights in model.keras: HDF5 that Keras may read, or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

from vae.errors import RunError
from vae.files import open_regular

__all__ = ["check_weights"]


def check_weights(path: Path, parameters: int) -> None:
    """Check that model.keras holds so many weights, plainly stored, before Keras reads them.

    Keras takes the memory that the file asks for: of a gigabyte that is compressed or was never
    written nothing need be in the file. Raises RunError, and what zipfile and h5py raise of other
    files.
    """
    import h5py  # which comes with Keras, and which the web server does without

    def is_plain(item: Any) -> bool:
        if not isinstance(item, h5py.Dataset):
            return isinstance(item, h5py.Group | h5py.HardLink)
        layout = item.id.get_create_plist().get_layout()
        whole = layout in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT) and not item.external
        return whole and item.dtype == "float32"

    items: list[Any] = []
    with (
        open_regular(path) as source,
        ZipFile(source) as archive,
        archive.open("model.weights.h5") as member,
        h5py.File(member, "r") as file,
    ):
        file.visititems(lambda _, item: items.append(item))
        file.visititems_links(lambda _, link: items.append(link))
        for item in items:
            if not is_plain(item):
                raise RunError(
                    "Weights must be float32, not compressed, linked or in other files. "
                    f"Received: {item!r:.120}"
                )
        count = sum(item.size or 0 for item in items if isinstance(item, h5py.Dataset))
    if count != parameters:
        raise RunError(f"model.keras must hold {parameters:,} weights. Received: {count:,}")
