"""Pictures as the bytes of a file, and back."""

import io

from PIL import Image

from core.formats import picture_file


def encoded(image, form="PNG", **options):
    """Return the bytes of a file with an image, or with an array of pixels."""
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, format=form, **options)
    return file.getvalue()


def decoded(image, form="PNG", **options):
    """Return the pixels that are read from a file with an image."""
    return picture_file.decode(encoded(image, form, **options))
