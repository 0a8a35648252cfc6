"""Fuzz tests of data files: IDX, plain and gzip, tables, pictures in folders, UNIPEN, and Omniglot's zips."""

import gzip
import io
import shutil
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import ODD_BYTES, mutated
from PIL import Image

from core.data import csv_digits, detection, idx, idx_folder, mends, omniglot, picture_folder, sources, unipen
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


TABLE = b"\n".join(b",".join(b"%d" % value for value in [row, *range(784)]) for row in range(3)).replace(b",783", b",0")
HEADED = b"label," + b",".join(b"p%d" % i for i in range(784)) + b"\n" + TABLE.replace(b",", b";")


def assert_digits(images, labels):
    """Assert that what was read becomes digits, or an error of its own, whatever the mends."""
    assert images.shape == (len(labels), 28, 28)
    for names in ((), ("scale",), ("scale", "invert", "turn"), ("shift",), ("ten", "scale")):
        try:
            found = mends.dataset(images, labels, names, "it")
        except DataError:
            continue
        assert found.images.dtype == np.uint8
        assert found.labels.max(initial=0) <= 9


@given(content=mutated(TABLE, HEADED, TABLE.replace(b"1", b"0.5"), head=200))
def test_table(attack, content):
    found = attack(csv_digits.read, DataError, content)
    if found is not None:
        assert_digits(*found)


@given(content=mutated(gzip.compress(TABLE), head=40))
def test_table_in_gzip_bytes(attack, content):
    found = attack(csv_digits.read, DataError, content)
    if found is not None:
        assert_digits(*found)


def picture_bytes(kind):
    stream = io.BytesIO()
    Image.fromarray(np.arange(40 * 30, dtype=np.uint32).astype(np.uint8).reshape(30, 40)).save(stream, kind)
    return stream.getvalue()


@given(content=mutated(*map(picture_bytes, ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")), head=60))
def test_picture_in_a_folder(attack, content):
    def read(path):
        folder = path.parent / "digits" / "3"
        folder.mkdir(parents=True)
        (folder / "it.png").write_bytes(content)
        try:
            return picture_folder.read(folder.parent)
        finally:
            shutil.rmtree(folder.parent)

    found = attack(read, DataError, content)
    if found is not None:
        assert_digits(found.images, found.labels)


@given(content=mutated(TABLE, HEADED, TABLE.replace(b"0,1", b"0,0,255"), head=2000))
def test_a_table_is_checked_as_data_of_a_run(attack, content):
    from core.training import data_check  # not in guided.py, which would measure all of it

    def read(path):
        return sources.load(f"csv:{path}")

    source = attack(read, DataError, content)
    if source is not None:
        for finding in data_check.findings(source):
            assert len(finding.text) > 10
            assert sources.parts(data_check.mended(source.name, [finding]))


IDX_NAMES = (
    *("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
    *("emnist-digits-train-images-idx3-ubyte.gz", "emnist-digits-train-labels-idx1-ubyte.gz", "TEST_LABELS.GZ"),
    *("train-images", "training-image", "t10k-images-idx3-ubyte.gz", "train-images-idx3-ubyte (1)", "labels", "é.gz"),
)


@given(
    files=st.dictionaries(st.sampled_from(IDX_NAMES), mutated(IMAGES, LABELS, head=32), max_size=4),
    chosen=st.sampled_from(("", "emnist-digits", "train-images", "../x", "\udcff")),
)
def test_idx_files_in_a_folder(attack, files, chosen):
    def read(path):
        folder = path.parent / "digits"
        folder.mkdir()
        for name, content in files.items():
            packed = gzip.compress(content, 1) if name.lower().endswith(".gz") else content
            (folder / name).write_bytes(packed)
        try:
            return idx_folder.find(folder / chosen).read("train")
        finally:
            shutil.rmtree(folder)

    found = attack(read, DataError, b"")
    if found is not None:
        images, labels, _ = found
        assert len(images) == len(labels)


@given(content=mutated(IMAGES, TABLE, PEN, gzip.compress(TABLE), b"PK\3\4", head=60))
def test_detection(attack, content):
    found = attack(detection.source_of, DataError, content)
    assert found is None or found.partition(":")[0] in ("csv", "pen", "idx")


@given(name=mutated(b"3*turn*idx:a/b+soft*scale*csv:c.csv+2*thinned*pen:x@1-3+soft*mnist+images:d", head=80))
def test_names_of_sources(name):
    text = name.decode("utf-8", "replace")
    try:
        found = sources.parts(text)
    except DataError:
        return
    for part in found:
        again = sources.parts(part.mended("turn"))
        assert again[0].mends[:1] == ("turn",)
        assert "+".join(each.named for each in again) == part.named


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
