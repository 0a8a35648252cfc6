"""Reader: what is on the pad, to an answer beside it, at every stroke, picture or new network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QFileDialog

from core import ink, picture
from core.data.examples import Example, Examples
from core.errors import DigitpadError, DrawingError
from core.ink import Drawing
from gui.model_slot import ModelSlot
from gui.notice import Kind
from gui.pad import HISTORY_STEPS
from gui.pad_panel import PadPanel

_EXAMPLE_SCALE = 10


class Reader(QObject):
    """Connects the pad to the network that the slot holds. Rendering and one prediction take well under 2 ms.

    What is opened or pasted and cannot be read changes nothing; ``told`` says why. ``succeeded`` follows what could.
    """

    told = Signal(str, object)
    succeeded = Signal()

    def __init__(self, panel: PadPanel, slot: ModelSlot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel, self._slot = panel, slot
        self._read: dict[int, tuple[NDArray[np.uint8] | None, str]] = {}  # by the pictures' keys: undo brings them back
        self._examples = Examples(np.random.default_rng())
        panel.changed.connect(self.answer)
        slot.changed.connect(self.answer)

    def show_pasted(self, shown: QImage) -> None:
        """Put a picture on the pad and read it."""
        self._try(lambda: self.show_picture(shown))

    def show_random_digit(self) -> None:
        """Put a digit on the pad that no network has learnt from."""
        self._try(lambda: self.show_example(self._examples.draw()))

    def open(self, path: Path) -> None:
        """Put a picture, or a drawing in ink JSON, on the pad."""
        self._try(lambda: self._open(path))

    def choose(self) -> None:
        """Ask which picture or drawing to open."""
        name, _ = QFileDialog.getOpenFileName(
            self._panel, self.tr("Open picture"), "", self.tr("Pictures and drawings (*.png *.jpg *.jpeg *.json)")
        )
        if name:
            self.open(Path(name))

    def _open(self, path: Path) -> None:
        if path.suffix.lower() == ".json":
            self._panel.pad.set_drawing(Drawing.load(path), fit=True)
            self.answer()
        else:
            self.show_picture(image_of(picture.load(path)), path.name)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except DigitpadError as error:
            self.told.emit(str(error), Kind.BAD)
        else:
            self.succeeded.emit()

    def show_picture(self, shown: QImage, caption: str = "") -> None:
        """Put a picture on the pad and read it; raise DrawingError where it shows nothing."""
        image = picture.read(grey_of(shown))
        if image is None:
            raise DrawingError(self.tr("There is no digit in this picture: it is the same colour all over."))
        self._put(shown, image, caption)

    def show_example(self, example: Example) -> None:
        """Put a test digit on the pad."""
        if example.drawing is not None:
            self._panel.pad.set_drawing(example.drawing, fit=True)
            self.answer()
        elif example.image is not None:
            # Dark on light, like ink on paper. The network is given the pixels themselves, not this picture of them.
            large = np.kron(255 - example.image, np.ones((_EXAMPLE_SCALE, _EXAMPLE_SCALE), np.uint8))
            caption = self.tr("MNIST test digit {0}, labelled {1}").format(example.number, example.label)
            self._put(image_of(large), example.image, caption)

    def _put(self, shown: QImage, image: NDArray[np.uint8], caption: str) -> None:
        self._panel.pad.show_picture(shown)
        kept = self._panel.pad.picture()
        if kept is not None:
            if len(self._read) > 2 * HISTORY_STEPS:
                self._read.clear()  # what undo brings back beyond that is read anew
            self._read[kept.cacheKey()] = image, caption
        self.answer()

    def answer(self) -> None:
        """Ask the network anew."""
        image, caption = self._content()
        recognizer = self._slot.recognizer
        if image is None or recognizer is None:
            self._panel.show_answer(image, None, caption)
            return
        self._panel.show_answer(image, recognizer.predict_image(image).probabilities, caption)

    def _content(self) -> tuple[NDArray[np.uint8] | None, str]:
        """Return what the network is to see, and what is known of it."""
        shown = self._panel.pad.picture()
        if shown is not None:
            if shown.cacheKey() not in self._read:
                self._read[shown.cacheKey()] = picture.read(grey_of(shown)), ""
            return self._read[shown.cacheKey()]
        drawing = self._panel.pad.drawing()
        return (ink.render(drawing), "") if drawing else (None, "")


def grey_of(image: QImage) -> NDArray[np.uint8]:
    """Return the grey values (H, W) of an image, on white where it is transparent."""
    opaque = QImage(image.size(), QImage.Format.Format_RGB32)
    opaque.fill(QColor("white"))
    painter = QPainter(opaque)
    painter.drawImage(0, 0, image.convertToFormat(QImage.Format.Format_ARGB32))
    painter.end()
    grey = opaque.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()  # the buffer goes with the image


def image_of(grey: NDArray[np.uint8]) -> QImage:
    """Return an image of its own of grey values (H, W)."""
    rows = np.ascontiguousarray(grey)
    height, width = rows.shape
    return QImage(rows.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
