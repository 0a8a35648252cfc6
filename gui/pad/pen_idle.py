"""The pause after drawing: a rejection waits until the pen has been up for a moment, so that nothing flickers."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.pad.pad import Pad

IDLE_MS = 300


class PenIdle(QObject):
    """Emits ``idled`` when the pen has been up for a moment since the pad changed.

    Attributes
    ----------
    is_idle : bool
        Whether that moment has passed.
    timer : QTimer
        Its interval is the length of that moment.
    """

    idled = Signal()

    def __init__(self, pad: Pad, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_idle = True
        self.timer = QTimer(self, singleShot=True, interval=IDLE_MS, timerType=Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._on_timeout)
        self._pad = pad
        pad.penLifted.connect(self._on_lifted)

    def restart(self) -> None:
        """Wait again: the user changed the pad."""
        self.is_idle = False
        self.timer.start()

    def skip(self) -> None:
        """Stop waiting: the content of the pad was not drawn just now. Silent."""
        self.is_idle = True
        self.timer.stop()

    def _on_lifted(self) -> None:
        if not self.is_idle:
            self.timer.start()

    def _on_timeout(self) -> None:
        if not self._pad.is_pen_down():  # if it is down, the timer starts again when it is lifted
            self.is_idle = True
            self.idled.emit()
