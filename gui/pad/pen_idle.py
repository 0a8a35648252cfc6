"""The pen's rest: a verdict waits until the pen has been up for a moment, so that nothing flickers between strokes."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.pad.pad import Pad

REST_MS = 300


class PenIdle(QObject):
    """Tells when the pen has been up for a while since the pad changed.

    Attributes
    ----------
    is_over : bool
        Whether it has.
    timer : QTimer
        Its interval is how long that takes.
    """

    over = Signal()

    def __init__(self, pad: Pad, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_over = True
        self.timer = QTimer(self, singleShot=True, interval=REST_MS, timerType=Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._on_timeout)
        self._pad = pad
        pad.penLifted.connect(self._on_lifted)

    def begin(self) -> None:
        """Wait anew: the pad has changed."""
        self.is_over = False
        self.timer.start()

    def end(self) -> None:
        """Wait no longer: what is on the pad was not drawn just now. Silent."""
        self.is_over = True
        self.timer.stop()

    def _on_lifted(self) -> None:
        if not self.is_over:
            self.timer.start()

    def _on_timeout(self) -> None:
        if not self._pad.is_pen_down():  # otherwise it goes on when the pen is lifted
            self.is_over = True
            self.over.emit()
