"""Explanations of the words of the field, where a page uses them: in tooltips and in a popover.

A tooltip needs a mouse or a keyboard. So every view has the popover too, in the header of the page,
which the router shows.
"""

from __future__ import annotations

import html
from functools import cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vae.glossary import GLOSSARY, explained_by

__all__ = ["EVERYWHERE", "WORDS", "help_of", "show_words", "words_button"]

# By page and view or chapter, as the address names them. Tests open each and compare
# (tests/pages/test_glossary.py, learn/test_learn.py); words that explanations use are added by
# themselves.
WORDS: dict[str, tuple[str, ...]] = {
    "start": (
        *("VAE", "discriminator", "latent space", "prior", "decoder", "epoch", "validation"),
        "t-SNE",
    ),
    "learn/what": ("VAE", "autoencoder", "conditional VAE"),
    "learn/discriminative": ("VAE", "autoencoder", "log-likelihood"),
    "learn/autoencoder": (
        *("VAE", "autoencoder", "encoder", "decoder", "latent space", "Gaussian"),
        "reconstruction",
    ),
    "learn/vae": (
        *("VAE", "autoencoder", "encoder", "decoder", "latent dimension", "prior", "posterior"),
        *("reconstruction", "KL", "beta", "hole", "gradient norm"),
    ),
    "learn/reparameterisation": (
        *("VAE", "encoder", "latent dimension", "Gaussian", "posterior", "loss", "gradient norm"),
    ),
    "learn/losses": (
        *("VAE", "autoencoder", "encoder", "decoder", "latent space", "latent dimension"),
        *("Gaussian", "prior", "posterior", "nat", "reconstruction", "KL", "beta"),
        *("posterior collapse", "gradient norm"),
    ),
    "learn/program": (
        *("VAE", "latent dimension", "encoder", "decoder", "Gaussian", "activation", "nat"),
        *("reconstruction", "KL", "loss", "beta", "epoch", "batch", "gradient norm"),
    ),
    "learn/gan": (
        *("VAE", "autoencoder", "GAN", "discriminator", "mode collapse", "latent dimension"),
        *("encoder", "decoder", "prior", "reconstruction", "KL", "loss", "log-likelihood"),
        *("epoch", "gradient norm", "Fréchet distance", "precision", "recall"),
    ),
    "learn/augmentation": ("VAE", "autoencoder", "conditional VAE", "GAN"),
    "data": ("VAE", "autoencoder", "conditional VAE", "GAN"),
    "train/set-up": (
        *("VAE", "autoencoder", "conditional VAE", "GAN", "latent dimension", "latent space"),
        *("activation", "binarised", "log-likelihood", "ELBO", "beta", "KL warm-up", "free bits"),
        *("KL capacity", "importance sample", "dimension in use", "gradient norm"),
        *("discriminator", "gradient penalty", "learning rate", "diverged", "batch", "epoch"),
        *("validation", "temperature"),
    ),
    "train/watch": (
        *("VAE", "autoencoder", "latent space", "reconstruction", "KL", "ELBO", "beta"),
        *("learning rate", "temperature", "epoch", "batch", "validation", "gradient norm"),
        *("binarised", "log-likelihood", "dimension in use", "free bits", "KL capacity"),
        *("posterior collapse", "hole", "diverged"),
        *("discriminator", "gradient penalty", "mode collapse"),
    ),
    "latent/map": ("latent space", "encoder", "prior", "posterior", "hole", "PCA"),
    "latent/draw": ("latent space", "VAE", "autoencoder", "prior", "posterior", "KL"),
    "latent/path": ("latent space", "encoder", "interpolation", "prior", "hole"),
    "latent/dimensions": (
        *("latent dimension", "autoencoder", "encoder", "prior", "posterior", "KL"),
        *("active unit", "posterior collapse", "KL warm-up"),
    ),
    "latent/projections": ("latent space", "decoder", "prior", "posterior", "PCA", "t-SNE"),
    "latent/knowledge": ("latent space", "PCA", "t-SNE", "k-NN", "linear probe", "silhouette"),
    "latent/compare": (
        *("latent space", "encoder", "autoencoder", "conditional VAE", "prior", "posterior"),
        *("hole", "PCA", "binarised", "log-likelihood"),
    ),
    "evaluate/overview": (
        *("VAE", "autoencoder", "conditional VAE", "binarised", "grey levels as probabilities"),
        *("log-likelihood", "ELBO", "beta", "importance sample", "bits per dimension"),
        *("active unit", "epoch", "learning rate", "validation", "PCA", "linear probe"),
        *("Fréchet distance", "precision", "recall", "discriminator"),
    ),
    "evaluate/likelihood": (
        *("conditional VAE", "posterior", "Gaussian", "binarised", "reconstruction", "KL"),
        *("log-likelihood", "ELBO", "importance sample"),
    ),
    "evaluate/classify": ("conditional VAE", "log-likelihood", "ELBO", "importance sample"),
    "evaluate/samples": (
        *("VAE", "autoencoder", "conditional VAE", "Gaussian", "prior", "posterior", "mixture"),
        *("log-likelihood", "Fréchet distance", "precision", "recall"),
    ),
    "evaluate/latent-space": (
        *("latent space", "PCA", "t-SNE", "k-NN", "linear probe", "silhouette"),
    ),
    "generate/grid": (
        *("encoder", "prior", "posterior", "mixture", "temperature", "truncation σ"),
    ),
    "generate/classes": ("conditional VAE", "prior", "temperature"),
    "generate/samplers": (
        *("encoder", "prior", "posterior", "mixture", "hole", "BIC", "Fréchet distance"),
    ),
    "generate/by-hand": ("latent dimension", "encoder", "prior", "KL"),
    "generate/manifold": ("manifold", "encoder", "prior"),
    "generate/arithmetic": ("latent space", "encoder", "decoder", "prior"),
    "generate/animation": ("latent space", "encoder", "prior", "posterior", "mixture"),
    "generate/take-away": (
        *("VAE", "latent dimension", "KL", "manifold", "mixture", "PCA", "reconstruction"),
        "discriminator",
    ),
    "runs/table": (
        *("VAE", "autoencoder", "reconstruction", "KL", "ELBO", "log-likelihood", "beta"),
        *("Fréchet distance", "active unit", "epoch", "validation", "diverged"),
    ),
}
# The run picker says what an image costs each run, and which is a GAN.
EVERYWHERE = ("loss", "nat", "GAN")
LIST = "<style>dl.words{margin:0;padding:0;dt{font-weight:600}dd{margin:0 0 .6rem}}</style>"


