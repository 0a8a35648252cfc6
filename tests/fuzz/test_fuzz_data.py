"""Fuzz tests of data files: IDX, plain and gzip, UNIPEN, and Omniglot's zips."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import ODD_BYTES, mutated

from core.data import idx, omniglot, unipen
from core.errors import DataError
from core.preprocessing import ink

IMAGES = idx.dump(np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28))
LABELS = idx.dump(np.array([1, 2, 3], np.uint8))
DIGIT = '.SEGMENT DIGIT 0 ? "8"\n.COMMENT 8 12 224\n.PEN_DOWN\n 10 20\n 30 40\n 31 41.5\n.PEN_UP\n.DT 100\n'
PEN = (".VERSION 1.0\n.HIERARCHY DIGIT\n" + DIGIT * 3).encode()
STROKES = b"START\n10.0,-20.0,0.0\n11.5,-30,50\nBREAK\n20,-20,100\nBREAK\n"
NAMES = ("strokes/Korean/character01/0001_01.txt", "strokes/Early_Aramaic/character22/0002_07.txt")
ODD_NAMES = (
    "../../x/Korean/character01/a.txt",
    "/etc/Korean/character01/a.txt",
    "strokes/../character01/a.txt",
    "strokes/a\0b/character01/a.txt",
    "strokes/K/character01/..txt",
    "a" * 60_000,
    "C:\\x/K/character01/a.txt",
    "strokes/K/character01/",
    "",
)


@given(content=mutated(IMAGES, LABELS, head=32))
def test_idx_plain(attack, content):
    found = attack(idx.read, DataError, content)
    assert found is None or found.dtype == np.uint8


@given(content=mutated(IMAGES, LABELS, head=32))
def test_idx_in_gzip(attack, content):
    found = attack(idx.read, DataError, gzip.compress(content, 1))
    assert found is None or found.dtype == np.uint8


@given(content=mutated(gzip.compress(IMAGES), gzip.compress(LABELS), head=40))
def test_idx_gzip_bytes(attack, content):
    attack(idx.read, DataError, content)


def render(drawings):
    assert ink.render_all(drawings[:20]).max(initial=0) <= 255
    assert all(np.isfinite(stroke).all() for drawing in drawings for stroke in drawing.strokes)


@given(content=mutated(PEN, head=200))
def test_unipen(attack, content):
    digits = attack(unipen.read, DataError, content)
    assert digits is None or render([digit.drawing for digit in digits]) is None


def packed(entries, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name or "x"), content, method)
    return stream.getvalue()


ZIP = packed([(name, STROKES) for name in NAMES])


@given(content=mutated(ZIP, packed([(name, STROKES) for name in NAMES], zipfile.ZIP_STORED), head=200))
def test_omniglot_bytes(attack, content):
    characters = attack(omniglot.read, DataError, content)
    assert characters is None or render([character.drawing for character in characters]) is None


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(
    entries=st.lists(
        st.tuples(st.sampled_from(NAMES + ODD_NAMES), mutated(STROKES, head=60) | st.sampled_from(ODD_BYTES)),
        max_size=4,
    )
)
def test_omniglot_entries(attack, entries):
    characters = attack(omniglot.read, DataError, packed(entries))
    assert characters is None or render([character.drawing for character in characters]) is None
