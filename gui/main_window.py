"""The window: the pad first, and everything around it as soon as that has been painted."""

import contextlib
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QByteArray, QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMainWindow, QSplitter, QWidget

from core.errors import DigitpadError
from gui.recognition.pad_panel import PadPanel
from gui.shell.preferences import SCHEMES, Preferences
from gui.style import theme

if TYPE_CHECKING:
    from core.runs.records import RunOutcome
    from core.runs.run_store import RunStore
    from gui.recognition.active_model import ActiveModel
    from gui.recognition.recognition_controller import RecognitionController
    from gui.workbench import Workbench

SIZE = QSize(1120, 740)
"""The window's size at its first start, in logical pixels, where the screen has room for it."""
_FRAME = QSize(16, 48)  # px: taken for the frame of a first window, until the system has said how large it is
_LEAST_FRAME = QSize(2, 24)  # px: of a window that had a place; larger, it would shrink a window that did fit
_WAYLAND_PANELS = QSize(72, 48)  # px: Wayland tells a program neither what panels cover nor where a window is
_PAUSE_MS = 8  # before a step of the start, where there is something to paint: Qt does so 5 ms after it was asked


def fitted(window: QRect, free: QRect, frame: QSize) -> QRect:
    """Return a window's rectangle, its frame included, made smaller and moved so that it lies in a free rectangle.

    Parameters
    ----------
    window
        The rectangle without the frame's size, at the place of the frame's corner.
    """
    size = (window.size() + frame).boundedTo(free.size())
    left = min(max(window.x(), free.x()), free.x() + free.width() - size.width())
    top = min(max(window.y(), free.y()), free.y() + free.height() - size.height())
    return QRect(left, top, size.width(), size.height())


def _create_qt_classes() -> None:
    """Create the classes of Qt, as the import of pyqtgraph would: PySide6 creates each at the first use of its name."""
    for module in (QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)