def help_of(*words: str) -> str:
    """Return the explanations of terms, as Markdown for `help=`: of a heading, metric or widget.

    Raises KeyError for a term that the glossary does not have.
    """
    if len(words) == 1:
        return GLOSSARY[words[0]].text
    return "\n\n".join(f"**{word}**: {GLOSSARY[word].text}" for word in words)


def words_button(header: DeltaGenerator) -> DeltaGenerator:
    """Show the button that opens the explanations; return their container, for `show_words`."""
    return header.popover(
        "Words",
        icon=":material/menu_book:",
        type="tertiary",
        help="Explains the words of this page.",
    )


def show_words(page: str, view: str) -> None:
    """Explain the words of a view, or of all views of a page that shows none yet."""
    name = f"{page}/{view}".rstrip("/")
    words = WORDS.get(name) or tuple(
        word for other in WORDS if other.startswith(page) for word in WORDS[other]
    )
    st.html(_list(words + EVERYWHERE))


@cache
def _list(words: tuple[str, ...]) -> str:
    terms = sorted(explained_by(words), key=str.lower)
    items = (
        f"<dt>{html.escape(word)}</dt><dd>{html.escape(GLOSSARY[word].text)}</dd>" for word in terms
    )
    return f'{LIST}<dl class="words">{"".join(items)}</dl>'
