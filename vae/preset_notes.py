"""What each preset is for, in a sentence."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PRESET_NOTES", "PresetNote"]


class PresetNote(NamedTuple):
    """A preset's name on the screen, what it is for, and the same in one short sentence."""

    title: str
    purpose: str
    in_short: str


PRESET_NOTES: dict[str, PresetNote] = {
    "lecture": PresetNote(
        "Lecture",
        "The lecture's recipe to the letter. In nats it is a beta of 0.0392 with the loss divided "
        "by the 784 pixels. It learns slowly for that scale: RMSprop's epsilon slows steps down "
        "where gradients are so small.",
        "The lecture's recipe to the letter. It learns slowly.",
    ),
    "lecture-fast": PresetNote(
        "Lecture, trained well",
        "The lecture's network and objective with the loss in nats, Adam and a falling learning "
        "rate: as good in a fraction of the time.",
        "The lecture's network with a better optimizer: as good, sooner.",
    ),
    "recommended": PresetNote(
        "Recommended",
        "The lecture's network, no larger, with the true ELBO (beta 1): random codes give real "
        "images.",
        "No larger than the lecture's, and random codes give real images.",
    ),
    "convolutional": PresetNote(
        "Convolutional",
        "Finds shapes rather than single pixels, with 16 latent dimensions: slower, visibly "
        "better.",
        "Finds shapes, not single pixels: slower, visibly better.",
    ),
    "2d": PresetNote(
        "Two dimensions",
        "Convolutional, with a latent space that is a plane: the map shows all of it.",
        "A code of two numbers, so that a map shows all of it.",
    ),
    "conditional": PresetNote(
        "Conditional",
        "A VAE that also gets the class: its code describes the style alone, so that one style can "
        "be decoded as every class.",
        "You choose the class, the code describes the style.",
    ),
    "best": PresetNote(
        "Best likelihood",
        "Black-and-white images, sampled anew at each step, and the importance-weighted bound, as "
        "papers measure: a long training for the best likelihood.",
        "Trains long on black-and-white images, for the best likelihood.",
    ),
    "few-images": PresetNote(
        "Few images",
        "For under 1,000 training images: a small convolutional network, many epochs, images "
        "shifted at each step, and early stopping. Expect soft images, like those it saw. Where a "
        "mirrored image is as likely, turn on random flip.",
        "For under 1,000 images: shifts them, and stops in time.",
    ),
    "autoencoder": PresetNote(
        "Autoencoder",
        "No KL and no sampling: sharp reconstructions, but random codes give nonsense. That is why "
        "there are VAEs.",
        "Not a VAE: sharp copies, but random codes give nonsense.",
    ),
    "classifier": PresetNote(
        "Classifier",
        "Says which class an image is of, instead of making images: p(y | x), the other way round. "
        "99 % of MNIST's test images are right.",
        "Makes no images: it says which class one is of.",
    ),
    "gan": PresetNote(
        "GAN",
        "A generator that learns to fool a discriminator: sharp samples of random codes, but no "
        "code for an image and no likelihood.",
        "Sharp images of random codes; no encoder, no likelihood.",
    ),
    "gan-convolutional": PresetNote(
        "Convolutional GAN",
        "The same with convolutions, on about as many weights as the convolutional VAE: the best "
        "samples here, at three times the time.",
        "The same with convolutions: slower, with the best samples.",
    ),
}
