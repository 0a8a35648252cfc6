"""Reader: what is on the pad, to an answer beside it, at every stroke, picture or new network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from core.data.examples import Example, Examples
from core.errors import DigitpadError, DrawingError
from core.preprocessing import ink, picture
from core.preprocessing.ink import Drawing
from core.recognition.segmentation import Part
from gui.pad.pad import HISTORY_STEPS
from gui.pad.pen_idle import PenIdle
from gui.recognition.active_model import ActiveModel
from gui.recognition.answer import Answer
from gui.recognition.pad_panel import PadPanel
from gui.style.images import grey_of, image_of
from gui.style.message import Message, Severity

_EXAMPLE_SCALE = 10


class RecognitionController(QObject):
    """Connects the pad to the network that the slot holds.

    A digit takes well under 2 ms, a number of twelve about 5: all is read anew at each sample of the pen. What is
    opened or pasted and cannot be read changes nothing; ``messageReady`` says why. ``succeeded`` follows what could.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    succeeded = Signal()
    answered = Signal()
    """Another answer is shown, or none: see ``shown``."""

    def __init__(self, panel: PadPanel, slot: ActiveModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel, self._slot = panel, slot
        self._images: dict[int, tuple[NDArray[np.uint8] | None, str]] = {}  # by pictures' keys: undo brings them back
        self.shown = Answer()
        self._parts: tuple[Part, ...] = ()
        self._stroke: int | None = None  # one of the digit that the user has chosen to look at
        self.pen_idle = PenIdle(panel.pad, self)
        self._examples = Examples(np.random.default_rng())
        self.pen_idle.idled.connect(self._show)
        panel.pad.changed.connect(self._on_changed)
        panel.prediction_view.number_view.digitSelected.connect(self._select)
        slot.changed.connect(self._ask)

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
            self.messageReady.emit(Message(str(error), Severity.BAD))
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
            caption = self.tr("MNIST test digit {0}, labelled {1}").format(example.number, example.label)
            self.show_digit(example.image, caption)

    def show_digit(self, image: NDArray[np.uint8], caption: str) -> None:
        """Put a digit (28, 28) in MNIST's geometry on the pad, 0 being paper and 255 ink."""
        # Dark on light, like ink on paper. The network is given the pixels themselves, not this picture of them.
        large = np.kron(255 - image, np.ones((_EXAMPLE_SCALE, _EXAMPLE_SCALE), np.uint8))
        self._put(image_of(large), image, caption)

    def _put(self, shown: QImage, image: NDArray[np.uint8], caption: str) -> None:
        self._panel.pad.show_picture(shown)
        kept = self._panel.pad.picture()
        if kept is not None:
            if len(self._images) > 2 * HISTORY_STEPS:
                self._images.clear()  # what undo brings back beyond that is read anew
            self._images[kept.cacheKey()] = image, caption
        self.answer()

    # -- the answer ---------------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Ask the network about what is on the pad, which was not drawn just now: it may be refused at once."""
        self.pen_idle.skip()
        self._touched()

    def _on_changed(self) -> None:
        self.pen_idle.restart()
        self._touched()

    def _touched(self) -> None:
        """Look at the digit that was touched last, and ask."""
        self._stroke = None
        self._ask()

    def _ask(self) -> None:
        """Ask the network anew, and show its answer."""
        self.shown = self._read()
        self._show()

    def _show(self) -> None:
        """Show the answer, its refusals as soon as the pen has rested."""
        self.shown = replace(self.shown, is_settled=self.pen_idle.is_idle)
        self._panel.show_answer(self.shown)
        self.answered.emit()

    def _select(self, index: int) -> None:
        """Look at another digit, as long as nothing is drawn."""
        self._stroke = self._parts[index].strokes[0]
        self.shown = replace(self.shown, selected=index)
        self._show()

    def _read(self) -> Answer:
        """Return what is on the pad as the network reads it: a picture as one digit, strokes as several."""
        recognizer, self._parts = self._slot.recognizer, ()
        shown = self._panel.pad.picture()
        if shown is not None:
            image, caption = self._image_of(shown)
            if image is None or recognizer is None:
                return Answer(unread=image, caption=caption)
            return Answer((recognizer.predict_image(image),), caption=caption)
        drawing = self._panel.pad.drawing()
        if recognizer is None:
            return Answer(unread=ink.render(drawing) if drawing else None)
        reading = recognizer.read(drawing)
        if reading is None:
            return Answer()
        self._parts = reading.parts
        return Answer(reading.predictions, tuple(part.box for part in reading.parts), selected=self._selected())

    def _selected(self) -> int:
        """Return which part holds the stroke that is looked at: the one chosen, or else the last one."""
        for index, part in enumerate(self._parts):
            if self._stroke in part.strokes:
                return index
        return max(range(len(self._parts)), key=lambda index: self._parts[index].strokes[-1])

    def _image_of(self, shown: QImage) -> tuple[NDArray[np.uint8] | None, str]:
        """Return what the network is to see of a picture, and what is known of it."""
        if shown.cacheKey() not in self._images:
            self._images[shown.cacheKey()] = picture.read(grey_of(shown)), ""
        return self._images[shown.cacheKey()]