class _EarlyKeys(QObject):
    """Has the menus there before it is decided whether a key, pressed early, is one of their shortcuts.

    An object of its own, which is gone when the window is complete: an ``event`` of the window in Python would hold the
    interpreter's lock while Qt paints.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)
        window.completed.connect(self.deleteLater)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Add the menus at a key."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self._window.add_workbench()
        return False


class MainWindow(QMainWindow):
    """digitpad's window.

    Parameters
    ----------
    preferences
        What is remembered; None for a window that remembers nothing and leaves nothing behind.
    store
        Where runs are kept, if not in the user's own store; a window that remembers nothing keeps none without it.
    in_steps
        Whether the first frame has the pad alone, ready to be drawn on: NumPy and all that needs it are imported after
        it, in steps, between which the pen is heard. Otherwise only the plots come later.
    """

    begun = Signal()
    """The first frame has been painted."""
    completed = Signal()
    """Everything that comes after it is there."""

    active_model: "ActiveModel"
    recognition: "RecognitionController"

    def __init__(
        self, preferences: Preferences | None = None, store: "RunStore | None" = None, *, in_steps: bool = False
    ) -> None:
        super().__init__()
        self.setWindowTitle("digitpad")
        self._preferences, self._store = preferences, store
        self._workbench: Workbench | None = None
        self._has_recognition = False
        self._steps: deque[Callable[[], object]] = deque(
            [
                self.begun.emit,
                partial(self._fit_frame),
                partial(import_module, "core.recognition.recognizer"),
                self.add_recognition,
                partial(import_module, "gui.workbench"),
                self.add_workbench,
                _create_qt_classes,
                partial(import_module, "pyqtgraph"),
                self.add_curves,
                self.completed.emit,
                # What a run needs first, so that its start does not wait for it.
                partial(import_module, "gui.training.worker"),
                partial(import_module, "gui.inspector.inspector_controller"),
            ]
        )
        self._is_stepping = self._has_to_paint = False
        self._closes_after_run = False
        self._has_unread_fault = False
        app = QApplication.instance()
        if preferences is not None and isinstance(app, QApplication):
            theme.apply(app, SCHEMES.get(preferences.text("window/scheme")))
        _EarlyKeys(self)
        self.pad_panel = PadPanel(in_steps=in_steps)
        self._lay_out()
        if not in_steps:
            self.add_workbench()

    def _lay_out(self) -> None:
        """Put the pad where it stays."""
        tr = self.tr
        for title in (tr("&File"), tr("&Edit"), tr("&Training"), tr("&View"), tr("&Help")):
            self.menuBar().addAction(title)
        self.pad_panel.set_selector(QComboBox())
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.pad_panel)
        self.splitter.addWidget(QWidget())
        self.splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self.splitter)
        self._place()
        self.divide()
        self.pad_panel.pad.setFocus()

    def _place(self) -> None:
        """Take the place and size of the last time, or those of the first, as far as the screen has room."""
        self.resize(SIZE)
        state = QByteArray() if self._preferences is None else self._preferences.bytes("window/geometry")
        is_restored = self.restoreGeometry(state)
        self._fit(_LEAST_FRAME if is_restored else _FRAME, moves=is_restored)
        self._fitted_size = self.size()

    def _fit_frame(self) -> None:
        """Fit the window once its frame is known, unless the user has resized it meanwhile."""
        if self.size() == self._fitted_size:
            self._fit(self.frameGeometry().size() - self.size(), moves=True)

    def _fit(self, frame: QSize, *, moves: bool) -> None:
        """Make the window smaller, and move it, until it lies with its frame in the free part of its screen."""
        if self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            return
        screen = self.screen()
        free = screen.availableGeometry().intersected(screen.geometry())  # Qt scales its size and not its place
        if QGuiApplication.platformName() == "wayland":
            free.setSize(free.size() - _WAYLAND_PANELS)
        wanted = fitted(QRect(self.pos(), self.size()), free, frame)
        self.resize(wanted.size() - frame)
        if moves and wanted.topLeft() != self.pos():
            self.move(wanted.topLeft())

    def divide(self) -> None:
        """Divide the width between the two halves, as it was when the window was last closed."""
        for index in range(2):
            self.splitter.setStretchFactor(index, 1)
        self.splitter.setSizes([560, 560])
        if self._preferences is not None:
            self.splitter.restoreState(self._preferences.bytes("window/splitter"))

    # -- what comes after the first frame ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Begin with the rest as soon as there is a first frame."""
        super().paintEvent(event)
        if self._steps and not self._is_stepping:
            self._is_stepping = True
            QTimer.singleShot(_PAUSE_MS, self._take_step)

    def _take_step(self) -> None:
        """Take the next step, and the one after when the events of meanwhile have been handled."""
        if self._steps and self.isVisible():
            step = self._steps.popleft()
            step()
            self._has_to_paint = not isinstance(step, partial)
            QTimer.singleShot(0, self._pause)

    def _pause(self) -> None:
        """Wait for what is to be painted: what the last step has brought, or the ink of meanwhile."""
        has_to_paint = self._has_to_paint or self.pad_panel.pad.is_pen_down()
        QTimer.singleShot(_PAUSE_MS if has_to_paint else 0, self._take_step)

    def add_recognition(self) -> None:
        """Bring in the network that ships with the program, and the tools and views around the pad."""
        if self._has_recognition:
            return
        self._has_recognition = True
        from core.recognition.recognizer import shipped_model
        from gui.recognition.active_model import ActiveModel
        from gui.recognition.recognition_controller import RecognitionController

        self.pad_panel.furnish()
        self.active_model = ActiveModel(self)
        self.recognition = RecognitionController(self.pad_panel, self.active_model, self)
        with contextlib.suppress(DigitpadError, OSError):  # it is tried again, and told then
            self.active_model.set_shipped(shipped_model())

    def add_workbench(self) -> None:
        """Bring in the laboratory, the menus, and everything behind them."""
        self.add_recognition()
        if self._workbench is not None:
            return
        from core.runs.run_store import RunStore
        from gui.workbench import Workbench

        store = RunStore() if self._store is None and self._preferences is not None else self._store
        self._workbench = workbench = Workbench(
            self, self.splitter, self.pad_panel, self.active_model, self.recognition, self._preferences, store
        )
        workbench.session.concluded.connect(self._on_run_ended)
        self.divide()

    def add_curves(self) -> None:
        """Bring in the plots."""
        self.workbench.add_curves()

    @property
    def workbench(self) -> "Workbench":
        """Everything behind the pad; it is brought in where it is not there yet."""
        self.add_workbench()
        assert self._workbench is not None
        return self._workbench

    def report_fault(self, sentence: str, details: str) -> None:
        """Tell of a fault of the program."""
        self.workbench.report_fault(sentence, details)

    # -- the end -------------------------------------------------------------------------------------------------------

    def _on_run_ended(self, outcome: "RunOutcome") -> None:
        """Close if the user has asked for that and the run is safe; remember a fault that only a message tells."""
        self._has_unread_fault = bool(outcome.details)
        if self._closes_after_run:
            self._closes_after_run = False
            if outcome.run is not None and not outcome.storage_failure:
                self.close()

    def end_by_signal(self, number: int) -> None:
        """End without a question, by a signal of the system: a run goes on another day, and no network is lost."""
        self._steps.clear()
        workbench = self._workbench
        if workbench is None:
            QApplication.exit(128 + number)
            return

        def end() -> None:
            workbench.save_elsewhere()
            workbench.remember()
            self.hide()
            workbench.shut_down()
            QApplication.exit(128 + number)

        if workbench.session.is_active:
            workbench.session.concluded.connect(end)
            workbench.session.leave()
        else:
            end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a run is going on; leave no thread behind."""
        self._steps.clear()
        workbench = self._workbench
        if workbench is not None:
            if not self._may_close(workbench):
                event.ignore()
                return
            workbench.remember()
            self.hide()  # a download or a batch may take a moment to end
            workbench.shut_down()
        super().closeEvent(event)

    def _may_close(self, workbench: "Workbench") -> bool:
        """Return whether the window may close now; where a run is to end first, it closes when that is done."""
        session = workbench.session
        if session.is_active:
            from gui.training.confirmations import Closing, ask_before_closing

            choice = ask_before_closing(self, session)
            self._closes_after_run = choice in (Closing.KEEP, Closing.LEAVE) and session.is_active
            if self._closes_after_run:
                (session.stop if choice is Closing.KEEP else session.leave)()
            is_unread = choice is Closing.OVERTAKEN and self._has_unread_fault
            if choice is Closing.STAY or self._closes_after_run or is_unread:
                return False
        return session.is_active or workbench.models.may_replace()
