"""Foreign files: what a file is that was given as a picture and cannot be read as one, and what helps."""

from core.messages import tr, translatable

SUFFIXES = (".heic", ".heif", ".avif", ".jxl", ".jp2")
"""Of pictures that cannot be read, and for which there is a remedy."""
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF = frozenset({b"avif", b"avis"})
_HEIF = frozenset({b"mif1", b"msf1", b"miaf"})
_HEAD = 4096  # bytes that are looked at
_READABLE = {  # the beginnings of files that are read where they are whole
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}
_OTHER = {
    b"\xff\x0a": translatable("JPEG XL"),
    b"\0\0\0\x0cJXL ": translatable("JPEG XL"),
    b"\0\0\0\x0cjP  ": translatable("JPEG 2000"),
    b"\xff\x4f\xff\x51": translatable("JPEG 2000"),
    b"8BPS": "Photoshop",
    b"\0\0\1\0": "ICO",
    b"\x76\x2f\x31\x01": "OpenEXR",
    b"gimp xcf": "GIMP",
}


def sentence(content: bytes) -> str:
    """Return the end of a sentence on the content of a file that is no picture that is read: what it is, and a remedy.

    The sentence begins with the file's name.
    """
    if not content:
        return tr("is empty: it has no bytes")
    if kind := _container(content):
        return tr("is a picture in the format {kind}, which is not read here: save or export it as JPEG", kind=kind)
    if kind := _by_beginning(content, _OTHER):
        return tr("is a picture in the format {kind}, which is not read here: save or export it as PNG", kind=kind)
    kind = "WebP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else _by_beginning(content, _READABLE)
    if kind:
        return tr("is a damaged {kind} picture, or one of a rare kind: save or export it as PNG again", kind=kind)
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"%PDF"):
        return tr("is a PDF document, not a picture: export its page as PNG or JPEG")
    if head.startswith((b"<svg", b"<?xml", b"<!DOCTYPE svg")) and b"<svg" in head:
        return tr("is an SVG drawing, which is made of lines and not of pixels: export it as PNG")
    if _is_text(content[:_HEAD]):
        return tr("is a text file, not a picture")
    return tr("is not a picture that can be read: PNG, JPEG, BMP, WebP, TIFF and GIF are")


def _container(content: bytes) -> str:
    """Return the name of a format of pictures that share a container with films (ISO 23008-12), or ""."""
    if content[4:8] != b"ftyp":
        return ""
    size = min(int.from_bytes(content[:4], "big"), _HEAD)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, size - 3, 4))}
    # An AVIF picture may name "mif1" first, which any HEIF picture may.
    for name, known in (("HEIC", _HEIC), ("AVIF", _AVIF), ("HEIF", _HEIF)):
        if brands & known:
            return name
    return ""


def _by_beginning(content: bytes, names: dict[bytes, str]) -> str:
    return next((name for beginning, name in names.items() if content.startswith(beginning)), "")


def _is_text(head: bytes) -> bool:
    """Return whether bytes are UTF-8, but for a last character that is cut off, without control characters."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode()
    return all(character.isprintable() or character in "\t\n\r\f" for character in text)
