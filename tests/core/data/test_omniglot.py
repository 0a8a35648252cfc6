"""Omniglot's zips: characters as strokes, read within limits; errors name file and entry."""

import struct
import time
import zipfile

import numpy as np
import pytest

from core.data import omniglot
from core.errors import DataError

TEXT = "START\n10,-20,0\n30.5,-40,16\nBREAK\n5,-6,99\nBREAK\n"
ENTRIES = {
    "root/.DS_Store": "x",
    "root/Klingon/character01/0001_01.txt": TEXT,
    "root/Klingon/character02/0002_01.txt": TEXT.replace("10,-20", "11,-20"),
    "__MACOSX/root/Klingon/character01/._0001_01.txt": "\0\5\26\7",
    "__MACOSX/Klingon/character01/0001_01.txt": "\0\5\26\7",
    "root/Klingon/character01/._0001_01.txt": "\0\5\26\7",
    "root/Old_High_Martian/character17/0003_20.txt": TEXT,
    "root/Latin/character01/0004_01.txt": TEXT,
    "root/Greek/character01/0005_01.txt": TEXT,
}
FIRST = "root/Klingon/character01/0001_01.txt"


def write_zip(tmp_path, entries=None, method=zipfile.ZIP_DEFLATED):
    path = tmp_path / "strokes.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in (ENTRIES if entries is None else entries).items():
            archive.writestr(name, text)
    return path


def write_drawing(tmp_path, text):
    return write_zip(tmp_path, {**ENTRIES, FIRST: text})


def assert_rejected(path, message, **arguments):
    with pytest.raises(DataError, match=message) as caught:
        omniglot.read(path, **arguments)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < len(str(path)) + 250


def test_characters_have_y_downwards(tmp_path):
    first, second, third = omniglot.read(write_zip(tmp_path))
    assert (first.alphabet, first.character) == ("Klingon", "character01")
    assert [stroke.tolist() for stroke in first.drawing.strokes] == [[[10, 20, 1], [30.5, 40, 1]], [[5, 6, 1]]]
    assert (second.character, second.drawing.strokes[0][0, 0]) == ("character02", 11)
    assert (third.alphabet, third.character) == ("Old_High_Martian", "character17")


def test_the_root_may_have_any_name(tmp_path):
    assert len(omniglot.read(write_zip(tmp_path, {"other/Klingon/character01/a.txt": TEXT}))) == 1


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n\n", " \n"])
def test_line_ends_of_other_systems(tmp_path, line_end):
    first = omniglot.read(write_drawing(tmp_path, TEXT.replace("\n", line_end)))[0]
    assert [len(stroke) for stroke in first.drawing.strokes] == [2, 1]


def test_alphabets_are_selected_by_name(tmp_path):
    path = write_zip(tmp_path)
    assert [found.alphabet for found in omniglot.read(path, ["KLINGON", "latin"])] == ["Klingon", "Klingon", "Latin"]
    assert [found.alphabet for found in omniglot.read(path, {"old high martian"})] == ["Old_High_Martian"]
    assert_rejected(
        path, 'no alphabet "Elvish"; it has Greek, Klingon, Latin, Old_High_Martian', alphabets=["Greek", "Elvish"]
    )


def test_latin_and_greek_are_read_only_on_request(tmp_path):
    path = write_zip(tmp_path, {name: text for name, text in ENTRIES.items() if "Latin" in name or "Greek" in name})
    assert len(omniglot.read(path, ["Greek"])) == 1
    assert_rejected(path, "only alphabets in which some letters look like digits: Greek, Latin")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "does not begin with START"),
        (TEXT[6:], "does not begin with START"),
        (TEXT + "7,-7,100\n", "ends within a stroke"),
        (TEXT.rstrip("\n")[:-1], "ends within a stroke"),
        ("START\n", "ends within a stroke"),
        ("START\nBREAK\n", "has no points"),
        ("START\nBREAK\nBREAK\n", "has no points"),
        (TEXT.replace("10,-20,0", "10,-20"), "line 2: '10,-20' is not a point"),
        (TEXT.replace("10,-20,0", "10,-20,0,0"), "line 2: .* is not a point"),
        (TEXT.replace("10,-20,0", "10 -20 0"), "line 2: .* is not a point"),
        (TEXT.replace("5,-6,99", "5,six,99"), "line 5: '5,six,99' is not a point"),
        (TEXT.replace("\n5,-6,99", "\n\nSTART\n5,-6,99"), "line 6: 'START' is not a point"),
        (TEXT.replace("5,-6,99", "x" * 10_000), "line 5: 'x*' is not a point"),
        (TEXT.replace("10,-20,0", "nan,-20,0"), "stroke 1 has a coordinate that is not a number"),
        (TEXT.replace("-6,99", "-inf,99"), "stroke 2 has a coordinate that is not a number"),
        (TEXT.replace("-6,99", "-1e30,99"), "beyond a billion"),
        (b"START\n\xff\xfe\nBREAK\n", "it is not text"),
        ("START\n" + "1,1,1\n" * 100_001 + "BREAK\n", "more than 100,000 points"),
        (" " * (2**20 + 1), "too large for a drawing"),
    ],
)
def test_errors_in_a_drawing_name_its_entry(tmp_path, text, message):
    assert_rejected(write_drawing(tmp_path, text), f", {FIRST}.*{message}")


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100, bytes(1000), b"PK\5\6" + bytes(18)])
def test_not_a_zip_or_an_empty_one(tmp_path, content):
    path = tmp_path / "strokes.zip"
    path.write_bytes(content)
    assert_rejected(path, "not a zip")


