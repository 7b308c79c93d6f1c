"""The words of the field that the app shows, each explained in at most three sentences.

A term is explained with everyday words, first-year mathematics and terms that stand before it. The
figures are those of the shipped models and of MNIST's test images (tests/test_glossary.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["GLOSSARY", "Term", "explained_by", "found_in"]


class Term(NamedTuple):
    """text: the explanation, plain text. spellings: how else the term is written."""

    text: str
    spellings: tuple[str, ...] = ()


GLOSSARY: dict[str, Term] = {
    # Models
    "latent code": Term(
        "The few numbers, written z, that stand for an image: a model turns the image into them, "
        "and makes an image of them again.",
        ("code", "z"),
    ),
    "latent dimension": Term(
        "One of the numbers of a code. A code of four numbers has four latent dimensions, z1 to z4."
    ),
    "latent space": Term(
        "The space of all codes, in which each image is a point. Similar images should lie close "
        "together."
    ),
    "encoder": Term("The network that turns an image into its code."),
    "decoder": Term("The network that turns a code into an image.", ("decoded", "decode")),
    "autoencoder": Term(
        "An encoder and a decoder, trained together to copy images through a short code. Each "
        "image gets one point of latent space; most of the other points decode to nonsense."
    ),
    "Gaussian": Term(
        "The bell curve, also called the normal distribution. N(0, 1) has mean 0 and standard "
        "deviation 1: about 95 % of its values lie between −2 and 2.",
        ("N(0, 1)",),
    ),
    "prior": Term(
        "The distribution of random codes, N(0, I): independent numbers, each from a Gaussian with "
        "mean 0 and standard deviation 1. It is fixed before training.",
        ("N(0, I)",),
    ),
    "posterior": Term(
        "What the encoder says of one image: a Gaussian, with a mean and a standard deviation for "
        "each latent dimension. Codes of the image are sampled from it. It approximates p(z | x), "
        "the true posterior."
    ),
    "VAE": Term(
        "Variational autoencoder: it gives each image a posterior instead of one point and keeps "
        "the posteriors close to the prior, so that random codes decode to images as well (Kingma "
        "& Welling 2014).",
        ("variational autoencoder",),
    ),
    "conditional VAE": Term(
        "A VAE whose encoder and decoder also get the class of the image, such as the digit, so "
        "that the code describes the style alone (Sohn et al. 2015).",
        ("conditional",),
    ),
    "GAN": Term(
        "Generative adversarial network: a decoder, its generator, makes images of random codes "
        "that a second network must not be able to tell from real ones; both learn from each other "
        "(Goodfellow et al. 2014).",
        ("generative adversarial network", "generator"),
    ),
    "discriminator": Term(
        "The second network of a GAN: D(x), from 0 to 1, says how likely an image x is a real one. "
        "D(real) is its mean over real images, D(fake) that over images of random codes.",
        ("D(x)", "D(real)", "D(fake)"),
    ),
    "activation": Term(
        "The non-linear function between two layers of a network, such as ReLU, which replaces "
        "negative numbers by 0. Without it many layers could do no more than one."
    ),
    # Costs
    "nat": Term(
        "The unit of information that belongs to the natural logarithm: what has probability p "
        "costs −ln p nats. Probability 1/2 costs 0.69 nats, which is one bit."
    ),
    "binarised": Term(
        "Turned from grey into black and white, cut at one half or sampled with the grey level as "
        "the probability of white. Costs of binarised and of grey images do not compare.",
        ("binarisation", "black and white"),
    ),
    "grey levels as probabilities": Term(
        "A grey level, from 0 (black) to 1 (white), counts as the probability that the pixel is "
        "white. So even a perfect copy has a cost: 45.5 nats per MNIST image on average.",
        ("grey levels count", "floor"),
    ),
    "reconstruction": Term(
        "An image decoded from its own code. As a figure in nats per image: −ln of the "
        "probability that the decoder then gives the image. Lower means a better copy."
    ),
    "KL": Term(
        "Kullback–Leibler divergence, in nats per image: how far an image's posterior is from the "
        "prior, which is how much the code says about the image. 0 is nothing; the built-in "
        "Recommended model has 9.7.",
    ),
    "loss": Term(
        "What training makes smaller: the reconstruction plus the weighted KL, in nats per image. "
        "Lower is better; on MNIST, always predicting the mean image costs 206.2."
    ),
    "log-likelihood": Term(
        "ln p(x), the logarithm of the probability that a model gives an image, in nats; closer to "
        "0 is better. It can only be estimated. Published VAEs: −86.8 on binarised MNIST.",
        ("likelihood", "log p(x)"),
    ),
    "ELBO": Term(
        "Evidence lower bound, −(reconstruction + KL), in nats per image: the log-likelihood is "
        "never below it. Closer to 0 is better; the built-in Recommended model has −131.3.",
        ("lower bound",),
    ),
    "beta": Term(
        "The weight in loss = reconstruction + beta × KL; with 1 the loss is −ELBO. A smaller beta "
        "gives sharper images, a larger one a tidier latent space (Higgins et al. 2017)."
    ),
    "importance sample": Term(
        "A code sampled from an image's posterior, weighed by how well it explains the image. The "
        "average over many estimates the log-likelihood; more come closer (Burda et al. 2016)."
    ),
    "bits per dimension": Term(
        "The negative ELBO in bits, divided by the number of pixel values: so images of different "
        "sizes compare."
    ),
    "dimension in use": Term(
        "A latent dimension whose KL is at least 0.1 nats on average. The others say next to "
        "nothing about an image.",
        ("in use", "dimensions in use"),
    ),
    "active unit": Term(
        "A latent dimension whose posterior mean differs between test images: its variance is "
        "above 0.01 (Burda et al. 2016). The others carry nothing about an image.",
        ("active",),
    ),
    "posterior collapse": Term(
        "All posteriors equal the prior: the KL is near 0, the code says nothing about the image, "
        "and all codes decode to much the same. A smaller beta helps."
    ),
    "hole": Term(
        "A place in latent space that is likely under the prior, but that hardly any posterior "
        "reaches: the decoder was never trained there."
    ),
    # Training
    "epoch": Term("One pass over all training images."),
    "batch": Term("The images of one training step, for example 100."),
    "gradient norm": Term(
        "The gradient says for each weight of the networks how fast the loss rises with it; a "
        "training step goes the other way. Its norm is the length of all these numbers together.",
        ("gradient",),
    ),
    "gradient penalty": Term(
        "What a GAN adds to the loss of its discriminator: the squared length of the gradient of "
        "its score at real images, called R1. It keeps the two networks in balance (Mescheder et "
        "al. 2018)."
    ),
    "mode collapse": Term(
        "In a GAN: many codes become much the same few images, so that samples lack some kinds of "
        "images altogether."
    ),
    "learning rate": Term(
        "How far one training step moves the weights of the networks. Too large, and the loss "
        "rises; too small, and it hardly falls."
    ),
    "diverged": Term(
        "The loss grew beyond all numbers, because the steps were too large. A lower "
        "learning rate helps.",
        ("diverges",),
    ),
    "validation": Term(
        "Training images held back to measure the loss on images the model does not learn from. If "
        "it rises while the loss of training falls, the model memorises its training images."
    ),
    "KL warm-up": Term(
        "Over the first epochs beta rises from near 0 to its value, so that the model learns to "
        "copy before it has to keep the KL small. Helps against posterior collapse."
    ),
    "free bits": Term(
        "Nats of KL that cost nothing in each latent dimension, so that training keeps the "
        "dimension in use (Kingma et al. 2016)."
    ),
    "KL capacity": Term(
        "A value, in nats, at which training holds the KL: the loss counts how far the KL is from "
        "it (Burgess et al. 2018)."
    ),
    # Looking at codes
    "PCA": Term(
        "Principal component analysis: the directions along which points differ most. Seen along "
        "the first two, distances keep their meaning, but what lies in other directions is hidden."
    ),
    "t-SNE": Term(
        "A picture of points in which neighbours stay neighbours. The size of clusters and the "
        "distances between them mean nothing (van der Maaten & Hinton 2008)."
    ),
    "interpolation": Term(
        "Going from one code to another. Linear: on the straight line. Spherical: along a great "
        "circle, so that codes stay as far from 0 as random ones are.",
        ("straight line", "great circle"),
    ),
    "manifold": Term(
        "The images that a decoder can make, seen as a surface: here the codes of a grid over two "
        "latent dimensions, decoded."
    ),
    # Sampling
    "temperature": Term(
        "A factor on random codes: 1 is the prior, less stays closer to plain, typical images, "
        "more gives stranger ones."
    ),
    "truncation σ": Term(
        "With a truncation at 2 σ, each number of a random code that is more than 2 standard "
        "deviations from 0 is sampled again: fewer odd images, less variety.",
        ("truncation",),
    ),
    "mixture": Term(
        "A Gaussian mixture model (GMM): several Gaussians, fitted to the codes of training "
        "images. Codes sampled from it lie where images are, so they avoid holes.",
        ("Gaussian mixture", "GMM"),
    ),
    "BIC": Term(
        "Bayesian information criterion: how badly a model fits, plus a penalty for each of its "
        "parameters (Schwarz 1978). The number of Gaussians with the lowest one is used."
    ),
    # Evaluating
    "Fréchet distance": Term(
        "How far two sets of images are apart: a classifier turns images into features, and "
        "Gaussians fitted to those of each set are compared. 0 is best; two halves of the real "
        "digits differ by 0.7.",
        ("Fréchet classifier distance", "FID", "Fréchet"),
    ),
    "precision": Term(
        "The fraction of samples that lie among real images: how believable they are "
        "(Kynkäänniemi et al. 2019)."
    ),
    "recall": Term(
        "The fraction of real images that lie among samples: how much of the variety the samples "
        "cover (Kynkäänniemi et al. 2019)."
    ),
    "k-NN": Term(
        "k nearest neighbours: an image gets the class that most of the k training images with the "
        "nearest codes have."
    ),
    "linear probe": Term(
        "A simple classifier on the codes: a weighted sum of their numbers for each class. It does "
        "well where flat boundaries in latent space separate the classes.",
        ("probe",),
    ),
    "silhouette": Term(
        "From −1 to 1: how much nearer codes are to their own class than to the next one. Near 0 "
        "the classes touch (Rousseeuw 1987)."
    ),
}


def _pattern(word: str) -> re.Pattern[str]:
    others = (re.escape(each) for each in GLOSSARY[word].spellings)
    names = "|".join(sorted([re.escape(word), *others], key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})s?(?![\w-])", re.IGNORECASE)


_PATTERNS = {word: _pattern(word) for word in GLOSSARY}


def found_in(text: str) -> list[str]:
    """Return the terms that a text uses, in the glossary's order."""
    return [word for word, pattern in _PATTERNS.items() if pattern.search(text)]


def explained_by(words: Iterable[str]) -> list[str]:
    """Return these terms and those that their explanations use, in the glossary's order.

    Raises KeyError for an unknown term.
    """
    known, more = set[str](), set(words)
    while more:
        known |= more
        more = {other for word in more for other in found_in(GLOSSARY[word].text)} - known
    return [word for word in GLOSSARY if word in known]
