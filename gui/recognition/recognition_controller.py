"""Recognises the content of the pad at each stroke, each picture, and each new network."""

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from core.data.examples import Example, Examples
from core.errors import DigitpadError
from core.formats import picture_file
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition.file_reading import DRAWING_SUFFIX
from core.recognition.recognizer import Recognizer
from core.recognition.segmentation import Part
from gui.pad.marks import Box
from gui.pad.pad_document import Content
from gui.pad.pen_idle import PenIdle
from gui.pad.stroke import UNIT
from gui.recognition import opened
from gui.recognition.active_model import ActiveModel
from gui.recognition.answer import Answer
from gui.recognition.opened import PadPicture, PictureMemory, ReadPicture
from gui.recognition.opening import Opening
from gui.recognition.pad_panel import PadPanel
from gui.recognition.reading_thread import ReadingThread
from gui.shell.job_thread import Failed, Job
from gui.style.images import image_of
from gui.style.message import Message, Severity

_EXAMPLE_SCALE = 10
_LINK_LENGTH = 60  # characters of a link that are shown


class RecognitionController(QObject):
    """Connects the pad to the active network.

    While the pen draws, one reading serves all samples that have arrived, and comes after their ink has been painted:
    nothing queues up, however slow the machine. A digit takes well under 2 ms, a number of twelve about 5 ms. When the
    pen is lifted, the pad is read at once.

    Files and pictures are read off the GUI thread, the newest only; one that arrives while the pen is down is shown
    when the pen is lifted. What cannot be read changes nothing: ``messageReady`` gives the reason. ``succeeded`` is
    emitted after what can be read, and where a message about the reading has no more use.

    Attributes
    ----------
    settled : threading.Event
        Cleared from a sample of the pen until its answer has been painted: a training thread waits for it between two
        batches, so that the pen has the processor.
    """

    messageReady = Signal(object)
    """A Message for the user."""
    succeeded = Signal()
    predicted = Signal()
    """Another answer is shown, or an empty one: see ``shown``."""

    def __init__(self, panel: PadPanel, active_model: ActiveModel, parent: QObject | None = None) -> None:
        super().__init__(panel if parent is None else parent)  # its timers end with the panel
        self._panel, self._active_model = panel, active_model
        self._pictures = PictureMemory()
        self._opening = Opening(panel.pad, self)
        self._opening.arrived.connect(self._show_arrived)
        self._opening.lasts.connect(self._tell_reading)
        self._is_told = False  # whether a message says what is being read
        self._rereading = ReadingThread(self)
        self._rereading.ended.connect(self._on_read_again)
        self._key_again = 0  # of the picture on the pad that is read again
        self.shown = Answer()
        self._parts: tuple[Part, ...] = ()
        self._stroke: int | None = None  # a stroke of the digit that the user has selected
        self.pen_idle = PenIdle(panel.pad, self)
        self._examples = Examples()
        # Runs when the events that have arrived, and the painting of their ink, are done.
        self._next_reading = QTimer(self, singleShot=True, interval=0)
        self._next_reading.timeout.connect(self._on_content)
        self.settled = threading.Event()
        self.settled.set()
        self._painted = QTimer(self, singleShot=True, interval=0)
        self._painted.timeout.connect(self.settled.set)
        self.pen_idle.idled.connect(self._show)
        panel.pad.changed.connect(self._on_changed)
        panel.pad.penLifted.connect(self._read_if_due)
        panel.prediction_view.number_view.digitSelected.connect(self._select)
        active_model.changed.connect(self._predict)

    # -- files and pictures -------------------------------------------------------------------------------------

    @property
    def is_reading(self) -> bool:
        """Whether a file or picture is being read, or waits until the pen is lifted."""
        return self._opening.is_busy or self._rereading.is_busy

    def show_pasted(self, shown: QImage) -> None:
        """Read a picture and show it on the pad, as if its file had been opened."""
        self._begin(partial(opened.read_image, shown, self._active_model.frozen()), "")

    def open(self, path: Path) -> None:
        """Read a picture, or a drawing in ink JSON, and show it on the pad."""
        self._begin(partial(opened.read_path, path, self._active_model.frozen()), path.name)

    def tell_link(self, link: QUrl) -> None:
        """Say what to do with a link to a picture: nothing is fetched from the network."""
        shown = link.toDisplayString()
        if len(shown) > _LINK_LENGTH:
            shown = f"{shown[:_LINK_LENGTH]}…"
        text = self.tr(
            "“{link}” is a link, and nothing is fetched from the network: save the picture and open its file, "
            "or copy the picture itself and paste it."
        )
        self.messageReady.emit(Message(text.format(link=shown), Severity.BAD))

    def choose(self) -> None:
        """Ask which picture or drawing to open."""
        suffixes = " ".join(f"*{suffix}" for suffix in (*picture_file.SUFFIXES, DRAWING_SUFFIX))
        kinds = self.tr("Pictures and drawings ({suffixes});;All files (*)").format(suffixes=suffixes)
        name, _ = QFileDialog.getOpenFileName(self._panel, self.tr("Open picture"), "", kinds)
        if name:
            self.open(Path(name))

    def show_random_digit(self) -> None:
        """Show a random digit on the pad, from data that no network was trained on."""
        self._forget()
        try:
            self.show_example(self._examples.draw())
        except DigitpadError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
        else:
            self.succeeded.emit()

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self._opening.shut_down()
        self._rereading.shut_down()

    def _begin(self, job: Job, name: str) -> None:
        """Read what is to be shown, instead of what is being read."""
        self._forget()
        self._opening.read(job, name)

    def _tell_reading(self, name: str) -> None:
        self._is_told = True
        text = self.tr("Reading “{name}”…") if name else self.tr("Reading the picture…")
        self.messageReady.emit(Message(text.format(name=name), Severity.INFO))

    def _forget(self) -> None:
        """Show nothing of what is being read: something else comes instead."""
        self._opening.forget()
        if self._is_told:
            self._is_told = False
            self.succeeded.emit()

    def _show_arrived(self, result: object, name: str) -> None:
        self._is_told = False
        match result:
            case Failed():
                self.messageReady.emit(Message(result.reason, Severity.BAD, result.details))
            case ReadPicture(pieces=None):
                text = self.tr("There is no digit in this picture: nothing stands out from its background.")
                self.messageReady.emit(Message(text, Severity.BAD))
            case ReadPicture():
                self._put(result.shown, result, name)
                self.succeeded.emit()
            case Drawing():
                self._panel.pad.set_drawing(result, fit=True)
                self.predict()
                self.succeeded.emit()

    def show_example(self, example: Example) -> None:
        """Show a test digit on the pad."""
        if example.drawing is not None:
            self._panel.pad.set_drawing(example.drawing, fit=True)
            self.predict()
        elif example.image is not None:
            caption = self.tr("MNIST test digit {number}, labelled {label}")
            self.show_digit(example.image, caption.format(number=example.number, label=example.label))

    def show_digit(self, image: NDArray[np.uint8], caption: str) -> None:
        """Show a digit (28, 28) in MNIST's geometry on the pad; 0 is paper, 255 is ink."""
        self._forget()
        # Dark on light, like ink on paper. The network gets the pixels themselves, not this enlarged picture.
        large = np.kron(255 - image, np.ones((_EXAMPLE_SCALE, _EXAMPLE_SCALE), np.uint8))
        self._put(image_of(large), image, caption)

    def _put(self, shown: QImage, content: PadPicture, caption: str) -> None:
        self._panel.pad.show_picture(shown)
        kept = self._panel.pad.picture()
        if kept is not None:
            self._pictures.keep(kept.cacheKey(), content, caption)
        self.predict()

    # -- prediction ---------------------------------------------------------------------------------------------

    def predict(self) -> None:
        """Recognise the content of the pad, which was not drawn just now: it may be rejected at once."""
        self.pen_idle.skip()
        self._on_content()

    def _on_changed(self) -> None:
        """Read the pad now, or, while the pen is down, when the samples that have arrived are painted."""
        self.pen_idle.restart()
        if self._panel.pad.is_pen_down():
            self.settled.clear()
            self._painted.stop()
            self._next_reading.start()
        else:
            self._on_content()

    def _read_if_due(self) -> None:
        """Read what the stroke that has just ended has left unread."""
        if self._next_reading.isActive():
            self._on_content()

    def _on_content(self) -> None:
        """Select the digit that was drawn last, and recognise the content."""
        self._next_reading.stop()
        self._painted.start()  # in any case, even if the recognition fails: a run must not wait for ever
        self._stroke = None
        self._predict()

    def _predict(self) -> None:
        """Recognise the content of the pad, and show the answer."""
        self.shown = self._recognised()
        self._show()

    def _show(self) -> None:
        """Show the answer; its rejections only when the pen is idle."""
        self.shown = replace(self.shown, is_settled=self.pen_idle.is_idle)
        self._panel.show_answer(self.shown)
        self.predicted.emit()

    def _select(self, index: int) -> None:
        """Select another digit, until the user draws."""
        self._stroke = self._parts[index].strokes[0]
        self.shown = replace(self.shown, selected=index)
        self._show()

    def _recognised(self) -> Answer:
        """Return the answer to the content of the pad."""
        recognizer, self._parts = self._active_model.recognizer, ()
        shown = self._panel.pad.picture()
        if shown is not None:
            return self._in_picture(shown, recognizer)
        drawing = self._panel.pad.drawing()
        if recognizer is None:
            return Answer(unpredicted=ink.render(drawing) if drawing else None)
        reading = recognizer.read(drawing)
        if reading is None:
            return Answer()
        self._parts = reading.parts
        boxes = tuple(part.box for part in reading.parts)
        return Answer(reading.predictions, boxes, selected=self._selected(), lines=reading.lines)

    def _selected(self) -> int:
        """Return the index of the part with the selected stroke, or else with the last stroke."""
        for index, part in enumerate(self._parts):
            if self._stroke in part.strokes:
                return index
        return max(range(len(self._parts)), key=lambda index: self._parts[index].strokes[-1])

    def _in_picture(self, shown: QImage, recognizer: Recognizer | None) -> Answer:
        """Return the answer to a picture: one digit or more, each with its box."""
        content, caption = self._pictures.content(shown.cacheKey()), self._pictures.caption(shown.cacheKey())
        if content is None:
            self._read_again(shown)
            return Answer(caption=caption)
        if not isinstance(content, ReadPicture):
            predictions = (recognizer.predict_image(content),) if recognizer is not None else ()
            return Answer(predictions, unpredicted=None if predictions else content, caption=caption)
        if recognizer is None:
            return Answer(unpredicted=content.image, caption=caption)
        reading = content.read_by(recognizer)
        if reading is None:
            return Answer(caption=caption)
        self._parts = reading.parts
        boxes = tuple(self._on_sheet(part.box, shown) for part in reading.parts)
        selected = 0 if self._stroke is None else self._selected()
        return Answer(reading.predictions, boxes, selected=selected, caption=caption)

    def _read_again(self, shown: QImage) -> None:
        """Read a picture on the pad of which nothing is known, such as an old one that undo shows again."""
        if not self._rereading.is_busy or self._key_again != shown.cacheKey():
            self._key_again = shown.cacheKey()
            self._rereading.read(partial(opened.read_image, shown, self._active_model.frozen()))

    def _on_read_again(self, result: object) -> None:
        """Keep what was read in a picture on the pad, and show it if that is still there."""
        key, shown = self._key_again, self._panel.pad.picture()
        if isinstance(result, ReadPicture):
            self._pictures.keep(key, result, self._pictures.caption(key))
            if shown is not None and shown.cacheKey() == key:
                self.predict()

    def _on_sheet(self, box: Box, shown: QImage) -> Box:
        """Return a box in pixels of a picture in canvas units; a mark adds half the pen's width, which it lacks."""
        frame = Content(picture=shown).picture_rect()
        scale, inset = frame.width() / shown.width(), self._panel.pad.pen_width() * UNIT / 2
        left, top, right, bottom = (side * scale for side in box)
        across, down = min(inset, (right - left) / 2), min(inset, (bottom - top) / 2)
        return left + frame.x() + across, top + frame.y() + down, right + frame.x() - across, bottom + frame.y() - down
