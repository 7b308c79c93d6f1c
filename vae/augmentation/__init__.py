"""Does it help? Few labelled images, enlarged in several ways, and what a classifier makes of it.

Reading and planning need no TensorFlow, and `run_study` trains in processes of its own; `enlarge`
trains in this one. The names are loaded when they are first used:

    study = create_study("study", load_dataset("digits"), per_class=(5, 10), seeds=3)
    run_study(study, load_dataset("digits"))        # again, to continue
    study.summary(), study.rows, study.choices, study.status
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.dotted_path import lazy_names

if TYPE_CHECKING:
    from vae.augmentation.enlarged import Enlarged, enlarge, write_enlarged
    from vae.augmentation.methods import METHODS
    from vae.augmentation.recipe import Recipe
    from vae.augmentation.run import run_study
    from vae.augmentation.stored import stored_studies, stored_study
    from vae.augmentation.study import Study, create_study, open_study
    from vae.augmentation.summary import summarize
    from vae.augmentation.verdict import verdicts

__all__ = [
    "METHODS",
    "Enlarged",
    "Recipe",
    "Study",
    "create_study",
    "enlarge",
    "open_study",
    "run_study",
    "stored_studies",
    "stored_study",
    "summarize",
    "verdicts",
    "write_enlarged",
]

_MODULES = {
    "Enlarged": "enlarged",
    "METHODS": "methods",
    "Recipe": "recipe",
    "Study": "study",
    "create_study": "study",
    "enlarge": "enlarged",
    "open_study": "study",
    "run_study": "run",
    "stored_studies": "stored",
    "stored_study": "stored",
    "summarize": "summary",
    "verdicts": "verdict",
    "write_enlarged": "enlarged",
}

__getattr__, __dir__ = lazy_names(__name__, _MODULES)
