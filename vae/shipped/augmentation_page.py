"""The page on data augmentation: python -m vae.shipped.augmentation_page

That writes docs/augmentation.md and its figures from the stored studies' files alone: the same
files, the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vae.augmentation.methods import ALL_LABELS, METHODS
from vae.augmentation.stored import FOLDER, stored_studies
from vae.augmentation.study import Study
from vae.augmentation.summary import Cell
from vae.augmentation.verdict import verdicts
from vae.data.specs import DATASETS
from vae.figures.augmentation import augmentation_figure
from vae.figures.publication import to_file
from vae.server.durations import time_in_words
from vae.statistics import Interval

__all__ = ["COMMAND", "PAGE", "augmentation_page", "figure_file"]

PAGE = Path(__file__).parents[2] / "docs" / "augmentation.md"
COMMAND = "python -m vae.shipped.augmentation_page"

INTRODUCTION = """\
# Does it help? Data augmentation with generative models, measured

Where labelled images are scarce, as in medicine, a generative model might make more of them. These
studies measure when that is true. A classifier learns from a few labelled images a class, once from
them alone and once from a training set that is enlarged in one of several ways; its accuracy on all
test images says what the enlargement is worth.
"""

PROTOCOL = """\
## How it is measured

- **Few images**: so many of each class, at random by the seed; the same for all methods.
- **Nothing else is seen.** Generators and classifiers get the few images alone: no test image,
  no other training image. A test replaces all others by noise and finds the same numbers.
- **The same classifier, the same number of optimizer steps** from the same first weights for every
  method of one number of images: so the methods differ in their data alone, and more images do not
  mean more training. All labels, the upper line, has more steps, since its images are never seen
  often otherwise.
- **Classical augmentation** shifts, turns, scales and bends images at random at each step, by a
  Keras layer; it has no mirror images, which digits do not have.
- **Sampler and number of synthetic images** (prior, a mixture fitted to the codes, or around the
  posteriors; 1 to 16 for each real image) are chosen once for each number of images and generator,
  on an extra seed that is not among the studied ones. The few images of that seed validate, by
  5-fold cross-validation where there are 10 a class or fewer, else a fifth of them. Then the choice
  is frozen.
