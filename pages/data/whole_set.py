"""All pictures of an upload: first as they were read, then as the data set that they become."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vae.data.datasets import Dataset
from vae.data.health import health
from vae.data.importing.contents import Imported

__all__ = ["WholeSet"]


@dataclass
class WholeSet:
    """What was read of an upload, and what is made of it once, whatever it will be called."""

    imported: Imported
    source: str
    _dataset: Dataset | None = None
    _findings: list[str] | None = None

    def dataset(self, name: str) -> Dataset:
        """Return the data set under a name. Raises DatasetError for too few images."""
        if self._dataset is None:
            found = self.imported
            self._dataset = Dataset.from_arrays(
                name,
                found.images,
                found.labels,
                class_names=found.class_names,
                is_test=found.test,
                source=self.source,
                treatment=found.treatment,
            )
            # The images are in memory once.
            self.imported = replace(found, images=found.images[:0].copy())
        return replace(self._dataset, name=name, title=name)

    def findings(self) -> list[str]:
        """Return what will hurt: see `health`. To be asked after `dataset`."""
        if self._findings is None and self._dataset is not None:
            self._findings = health(self._dataset)
        return self._findings or []
