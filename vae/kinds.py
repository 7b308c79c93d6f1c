"""The kinds of models, and what each of them has: whoever needs to know asks here.

Pages, files, command line and training ask what a kind has, never which one it is. A new kind is an
entry in `KINDS`, its layers in `architecture` and its model in `model`. Paths are dotted,
"module:name", and resolved where they are needed: reading this loads neither Keras nor TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["CONDITIONAL", "KINDS", "Curve", "Kind", "Part", "with_article"]

# The first ones are networks. posterior: an image has a distribution of codes, with a KL and an
# ELBO. likelihood: an image has a cost in nats, given its code. prior: random codes are images.
# validation loss: one loss that training lowers, and that says on other images how good it is.
Part = Literal[
    "encoder",
    "decoder",
    "discriminator",
    "classifier",
    "posterior",
    "likelihood",
    "prior",
    "validation loss",
]

# Once a kind of its own, in configurations that earlier versions wrote: a VAE that gets labels.
CONDITIONAL = "conditional"


@dataclass(frozen=True)
class Curve:
    """A quantity in the rows of a history: its title, and the unit on its axis."""

    title: str
    unit: str = "nats per image"


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    name: of `Config.kind`. title: in a list of choices. noun: within a sentence. sentence: what it
    does. networks: by name, in the order in which an image passes through them; each with the
    function that lists its layers, see `architecture`. traits: the other parts that it has.
    curves: by their names in a history.

    model: called with the configuration, the shape of the images and the number of classes, makes
    the Keras model, a `model.base.Model`. evaluate: measures it, see `model.evaluate`; metrics: the
    type of what metrics.json then holds. snapshots: takes pictures of it in training. gradients:
    measures its gradients, or takes a whole step apart.
    """

    name: str
    title: str
    noun: str
    sentence: str
    networks: Mapping[str, str]
    traits: frozenset[Part]
    curves: Mapping[str, Curve]
    model: str
    evaluate: str
    metrics: str
    snapshots: str
    gradients: str

    def has(self, part: Part) -> bool:
        """Whether it has a network or another part."""
        return part in self.networks or part in self.traits


_CODES = {
    "encoder": "vae.architecture:encoder_layers",
    "decoder": "vae.architecture:decoder_layers",
}
# What all kinds share whose loss is a reconstruction, with or without a KL.
_ELBO: Any = {
    "model": "vae.model.vae:VAE",
    "evaluate": "vae.model.elbo:evaluate_elbo",
    "metrics": "vae.schemas.metrics:Metrics",
    "snapshots": "vae.training.snapshots:Snapshots",
    "gradients": "vae.training.step_trace:StepTrace",
}

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "vae",
            title="VAE",
            noun="variational autoencoder",
            sentence="A VAE codes an image as a Gaussian (mean and log-variance).",
            networks=_CODES,
            traits=frozenset({"posterior", "likelihood", "prior", "validation loss"}),
            curves={
                "loss": Curve("Loss"),
                "reconstruction": Curve("Reconstruction"),
                "kl": Curve("KL"),
            },
            **_ELBO,
        ),
        Kind(
            "autoencoder",
            title="Autoencoder",
            noun="autoencoder",
            sentence="An autoencoder codes an image as one point.",
            networks=_CODES,
            traits=frozenset({"likelihood", "validation loss"}),
            # Its loss is nothing else, so that one curve is both.
            curves={"loss": Curve("Reconstruction loss")},
            **_ELBO,
        ),
        Kind(
            "classifier",
            title="Classifier",
            noun="classifier",
            sentence="A classifier says of which class an image is.",
            networks={"classifier": "vae.architecture:classifier_layers"},
            traits=frozenset({"validation loss"}),
            curves={"loss": Curve("Loss"), "accuracy": Curve("Accuracy", "fraction")},
            model="vae.model.classifier:Classifier",
            evaluate="vae.model.accuracy:evaluate_accuracy",
            metrics="vae.schemas.metrics:ClassifierMetrics",
            snapshots="vae.training.confusion_snapshots:ConfusionSnapshots",
            gradients="vae.training.gradient_norm:GradientNorm",
        ),
        Kind(
            "gan",
            title="GAN",
            noun="generative adversarial network",
            sentence="A GAN makes images of random codes that a second network cannot tell from "
            "real ones.",
            networks={
                "decoder": "vae.architecture:decoder_layers",
                "discriminator": "vae.architecture:discriminator_layers",
            },
            traits=frozenset({"prior"}),
            curves={
                "loss": Curve("Generator loss"),
                "discriminator_loss": Curve("Discriminator loss"),
                "d_real": Curve("D(real)", "probability"),
                "d_fake": Curve("D(fake)", "probability"),
            },
            model="vae.model.gan:GAN",
            evaluate="vae.model.adversarial:evaluate_adversarial",
            metrics="vae.schemas.metrics:AdversarialMetrics",
            snapshots="vae.training.sample_snapshots:SampleSnapshots",
            gradients="vae.training.gradient_norm:AdversarialNorms",
        ),
    )
}


def with_article(noun: str) -> str:
    """Return a noun as a sentence begins with it: "An autoencoder"."""
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
