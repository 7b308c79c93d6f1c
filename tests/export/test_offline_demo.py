"""The offline demo as a file: what is in it, how large it is, and that names cannot break it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.export.demo_pages import Parts, data_of
from tests.handmade import make_run
from vae.cli.main import main
from vae.config import Config
from vae.errors import RunError
from vae.export import offline_demo
from vae.export.offline_demo import MAX_BYTES, demo_page, write_demo
from vae.export.weights import read_weights
from vae.runs.metadata import write_metadata
from vae.runs.run import SHIPPED, Run, open_run
from vae.runs.store import RunStore

SHIPPED_RUNS = [run.id for run in RunStore().list_shipped() if run.config.has("encoder")]
SMALL = Config(latent_dim=3, hidden=(8,))
NASTY = "</script><script>alert(1)</script>{{style}} & <b>"


@pytest.fixture(scope="module")
def shipped() -> Run:
    return open_run(SHIPPED / "mnist-recommended")


class TestBasics:
    @pytest.mark.parametrize("name", SHIPPED_RUNS)
    def test_a_shipped_run_is_a_small_file(self, name: str) -> None:
        run = open_run(SHIPPED / name)
        page = demo_page(run)
        weights = sum(part.nbytes for pair in read_weights(run).values() for part in pair)
        assert 4 / 3 * weights < len(page.encode()) < MAX_BYTES
        assert data_of(page)["bits"] == 32

    def test_nothing_is_fetched(self, shipped: Run) -> None:
        page = demo_page(shipped)
        # The one address names SVG's elements; nobody asks a server for it.
        assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"\b(src|href)=|@import|url\(|\bfetch\(|\bimport\b", page)
        assert "default-src 'none'" in page

    def test_it_has_the_style_of_the_app(self) -> None:
        theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
        light, dark = (ROOT / "vae/export/offline/page.css").read_text().split("@media", 1)
        for colors, css in ((theme["light"], light), (theme["dark"], dark)):
            for name, variable in {
                "primaryColor": "primary",
                "backgroundColor": "background",
                "secondaryBackgroundColor": "secondary",
                "textColor": "text",
                "borderColor": "border",
            }.items():
                assert f"--{variable}: {colors[name]};" in css

    def test_every_source_file_is_in_it(self) -> None:
        found = {path.name for path in (ROOT / "vae/export/offline").iterdir()}
        assert found == {*offline_demo._PARTS, "page.html", "page.css"}

    def test_names_cannot_break_out(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1), class_names=(NASTY, "other"))
        write_metadata(run.path, name=NASTY[:60])
        parts = Parts(demo_page(open_run(run.path)))
        data, script = parts.of("script")
        assert json.loads(data)["name"] == NASTY[:60]
        assert json.loads(data)["classes"][0]["name"] == NASTY
        assert script.strip().startswith("//")
        assert parts.of("title") == [f"{NASTY[:60]} – VAE Lab"]
        assert not parts.of("b")

    def test_the_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        out = tmp_path / "new" / "demo.html"
        assert main(["demo", str(run.path), "--out", str(out), "--json"]) == 0
        said = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert said == {"out": str(out), "bytes": out.stat().st_size}
        assert out.read_text().startswith("<!doctype html>")
        (run.path / "decoder.onnx").unlink()
        assert main(["demo", str(run.path), "--out", str(out)]) == 2
        assert "no model yet" in capsys.readouterr().err

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"A demo is written to .* Received: .*demo.html"):
            write_demo(run, tmp_path / "file" / "demo.html")

    def test_a_run_without_latent_means(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        (run.path / "latents.npz").unlink()
        with pytest.raises(RunError, match="no latent means yet"):
            demo_page(run)

    def test_latent_means_that_are_no_numbers(self, tmp_path: Path) -> None:
        run = make_run(tmp_path / "run", SMALL, (8, 8, 1))
        arrays = dict(run.latents)
        arrays["mean"][3, 1] = np.nan
        np.savez(run.path / "latents.npz", **arrays)
        with pytest.raises(RunError, match=r"finite numbers\. Received: run, where 1 are"):
            demo_page(open_run(run.path))
