import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.importing.odd_files import COLOR, mutated, readable, refused, saved
from vae.data.importing.decoder import Decoder, Unreadable
from vae.data.importing.reading import import_pictures, scan
from vae.data.importing.treatment import Treatment
from vae.errors import DatasetError

GOOD = saved(Image.new("RGB", (40, 30), COLOR), "PNG")


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_pictures_of_every_kind_come_out_in_their_color() -> None:
    with Decoder(Treatment(color=True)) as decoder:
        for name, (content, color) in readable().items():
            image = decoder.decode(content).image
            assert np.abs(image.astype(int) - color).max() <= 6, name


def test_bad_files_are_refused_by_name_beside_good_ones(tmp_path: Path) -> None:
    bad = refused()
    path = zipped(tmp_path / "a.zip", {"good.png": GOOD, **bad, "zz.png": GOOD})
    imported = import_pictures(path, Treatment(color=True))
    names = {name for name, reason in imported.refused if reason}
    assert not names - bad.keys()
    # Of a cut GIF, BMP or TIFF the decoder may make out a whole picture.
    assert {name for name in bad if not name.startswith("cut")} <= names
    assert len(imported.images) == 2 + len(bad) - len(names)


def test_mutated_files_never_take_the_good_ones_along(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {**mutated(seed=0, count=300), "good.png": GOOD})
    imported = import_pictures(path, Treatment(color=True))
    assert len(imported.images) + len(imported.refused) == 301
    assert (imported.images[-1] == COLOR).all()


def test_a_decoder_that_was_ended_goes_on_with_the_next_picture() -> None:
    with Decoder(Treatment()) as decoder:
        decoder.decode(GOOD)
        assert decoder._process is not None
        decoder._process.kill()
        with pytest.raises(Unreadable, match="memory or time"):
            decoder.decode(GOOD)
        assert decoder.decode(GOOD).size == (40, 30)


def test_a_zip_as_people_make_it(tmp_path: Path) -> None:
    files = {
        "set\\train\\cat\\1.png": GOOD,
        "set/test/cat/2.png": GOOD,
        "set/train/dog/1.png": GOOD,
    }
    clutter = dict.fromkeys(
        ("set/Thumbs.db", "set/train/.DS_Store", "__MACOSX/set/._1.png", "set/desktop.ini"), b"x"
    )
    path = zipped(tmp_path / "a.zip", {**files, **clutter})
    contents = scan(path)
    assert (contents.kind, contents.count, contents.refused) == ("zip", 3, ())
    assert (contents.classes, contents.test_count) == ({"cat": 2, "dog": 1}, 1)
    imported = import_pictures(path, Treatment())
    assert imported.class_names == ("cat", "dog")
    assert imported.test is not None
    assert sorted(zip(imported.labels, imported.test, strict=True)) == [(0, 0), (0, 1), (1, 0)]


def test_what_a_hostile_zip_holds_is_refused_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../up.png", "/root.png", "C:\\x.png", "good.png", "inner.zip"):
            archive.writestr(name, GOOD)
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.png", bytes(20_000_000))
    assert {name: reason.split()[0] for name, reason in scan(tmp_path / "a.zip").refused} == {
        "../up.png": "its",
        "/root.png": "its",
        "C:/x.png": "its",
        "inner.zip": "an",
        "link.png": "a",
        "bomb.png": "compressed",
    }
    for name, value, said in (("MEGABYTES", "1", "at most 1 MB"), ("PICTURES", "3", "At most 3")):
        monkeypatch.setenv(f"VAE_IMPORT_{name}", value)
        with pytest.raises(DatasetError, match=said):
            scan(tmp_path / "a.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:200])
    with pytest.raises(DatasetError, match="damaged"):
        scan(tmp_path / "cut.zip")


def test_of_a_photographed_drawing_the_ink_is_taken(tmp_path: Path) -> None:
    light = np.tile(np.linspace(80, 240, 200), (200, 1)).astype(np.uint8)  # a shadow on the left
    light[::25] -= 30  # ruled lines
    photo = Image.fromarray(light)
    photo.paste(20, (60, 90, 140, 110))
    photo.save(tmp_path / "bar.png")
    image = import_pictures(tmp_path, Treatment(paper=True)).images[0, ..., 0]
    assert image[14, 9:19].min() > 150
    image[11:17, 7:21] = 0
    assert image.max() < 20


def test_dark_on_light_is_inverted_and_a_preview_takes_of_each_class(tmp_path: Path) -> None:
    white = Image.new("L", (28, 28), 255)
    white.paste(0, (10, 10, 18, 18))
    for name in ("a/1.png", "a/2.png", "a/3.png", "b/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        white.save(tmp_path / name)
    (tmp_path / "b" / "link.png").symlink_to(tmp_path / "a" / "1.png")
    done: list[tuple[int, int]] = []
    imported = import_pictures(
        tmp_path, Treatment(), limit=2, on_progress=lambda *pair: done.append(pair)
    )
    assert imported.labels.tolist() == [0, 1]
    assert (imported.inverted, imported.images[0, 0, 0, 0]) == (True, 0)
    assert done == [(1, 2), (2, 2)]
    assert [name for name, _ in imported.refused] == ["b/link.png"]
