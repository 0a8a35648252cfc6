"""Reads what the user brings off the GUI thread: a photo of 12 megapixels takes a fifth of a second, others longer."""

from PySide6.QtCore import QObject, Signal

from gui.shell.job_thread import Job, JobThread


class ReadingThread(QObject):
    """Runs one job at a time, because each may take hundreds of megabytes.

    A newer job cancels the one before and begins when that has ended; one that has not begun by then is dropped.
    """

    ended = Signal(object)
    """The newest job has ended: its result, or ``Failed``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: JobThread | None = None
        self._next: Job | None = None

    @property
    def is_busy(self) -> bool:
        """Whether ``ended`` is to follow."""
        return self._next is not None or (self._running is not None and not self._running.is_cancelled)

    def read(self, job: Job) -> None:
        """Run a job; ``ended`` follows, unless ``read`` or ``forget`` is called before."""
        self.forget()
        if self._running is None:
            self._start(job)
        else:
            self._next = job

    def forget(self) -> None:
        """Drop the results of all jobs so far."""
        self._next = None
        if self._running is not None:
            self._running.cancel()

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.forget()
        if self._running is not None:
            self._running.wait()

    def _start(self, job: Job) -> None:
        self._running = JobThread(job, self)
        self._running.finished.connect(self._on_finished)
        self._running.start()

    def _on_finished(self) -> None:
        thread, self._running = self._running, None
        if thread is None:
            return
        thread.wait()
        thread.deleteLater()
        job, self._next = self._next, None
        if job is not None:
            self._start(job)
        elif not thread.is_cancelled:
            self.ended.emit(thread.result)
