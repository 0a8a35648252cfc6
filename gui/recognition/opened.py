"""What the user brings to the pad, decoded and read in a thread; and what the last pictures on the pad show."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.formats import picture_file
from core.preprocessing import picture
from core.preprocessing.ink import Drawing
from core.preprocessing.picture import Pieces
from core.recognition.file_reading import DRAWING_SUFFIX
from core.recognition.recognizer import Reading, Recognizer
from gui.pad.pad import HISTORY_STEPS
from gui.shell.job_thread import Tick
from gui.style.images import image_of, pixels_of

_MAX_READ = 8  # pictures that stay read: one of 1024×1024 pixels takes 20 MB


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """A picture, and what a network reads in it.

    Attributes
    ----------
    shown
        Its pixels, for the pad.
    pieces
        The components of its writing; None where nothing is there.
    recognizer, reading
        The network, if there was one, and what it has read.
    """

    shown: QImage
    pieces: Pieces | None
    recognizer: Recognizer | None = None
    reading: Reading | None = None

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image (28, 28) of all that is there, as if it were one digit."""
        return None if self.pieces is None else self.pieces.joined(range(len(self.pieces))).image

    def read_by(self, recognizer: Recognizer) -> Reading | None:
        """Return what a network reads: what is known, or in tens of milliseconds."""
        if recognizer is self.recognizer:
            return self.reading
        return None if self.pieces is None else recognizer.read_pieces(self.pieces)


PadPicture = ReadPicture | NDArray[np.uint8]
"""What a picture on the pad is: a picture of the user, or an image (28, 28) that is the network's input itself."""


def read_path(path: Path, recognizer: Recognizer | None, tick: Tick) -> ReadPicture | Drawing:
    """Read a picture, or a drawing in ink JSON (off the GUI thread).

    Raises
    ------
    DrawingError
        It cannot be read.
    """
    if path.suffix.lower() == DRAWING_SUFFIX:
        return Drawing.load(path)
    return _read(picture_file.load(path), recognizer, tick)


def read_image(image: QImage, recognizer: Recognizer | None, tick: Tick) -> ReadPicture:
    """Read a picture from the clipboard or the pad (off the GUI thread); raise DrawingError for one too large."""
    return _read(pixels_of(image), recognizer, tick)


def _read(pixels: NDArray[np.uint8], recognizer: Recognizer | None, tick: Tick) -> ReadPicture:
    tick()
    pieces = picture.pieces(pixels)
    tick()
    reading = None if pieces is None or recognizer is None else recognizer.read_pieces(pieces)
    return ReadPicture(image_of(pixels) if pixels.size else QImage(), pieces, recognizer, reading)


class PictureMemory:
    """What the pictures on the pad are, by their cache key, and their captions: undo may show one again."""

    def __init__(self) -> None:
        self._read: dict[int, ReadPicture] = {}  # the one used last is the last
        self._images: dict[int, NDArray[np.uint8]] = {}
        self._captions: dict[int, str] = {}

    def keep(self, key: int, content: PadPicture, caption: str) -> None:
        """Keep a picture; of those that were read, the newest few."""
        self._captions[key] = caption
        if isinstance(content, ReadPicture):
            self._read[key] = content
        else:
            self._images[key] = content
        _shorten(self._read, _MAX_READ)
        _shorten(self._images, 2 * HISTORY_STEPS)
        _shorten(self._captions, 2 * HISTORY_STEPS)

    def content(self, key: int) -> PadPicture | None:
        """Return what a picture is; None if that is not known, or no longer."""
        if key in self._read:
            self._read[key] = self._read.pop(key)
            return self._read[key]
        return self._images.get(key)

    def caption(self, key: int) -> str:
        """Return the caption of a picture, or ""."""
        return self._captions.get(key, "")


def _shorten(kept: dict[int, Any], most: int) -> None:
    """Remove the oldest entries, so that at most so many are left."""
    for key in list(kept)[: max(len(kept) - most, 0)]:
        del kept[key]
