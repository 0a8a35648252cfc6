"""The predictions for the pad's image at each snapshot of a run, computed in a thread."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal

from core.digits import N_CLASSES
from core.recognition.recognizer import Recognizer
from core.training.snapshots import KeptSnapshot, predictions_over

_BATCH = 8  # snapshots between two checks for a newer request


class AnswerHistory(QThread):
    """Computes the newest request; an unfinished older one is dropped.

    It is a thread because 64 snapshots take 35 ms, too long while a pen draws. The first request starts it.
    """

    predicted = Signal(object)
    """The probabilities (n, 10) for the n snapshots of the newest request."""
    _found = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._number = 0
        self._ends = False
        self._recognizer: Recognizer | None = None
        self._kept: tuple[KeptSnapshot, ...] = ()
        self._image: NDArray[np.uint8] | None = None
        # For the image: during a run, only one snapshot is new at a time.
        self._known: dict[KeptSnapshot, NDArray[np.float32]] = {}
        self._found.connect(self._on_found)

    def begin(self, recognizer: Recognizer) -> None:
        """Set the recognizer for a run's snapshots: its network has the same layers, and only this thread uses it."""
        with self._changed:
            self._recognizer = recognizer
            self._set_request((), None)

    def request(self, kept: Sequence[KeptSnapshot], image: NDArray[np.uint8] | None) -> None:
        """Request the predictions for an image (28, 28) at each snapshot; None only cancels the last request.

        ``predicted`` follows, unless another request comes first.
        """
        with self._changed:
            self._set_request(tuple(kept), image)
        if image is not None and not self.isRunning() and not self._ends:
            self.start()

    def _set_request(self, kept: tuple[KeptSnapshot, ...], image: NDArray[np.uint8] | None) -> None:
        self._number += 1
        self._kept, self._image = kept, None if image is None else image.copy()
        self._changed.notify()

    def shut_down(self) -> None:
        """End the thread, and return when it has ended."""
        with self._changed:
            self._ends = True
            self._set_request((), None)
        self.wait()

    def _on_found(self, number: int, probabilities: NDArray[np.float32]) -> None:
        if number == self._number:
            self.predicted.emit(probabilities)

    # -- in the thread ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Wait for requests and compute them (off the GUI thread)."""
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
            if image is not None and recognizer is not None and self._compute(seen, kept, recognizer, image):
                self._found.emit(seen, np.array([self._known[k] for k in kept]).reshape(-1, N_CLASSES))

    def _compute(
        self, number: int, kept: Sequence[KeptSnapshot], recognizer: Recognizer, image: NDArray[np.uint8]
    ) -> bool:
        """Compute the missing predictions (off the GUI thread); return False if a newer request has come."""
        self._known = {k: self._known[k] for k in kept if k in self._known}
        missing = [k for k in kept if k not in self._known]
        for start in range(0, len(missing), _BATCH):
            if self._number != number:
                return False
            batch = missing[start : start + _BATCH]
            self._known.update(zip(batch, predictions_over(batch, recognizer, image), strict=True))
        return True


def _same(first: NDArray[np.uint8] | None, second: NDArray[np.uint8] | None) -> bool:
    return first is not None and second is not None and np.array_equal(first, second)
