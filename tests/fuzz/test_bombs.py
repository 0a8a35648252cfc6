"""Small files that announce or decompress to huge ones are rejected within limits of memory and time."""

import gzip
import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")

MEMORY_MB, SECONDS = 300, 30

READ = """
import json, re, sys, time
from pathlib import Path
from core.errors import DigitpadError
from core.formats import picture_file
from core.recognition import modelfile
from core.recognition.recognizer import Recognizer, shipped_model
from core.runs import checkpoint, run
from core.training import recipefile, recipes
from core.data import csv_digits, idx, mnist, omniglot, picture_folder, unipen
from core.preprocessing.ink import Drawing
import numpy, PIL.Image, PIL.PngImagePlugin, PIL.JpegImagePlugin, safetensors.numpy, zipfile
parsers = {
    "model": modelfile.load, "idx": idx.read, "unipen": unipen.read, "omniglot": omniglot.read, "ink": Drawing.load,
    "picture": picture_file.load, "recipe": lambda path: recipefile.load(path, recipes.RECIPES),
    "run": lambda path: run.Run.load(path.parent), "curve": lambda path: run.Run(path.parent, "x").history(),
    "mnist": lambda path: mnist.load(path.parent), "table": csv_digits.read,
    "pictures": lambda path: picture_folder.read(path.parent.parent),
    "page": lambda path: Recognizer.of(shipped_model()).read_picture(picture_file.load(path)),
}
def peak_mb():  # ru_maxrss starts with the parent's
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
before, began, rejection = peak_mb(), time.process_time(), None
try:
    parsers[sys.argv[1]](Path(sys.argv[2]))
except DigitpadError as error:
    rejection = str(error)
print(json.dumps({"rejection": rejection, "mb": peak_mb() - before, "seconds": time.process_time() - began}))
"""


def measured(parser: str, path: Path) -> dict:
    """Return a parser's message of rejection, or None, and its memory and time."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", READ, parser, path]
    done = subprocess.run(command, capture_output=True, timeout=200, env=environment)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def png(width: int, height: int, extra: bytes = b"", colour: int = 0) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


def text_chunk(kind: bytes) -> bytes:
    content = b"a\0\0" + zlib.compress(b"\0" * 2**28)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def safetensors(header: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header


def zip_bomb(entries: int, size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(entries):
            archive.writestr(f"a/Korean/character01/{number:04}.txt", b"START\n" + b"\n" * (size - 12) + b"BREAK\n")
    return stream.getvalue()


def lying_zip() -> bytes:
    """Return a zip whose header gives 100 bytes for an entry of 256 MiB."""
    content = zip_bomb(1, 2**28)
    return content.replace(struct.pack("<I", 2**28), struct.pack("<I", 100))


def bmp(width: int, height: int) -> bytes:
    header = struct.pack("<IIIHHIIIIII", 40, width, height, 1, 8, 1, 0, 0, 0, 2, 0)  # compressed by run lengths
    rows = b"".join(b"\xff\1" * -(-width // 255) + b"\0\0" for _ in range(min(height, 100)))
    return b"BM" + struct.pack("<IHHI", 62 + len(rows), 0, 0, 62) + header + b"\0" * 4 + b"\xff" * 4 + rows


def gif(width: int, height: int) -> bytes:
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", width, height, 0x80, 0, 0)
        + bytes(6)
        + b",\0\0\0\0"
        + struct.pack("<HHB", width, height, 0)
        + b"\2\2\x4c\1\0;"
    )


def webp(width: int, height: int) -> bytes:
    pixels = encoded(Image.new("RGB", (20, 20)), "WEBP")[12:]
    canvas = struct.pack("<I", 0)[:4] + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunks = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + pixels
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def tiff(*entries: tuple[int, int, int, int], content: bytes = b"") -> bytes:
    """Return a TIFF of entries (tag, type, count, value) and of content, which begins at 8."""
    listed = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return (
        b"II*\0" + struct.pack("<I", 8 + len(content)) + content + struct.pack("<H", len(entries)) + listed + bytes(4)
    )


def page(width: int, height: int, compression: int = 1) -> tuple[tuple[int, int, int, int], ...]:
    """Return a TIFF's entries for a grey picture in one strip."""
    values = ((256, width), (257, height), (258, 8), (259, compression), (262, 1), (273, 8), (277, 1), (278, height))
    return (*((tag, 4, 1, value) for tag, value in values), (279, 4, 1, min(width * height, 900)))


