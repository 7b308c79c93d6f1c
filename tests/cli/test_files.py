"""What the command line writes where, and what it refuses before it begins."""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.commands import Output, refused
from tests.conftest import copy_run
from vae.archive.zip_export import FILES
from vae.cli.files import FORMATS, MAX_PIXELS, MAX_SIDE, SUFFIXES, check_picture
from vae.cli.main import main
from vae.errors import ConfigError
from vae.runs.run import Run

COMMANDS = {  # what writes each of `SUFFIXES`
    kind: ("export", "--format", kind) if kind in FORMATS else (kind,) for kind in SUFFIXES
}
ROOT_WRITES_ANYWHERE = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(autouse=True)
def _no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no run opened: what is refused here is refused before that."""

    def open_run(path: Path) -> Run:
        raise AssertionError(f"work began: {path}")

    for module in ("cli.export", "cli.pictures"):
        monkeypatch.setattr(f"vae.{module}.conditioned_run", open_run)
    monkeypatch.setattr("vae.cli.main.load_named", open_run)


def refused_out(kind: str, out: Path, capsys: Output) -> str:
    command, *rest = COMMANDS[kind]
    return refused([command, "run", *rest, "--out", str(out)], capsys)


@pytest.mark.parametrize("kind", SUFFIXES)
class TestEveryFile:
    @pytest.mark.parametrize("name", ["model.h5", "model", ".keras", "a.png.exe", "a.zip"])
    def test_another_suffix(self, kind: str, name: str, tmp_path: Path, capsys: Output) -> None:
        said = refused_out(kind, tmp_path / name, capsys)
        assert f"--out must end with {'one of ' if len(SUFFIXES[kind]) > 1 else ''}" in said
        assert f"{', '.join(SUFFIXES[kind])} for " in said
        assert f"Received: {tmp_path / name}" in said
        assert not list(tmp_path.iterdir())

    def test_a_folder_of_that_name(self, kind: str, tmp_path: Path, capsys: Output) -> None:
        (folder := tmp_path / f"a{SUFFIXES[kind][0]}").mkdir()
        assert "which is a folder" in refused_out(kind, folder, capsys)

    def test_a_file_where_its_folder_should_be(
        self, kind: str, tmp_path: Path, capsys: Output
    ) -> None:
        (tmp_path / "file").touch()
        out = tmp_path / "file" / "deeper" / f"a{SUFFIXES[kind][0]}"
        assert "file is a file" in refused_out(kind, out, capsys)

    def test_a_name_that_is_too_long(self, kind: str, tmp_path: Path, capsys: Output) -> None:
        out = tmp_path / ("x" * 300 + SUFFIXES[kind][0])
        assert "--out must be a path" in refused_out(kind, out, capsys)

    @pytest.mark.skipif(ROOT_WRITES_ANYWHERE, reason="root may write anywhere")
    def test_no_permission(self, kind: str, tmp_path: Path, capsys: Output) -> None:
        tmp_path.chmod(0o500)
        assert "may not" in refused_out(kind, tmp_path / f"a{SUFFIXES[kind][0]}", capsys)
        tmp_path.chmod(0o700)

    def test_no_permission_by_the_systems_word(
        self, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.setattr("os.access", lambda path, mode: False)
        assert "may not" in refused_out(kind, tmp_path / f"a{SUFFIXES[kind][0]}", capsys)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
    def test_a_pipe(self, kind: str, tmp_path: Path, capsys: Output) -> None:
        os.mkfifo(out := tmp_path / f"a{SUFFIXES[kind][0]}")
        assert "no regular file" in refused_out(kind, out, capsys)
        assert not out.is_file()

    def test_a_file_of_a_run(
        self, kind: str, finished_run: Run, tmp_path: Path, capsys: Output
    ) -> None:
        shutil.copytree(finished_run.path, tmp_path / "run")
        for name in FILES:
            if name.endswith(SUFFIXES[kind]):
                said = refused_out(kind, tmp_path / "run" / name, capsys)
                assert "one of a run's own files" in said


class TestFolders:
    @pytest.mark.parametrize(
        "command",
        [("export", "run", "--format", "onnx"), ("train", "--dataset", "digits")],
        ids=["export", "train"],
    )
    @pytest.mark.parametrize("name", ["file", "file/deeper", "model.onnx", "x" * 300])
    def test_no_folder(
        self, command: tuple[str, ...], name: str, tmp_path: Path, capsys: Output
    ) -> None:
        (tmp_path / "file").touch()
        said = refused([*command, "--out", str(tmp_path / name)], capsys)
        assert "Received: " in said
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_networks_are_not_put_into_a_run(self, finished_run: Run, capsys: Output) -> None:
        command = ["export", "run", "--format", "onnx", "--out", str(finished_run.path)]
        assert "a run's own folder" in refused(command, capsys)

    def test_a_run_overwrites_nothing(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "metrics.json").write_text("mine", encoding="utf-8")
        said = refused(["train", "--dataset", "digits", "--out", str(tmp_path)], capsys)
        assert "holds metrics.json" in said

    def test_the_folder_of_all_runs_is_a_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("VAE_RUNS_DIR", str(tmp_path / "file"))
        assert "is a file" in refused(["train", "--dataset", "digits"], capsys)


class TestPictures:
    def test_the_limits_are_what_others_open(self) -> None:
        assert MAX_PIXELS == Image.MAX_IMAGE_PIXELS

    @pytest.mark.parametrize(
        ("width", "height", "largest"),
        [(840, 840, 11), (280, 280, 33), (5600, 28, 5), (64, 64, 64), (1920, 1920, 4)],
    )
    def test_the_largest_is_accepted_and_the_next_one_names_it(
        self, width: int, height: int, largest: int
    ) -> None:
        check_picture(width, height, largest)
        assert width * height * largest**2 <= MAX_PIXELS
        assert max(width, height) * largest <= MAX_SIDE
        if largest < 64:
            with pytest.raises(ConfigError, match=rf"--scale {largest} is the largest here"):
                check_picture(width, height, largest + 1)


@pytest.fixture
def _work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs opened again."""
    monkeypatch.undo()


