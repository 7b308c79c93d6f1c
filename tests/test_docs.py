"""docs/architecture.md and CONTRIBUTING.md: what they name is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

ARCHITECTURE, CONTRIBUTING = "docs/architecture.md", "CONTRIBUTING.md"
OF_THE_ROOT = {"config", "schemas"}  # packages that stand beside the root's modules


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [ARCHITECTURE, CONTRIBUTING])
def test_files_that_are_named_are_there(page: str) -> None:
    named = re.findall(r"(?<![\w./~])(?:vae|pages|tests|docs|_shared)/[\w./*-]*\w", text(page))
    assert len(named) >= 10
    for name in named:
        path = ROOT / ("pages" if name.startswith("_shared") else "") / name
        assert path.exists() or name == "vae/_app", name  # which a wheel has


def test_each_package_has_a_section_in_the_order_of_the_layers() -> None:
    sections = re.findall(r"^### vae\.(\w+)", text(ARCHITECTURE), re.MULTILINE)
    layers = re.search(r"^    app\.py > pages > vae: (.*)$", text(ARCHITECTURE), re.MULTILINE)[1]
    assert sorted(sections) == sorted(re.findall(r"\w+", layers.removesuffix("root")))
    packages = {path.parent.name for path in ROOT.glob("vae/*/__init__.py")}
    assert {*sections, *OF_THE_ROOT} == packages
    root = text(ARCHITECTURE).partition("### vae (root)")[2].partition("###")[0]
    assert all(f"`{name}`" in root for name in OF_THE_ROOT)


def test_every_variable_that_is_read_is_in_the_table() -> None:
    read = set(re.findall(r'"(VAE_[A-Z_]+)"', text("vae/environment.py")))
    assert set(re.findall(r"^\| `(VAE_\w+)`", text("docs/deploying.md"), re.MULTILINE)) == read


def test_every_package_that_is_needed_is_explained() -> None:
    lines = text("requirements.txt").splitlines()
    needed = {re.match(r"[\w-]+", line)[0] for line in lines if line and not line.startswith("#")}
    explained = set(re.findall(r"\*\*([\w-]+)\*\*", text(ARCHITECTURE).partition("## Dep")[2]))
    assert needed - {"tensorflow-cpu"} <= explained


def test_it_stays_short() -> None:
    assert len(text(ARCHITECTURE).splitlines()) < 250
