"""Times of the window's first paint events, measured within the process; imports Qt, so import it late."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication


class FirstMoments(QObject):
    """Reports when the pad was first painted (``frame``), showed a ``stroke``, and the bars showed an ``answer``.

    Draws on the pad after its first paint event, and closes the window after the first answer.
    """

    def __init__(self, report: Callable[[str], None]) -> None:
        super().__init__()
        self.report = report
        (self.window,) = (each for each in QApplication.topLevelWidgets() if hasattr(each, "pad_panel"))
        self.pad = self.window.pad_panel.pad
        self.bars = None
        self.reported: set[str] = set()
        self.pad.installEventFilter(self)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.find_bars)
        self.timer.start(1)

    def find_bars(self) -> None:
        """Watch the bars too, once they exist."""
        if hasattr(self.window.pad_panel, "prediction_view"):
            self.timer.stop()
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
        elif self.bars._shares is not None:
            self.report_once("answer")
        return True

    def report_once(self, what: str) -> None:
        """Report an event the first time, then draw or close the window."""
        if what in self.reported:
            return
        self.reported.add(what)
        self.report(what)
        if what == "frame":
            self.draw()
        elif what == "answer":
            QTimer.singleShot(0, self.window.close)

    def draw(self) -> None:
        """Press and move the mouse on the pad."""
        middle, button = QPointF(self.pad.rect().center()), Qt.MouseButton.LeftButton
        for kind, position in (
            (QEvent.Type.MouseButtonPress, middle),
            (QEvent.Type.MouseMove, middle + QPointF(0, 60)),
        ):
            event = QMouseEvent(kind, position, position, button, button, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(self.pad, event)