@pytest.mark.parametrize("name", ["a.txt", "root/Klingon/a.txt", "root/Klingon/character01/a.png", "x/y/z/a.txt"])
def test_a_foreign_zip(tmp_path, name):
    assert_rejected(write_zip(tmp_path, {name: TEXT}), "not a zip of Omniglot's strokes: it has no ROOT/ALPHABET")


def test_a_truncated_zip_is_rejected(tmp_path):
    path = write_zip(tmp_path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert_rejected(path, "is not a zip file, or is damaged")


def test_a_corrupted_byte_gives_the_same_drawings_or_an_error(tmp_path):
    path = write_zip(tmp_path)
    content = path.read_bytes()
    strokes = {stroke.tobytes() for found in omniglot.read(path) for stroke in found.drawing.strokes}
    for i in range(0, len(content), 3):
        path.write_bytes(content[:i] + bytes([content[i] ^ 0x41]) + content[i + 1 :])
        try:
            found = omniglot.read(path)
        except DataError:
            continue
        assert {stroke.tobytes() for each in found for stroke in each.drawing.strokes} <= strokes


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_decompress_without_a_limit_are_rejected(tmp_path, method):
    assert_rejected(write_zip(tmp_path, method=method), f"{FIRST} is encrypted, or compressed by an unsupported method")


def test_an_encrypted_entry(tmp_path):
    path = write_zip(tmp_path)
    content = bytearray(path.read_bytes())
    for entry in range(len(ENTRIES)):
        content[nth_index(content, b"PK\1\2", entry) + 8] |= 1
    path.write_bytes(content)
    assert_rejected(path, f"{FIRST} is encrypted, or compressed by an unsupported method")


def nth_index(content, mark, n):
    position = content.index(mark)
    for _ in range(n):
        position = content.index(mark, position + 1)
    return position


def test_an_entry_larger_than_its_header_says_is_not_decompressed(tmp_path):
    bomb = "START\n" + "1,1,1\n" * 5_000_000
    path = write_zip(tmp_path, {FIRST: bomb})
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"PK\1\2") + 24, 600)
    path.write_bytes(content)
    began = time.process_time()
    assert_rejected(path, "damaged: Bad CRC-32")
    assert time.process_time() - began < 0.5


def test_the_limits(tmp_path, monkeypatch):
    path = write_zip(tmp_path)
    for limit, least, message in (
        ("MAX_FILE_BYTES", path.stat().st_size, "is larger than"),
        ("MAX_ENTRIES", len(ENTRIES), "entries: too many"),
        ("MAX_TOTAL_BYTES", 3 * len(TEXT), "of drawings: too large"),
        ("MAX_ENTRY_BYTES", len(TEXT), "too large for a drawing"),
    ):
        with monkeypatch.context() as limits:
            limits.setattr(omniglot, limit, least)
            assert len(omniglot.read(path)) == 3
            limits.setattr(omniglot, limit, least - 1)
            assert_rejected(path, message)


def test_a_million_entries_are_rejected_quickly(tmp_path):
    path = tmp_path / "strokes.zip"
    header = b"PK\1\2" + bytes(42)
    path.write_bytes(header * 1_000_000 + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 46_000_000, 0, 0))
    began = time.process_time()
    assert_rejected(path, "entries: too many")
    assert time.process_time() - began < 2


def test_a_missing_file_and_a_folder(tmp_path):
    assert_rejected(tmp_path / "none.zip", "cannot be read: No such file")
    assert_rejected(tmp_path, "cannot be read: Is a directory")


def test_nothing_is_written_to_disk(tmp_path):
    path = write_zip(tmp_path, {"../Klingon/character01/a.txt": TEXT, **ENTRIES})
    omniglot.read(path)
    assert list(tmp_path.parent.rglob("a.txt")) == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["strokes.zip"]


@pytest.mark.real_data
def test_the_real_file(real_data):
    path = real_data / "omniglot" / "strokes_background_small1.zip"
    if not path.is_file():
        pytest.skip("no real data: DIGITPAD_DATA has no omniglot/")
    began = time.process_time()
    found = omniglot.read(path)
    assert time.process_time() - began < 3
    assert {each.alphabet for each in found} == {"Balinese", "Early_Aramaic", "Korean"}
    assert len(found) == 20 * (24 + 22 + 40)
    assert len(omniglot.read(path, ["latin", "GREEK"])) == 20 * (26 + 24)
    points = np.concatenate([stroke[:, :2] for each in found for stroke in each.drawing.strokes])
    assert points.min() > 0  # y downwards
    assert points.max() < 120
