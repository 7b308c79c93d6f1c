"""The image and the compose files agree with each other, and with what they start."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from vae.environment import SERVER_MEGABYTES, WORKER_MEGABYTES

IMAGE = (ROOT / "Dockerfile").read_text()
COMPOSED = ("compose.yaml", "deploy/compose.yaml")


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_what_is_copied_is_there_and_not_left_out() -> None:
    let_in = set(re.findall(r"^!(\S+)", text(".dockerignore"), re.MULTILINE))
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", IMAGE, re.MULTILINE)
    for name in " ".join(copied).split():
        assert list(ROOT.glob(name)), name
        assert {name, f"{name}/config.toml", name.replace("-*", "*")} & let_in or (
            name == "requirements.txt"
        ), name


def test_who_runs_it_is_not_root() -> None:
    assert int(re.findall(r"^USER (\d+)", IMAGE, re.MULTILINE)[-1]) > 0
    assert re.search(r"^CMD .*vae-lab.*$", IMAGE[IMAGE.rindex("\nUSER") :], re.MULTILINE)


def test_one_port() -> None:
    (port,) = re.findall(r"^EXPOSE (\d+)", IMAGE, re.MULTILINE)
    assert f'"--port", "{port}"' in IMAGE
    assert f"http://127.0.0.1:{port}/_stcore/health" in IMAGE
    assert f":{port}:{port}" in text("compose.yaml")
    proxied = text("deploy/compose.yaml")
    for address, number in re.findall(r"VAE_SERVER_\d: \"(\S+):(\d+)\"", proxied):
        assert number == port
        assert f"ipv4_address: {address}}}" in proxied


def test_nginx_gets_all_that_its_template_needs() -> None:
    needed = set(re.findall(r"\$\{(\w+)\}", text("deploy/nginx.conf.template")))
    assert needed == set(re.findall(r"^ +(VAE_(?:PORT|SERVER_\d)): ", text(COMPOSED[1]), re.M))


@pytest.mark.parametrize("name", COMPOSED)
def test_its_memory_is_enough_for_a_worker(name: str) -> None:
    (gigabytes,) = re.findall(r"mem_limit: \$\{VAE_MEMORY:-(\d+)g\}", text(name))
    assert int(gigabytes) * 1024 >= SERVER_MEGABYTES + WORKER_MEGABYTES
    for megabytes in (SERVER_MEGABYTES, WORKER_MEGABYTES):
        assert f"{megabytes} MB" in IMAGE
    for volume in ("runs:/runs", "data:/data"):
        assert volume in text(name)
        assert volume.partition(":")[2] in IMAGE
