"""Picture files: their kinds, sizes and depths; and those rejected."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.errors import DrawingError
from core.preprocessing import picture_file


def painted():
    """Return a page (H, W), 255 white, with a seven."""
    page = Image.new("L", (260, 300), 255)
    ImageDraw.Draw(page).line([(60, 30), (180, 30), (110, 230)], fill=0, width=22, joint="curve")
    return np.asarray(page)


PAGE = painted()


def encoded(image, form="PNG", **options):
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, format=form, **options)
    return file.getvalue()


def decoded(image, form="PNG", **options):
    return picture_file.decode(encoded(image, form, **options))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_size(width, height):
    """Return a small PNG whose header gives a size that its data does not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_kinds_of_png(mode):
    np.testing.assert_array_equal(decoded(Image.fromarray(PAGE).convert(mode)), PAGE)


def test_black_and_white():
    page = (PAGE > 127) * np.uint8(255)
    np.testing.assert_array_equal(decoded(Image.fromarray(page).convert("1")), page)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_kinds_of_jpeg(mode):
    grey = decoded(Image.fromarray(PAGE).convert(mode), "JPEG", quality=95)
    assert grey.dtype == np.uint8
    assert np.abs(grey.astype(int) - PAGE).mean() < 2


def test_16_bit_grey_is_scaled_and_not_cut_off():
    deep = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    np.testing.assert_array_equal(decoded(deep), np.arange(256).reshape(16, 16))
    assert decoded(np.full((2, 2), 300, np.uint16)).max() == 1


def test_16_bit_grey_with_a_transparent_grey():
    header = struct.pack(">IIBBBBB", 2, 1, 16, 0, 0, 0, 0)
    data = zlib.compress(b"\0" + struct.pack(">HH", 0, 65535))
    chunks = [chunk(b"IHDR", header), chunk(b"tRNS", b"\0\7"), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    assert picture_file.decode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).tolist() == [[0, 255]]


def test_colours_by_their_brightness():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    red, green, blue = decoded(colours)[0].tolist()
    assert green > red > blue > 0


def test_transparency_shows_white():
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = [0, 128, 255]
    clear, half, full = decoded(pixels)[0].tolist()
    assert (clear, full) == (255, 0)
    assert half == pytest.approx(127, abs=1)


def test_a_palette_with_a_transparent_colour_shows_white():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.putpixel((1, 0), 1)
    assert decoded(image, transparency=0).tolist() == [[255, 10]]
    assert decoded(image, transparency=b"\x00\xff").tolist() == [[255, 10]]


def test_a_photo_taken_sideways_is_rotated():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = np.rot90(PAGE)
    rotated = decoded(sideways, "JPEG", quality=95, exif=exif)
    assert rotated.shape == PAGE.shape
    assert np.abs(rotated.astype(int) - PAGE).mean() < 3
    np.testing.assert_array_equal(decoded(sideways, "PNG", exif=exif), PAGE)


def test_invalid_metadata_does_not_matter():
    grey = decoded(PAGE, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\1")
    assert grey.shape == PAGE.shape


def test_the_content_decides_the_format_and_not_the_name(tmp_path):
    (tmp_path / "digit.jpg").write_bytes(encoded(PAGE))
    np.testing.assert_array_equal(picture_file.load(tmp_path / "digit.jpg"), PAGE)


# Files that are rejected


def rejected(tmp_path, content, sentence):
    path = tmp_path / "digit.png"
    path.write_bytes(content)
    with pytest.raises(DrawingError, match=sentence) as caught:
        picture_file.load(path)
    assert str(caught.value).startswith(f"{path} ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", bytes(1000)])
def test_not_a_picture(tmp_path, content):
    rejected(tmp_path, content, "is not a PNG or JPEG picture|is damaged")


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_other_formats(tmp_path, form):
    rejected(tmp_path, encoded(PAGE, form), "is not a PNG or JPEG picture")


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_truncated_picture(tmp_path, form):
    content = encoded(np.random.default_rng(0).integers(256, size=(60, 60), dtype=np.uint8), form)
    for length in range(0, len(content) - 20, 37):
        rejected(tmp_path, content[:length], "is damaged|is not a PNG or JPEG")


def test_a_png_with_flipped_bits_is_rejected_or_read_and_raises_nothing_else(tmp_path):
    content = encoded(PAGE)
    path = tmp_path / "digit.png"
    for position in range(8, len(content), 11):
        flipped = bytearray(content)
        flipped[position] ^= 0x10
        path.write_bytes(flipped)
        try:
            picture_file.load(path)
        except DrawingError:
            continue


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)])
def test_a_small_file_with_the_header_of_a_huge_picture_is_rejected_undecoded(tmp_path, width, height, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: pytest.fail("it was decoded"))
    rejected(tmp_path, with_size(width, height), "at most 50,000,000|is damaged")


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (7_072, 7_072), (50_000_001, 1)])
def test_a_picture_just_too_large_is_rejected_with_its_size(tmp_path, width, height):
    rejected(tmp_path, with_size(width, height), f"has {width} × {height} pixels; at most 50,000,000 are read")


def test_the_limit_itself(monkeypatch):
    monkeypatch.setattr(picture_file, "MAX_PIXELS", PAGE.size)
    assert decoded(PAGE).shape == PAGE.shape
    monkeypatch.setattr(picture_file, "MAX_PIXELS", PAGE.size - 1)
    with pytest.raises(DrawingError, match="has 260 × 300 pixels"):
        decoded(PAGE)


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    content = encoded(PAGE)
    monkeypatch.setattr(picture_file, "MAX_FILE_BYTES", len(content))
    picture_file.decode(content)
    monkeypatch.setattr(picture_file, "MAX_FILE_BYTES", len(content) - 1)
    rejected(tmp_path, content, "is larger than")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(DrawingError, match=r"none\.png cannot be read: No such file"):
        picture_file.load(tmp_path / "none.png")
    with pytest.raises(DrawingError, match="cannot be read: Is a directory"):
        picture_file.load(tmp_path)
