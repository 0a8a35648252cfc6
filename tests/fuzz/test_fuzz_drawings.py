"""Fuzz tests of drawings and pictures: ink JSON, PNG, JPEG, BMP, WebP, TIFF and GIF."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import mutated, odd, text_of
from PIL import Image

from core.errors import DrawingError
from core.formats import picture_file
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.recognition import picture_parts
from core.recognition.segmentation import segment

INK = {"strokes": [[[10, 20], [30.5, 40]], [[1, 2, 0.5], [3, 4, 0.7]], [[5, 5]]], "side": 300}


def use_drawing(drawing):
    ink.render(drawing)
    if drawing.n_points < 500:
        segment(drawing)
    Drawing.from_json(drawing.to_json())


@given(content=mutated(text_of(INK).encode(), head=60))
def test_ink_bytes(attack, content):
    drawing = attack(Drawing.load, DrawingError, content)
    assert drawing is None or use_drawing(drawing) is None


@given(tree=odd(INK))
def test_ink_values(attack, tree):
    drawing = attack(Drawing.load, DrawingError, text_of(tree).encode())
    assert drawing is None or use_drawing(drawing) is None


def encoded(kind, mode="L", **options):
    page = np.full((40, 30), 255, np.uint8)
    page[8:32, 13:17] = 0
    stream = io.BytesIO()
    Image.fromarray(page).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


PNGS = [encoded("PNG", mode) for mode in ("L", "1", "P", "RGB", "RGBA", "LA", "I;16")]
BMPS = [encoded("BMP", mode) for mode in ("L", "1", "P", "RGB", "RGBA")]
OTHERS = {"append_images": [Image.new("L", (30, 40), 9)], "save_all": True}
WEBPS = [
    encoded("WEBP", "RGB", quality=50),
    encoded("WEBP", "RGBA", lossless=True),
    encoded("WEBP", "RGB", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", **OTHERS),
]
TIFFS = [
    *(encoded("TIFF", mode) for mode in ("L", "1", "P", "RGBA", "CMYK", "I;16", "F")),
    *(encoded("TIFF", compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma")),
    encoded("TIFF", "1", compression="group4"),
    encoded("TIFF", big_tiff=True, **OTHERS),
]
GIFS = [encoded("GIF"), encoded("GIF", "RGB"), encoded("GIF", "P", transparency=0, **OTHERS)]
FOREIGN = [
    *(b"\0\0\0\x1cftyp" + brand + b"\0\0\0\0mif1heicavif" for brand in (b"heic", b"avif", b"mif1")),
    *(b"%PDF-1.4", b"<?xml?><svg>", "Grüße 漢字".encode(), b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  "),
    *(b"8BPS", b"\0\0\1\0", b"\x76\x2f\x31\x01", b"gimp xcf"),
]
JPEGS = [encoded("JPEG"), encoded("JPEG", "RGB", progressive=True), encoded("JPEG", "CMYK")]


def use_picture(pixels):
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4))
    assert 1 <= min(pixels.shape) <= max(pixels.shape) <= picture_file.MAX_SIDE
    found = picture.pieces(pixels)
    if found is not None:
        assert found.joined(range(len(found))).image.shape == (28, 28)
        parts, images = picture_parts.segment(found, costs)
        assert len(parts) == len(images)


def costs(images):
    """Return costs (N,) that have some parts cut, and not others: no network is needed."""
    return images.mean(axis=(1, 2)).astype(np.float32) / 32


@given(content=mutated(*PNGS, head=60))
def test_png_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


def chunks(png):
    """Yield kind and content of each of a PNG's chunks."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


@st.composite
def forged(draw):
    """Draw a PNG with one corrupted chunk and matching checksums, so that a decoder goes on."""
    found = list(chunks(draw(st.sampled_from(PNGS))))
    number = draw(st.integers(0, len(found) - 1))
    kind, content = found[number]
    if kind == b"IDAT" and draw(st.booleans()):
        corrupted = zlib.compress(draw(mutated(zlib.decompress(content))))
    else:
        corrupted = draw(mutated(content, head=20)) if content else b"x"
    found[number] = kind, corrupted
    if draw(st.booleans()):
        odd_kind = draw(
            st.sampled_from([b"tEXt", b"zTXt", b"iCCP", b"eXIf", b"gAMA", b"tRNS", b"PLTE", b"acTL", b"fcTL"])
        )
        found.insert(1, (odd_kind, draw(st.binary(max_size=60))))
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in found
    ]
    return PNGS[0][:8] + b"".join(parts)


@given(content=forged())
def test_png_forged(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*JPEGS, head=700))
def test_jpeg_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*BMPS, head=60))
def test_bmp_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*WEBPS, head=60))
def test_webp_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*TIFFS, head=250))
def test_tiff_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*GIFS, head=60))
def test_gif_bytes(attack, content):
    pixels = attack(picture_file.load, DrawingError, content)
    assert pixels is None or use_picture(pixels) is None


@given(content=mutated(*FOREIGN))
def test_foreign_bytes(attack, content):
    attack(picture_file.load, DrawingError, content)


@pytest.mark.parametrize("content", FOREIGN)
def test_a_foreign_file_gets_a_sentence_with_its_remedy(content, tmp_path):
    (tmp_path / "it.png").write_bytes(content + bytes(4000) if b"\0" in content[:8] else content)
    with pytest.raises(
        DrawingError, match=r"it\.png is .*(save or export it as|export its page as|export it as PNG|text)"
    ):
        picture_file.load(tmp_path / "it.png")
