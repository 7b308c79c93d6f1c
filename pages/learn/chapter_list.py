"""The chapters of Learn, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pages.learn.augmentation import augmentation
from pages.learn.autoencoder import autoencoder
from pages.learn.discriminative import discriminative
from pages.learn.distribution import distribution
from pages.learn.gan import gan
from pages.learn.losses import losses
from pages.learn.program import program
from pages.learn.reparameterisation import reparameterisation
from pages.learn.what import what

__all__ = ["CHAPTERS", "Chapter"]


class Chapter(NamedTuple):
    """A chapter: what the address calls it, its title, how long it takes, and what shows it."""

    slug: str
    title: str
    minutes: int
    show: Callable[[], None]


CHAPTERS = (
    Chapter("what", "What is generative modelling?", 6, what),
    Chapter("discriminative", "Discriminative or generative", 9, discriminative),
    Chapter("autoencoder", "The autoencoder", 8, autoencoder),
    Chapter("vae", "The VAE: a distribution for each attribute", 8, distribution),
    Chapter("reparameterisation", "The reparameterisation", 6, reparameterisation),
    Chapter("losses", "Two losses", 7, losses),
    Chapter("program", "The lecture's program", 10, program),
    Chapter("gan", "The GAN", 8, gan),
    Chapter("augmentation", "Data augmentation", 8, augmentation),
)
