"""The enlarged data set of one seed, to take away: real and synthetic images, told apart."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae.augmentation.choice import choice_of
from vae.augmentation.methods import Generator
from vae.augmentation.run import check_dataset
from vae.augmentation.seeds import derived_seed
from vae.augmentation.study import Study
from vae.data.datasets import Dataset
from vae.errors import StudyError
from vae.files import replacing
from vae.images import to_png

__all__ = ["SUFFIXES", "Enlarged", "check_suffix", "enlarge", "write_enlarged"]

SUFFIXES = (".npz", ".zip")
WINDOWS_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same images, the same bytes


@dataclass(frozen=True)
class Enlarged:
    """Few real images, and synthetic ones that were made of them.

    images: uint8 (N, H, W, C). labels: (N,). synthetic: (N,), true for what a generator made.
    generator, per_class, seed: of which study's cell it is.
    """

    images: np.ndarray
    labels: np.ndarray
    synthetic: np.ndarray
    class_names: tuple[str, ...]
    dataset: str
    generator: Generator
    sampler: str
    per_class: int
    seed: int


def enlarge(
    study: Study,
    dataset: Dataset,
    generator: Generator,
    per_class: int,
    seed: int = 0,
    check: Callable[[], None] = lambda: None,
) -> Enlarged:
    """Train the generator of a cell again and return the training set that its classifier had.

    Raises StudyError for other images than the study's, before its choices are made, and for a cell
    that the study does not have.
    """
    check_dataset(study, dataset)
    choice = choice_of(study.choices, per_class, generator)
    if choice is None:
        known = [f"{each['generator']} of {each['per_class']}" for each in study.choices]
        raise StudyError(
            "A data set is enlarged by a generator of the study, of so many images a class: "
            f"{', '.join(known) or 'none until its choices are made; continue the study first'}. "
            f"Received: {generator} of {per_class}"
        )
    seeds = study.settings["seeds"]
    if not 0 <= seed < seeds:
        raise StudyError(f"The seeds of this study are 0 to {seeds - 1}. Received: {seed}")
    from vae.augmentation.cell import bench_for, make_samples, together
    from vae.augmentation.work import few_images

    bench = bench_for(study.recipe, dataset.image_shape, dataset.classes)
    few = few_images(dataset, per_class, seed)
    samples = make_samples(bench, few, choice, derived_seed(seed, per_class), check)
    images, labels = together(few, samples)
    return Enlarged(
        images,
        labels,
        np.arange(len(labels)) >= len(few.labels),
        dataset.class_names,
        dataset.name,
        generator,
        choice["sampler"],
        per_class,
        seed,
    )


def write_enlarged(enlarged: Enlarged, path: Path) -> None:
    """Write NPZ arrays, or a zip of PNG in a folder a class, as the path's suffix says.

    Raises StudyError for another suffix, OSError where it cannot be written.
    """
    suffix = check_suffix(path)
    with replacing(path) as temporary:
        (_write_npz if suffix == ".npz" else _write_zip)(enlarged, temporary)


def check_suffix(path: Path) -> str:
    """Return the suffix of a file that `write_enlarged` can write; raises StudyError for others."""
    if (suffix := path.suffix.lower()) not in SUFFIXES:
        raise StudyError(f"The file must end with {' or '.join(SUFFIXES)}. Received: {path}")
    return suffix


def _write_npz(enlarged: Enlarged, path: Path) -> None:
    """Write x (N, H, W, C), y, synthetic (N,), class_names; generator, seed and the like."""
    with path.open("wb") as file:  # a suffix in capitals too
        np.savez_compressed(
            file,
            allow_pickle=False,
            x=enlarged.images,
            y=enlarged.labels.astype(np.uint8),
            synthetic=enlarged.synthetic,
            class_names=np.array(enlarged.class_names),
            dataset=np.array(enlarged.dataset),
            generator=np.array(enlarged.generator),
            sampler=np.array(enlarged.sampler),
            per_class=np.array(enlarged.per_class),
            seed=np.array(enlarged.seed),
        )


def _write_zip(enlarged: Enlarged, path: Path) -> None:
    """Write CLASS/real-00001.png, CLASS/synthetic-vae-seed0-00051.png and index.csv.

    Keras's image_dataset_from_directory takes it, unpacked: it looks into folders alone.
    """
    folders = folder_names(enlarged.class_names)
    made_by = f"synthetic-{enlarged.generator}-seed{enlarged.seed}"
    index = io.StringIO(newline="")
    table = csv.writer(index)
    table.writerow(["file", "label", "class", "synthetic", "generator", "sampler", "seed"])
    with zipfile.ZipFile(path, "w") as archive:
        for number, (image, label) in enumerate(zip(enlarged.images, enlarged.labels, strict=True)):
            synthetic = bool(enlarged.synthetic[number])
            name = f"{folders[label]}/{made_by if synthetic else 'real'}-{number + 1:05}.png"
            archive.writestr(zipfile.ZipInfo(name, OLDEST_ZIP_DATE), to_png(image))
            whose = [enlarged.generator, enlarged.sampler] if synthetic else ["", ""]
            class_name = enlarged.class_names[label]
            table.writerow([name, label, class_name, int(synthetic), *whose, enlarged.seed])
        archive.writestr(zipfile.ZipInfo("index.csv", OLDEST_ZIP_DATE), index.getvalue())


def folder_names(class_names: tuple[str, ...]) -> list[str]:
    """Return a folder's name for each class, as every system takes it, all of them different."""
    names = [re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", name).strip(" .") for name in class_names]
    fine = all(name and not WINDOWS_NAMES.fullmatch(name) for name in names)
    if fine and len({name.casefold() for name in names}) == len(names):
        return names
    return [f"{label:03}-{name}".rstrip("-") for label, name in enumerate(names)]
