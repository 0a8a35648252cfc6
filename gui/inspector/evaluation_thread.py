"""Evaluations in a thread: they take a tenth of a second or more, and may have to load their digits first."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from core.data.dataset import Dataset
from core.training.dataset_predictions import DatasetPredictions
from gui.shell.job_thread import JobThread


@dataclass(frozen=True, eq=False)
class Evaluated:
    """The result of an evaluation: the predictions, their digits, and a title for both."""

    predictions: DatasetPredictions
    data: Dataset
    title: str


class EvaluationThread(QObject):
    """Runs the newest job; the results of older ones are dropped."""

    ended = Signal(object)
    """The newest job has ended: Evaluated or Failed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[JobThread] = []

    def evaluate(self, job: Callable[[], Evaluated]) -> None:
        """Run a job; ``ended`` follows, unless ``evaluate`` or ``forget`` is called before."""
        self.forget()
        thread = JobThread(lambda _: job(), self)
        thread.finished.connect(self._on_finished)
        self._threads.append(thread)
        thread.start()

    def forget(self) -> None:
        """Drop the results of all jobs so far."""
        for thread in self._threads:
            thread.cancel()

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.forget()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()

    def _on_finished(self) -> None:
        for thread in [thread for thread in self._threads if thread.isFinished()]:
            self._threads.remove(thread)
            thread.wait()
            thread.deleteLater()
            if not thread.is_cancelled:
                self.ended.emit(thread.result)
