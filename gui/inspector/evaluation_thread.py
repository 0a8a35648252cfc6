"""Examinations in a thread: what takes a tenth of a second, or has to load digits first, is not waited for."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from core.data.dataset import Dataset
from core.errors import DigitpadError
from core.training.dataset_predictions import DatasetPredictions
from gui.shell.error_reporting import log


@dataclass(frozen=True, eq=False)
class Examined:
    """What was examined: the answers, the digits that they are to, and whose answers they are, in words."""

    predictions: DatasetPredictions
    data: Dataset
    title: str


Job = Callable[[], Examined]


class _Task(QThread):
    """Does one job."""

    done = Signal(int, object, str, str)
    """The task's number, what came out of it or None, why not, and the details of a fault of the program."""

    def __init__(self, number: int, job: Job, parent: QObject) -> None:
        super().__init__(parent)
        self._number, self._job = number, job

    def run(self) -> None:
        """Do it (off the GUI thread)."""
        try:
            self.done.emit(self._number, self._job(), "", "")
        except DigitpadError as error:
            self.done.emit(self._number, None, str(error), "")
        except Exception as error:
            details = traceback.format_exc()
            log.error("%s", details)
            self.done.emit(self._number, None, f"a fault of the program: {error}", details)


class EvaluationThread(QObject):
    """Does the newest job; of an older one nothing is heard."""

    examined = Signal(object)
    failed = Signal(str, str)
    """Why, and the details where it was by a fault of the program."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._tasks: list[_Task] = []

    def ask(self, job: Job) -> None:
        """Do a job, and then say ``examined``, or why that failed; unless another has been asked for by then."""
        self._number += 1
        task = _Task(self._number, job, self)
        task.done.connect(self._on_done)
        task.finished.connect(self._forget_finished)
        self._tasks.append(task)
        task.start()

    def forget(self) -> None:
        """Hear nothing of what was asked for so far."""
        self._number += 1

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.forget()
        for task in self._tasks:
            task.wait()
        self._tasks.clear()

    def _forget_finished(self) -> None:
        for task in [task for task in self._tasks if task.isFinished()]:
            self._tasks.remove(task)
            task.deleteLater()

    def _on_done(self, number: int, found: Examined | None, reason: str, details: str) -> None:
        if number != self._number:
            return
        if found is None:
            self.failed.emit(reason, details)
        else:
            self.examined.emit(found)