def overlapping_tiff() -> bytes:
    """Return a TIFF of 4 MiB with 200 tags, each of which claims all of it."""
    tags = ((60_000 + n, 7, 2**22, 8) for n in range(200))
    return tiff(*page(30, 30), *tags, content=bytes(2**22))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def many_scans() -> bytes:
    """Return a progressive JPEG of 31 megapixels with the last of its scans 3,000 times: half a minute's work."""
    content = encoded(Image.new("L", (5600, 5600), 9), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 3000 + content[-2:]


def with_segments(segment: bytes, n: int) -> bytes:
    content = encoded(Image.new("L", (20, 20)), "JPEG")
    return content[:2] + segment * n + content[2:]


def solid(form: str, mode: str, side: int = 7071, **options: object) -> bytes:
    """Return a picture of one colour, with as many pixels as are read."""
    return encoded(Image.new(mode, (side, side)), form, **options)


def scribbled(kind: str) -> bytes:
    """Return a page of 1024 × 1024 pixels with thousands of things that may be parts of digits."""
    rng, page = np.random.default_rng(0), np.full((1024, 1024), 255, np.uint8)
    if kind == "noise":
        page = rng.integers(256, size=page.shape, dtype=np.uint8)
    elif kind == "dots":
        page[rng.random(page.shape) < 0.02] = 0
    elif kind == "strokes":
        for y, x in np.ndindex(42, 42):
            page[24 * y + 8 : 24 * y + 22, 24 * x + 12 : 24 * x + 15] = 0
    else:  # combs, whose teeth may be cut off
        for top in range(10, 960, 60):
            page[top : top + 3, 10:-10] = page[top + 26 : top + 29, 10:-10] = 0
            page[top : top + 40].reshape(40, -1)[:, 10:1014:22] = 0
    return encoded(Image.fromarray(page), "PNG")


IDX_GIANT = b"\0\0\x08\x03" + struct.pack(">III", 2**31, 28, 28)
IDX_SMALL = b"\0\0\x08\x03" + struct.pack(">III", 1, 28, 28)
MNIST = "train-images-idx3-ubyte"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
# Parser, name, content, and the message of rejection: "" where a file may also be read, None where it must be.
BOMBS: dict[str, tuple[str, str, Callable[[], bytes], str | None]] = {
    "a header of 2^63 bytes": (
        "model",
        "m",
        lambda: (2**63).to_bytes(8, "little") + b"{" * 100,
        "not a safetensors file",
    ),
    "a tensor of 2^60 values": (
        "model",
        "m",
        lambda: safetensors(b'{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4]}}') + b"1234",
        "metadata",
    ),
    "IDX of 2^31 images": ("idx", "i", lambda: IDX_GIANT + b"\0" * 1000, "larger than"),
    "a gzip that becomes 1 GiB": ("idx", "i.gz", lambda: gzip.compress(IDX_SMALL + b"\0" * 2**30, 1), "but holds"),
    "the same for MNIST": ("mnist", MNIST, lambda: gzip.compress(IDX_SMALL + b"\0" * 2**30, 1), "larger than"),
    "a table that becomes 1 GiB of one line": ("table", "t.gz", lambda: gzip.compress(b"0," * 2**29, 1), "too long"),
    "a table that becomes 1 GiB of empty lines": (
        "table",
        "t.gz",
        lambda: gzip.compress(b"\n" * 2**30, 1),
        "more than 1,000,000 lines",
    ),
    "a table that becomes 1 GiB of short rows": ("table", "t.gz", lambda: gzip.compress(b"0,0\n" * 2**28, 1), "line 1"),
    "a picture of 50,000 × 50,000 in a folder": ("pictures", "3/p.png", lambda: png(50_000, 50_000), "pixels"),
    "PNG of 50,000 × 50,000": ("picture", "p.png", lambda: png(50_000, 50_000), "pixels"),
    "PNG of 2^31 × 2^31": ("picture", "p.png", lambda: png(2**31 - 1, 2**31 - 1), "pixels|damaged"),
    "PNG whose text becomes 256 MiB": ("picture", "p.png", lambda: png(20, 20, text_chunk(b"zTXt")), ""),
    "PNG whose profile becomes 256 MiB": ("picture", "p.png", lambda: png(20, 20, text_chunk(b"iCCP")), ""),
    "BMP of 50,000 × 50,000": ("picture", "p.bmp", lambda: bmp(50_000, 50_000), "pixels"),
    "GIF of 65,535 × 65,535": ("picture", "p.gif", lambda: gif(65_535, 65_535), "pixels"),
    "WebP of 16,384 × 16,384": ("picture", "p.webp", lambda: webp(16_384, 16_384), "pixels"),
    "WebP of 9,000 × 9,000": ("picture", "p.webp", lambda: solid("WEBP", "RGB", 9_000, method=0), "at most 18,000,000"),
    "TIFF of 50,000 × 50,000": ("picture", "p.tif", lambda: tiff(*page(50_000, 50_000, 8)), "pixels"),
    "TIFF of 2^32 × 2^32": ("picture", "p.tif", lambda: tiff(*page(2**32 - 1, 2**32 - 1)), "pixels|damaged"),
    "TIFF whose tags overlap": ("picture", "p.tif", overlapping_tiff, ""),
    "JPEG of 3,000 scans": ("picture", "p.jpg", many_scans, "too many scans"),
    "JPEG of 16 million comments": (
        "picture",
        "p.jpg",
        lambda: with_segments(b"\xff\xfe\0\2", 2**24 - 999),
        "too much",
    ),
    "JPEG of 60 MB of EXIF": (
        "picture",
        "p.jpg",
        lambda: with_segments(b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527), 900),
        "too much",
    ),
    "50 megapixels of PNG": ("picture", "p.png", lambda: solid("PNG", "RGBA", compress_level=1), None),
    "50 megapixels of PNG with 16 bits": ("picture", "p.png", lambda: solid("PNG", "I;16", compress_level=1), None),
    "50 megapixels of BMP": ("picture", "p.bmp", lambda: solid("BMP", "1"), None),
    "50 megapixels of GIF": ("picture", "p.gif", lambda: solid("GIF", "P"), None),
    "50 megapixels of TIFF": ("picture", "p.tif", lambda: solid("TIFF", "CMYK", compression="tiff_lzw"), None),
    "50 megapixels of JPEG": ("picture", "p.jpg", lambda: solid("JPEG", "CMYK"), None),
    "32 megapixels of a progressive JPEG": (
        "picture",
        "p.jpg",
        lambda: solid("JPEG", "CMYK", 5656, progressive=True, subsampling=0),
        None,
    ),
    "18 megapixels of WebP": ("picture", "p.webp", lambda: solid("WEBP", "RGBA", 4242, lossless=True, method=0), None),
    "a page of noise": ("page", "p.png", lambda: scribbled("noise"), None),
    "a page of 15,000 dots": ("page", "p.png", lambda: scribbled("dots"), None),
    "a page of 1,764 strokes": ("page", "p.png", lambda: scribbled("strokes"), None),
    "a page of combs": ("page", "p.png", lambda: scribbled("combs"), None),
    "a folder of digits in HEIC": ("pictures", "3/p.heic", lambda: HEIC + bytes(2**24), "save or export it as JPEG"),
    "64 MiB of HEIC": ("picture", "p.heic", lambda: HEIC + bytes(2**26 - 99), "save or export it as JPEG"),
    "more than 64 MiB of HEIC": ("picture", "p.heic", lambda: HEIC + bytes(2**26), "larger than 64 MiB"),
    "a million strokes": ("ink", "d", lambda: b'{"strokes": [' + b"[[0,0]]," * 999_999 + b"[[0,0]]]}", "strokes"),
    "a million empty strokes": ("ink", "d", lambda: b'{"strokes": [' + b"[]," * 999_999 + b"[]]}", "strokes"),
    "a million points": ("ink", "d", lambda: b'{"strokes": [[' + b"[0,0]," * 999_999 + b"[0,0]]]}", "points"),
    "deep JSON": ("ink", "d", lambda: b'{"strokes": ' + b"[" * 2**22, "nested too deeply"),
    "a pen file of a million strokes": (
        "unipen",
        "u",
        lambda: b'.SEGMENT DIGIT 0 ? "8"\n' + b".PEN_DOWN\n1 1\n.PEN_UP\n" * 1_000_000,
        "more points or strokes",
    ),
    "a pen file of a million points": (
        "unipen",
        "u",
        lambda: b'.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n' + b"1 1\n" * 1_000_000,
        "more points or strokes",
    ),
    "a pen file of 8 million lines": ("unipen", "u", lambda: b"\n" * 2**23, "not a UNIPEN file"),
    "a zip of 200 MiB": ("omniglot", "z", lambda: zip_bomb(200, 2**20), "more than 128 MiB"),
    "a zip of one large drawing": ("omniglot", "z", lambda: zip_bomb(1, 2**26), "too large"),
    "a zip that lies": ("omniglot", "z", lying_zip, "damaged"),
    "TOML of thirty thousand tables": ("recipe", "r.toml", lambda: b"[" + b"a." * 30_000 + b"a]", ""),
    "TOML of deep lists": ("recipe", "r.toml", lambda: b"a = " + b"[" * 60_000, "TOML"),
    "TOML of half a million tables": ("recipe", "r.toml", lambda: b"[" + b"a." * 500_000 + b"a]", "larger than"),
    "run.json of deep lists": ("run", "run.json", lambda: b"[" * 2**20, "damaged"),
    "a curve's header of 2^63 bytes": (
        "curve",
        "curve.safetensors",
        lambda: (2**63).to_bytes(8, "little") + b"{",
        "not a",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_rejected(bomb, tmp_path):
    parser, name, make, message = BOMBS[bomb]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(make())
    found = measured(parser, tmp_path / name)
    if message is None:
        assert found["rejection"] is None
    elif message:
        assert found["rejection"] is not None
        assert re.search(message, found["rejection"]), found["rejection"]
    assert found["mb"] < MEMORY_MB
    assert found["seconds"] < SECONDS


def test_memory_is_measured(tmp_path):
    """An IDX file of 400 MiB is accepted, and its memory appears in the measurement."""
    size = 400 * 2**20
    header = b"\0\0\x08\x01" + struct.pack(">I", size)
    (tmp_path / "i.gz").write_bytes(gzip.compress(header + b"\0" * size, 1))
    found = measured("idx", tmp_path / "i.gz")
    assert found["rejection"] is None
    assert 400 <= found["mb"] < 900
