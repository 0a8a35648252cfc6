"""The window's first moments, watched from within: to be imported when Qt is to come in, not before."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication


class FirstMoments(QObject):
    """Says when the pad has been painted (``frame``), when it shows a ``stroke``, and the bars an ``answer``.

    As soon as the pad is seen it is drawn on, and with the first answer the window is closed.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self.say = say
        (self.window,) = (each for each in QApplication.topLevelWidgets() if hasattr(each, "pad_panel"))
        self.pad = self.window.pad_panel.pad
        self.bars = None
        self.said: set[str] = set()
        self.pad.installEventFilter(self)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.find_bars)
        self.timer.start(1)

    def find_bars(self) -> None:
        """Watch the bars, too, as soon as they are there."""
        if hasattr(self.window.pad_panel, "prediction_view"):
            self.timer.stop()
            self.bars = self.window.pad_panel.prediction_view.bars
            self.bars.installEventFilter(self)
            self.bars.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let what is watched paint, and look at what it shows then."""
        if event.type() != QEvent.Type.Paint:
            return False
        watched.event(event)
        if watched is self.pad:
            self.tell("stroke" if not self.pad.is_blank() else "frame")
        elif self.bars._shares is not None:
            self.tell("answer")
        return True

    def tell(self, what: str) -> None:
        """Say it the first time, and do what comes next."""
        if what in self.said:
            return
        self.said.add(what)
        self.say(what)
        if what == "frame":
            self.draw()
        elif what == "answer":
            QTimer.singleShot(0, self.window.close)

    def draw(self) -> None:
        """Press the pen on the pad, and move it."""
        middle, button = QPointF(self.pad.rect().center()), Qt.MouseButton.LeftButton
        for kind, place in (
            (QEvent.Type.MouseButtonPress, middle),
            (QEvent.Type.MouseMove, middle + QPointF(0, 60)),
        ):
            event = QMouseEvent(kind, place, place, button, button, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(self.pad, event)
