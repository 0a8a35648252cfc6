"""Evaluations in a thread: they take a tenth of a second or more, and may have to load their digits first."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from core.data.dataset import Dataset
from core.errors import DigitpadError
from core.messages import tr
from core.training.dataset_predictions import DatasetPredictions
from gui.shell.error_reporting import log


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The result of an evaluation: the predictions, their digits, and a title for both."""

    predictions: DatasetPredictions
    data: Dataset
    title: str


@dataclass(frozen=True)
class Failed:
    """The reason why an evaluation failed; ``details`` is the traceback of a fault in the program."""

    reason: str
    details: str = ""


Job = Callable[[], Evaluated]


class _Task(QThread):
    """Runs one job; ``result`` is there when it has finished."""

    def __init__(self, number: int, job: Job, parent: QObject) -> None:
        super().__init__(parent)
        self.number, self._job = number, job
        self.result: Evaluated | Failed | None = None

    def run(self) -> None:
        """Run the job (off the GUI thread)."""
        try:
            self.result = self._job()
        except DigitpadError as error:
            self.result = Failed(str(error))
        except Exception as error:
            details = traceback.format_exc()
            log.error("%s", details)
            self.result = Failed(tr("A fault in the program: {error}", error=error), details)


class EvaluationThread(QObject):
    """Runs the newest job; the results of older ones are dropped."""

    ended = Signal(object)
    """The newest job has ended: Evaluated or Failed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._tasks: list[_Task] = []

    def evaluate(self, job: Job) -> None:
        """Run a job; ``ended`` follows, unless ``evaluate`` or ``forget`` is called before."""
        self._number += 1
        task = _Task(self._number, job, self)
        task.finished.connect(self._on_finished)
        self._tasks.append(task)
        task.start()

    def forget(self) -> None:
        """Drop the results of all jobs so far."""
        self._number += 1

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.forget()
        for task in self._tasks:
            task.wait()
        self._tasks.clear()

    def _on_finished(self) -> None:
        for task in [task for task in self._tasks if task.isFinished()]:
            self._tasks.remove(task)
            task.deleteLater()
            if task.number == self._number and task.result is not None:
                self.ended.emit(task.result)
