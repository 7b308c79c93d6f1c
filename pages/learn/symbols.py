"""The symbols of the chapters' formulas: how each is set, its hue, and what it stands for."""

from __future__ import annotations

import re
from typing import NamedTuple

from vae.figures.colors import HUES
from vae.glossary import GLOSSARY

__all__ = ["SYMBOLS", "SYMBOL_STYLE", "Symbol", "as_tex", "symbols_in"]


class Symbol(NamedTuple):
    """tex: as KaTeX sets it. hue: that of HUES which it has in the figures too. name: what a person
    calls it. text: what it stands for, as Markdown."""

    tex: str
    hue: str
    name: str
    text: str


# A formula names them between guillemets: «mu». Terms of the glossary say what that says.
SYMBOLS = {
    "x": Symbol("x", "loss", "image", "An image: its pixels, numbers from 0 (black) to 1 (white)."),
    "x'": Symbol("x'", "reconstruction", "reconstruction", GLOSSARY["reconstruction"].text),
    "y": Symbol(
        "y", "accuracy", "label", "The label of an image: its class, such as “dog” or “7”."
    ),
    "h": Symbol(
        "h", "z", "code", "What an autoencoder calls its code: a few numbers for an image."
    ),
    "z": Symbol("z", "z", "code", GLOSSARY["latent code"].text),
    "mu": Symbol(
        r"\mu", "mean", "mean", "The middle of an image's posterior, in each latent dimension."
    ),
    "sigma": Symbol(
        r"\sigma",
        "log_var",
        "standard deviation",
        "How wide an image's posterior is, in each latent dimension.",
    ),
    "log_var": Symbol(
        r"\log\sigma^2",
        "log_var",
        "log-variance",
        "The logarithm of the squared standard deviation. The encoder gives this one, since any "
        "number is allowed for it, while σ must be positive.",
    ),
    "epsilon": Symbol(
        r"\varepsilon", "epsilon", "noise", "A random number from the bell curve N(0, 1)."
    ),
    "kl": Symbol(r"\mathrm{KL}", "kl", "KL divergence", GLOSSARY["KL"].text),
    "reconstruction": Symbol(
        r"\text{reconstruction}",
        "reconstruction",
        "reconstruction",
        GLOSSARY["reconstruction"].text,
    ),
    "beta": Symbol(r"\beta", "loss", "beta", GLOSSARY["beta"].text),
    "D": Symbol("D", "d_real", "discriminator", GLOSSARY["discriminator"].text),
    "G": Symbol("G", "d_fake", "generator", GLOSSARY["GAN"].text),
}
NAMED = re.compile("«([^»]+)»")
# KaTeX writes a hue into the element. On the dark theme it is a lighter one: text of its size needs
# 4.5 : 1, on which no hue can be with white and with black.
LIGHTNESS = {"light": 0.47, "dark": 0.76}


def as_tex(formula: str) -> str:
    """Return a formula with each symbol set in its hue.

    Raises KeyError for a symbol that there is not.
    """
    return NAMED.sub(lambda found: _colored(SYMBOLS[found[1]]), formula)


def symbols_in(formula: str) -> list[str]:
    """Return the names of a formula's symbols, each once, in its order."""
    return list(dict.fromkeys(NAMED.findall(formula)))


def _colored(symbol: Symbol) -> str:
    return rf"\textcolor{{{HUES[symbol.hue]}}}{{{symbol.tex}}}"


def _rule(hue: str) -> str:
    red, green, blue = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    light, dark = (f"oklch(from {hue} {each} c h)" for each in LIGHTNESS.values())
    return (
        f'.katex [style*="rgb({red}, {green}, {blue})"] '
        f"{{ color: light-dark({light}, {dark}) !important; }}\n"
    )


SYMBOL_STYLE = "".join(_rule(hue) for hue in {HUES[symbol.hue] for symbol in SYMBOLS.values()})
