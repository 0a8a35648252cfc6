"""Picture files: their kinds, sizes and depths; and those rejected."""

import io
import struct
import zlib

import numpy as np
import pytest
from picture_bytes import decoded, encoded
from PIL import Image, ImageDraw, ImageOps, features

from core.errors import DrawingError
from core.formats import picture_file


def painted():
    """Return a page (H, W), 255 white, with a seven."""
    page = Image.new("L", (260, 300), 255)
    ImageDraw.Draw(page).line([(60, 30), (180, 30), (110, 230)], fill=0, width=22, joint="curve")
    return np.asarray(page)


PAGE = painted()


def grey_of(pixels):
    return pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_size(width, height):
    """Return a small PNG whose header gives a size that its data does not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


LOSSLESS = [("PNG", {}), ("BMP", {}), ("GIF", {}), ("WEBP", {"lossless": True}), ("TIFF", {})]
TIFFS = ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "lzma"]


@pytest.mark.parametrize(("form", "options"), LOSSLESS)
def test_the_formats_give_the_same_pixels(form, options):
    np.testing.assert_array_equal(decoded(PAGE, form, **options), PAGE)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_kinds_of_png(mode):
    """What is grey and opaque is given as grey values, however it is written."""
    np.testing.assert_array_equal(decoded(Image.fromarray(PAGE).convert(mode)), PAGE)


@pytest.mark.parametrize("compression", TIFFS)
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_kinds_of_tiff(mode, compression):
    image = Image.fromarray(PAGE).convert(mode)
    np.testing.assert_array_equal(decoded(image, "TIFF", compression=compression), PAGE)


@pytest.mark.parametrize(("form", "options"), [*LOSSLESS, ("TIFF", {"compression": "group4"})])
def test_black_and_white(form, options):
    page = (PAGE > 127) * np.uint8(255)
    np.testing.assert_array_equal(decoded(Image.fromarray(page).convert("1"), form, **options), page)


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("TIFF", "CMYK")])
def test_colours_of_print_and_of_photos(form, mode):
    grey = grey_of(decoded(Image.fromarray(PAGE).convert("RGB").convert(mode), form, quality=95))
    assert grey.dtype == np.uint8
    assert np.abs(grey.astype(int) - PAGE).mean() < 2


@pytest.mark.parametrize("mode", ["YCbCr", "LAB"])
def test_colours_of_tiff(mode):
    assert np.abs(grey_of(decoded(Image.merge(mode, [Image.fromarray(PAGE)] * 3), "TIFF"))).any()


COLOURS = np.array([[[255, 0, 0], [0, 200, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


@pytest.mark.parametrize(("form", "options"), LOSSLESS)
def test_colours_are_kept(form, options):
    np.testing.assert_array_equal(decoded(COLOURS, form, **options), COLOURS)


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})])
def test_transparency_is_kept_with_the_colours_under_it(form, options):
    alpha = np.array([[0, 128], [255, 1]], np.uint8)
    pixels = np.dstack([COLOURS, alpha])
    np.testing.assert_array_equal(decoded(pixels, form, **options), pixels)


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_a_palette_with_a_transparent_colour(form):
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.putpixel((1, 0), 1)
    assert decoded(image, form, transparency=0).tolist() == [[[0, 0, 0, 0], [10, 10, 10, 255]]]


def test_a_palette_of_png_with_several_transparencies():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.putpixel((1, 0), 1)
    assert decoded(image, transparency=b"\x40\xff").tolist() == [[[0, 0, 0, 64], [10, 10, 10, 255]]]


# Depths


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_and_not_cut_off(form):
    deep = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    np.testing.assert_array_equal(decoded(deep, form), np.arange(256).reshape(16, 16))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [10, 12, 14])
def test_16_bit_files_of_fewer_bits_are_stretched_by_their_largest_value(form, bits):
    deep = PAGE.astype(np.uint16) * (2**bits - 1) // 255
    assert np.abs(decoded(deep, form).astype(int) - PAGE).max() <= 1


@pytest.mark.parametrize("depth", [np.int32, np.float32])
def test_tiff_of_whole_numbers_and_of_fractions(depth):
    values = (PAGE / 255 if depth is np.float32 else PAGE * np.int32(70_000)).astype(depth)
    np.testing.assert_array_equal(decoded(values, "TIFF"), PAGE)


def test_tiff_of_negative_huge_and_missing_values():
    values = np.float32([[-3e38, 0, 3e38], [np.nan, np.inf, -np.inf]])
    assert decoded(values, "TIFF").tolist() == [[0, 128, 255], [0, 255, 0]]


def test_tiff_without_a_finite_value(tmp_path):
    rejected(tmp_path, encoded(np.full((3, 3), np.nan, np.float32), "TIFF"), "none of its values is a finite number")


@pytest.mark.parametrize(("form", "dtype"), [("PNG", np.uint16), ("TIFF", np.uint16), ("TIFF", np.float32)])
@pytest.mark.parametrize("value", [0, 300])
def test_a_deep_page_of_one_value(form, dtype, value):
    assert np.ptp(decoded(np.full((4, 4), value, dtype), form)) == 0


def deep_png(values, colour):
    """Return a PNG of 16-bit values (H, W, C), which Pillow does not write."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    chunks = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(("colour", "channels"), [(2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("largest", [4095, 65535])
