"""What was measured of a model, each figure with one to compare it with."""

from __future__ import annotations

import math

from vae.data.binarisation import binarisation_name
from vae.evaluation.class_probes import NEIGHBOURS
from vae.evaluation.comparison import beside_literature, references_of
from vae.runs.run import Run
from vae.runs.run_images import known_dataset
from vae.schemas.metrics import References

__all__ = ["LITERATURE_BINARISATION", "figures_of"]

# Papers binarise MNIST anew at each step.
LITERATURE_BINARISATION = "sampled"


def figures_of(run: Run) -> list[tuple[str, str, str]]:
    """Return what was measured: its name, the model's figure, and one to compare it with."""
    if run.config.has("discriminator"):
        return _scores(run) + _quality(run)
    if run.config.has("classifier"):
        return _accuracies(run)
    metrics, known = run.metrics, references_of(run)
    rows = [("reconstruction, nats", f"{metrics['reconstruction']:.2f}", _lines(run, known))]
    if "elbo" in metrics and "elbo_standard_error" in metrics:  # an autoencoder has none
        mean_image = f"always the mean image {-known['mean_image']:.2f}" if known else ""
        elbo = f"{metrics['elbo']:.2f} ± {metrics['elbo_standard_error']:.2f}"
        rows += [
            ("KL, nats", f"{metrics['kl']:.2f}", ""),
            ("ELBO, nats", elbo, mean_image),
        ]
    if "bits_per_dimension" in metrics:  # a density has none
        rows.append(("bits per dimension", f"{metrics['bits_per_dimension']:.4f}", ""))
    if "active_units" in metrics:
        used = f"{metrics['active_units']} of {run.config.latent_dim}"
        rows.append(("active units (Burda et al. 2016)", used, ""))
    return rows + _likelihoods(run) + _class_probes(run) + _quality(run)


def _scores(run: Run) -> list[tuple[str, str, str]]:
    """Return how the game of a GAN stands on test images."""
    found = run.adversarial_metrics
    return [
        ("D(real), the mean over test images", f"{found['d_real']:.3f}", "cannot tell: 0.5"),
        ("D(fake), the mean over samples", f"{found['d_fake']:.3f}", "cannot tell: 0.5"),
    ]


def _accuracies(run: Run) -> list[tuple[str, str, str]]:
    metrics = run.classifier_metrics
    rows = [
        (
            "accuracy",
            f"{metrics['accuracy']:.2%}",
            f"95 %: {metrics['accuracy_low']:.2%} to {metrics['accuracy_high']:.2%}; "
            f"guessing {1 / run.classes:.0%}",
        ),
        (
            "cross-entropy, nats",
            f"{metrics['loss']:.4f} ± {metrics['loss_standard_error']:.4f}",
            f"guessing ln {run.classes} = {math.log(run.classes):.2f}",
        ),
    ]
    if "calibration_error" in metrics:
        error = f"{metrics['calibration_error']:.2%}"
        rows.append(("expected calibration error (Guo et al. 2017)", error, "of an ideal one 0"))
    recalls = [(recall, name) for name, recall in metrics["recall_per_class"].items() if recall]
    hardest = ", ".join(f"{name}: {recall:.1%}" for recall, name in sorted(recalls)[:3])
    return [*rows, ("recall, the three hardest classes", hardest, "")]


def _lines(run: Run, known: References | None) -> str:
    """Return what others pay for the same images, in nats."""
    if known is None:
        return ""
    count = min(known["pca"], key=lambda size: abs(int(size) - run.config.latent_dim))
    words = f"PCA with {count} numbers {known['pca'][count]:.2f}"
    return f"{words}, floor of grey images {known['floor']:.2f}" if known["floor"] else words


def _likelihoods(run: Run) -> list[tuple[str, str, str]]:
    rows = []
    for binarisation, found in run.likelihood.items():
        error = found["nll_standard_error"]
        name = f"negative log-likelihood, nats ({binarisation_name(binarisation)}; "
        name += f"{found['importance_samples']:,} importance samples)"
        comparable = (known_dataset(run), run.config.likelihood) == ("mnist", "bernoulli")
        words = ""
        if comparable and not run.config.conditional and binarisation == LITERATURE_BINARISATION:
            words = beside_literature(found["nll"], error)
        rows.append((name, f"{found['nll']:.2f} ± {error:.2f}", words))
    return rows


def _class_probes(run: Run) -> list[tuple[str, str, str]]:
    if not run.class_probes:
        return []
    names = {
        "knn": f"class by the {NEIGHBOURS} nearest codes",
        "probe": "class by a linear probe of the codes",
    }
    return [
        (
            f"{name}, {run.class_probes['test_images']:,} test images",
            f"{run.class_probes['latent'][key]:.1%}",
            f"PCA {run.class_probes['pca'][key]:.1%}, pixels {run.class_probes['pixels'][key]:.1%}",
        )
        for key, name in names.items()
    ]


def _quality(run: Run) -> list[tuple[str, str, str]]:
    found = run.quality
    if not found:
        return []
    distance, floor = found["frechet_classifier_distance"], found["noise_floor"]
    rows = [
        (
            f"Fréchet classifier distance of {found['samples']:,} samples",
            f"{distance:.1f}",
            f"real images {floor:.1f}",
        )
    ]
    if "share_as_told" in found:
        fraction = f"{found['share_as_told']:.1%}"
        rows.append(("samples that show the requested class", fraction, ""))
    for name, own, real in (
        ("precision", found["precision"], found["real_precision"]),
        ("recall", found["recall"], found["real_recall"]),
    ):
        rows.append((f"{name} of the samples", f"{own:.0%}", f"real images {real:.0%}"))
    return rows
