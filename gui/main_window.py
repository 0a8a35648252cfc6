"""The window: the pad first, and all that goes on around it as soon as that has been painted."""

import contextlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QPaintEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMainWindow, QSplitter, QWidget

from core.errors import DigitpadError
from gui.recognition.pad_panel import PadPanel
from gui.shell.preferences import Preferences
from gui.style import theme

if TYPE_CHECKING:
    from core.runs.run_store import RunStore
    from gui.recognition.active_model import ActiveModel
    from gui.recognition.recognition_controller import RecognitionController
    from gui.workbench import Workbench

SCHEMES = {"light": False, "dark": True}
"""Whether a scheme is dark, by its name; any other follows the system."""
_PAUSE_MS = 8  # between the steps of the beginning: Qt paints 5 ms after it was asked to


class MainWindow(QMainWindow):
    """digitpad's window.

    Parameters
    ----------
    preferences
        What is remembered; None for a window that remembers nothing and leaves nothing behind.
    shelf
        Where runs are kept, if not on the user's own shelf; a window that remembers nothing keeps none without it.
    in_steps
        Whether the first frame has the pad alone, ready to be drawn on: NumPy and all that needs it then come after it,
        in steps, between which the pen is heard. Otherwise only the plots come later.
    """

    begun = Signal()
    """The first frame has been painted."""
    furnished = Signal()
    """All that comes after it is there."""

    slot: "ActiveModel"
    recognition: "RecognitionController"

    def __init__(
        self, preferences: Preferences | None = None, store: "RunStore | None" = None, *, in_steps: bool = False
    ) -> None:
        super().__init__()
        self.setWindowTitle("digitpad")
        self._preferences, self._store = preferences, store
        self._workbench: Workbench | None = None
        self._can_answer = False
        self._steps: deque[Callable[[], None]] = deque(
            [self.begun.emit, self.begin_to_answer, self.furnish, self.add_curves, self.furnished.emit]
        )
        self._goes_on = False
        self.closes_after_run = False
        app = QApplication.instance()
        if preferences is not None and isinstance(app, QApplication):
            theme.apply(app, SCHEMES.get(preferences.text("window/scheme")))
        self.pad_panel = PadPanel(in_steps=in_steps)
        self._compose()
        if not in_steps:
            self.furnish()

    def _compose(self) -> None:
        """Put the pad where it stays."""
        for title in self.menu_titles():
            self.menuBar().addAction(title)
        self.pad_panel.set_selector(QComboBox())
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.pad_panel)
        self.splitter.addWidget(QWidget())
        self.splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self.splitter)
        self.setMinimumHeight(640)  # below, wrapped lines of the panel would lie on one another
        self.resize(1120, 740)
        self.arrange()
        if self._preferences is not None:
            self.restoreGeometry(self._preferences.bytes("window/geometry"))
        self.pad_panel.pad.setFocus()

    def arrange(self) -> None:
        """Share the room out between the two rooms, as it was the last time."""
        for index in range(2):
            self.splitter.setStretchFactor(index, 1)
        self.splitter.setSizes([560, 560])
        if self._preferences is not None:
            self.splitter.restoreState(self._preferences.bytes("window/splitter"))

    def menu_titles(self) -> tuple[str, ...]:
        """Return the titles of the menus."""
        tr = self.tr
        return tr("&File"), tr("&Edit"), tr("&Training"), tr("&View"), tr("&Help")

    # -- what comes after the first frame ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring in the rest as soon as there is a first frame."""
        super().paintEvent(event)
        if self._steps and not self._goes_on:
            self._goes_on = True
            QTimer.singleShot(_PAUSE_MS, self._go_on)

    def event(self, event: QEvent) -> bool:
        """Have the menus there before it is decided whether a key, pressed early, is one of their shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and self._steps:
            self.furnish()
        return super().event(event)

    def _go_on(self) -> None:
        """Take the next step, and the one after when the events of meanwhile have been handled."""
        if self._steps and self.isVisible():
            self._steps.popleft()()
            QTimer.singleShot(_PAUSE_MS, self._go_on)

    def begin_to_answer(self) -> None:
        """Bring in the network that comes with the program, and what is around the pad."""
        if self._can_answer:
            return
        self._can_answer = True
        from core.recognition.recognizer import shipped_model
        from gui.recognition.active_model import ActiveModel
        from gui.recognition.recognition_controller import RecognitionController

        self.pad_panel.furnish()
        self.slot = ActiveModel(self)
        self.recognition = RecognitionController(self.pad_panel, self.slot, self)
        with contextlib.suppress(DigitpadError, OSError):  # it is tried again, and told then
            self.slot.set_shipped(shipped_model())

    def furnish(self) -> None:
        """Bring in the laboratory, the menus, and all that works behind them."""
        self.begin_to_answer()
        if self._workbench is not None:
            return
        from core.runs.run_store import RunStore
        from gui.workbench import Workbench

        store = RunStore() if self._store is None and self._preferences is not None else self._store
        self._workbench = works = Workbench(self, self._preferences, store)
        self.session, self.models, self.mnist_download = works.session, works.models, works.mnist_download
        self.lab, self.training_panel, self.actions_by_name = works.lab, works.lab.panel, works.actions_by_name

    def add_curves(self) -> None:
        """Bring in the plots."""
        self.furnish()
        self._works.add_curves()

    @property
    def _works(self) -> "Workbench":
        self.furnish()
        assert self._workbench is not None
        return self._workbench

    # -- what comes from elsewhere -------------------------------------------------------------------------------------

    def show_given(self, given: QImage | Path) -> None:
        """Take what was pasted or dropped: a picture, or a file with a picture, ink, or a model."""
        self._works.show_given(given)

    def report_fault(self, sentence: str, details: str) -> None:
        """Tell of a fault of the program."""
        self._works.report_fault(sentence, details)

    # -- the end -------------------------------------------------------------------------------------------------------

    def place(self) -> dict[str, QByteArray]:
        """Return where the window is and how its room is shared out, to be remembered."""
        return {"window/geometry": self.saveGeometry(), "window/splitter": self.splitter.saveState()}

    def give_way(self, number: int) -> None:
        """End without a question, by a signal: a run goes on another day, and no network is lost."""
        self._steps.clear()
        works = self._workbench
        if works is None:
            QApplication.exit(128 + number)
            return

        def end() -> None:
            works.save_elsewhere()
            works.remember()
            self.hide()
            works.shut_down()
            QApplication.exit(128 + number)

        if works.session.is_active:
            works.session.concluded.connect(end)
            works.session.leave()
        else:
            end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a run is going on; leave no thread behind."""
        self._steps.clear()
        if self._workbench is not None:
            session = self._workbench.session
            if session.is_active:
                from gui.training.confirmations import Closing, ask_before_closing

                spec = ask_before_closing(self, session, self._workbench.lab.training.can_keep)
                self.closes_after_run = spec in (Closing.KEEP, Closing.LEAVE) and session.is_active
                if self.closes_after_run:
                    (session.stop if spec is Closing.KEEP else session.leave)()
                is_unread = spec is Closing.OVERTAKEN and self._workbench.has_told_fault
                if spec is Closing.STAY or self.closes_after_run or is_unread:
                    event.ignore()
                    return
            if not session.is_active and not self._workbench.models.may_replace():
                event.ignore()
                return
            self._workbench.remember()
            self.hide()  # what is under way may need a moment to notice that it is to end
            self._workbench.shut_down()
        super().closeEvent(event)