@pytest.mark.usefixtures("_work")
class TestWithARun:
    @pytest.mark.parametrize(
        ("command", "scale", "size"),
        [
            (("sample", "--rows", "30", "--columns", "30"), 40, "9,600 x 9,600"),
            (("interpolate", "--steps", "200"), 21, "33,600 x 168"),
        ],
        ids=["sample", "interpolate"],
    )
    def test_a_picture_that_none_opens_is_not_made(
        self,
        command: tuple[str, ...],
        scale: int,
        size: str,
        finished_run: Run,
        tmp_path: Path,
        capsys: Output,
    ) -> None:
        out = tmp_path / "a.png"
        arguments = [command[0], str(finished_run.path), *command[1:], "--out", str(out)]
        said = refused([*arguments, "--scale", str(scale)], capsys)
        assert f"for {size} pixels" in said
        assert not out.exists()
        largest = said.partition("--scale ")[2].partition(" ")[0]
        assert main([*arguments, "--scale", largest]) == 0
        with warnings.catch_warnings(action="error"), Image.open(out) as picture:
            picture.load()

    def test_a_symbolic_link_is_not_replaced(self, finished_run: Run, tmp_path: Path) -> None:
        (link := tmp_path / "link.png").symlink_to(tmp_path / "real.png")
        assert main(["sample", str(finished_run.path), "--out", str(link)]) == 0
        assert link.is_symlink()
        assert (tmp_path / "real.png").is_file()

    def test_a_zip_is_no_run_but_holds_one(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "run.zip").touch()
        for command in ("sample", "evaluate", "quality", "interpolate", "export", "demo"):
            said = refused([command, str(tmp_path / "run.zip")], capsys)
            assert "unpack the zip" in said

    def test_a_seed_of_any_size(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        for sampler in ("prior", "mixture", "posterior"):
            command = ["sample", str(run.path), "--seed", str(2**80), "--sampler", sampler]
            assert main([*command, "--out", str(tmp_path / "a.png")]) == 0
