"""Times of the window's first paint events, measured within the process; imports Qt, so import it late."""

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication


class FirstMoments(QObject):
    """Reports when the pad was first painted (``frame``), showed a ``stroke``, and the bars showed an ``answer``.

    Draws on the pad after its first paint event. When curves and laboratory are there too (``complete``), it reports
    the longest time since the first frame in which no event was handled (``stall``), and closes the window.

    Parameters
    ----------
    report
        Called with each moment, when it comes.
    report_figure
        Called with the name and the milliseconds of the stall.
    """

    def __init__(self, report: Callable[[str], None], report_figure: Callable[[str, float], None]) -> None:
        super().__init__()
        self.report, self.report_figure = report, report_figure
        (self.window,) = (each for each in QApplication.topLevelWidgets() if hasattr(each, "pad_panel"))
        self.pad = self.window.pad_panel.pad
        self.bars = None
        self.reported: set[str] = set()
        self.pad.installEventFilter(self)
        self.stall_s, self.last_tick = 0.0, 0.0
        self.window.completed.connect(lambda: self.report_once("complete"))
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.tick)
        self.timer.start(1)

    def tick(self) -> None:
        """Note how long no event was handled, and watch the bars too, once they exist."""
        now = time.monotonic()
        if "frame" in self.reported:
            self.stall_s = max(self.stall_s, now - self.last_tick)
        self.last_tick = now
        if self.bars is None and hasattr(self.window.pad_panel, "prediction_view"):
            self.bars = self.window.pad_panel.prediction_view.bars
            self.bars.installEventFilter(self)
            self.bars.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the watched widget paint, then report what it shows."""
        if event.type() != QEvent.Type.Paint:
            return False
        watched.event(event)
        if watched is self.pad:
            self.report_once("stroke" if not self.pad.is_blank() else "frame")
        elif self.bars is not None and self.bars._shares is not None:
            self.report_once("answer")
        return True

    def report_once(self, what: str) -> None:
        """Report a moment the first time; draw after the first frame, and close the window after all of them."""
        if what in self.reported:
            return
        self.reported.add(what)
        self.report(what)
        if what == "frame":
            self.last_tick = time.monotonic()
            self.draw()
        elif {"answer", "complete"} <= self.reported:
            QTimer.singleShot(10, self.end)  # the tick after the last step is counted

    def end(self) -> None:
        """Report the longest stall, and close the window."""
        self.report_figure("stall", 1000 * self.stall_s)
        self.window.close()

    def draw(self) -> None:
        """Draw a stroke on the pad with the mouse."""
        middle, button = QPointF(self.pad.rect().center()), Qt.MouseButton.LeftButton
        for kind, position, held in (
            (QEvent.Type.MouseButtonPress, middle, button),
            (QEvent.Type.MouseMove, middle + QPointF(0, 60), button),
            (QEvent.Type.MouseButtonRelease, middle + QPointF(0, 60), Qt.MouseButton.NoButton),
        ):
            event = QMouseEvent(kind, position, position, button, held, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(self.pad, event)