- **Figures** are means over the seeds. Intervals are 95 % (Student's t). Differences are paired by
  seed, so that what makes a seed's images easy or hard does not count.
- **Labels agree**: the share of synthetic images which a classifier that was trained on all labels
  takes for the class that they were made as.
- Networks, steps and rates were found on other training images of MNIST and Animals, with seeds
  that no study here uses, never on test images. They are in each study's `study.json`.
"""

LITERATURE = """\
## Beside published studies

Other data and other networks, so the numbers do not compare with the ones above, but the question
is the same.

| study | data | measure | without | with synthetic images |
| --- | --- | --- | --- | --- |
| Chadebec et al. 2021 | ADNI brain scans, 50 a class | balanced accuracy | 66.3 % | 74.3 % |
| Norouzi et al. 2020, Exemplar-VAE | MNIST, all labels | error | 1.17 % | 0.69 % |

Chadebec et al. train a VAE with a learned geometry on each class and sample from where it has seen
data; Norouzi et al. add samples around the posteriors of all training images to a classifier that
has all of them.
"""

OWN = """\
## A study of one's own

    python -m vae augment --dataset digits --per-class 5,10 --seeds 5 --out study
    python -m vae augment --out study
    python -m vae augment --out study --take enlarged.zip --seed 0

The second line continues a study that was ended, the third takes the enlarged data set. The zip
has a folder of PNG files for each class, as `image_dataset_from_directory` of Keras reads it; names
and `index.csv` say which images are synthetic, of which generator and seed. With `.npz` there are
arrays `x`, `y` and `synthetic`. From Python: `vae.augmentation`.
"""


def augmentation_page(studies: Sequence[Study]) -> str:
    """Return docs/augmentation.md."""
    parts = [INTRODUCTION, *(_section(study) for study in studies), PROTOCOL, LITERATURE, OWN]
    stored = f"vae/{FOLDER.parent.name}/{FOLDER.name}"
    parts.append(f"`{COMMAND}` writes this page from the studies' own files in `{stored}`.\n")
    return "\n".join(parts)


def figure_file(study: Study) -> str:
    """Return the name of a study's figure, beside the page."""
    return f"augmentation-{study.settings['dataset']}.svg"


def _section(study: Study) -> str:
    settings, status = study.settings, study.status
    title = _title(study)
    lines = [
        f"## {title}",
        "",
        f"{settings['train_images']:,} training and {settings['test_images']:,} test images, "
        f"{len(settings['class_names'])} classes; {study.seeds_in_words}; {status['done']} "
        f"trainings in {time_in_words(status['seconds'])} on two cores.",
        "",
        f"![Accuracy over the number of images a class]({figure_file(study)})",
        "",
        _results(study.summary()),
        "",
        *_said(study),
        "What was chosen on the extra seed:",
        "",
        _choices(study),
        "",
    ]
    return "\n".join(lines)


def _title(study: Study) -> str:
    name = study.settings["dataset"]
    return DATASETS[name].title if name in DATASETS else name


def _results(cells: Sequence[Cell]) -> str:
    """Return a table with a row for each method and number of images; the best of those is bold."""
    heads = (
        "images a class", "method", "accuracy", "95 % interval", "over real images alone",
        "over classical augmentation", "synthetic images", "labels agree",
    )  # fmt: skip
    best = {
        per_class: max(c.accuracy.mean for c in cells if c.per_class == per_class)
        for per_class in {cell.per_class for cell in cells}
    }
    rows = []
    for cell in sorted(cells, key=lambda cell: (cell.per_class == ALL_LABELS, cell.per_class)):
        accuracy = f"{cell.accuracy.mean:.1%}".replace("%", " %")
        is_best = cell.accuracy.mean == best[cell.per_class] and cell.per_class != ALL_LABELS
        rows.append((
            str(cell.per_class) if cell.per_class else "all",
            METHODS[cell.method].title,
            f"**{accuracy}**" if is_best else accuracy,
            _range(cell.accuracy),
            _difference(cell.over_real),
            _difference(cell.over_classical),
            f"{cell.synthetic:,}" if cell.synthetic else "–",
            f"{cell.agreement.mean:.0%}".replace("%", " %") if cell.agreement else "–",
        ))  # fmt: skip
    return _table(heads, rows)


def _said(study: Study) -> list[str]:
    lines = []
    for per_class, sentences in verdicts(study.rows).items():
        lines += [f"**{per_class} images a class.** {' '.join(sentences)}", ""]
    return lines


def _choices(study: Study) -> str:
    rows = [
        (
            str(choice["per_class"]),
            METHODS[choice["generator"]].title,
            choice["sampler"],
            str(choice["copies"]),
            f"{choice['accuracy']:.1%}".replace("%", " %"),
        )
        for choice in study.choices
    ]
    heads = ("images a class", "generator", "codes from", "synthetic for each real", "validation")
    return _table(heads, rows)


def _range(interval: Interval) -> str:
    if interval.size < 2:
        return "–"
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"


def _difference(difference: Interval | None) -> str:
    if difference is None:
        return "–"
    if difference.size < 2:
        return f"{100 * difference.mean:+.1f}"
    return f"{100 * difference.mean:+.1f} ({_range(difference)})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Write docs/augmentation.md and a figure for each study."""
    studies = stored_studies()
    for study in studies:
        figure = augmentation_figure(study.summary(), _title(study))
        notes = {"study": str(study.settings["dataset"]), "written by": COMMAND}
        (PAGE.parent / figure_file(study)).write_bytes(to_file(figure, "svg", notes))
    PAGE.write_text(augmentation_page(studies), encoding="utf-8")
    print(f"{PAGE}: {len(studies)} studies")


if __name__ == "__main__":
    main()
