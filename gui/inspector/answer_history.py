"""What a network in training answered to the drawing on the pad at each snapshot of its run, found out in a thread."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal

from core.digits import N_CLASSES
from core.recognition.recognizer import Recognizer
from core.training.snapshots import KeptSnapshot, predictions_over

_AT_ONCE = 8  # snapshots, before it is seen whether there is a newer question


class AnswerHistory(QThread):
    """Answers the newest question; of one that is not answered yet when the next comes, nothing is heard.

    A thread, because 64 snapshots take 35 ms, which a pen does not wait for. It is started by the first question.
    """

    answered = Signal(object)
    """Probabilities (n, 10) of the newest question's n snapshots."""
    _found = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._number = 0
        self._ends = False
        self._recognizer: Recognizer | None = None
        self._kept: tuple[KeptSnapshot, ...] = ()
        self._image: NDArray[np.uint8] | None = None
        self._known: dict[
            KeptSnapshot, NDArray[np.float32]
        ] = {}  # of the image: a run that goes on adds but one snapshot
        self._found.connect(self._on_found)

    def begin(self, recognizer: Recognizer) -> None:
        """Take a recognizer for the snapshots of a run: of a network of the same layers, for this thread alone."""
        with self._changed:
            self._recognizer = recognizer
            self._ask((), None)

    def ask(self, kept: Sequence[KeptSnapshot], image: NDArray[np.uint8] | None) -> None:
        """Ask what was answered to an image (28, 28) at each of the snapshots; None only takes the last question back.

        ``answered`` follows, unless another question does.
        """
        with self._changed:
            self._ask(tuple(kept), image)
        if image is not None and not self.isRunning() and not self._ends:
            self.start()

    def _ask(self, kept: tuple[KeptSnapshot, ...], image: NDArray[np.uint8] | None) -> None:
        self._number += 1
        self._kept, self._image = kept, None if image is None else image.copy()
        self._changed.notify()

    def shut_down(self) -> None:
        """End, and return when the thread has ended."""
        with self._changed:
            self._ends = True
            self._ask((), None)
        self.wait()

    def _on_found(self, number: int, answers: NDArray[np.float32]) -> None:
        if number == self._number:
            self.answered.emit(answers)

    # -- in the thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Wait for questions and answer them (off the GUI thread)."""
        seen, before = 0, None
        while True:
            with self._changed:
                while self._number == seen and not self._ends:
                    self._changed.wait()
                if self._ends:
                    return
                seen, kept, image, recognizer = self._number, self._kept, self._image, self._recognizer
            if before is None or before[0] is not recognizer or not _same(before[1], image):
                self._known.clear()
            before = recognizer, image
            if image is not None and recognizer is not None and self._find(seen, kept, recognizer, image):
                self._found.emit(seen, np.array([self._known[k] for k in kept]).reshape(-1, N_CLASSES))

    def _find(
        self, number: int, kept: Sequence[KeptSnapshot], recognizer: Recognizer, image: NDArray[np.uint8]
    ) -> bool:
        """Find out what is not known yet (off the GUI thread); return False where a newer question has come."""
        self._known = {k: self._known[k] for k in kept if k in self._known}
        missing = [k for k in kept if k not in self._known]
        for start in range(0, len(missing), _AT_ONCE):
            if self._number != number:
                return False
            some = missing[start : start + _AT_ONCE]
            self._known.update(zip(some, predictions_over(some, recognizer, image), strict=True))
        return True


def _same(first: NDArray[np.uint8] | None, second: NDArray[np.uint8] | None) -> bool:
    return first is not None and second is not None and np.array_equal(first, second)
