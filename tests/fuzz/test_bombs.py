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

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")

MEMORY_MB, SECONDS = 300, 30

READ = """
import json, re, sys, time
from pathlib import Path
from core.errors import DigitpadError
from core.preprocessing import picture_file
from core.recognition import modelfile
from core.runs import checkpoint, run
from core.training import recipefile, recipes
from core.data import idx, mnist, omniglot, unipen
from core.preprocessing.ink import Drawing
import numpy, PIL.Image, PIL.PngImagePlugin, PIL.JpegImagePlugin, safetensors.numpy, zipfile
parsers = {
    "model": modelfile.load, "idx": idx.read, "unipen": unipen.read, "omniglot": omniglot.read, "ink": Drawing.load,
    "picture": picture_file.load, "recipe": lambda path: recipefile.load(path, recipes.RECIPES),
    "run": lambda path: run.Run.load(path.parent), "curve": lambda path: run.Run(path.parent, "x").history(),
    "mnist": lambda path: mnist.load(path.parent),
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


IDX_GIANT = b"\0\0\x08\x03" + struct.pack(">III", 2**31, 28, 28)
IDX_SMALL = b"\0\0\x08\x03" + struct.pack(">III", 1, 28, 28)
MNIST = "train-images-idx3-ubyte"
BOMBS: dict[str, tuple[str, str, Callable[[], bytes], str]] = {
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
    "PNG of 50,000 × 50,000": ("picture", "p.png", lambda: png(50_000, 50_000), "pixels"),
    "PNG of 2^31 × 2^31": ("picture", "p.png", lambda: png(2**31 - 1, 2**31 - 1), "pixels|damaged"),
    "PNG whose text becomes 256 MiB": ("picture", "p.png", lambda: png(20, 20, text_chunk(b"zTXt")), ""),
    "PNG whose profile becomes 256 MiB": ("picture", "p.png", lambda: png(20, 20, text_chunk(b"iCCP")), ""),
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
    (tmp_path / name).write_bytes(make())
    found = measured(parser, tmp_path / name)
    if message:
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
