"""Odd and hostile picture files, made here: each to be read, or to be refused with a reason."""

import io
import struct
import zlib

import numpy as np
from PIL import ExifTags, Image

SIZE = (40, 30)
COLOR = (200, 40, 90)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def readable() -> dict[str, tuple[bytes, tuple[int, int, int]]]:
    """Return files of one color and the color that must come out of each."""
    plain = Image.new("RGB", SIZE, COLOR)
    grey = Image.new("L", SIZE, 120)
    deep = Image.fromarray(np.full(SIZE[::-1], 120 * 256, np.uint16))
    clear = Image.new("RGBA", SIZE, (*COLOR, 0))
    files: dict[str, tuple[bytes, tuple[int, int, int]]] = {}
    for kind in ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"):
        files[f"plain.{kind}"] = saved(plain, kind), COLOR
        files[f"wrong extension {kind}.txt"] = saved(plain, kind), COLOR
        files[f"<b>{kind}</b>\x07"] = saved(plain, kind), COLOR
        files[f"polyglot.{kind}"] = saved(plain, kind) + b"PK\5\6<script>", COLOR
        files[f"grey.{kind}"] = saved(grey, kind), (120, 120, 120)
    files["palette.png"] = saved(plain.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"), COLOR
    files["16 bits.png"] = saved(deep, "PNG"), (120, 120, 120)
    files["16 bits.tif"] = saved(deep, "TIFF"), (120, 120, 120)
    files["cmyk.jpg"] = saved(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG"), (255, 0, 0)
    files["clear.png"] = saved(clear, "PNG"), (255, 255, 255)
    files["moving.gif"] = (
        saved(plain, "GIF", save_all=True, append_images=[Image.new("RGB", SIZE, "lime")]),
        COLOR,
    )
    return files


def turned() -> dict[int, bytes]:
    """Return a picture, COLOR at its top left and black elsewhere, as cameras held otherwise."""
    upright = Image.new("RGB", SIZE)
    upright.paste(COLOR, (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    turn = Image.Transpose
    stored = {
        1: upright,
        2: upright.transpose(turn.FLIP_LEFT_RIGHT),
        3: upright.transpose(turn.ROTATE_180),
        4: upright.transpose(turn.FLIP_TOP_BOTTOM),
        5: upright.transpose(turn.TRANSPOSE),
        6: upright.transpose(turn.ROTATE_90),
        7: upright.transpose(turn.TRANSVERSE),
        8: upright.transpose(turn.ROTATE_270),
    }
    files: dict[int, bytes] = {}
    for orientation, picture in stored.items():
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        files[orientation] = saved(picture, "PNG", exif=exif)
    return files


def of_many_scans(side: int = 4000, scans: int = 3000) -> bytes:
    """Return a progressive JPEG of few bytes whose last scan comes again and again."""
    content = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * scans + content[-2:]


def of_one_tile(side: int = 32_768) -> bytes:
    """Return a TIFF of 64 x 64 pixels whose one tile takes a gigabyte."""
    data = zlib.compress(bytes(1000))
    tags = {256: 64, 257: 64, 258: 8, 259: 8, 262: 1, 277: 1}
    tags |= {322: side, 323: side, 324: 8, 325: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    start = struct.pack("<I", 8 + len(data))
    return b"II*\0" + start + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def refused() -> dict[str, bytes]:
    """Return files of which none is a whole picture within the caps."""
    files = {
        "empty.png": b"",
        "words.png": b"no picture",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "page.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "huge.png": _claims(50_000, 50_000),
        "wide.png": _claims(20_000, 1),
        "flat.png": _claims(0, 10),
        "bomb.png": _claims(16_000, 16_000),
    }
    noise = Image.effect_noise(SIZE, 60).convert("RGB")
    for kind in ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"):
        whole = saved(noise, kind)
        for eighths in range(1, 8):
            files[f"cut {eighths}.{kind}"] = whole[: len(whole) * eighths // 8]
    return files


def mutated(seed: int, count: int) -> dict[str, bytes]:
    """Return pictures of which a few bytes are others."""
    random = np.random.default_rng(seed)
    noise = Image.effect_noise(SIZE, 60).convert("RGB")
    files: dict[str, bytes] = {}
    for at in range(count):
        kind = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")[at % 6]
        content = bytearray(saved(noise, kind))
        for _ in range(random.integers(1, 9)):
            content[random.integers(0, min(len(content), 300))] = random.integers(0, 256)
        files[f"{at}.{kind}"] = bytes(content)
    return files


def _claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