def test_16_bit_colours_and_transparency(colour, channels, largest):
    values = np.repeat((PAGE.astype(np.float64) / 255 * largest)[..., np.newaxis], channels, axis=2)
    if channels % 2 == 0:
        values[..., -1] = largest
    grey = picture_file.decode(deep_png(values, colour))
    assert np.abs(grey.astype(int) - PAGE).max() <= 17  # Pillow keeps the upper eight bits: 16 greys of 4,096


def test_16_bit_grey_with_a_transparent_grey():
    header = struct.pack(">IIBBBBB", 2, 1, 16, 0, 0, 0, 0)
    data = zlib.compress(b"\0" + struct.pack(">HH", 0, 65535))
    chunks = [chunk(b"IHDR", header), chunk(b"tRNS", b"\0\7"), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    assert picture_file.decode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).tolist() == [[0, 255]]


# Frames, and what lies beside the pixels


@pytest.mark.parametrize("form", ["GIF", "WEBP", "TIFF", "PNG"])
def test_the_first_frame_or_page_is_read(form):
    others = [Image.fromarray(255 - PAGE), Image.fromarray(PAGE // 2)]
    options = {"lossless": True} if form == "WEBP" else {}
    frames = decoded(PAGE, form, save_all=True, append_images=others, **options)
    np.testing.assert_array_equal(frames, PAGE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("JPEG", {"quality": 95})]
)
def test_a_photo_is_turned_as_it_was_taken(form, options, orientation):
    """An independent reference: Pillow's own function."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(io.BytesIO(encoded(PAGE, "PNG", exif=exif))) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    found = decoded(PAGE, form, exif=exif, **options)
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).mean() < (3 if form == "JPEG" else 1e-9)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(decoded(PAGE, exif=exif), PAGE)


def test_invalid_metadata_does_not_matter():
    grey = decoded(PAGE, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\1")
    assert grey.shape == PAGE.shape


# Large pictures


LARGE = np.kron(PAGE, np.ones((12, 12), np.uint8))  # 3600 × 3120


@pytest.mark.parametrize(("form", "options"), [*LOSSLESS, ("JPEG", {"quality": 90})])
def test_a_large_picture_is_reduced_by_whole_blocks(form, options):
    pixels = decoded(LARGE, form, **options)
    assert pixels.shape == (900, 780)
    expected = LARGE.reshape(900, 4, 780, 4).mean(axis=(1, 3))
    assert np.abs(pixels - expected).max() <= (8 if form == "JPEG" else 0.5)


def test_a_deep_large_picture_is_reduced_too():
    deep = LARGE.astype(np.uint16) * 16
    np.testing.assert_array_equal(decoded(deep), decoded(LARGE))


def test_transparent_colours_do_not_bleed_into_a_reduced_picture():
    pixels = np.zeros((1200, 3000, 4), np.uint8)
    pixels[1::3] = (200, 200, 200, 255)  # the others are transparent and black
    assert np.unique(decoded(pixels).reshape(-1, 4), axis=0).tolist() == [[201, 201, 201, 85]]  # rounded, twice


@pytest.mark.parametrize("shape", [(3, 60_000), (60_000, 3), (1, 5000), (1025, 1024)])
def test_long_pictures(shape):
    height, width = decoded(np.full(shape, 255, np.uint8)).shape
    assert max(height, width) <= picture_file.MAX_SIDE
    assert min(height, width) >= 1


@pytest.mark.parametrize("form", ["L", "RGB", "RGBA"])
def test_values_in_memory_give_the_pixels_of_their_file(form):
    rng = np.random.default_rng(0)
    values = np.asarray(Image.fromarray(rng.integers(0, 256, (1100, 2500, 4), np.uint8)).convert(form))
    np.testing.assert_array_equal(picture_file.from_values(values), decoded(values))


def test_deep_values_in_memory_give_the_pixels_of_their_file():
    deep = PAGE.astype(np.uint16) * 16
    np.testing.assert_array_equal(picture_file.from_values(deep), decoded(deep))
    colours = np.repeat(deep[..., np.newaxis], 4, axis=2)
    colours[..., 3] = 65535
    np.testing.assert_array_equal(picture_file.from_values(colours), decoded(deep))


def test_values_without_a_pixel_and_too_many():
    assert picture_file.from_values(np.zeros((0, 5), np.uint8)).size == 0
    many = np.broadcast_to(np.uint8(255), (10_000, 10_000))
    with pytest.raises(DrawingError, match="has 10000 × 10000 pixels; at most 50,000,000 are read"):
        picture_file.from_values(many)


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


def ftyp(*brands):
    body = b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])
    return struct.pack(">I", len(body) + 4) + body + bytes(500)


FOREIGN = {
    "is empty": b"",
    "is a text file, not a picture": "Grüße".encode(),
    "is a text file, not a picture$": b'{"strokes": []}\n',
    "is a PDF document, not a picture: export its page as PNG": b"%PDF-1.7\n%\xe2\xe3",
    "is an SVG drawing.* export it as PNG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "is an SVG drawing": b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<svg></svg>',
    "in the format HEIC, which is not read here: save or export it as JPEG": ftyp(b"heic", b"mif1", b"heic"),
    "in the format HEIC,": ftyp(b"mif1", b"mif1", b"heic"),
    "in the format AVIF, which is not read here: save or export it as JPEG": ftyp(b"avif", b"mif1", b"miaf"),
    "in the format AVIF,": ftyp(b"mif1", b"avif"),
    "in the format HEIF,": ftyp(b"mif1"),
    "in the format JPEG XL, which is not read here: save or export it as PNG": b"\xff\x0a" + bytes(50),
    "in the format Photoshop,": b"8BPS\0\1" + bytes(50),
    "is a damaged PNG picture, or one of a rare kind: save or export it as PNG again": b"\x89PNG\r\n\x1a\n",
    "is a damaged TIFF picture": b"II*\0" + bytes(2),
    "is a damaged GIF picture": b"GIF89a",
    "is a damaged WebP picture": b"RIFF\x08\0\0\0WEBPVP9 ",
    "is not a picture that can be read: PNG, JPEG, BMP, WebP, TIFF and GIF are": bytes(1000),
    "is not a picture that can be read": ftyp(b"isom", b"mp42"),
    "is not a picture that can be read:": "ä".encode("latin-1") * 9,
}


@pytest.mark.parametrize("message", FOREIGN)
def test_what_is_no_picture_is_named(tmp_path, message):
    rejected(tmp_path, FOREIGN[message], message)


def test_a_text_is_a_text_wherever_its_beginning_is_cut(tmp_path):
    for start in range(3):
        rejected(tmp_path, b"x" * start + "漢".encode() * 3000, "is a text file")


@pytest.mark.parametrize("form", ["PPM", "ICO", "JPEG2000", "AVIF"])
def test_other_formats_of_pillow(tmp_path, form):
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    rejected(tmp_path, encoded(PAGE, form), "not read here|not a picture|text file")


@pytest.mark.parametrize("form", picture_file.FORMATS)
def test_a_truncated_picture(tmp_path, form):
    content = encoded(np.random.default_rng(0).integers(256, size=(60, 60), dtype=np.uint8), form)
    messages = []
    for length in range(0, len(content) - 20, 37):
        (tmp_path / "digit.png").write_bytes(content[:length])
        try:
            assert picture_file.load(tmp_path / "digit.png").shape == (60, 60)
        except DrawingError as error:
            messages.append(str(error))
    assert len(messages) > 30
    assert all("damaged" in message for message in messages[1:])


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
    with pytest.raises(DrawingError, match="is a folder, not a picture: choose a picture in it"):
        picture_file.load(tmp_path)
