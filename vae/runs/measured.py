"""What was measured of a run, and what its networks make of test images, read from its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from vae.kinds import KINDS
from vae.runs import layout
from vae.runs.figures import figures_fault, read_figures
from vae.runs.folder import RunFolder
from vae.runs.history import history_fault
from vae.runs.results import figures_of
from vae.schemas.class_probes import ClassProbes
from vae.schemas.classification import ClassifierComparison
from vae.schemas.likelihood import Measured
from vae.schemas.metrics import AdversarialMetrics, ClassifierMetrics, Metrics
from vae.schemas.sample_quality import Quality

__all__ = ["MeasuredRun"]


@dataclass(frozen=True)
class MeasuredRun(RunFolder):
    """A run's folder with its results. A file of figures that cannot be read counts as missing."""

    @cached_property
    def metrics(self) -> Metrics:
        """metrics.json; empty while there is none that can be read.

        Those of a classifier and a GAN hold other figures: see the properties below.
        """
        found = self._figures(layout.METRICS)
        if self.config.is_density:  # an earlier version measured bits of a density
            found.pop("bits_per_dimension", None)
        return cast("Metrics", found)

    @property
    def classifier_metrics(self) -> ClassifierMetrics:
        """metrics.json of a classifier; empty while there is none that can be read."""
        return cast("ClassifierMetrics", self.metrics)

    @property
    def adversarial_metrics(self) -> AdversarialMetrics:
        """metrics.json of a GAN; empty while there is none that can be read."""
        return cast("AdversarialMetrics", self.metrics)

    @cached_property
    def class_probes(self) -> ClassProbes:
        """knowledge.json, how well codes tell the classes apart; empty until it was measured."""
        return cast("ClassProbes", self._figures(layout.CLASS_PROBES))

    @cached_property
    def likelihood(self) -> dict[str, Measured]:
        """likelihood.json: by treatment of the test images; empty until one was measured."""
        return cast("dict[str, Measured]", self._figures(layout.LIKELIHOOD))

    @cached_property
    def quality(self) -> Quality:
        """quality.json, how good samples are; empty until it was measured."""
        return cast("Quality", self._figures(layout.QUALITY))

    @cached_property
    def classification(self) -> ClassifierComparison:
        """classification.json, Bayes' rule beside a classifier; empty until it was measured."""
        return cast("ClassifierComparison", self._figures(layout.CLASSIFICATION))

    @property
    def faults(self) -> list[str]:
        """Why files of the folder read as if they were not there, a sentence each."""
        types = figures_of(KINDS[self.config.kind])
        figures = [figures_fault(self.path, name, kind) for name, kind in types.items()]
        return [*filter(None, [*figures, history_fault(self.path / layout.HISTORY)])]

    @cached_property
    def latents(self) -> dict[str, np.ndarray]:
        """Mean and log_var (N, d) and labels y (N,) of the test images; empty until evaluated."""
        return self.arrays(layout.LATENTS)

    @cached_property
    def predictions(self) -> dict[str, np.ndarray]:
        """A classifier's probabilities (N, classes) and the labels y (N,) of the test images.

        Empty until evaluated.
        """
        return self.arrays(layout.PREDICTIONS)

    @property
    def outputs(self) -> dict[str, np.ndarray]:
        """What the model makes of the test images, with their labels y: latents or predictions."""
        return self.latents if self.config.has("encoder") else self.predictions

    def _figures(self, name: str) -> dict[str, Any]:
        return read_figures(self.path, name, figures_of(KINDS[self.config.kind])[name])
