"""A monkey test of the window: it presses, drags, types, resizes, opens and closes at random, from a seed."""

import dataclasses
import gc
import itertools
import logging
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from inputs import Inputs
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QThread, QTimer, qVersion
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)
from watchdog import Watchdog

from core.files import paths
from core.runs.records import RunOutcome
from core.runs.run import Run
from core.training.config import TrainConfig
from gui.main_window import MainWindow
from gui.pad.sheet import Given
from gui.recognition.active_model import ModelChoice
from gui.shell.error_reporting import ErrorReporter, log
from gui.shell.preferences import Preferences
from gui.training.events import Moved, Prepared, RunEvent, StorageChanged
from gui.training.session import RunState, TrainingSession

QT_VERSION = tuple(int(part) for part in qVersion().split(".")[:2])
LEFT, NO_MODIFIER = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BUTTONS = (LEFT, LEFT, LEFT, LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
MODIFIERS = (*[NO_MODIFIER] * 6, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
KEYS = tuple(
    getattr(Qt.Key, f"Key_{name}")
    for name in (
        *("Return", "Escape", "Tab", "Backtab", "Space", "Up", "Down", "Left", "Right", "Home", "End", "PageUp"),
        *("PageDown", "Delete", "Backspace", "F2", "F10", "Alt", "Menu", "Enter", "P", "E", "R", "7", "Minus"),
    )
)
MENU_KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape)
SHORTCUTS = "RPTELZYVSOCAXNWF"  # with Ctrl
SMALL = TrainConfig(hidden=(16,), epochs=10, batch_size=50, learning_rate=0.1, momentum=0.9)
PAUSE_MS = (0, 1, 2, 5, 10)
STALL_S = 20.0
N_REPORTED = 30  # steps in the message of a failure
# Any message of Qt about threads, painters, models or deleted objects is a fault of the program.
_BAD = re.compile(r"QThread|QObject|QBasicTimer|QSocketNotifier|QPainter|thread|QCoreApplication|QAbstractItem|QModel")

Step = Callable[[], str]


class FaultError(AssertionError):
    """The program did what it must not; the message has the last steps of the monkey."""


class _ErrorLog(logging.Handler):
    """Collects the errors that the program logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class Monkey:
    """Uses one window after the other, all on the same DIGITPAD_HOME.

    Parameters
    ----------
    folder
        For its input files; it writes nowhere else.
    messages
        Returns all of Qt's messages so far: pairs of level and text.
    """

    def __init__(self, seed: int, folder: Path, messages: Callable[[], list[tuple[str, str]]]) -> None:
        self.seed, self._messages = seed, messages
        self._rng = random.Random(seed)
        self._other = random.Random(seed + 1)  # for what the timer does: the steps stay the same for a seed
        self.inputs = Inputs(folder, self._rng)
        self._answers = Inputs(folder.with_name("answers"), self._other)
        self.done: list[str] = []
        self.n_runs = self.n_windows = 0
        self.kinds = Counter[str]()
        self._n_seen = 0
        self._lives, self._plays = True, False
        self._counted: object = None  # the session that it is connected to
        self._storage_failure = ""  # why the current run cannot be kept
        self._may_be_lost = False  # the run was discarded at a question
        self._lost: list[str] = []
        self._busy_since = 0
        self._tick_number = 0
        self._log = _ErrorLog()
        log.addHandler(self._log)
        self._reporter = ErrorReporter()
        self._reporter.reported.connect(self._report)
        self.catch = self._reporter.catch
        self._watchdog = Watchdog(STALL_S)
        self._watchdog.start()
        self._steps: list[tuple[int, Step]] = [
            (14, self._press), (16, self._drag), (8, self._draw), (5, self._wheel), (4, self._ask_menu),
            (8, self._hit_key), (6, self._type), (8, self._shortcut), (7, self._trigger), (4, self._resize),
            (3, self._turn_page), (3, self._drop), (3, self._give), (2, self._paste), (3, self._choose),
            (6, self._start), (8, self._steer), (8, self._handle_runs), (3, self._press_message_button),
            (1, self._reopen), (3, self._wait), (2, self._block_store), (3, self._use_list),
        ]  # fmt: skip
        self._aside = paths.runs().with_name("aside")
        self._step_log = folder.with_name("steps.txt").open("w", buffering=1)  # remains after a crash
        self._open()
        self._tick()

    # -- steps ---------------------------------------------------------------------------------------------------------

    def play(self, seconds: float) -> None:
        """Take random steps for so many seconds, and check the program after each."""
        self._plays = True
        weights, steps = zip(*self._steps, strict=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            step = self._rng.choices(steps, weights)[0]
            self._do(step)
            QTest.qWait(self._rng.choice(PAUSE_MS))
            self._check()

    def _do(self, step: Step) -> None:
        name = step.__name__.strip("_")
        self.kinds[name] += 1
        self.done.append(name)  # recorded also if it never returns
        print(name, file=self._step_log, end=" … ")
        self._busy_since = self._tick_number
        if not self.window.isVisible():
            self.done[-1] += f": {self._reopen()}"
        try:
            description = step()
        except Exception as error:
            if isinstance(error, RuntimeError) and "already deleted" in str(error):
                description = "deleted"  # the chosen widget, by what a dialog did meanwhile
            else:
                self.fail(traceback.format_exc())
        self.done[-1] += f": {description}"
        print(self.done[-1], file=self._step_log)

    def _check(self) -> None:
        """Raise FaultError if the program has logged an error, shows a contradiction, stalls, or has lost a run."""
        problems = [*self._log.messages, *self._lost]
        new = self._messages()[self._n_seen :]
        self._n_seen += len(new)
        problems += [text for level, text in new if level in ("QtCriticalMsg", "QtFatalMsg") or _BAD.search(text)]
        if self._watchdog.stack:
            problems.append(f"the window did not respond for {STALL_S:g} s:\n{self._watchdog.stack}")
        if session := self.window.findChild(TrainingSession):
            if session is not self._counted:
                session.happened.connect(self._note_event)
                session.concluded.connect(self._check_outcome)
                self._counted = session
            problems += _wrong_controls(self.window, session.state)
        if problems:
            self.fail("\n".join(problems))

    def fail(self, problem: str) -> NoReturn:
        """Raise FaultError with a problem and the last steps."""
        last = "\n".join(f"  {number}. {step}" for number, step in list(enumerate(self.done, 1))[-N_REPORTED:])
        raise FaultError(f"{problem}\nseed {self.seed}, {len(self.done)} steps; the last of them:\n{last}")

    def _report(self, sentence: str, details: str) -> None:
        self.window.report_fault(sentence, details)

    # -- the timer -----------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Answer dialogs and menus: their event loops block the steps, but not this timer."""
        if not self._lives:
            return
        # A new timer each time: a timer does not fire again before its slot returns, and this slot may start loops.
        QTimer.singleShot(15, self._tick)
        self._watchdog.reset()
        self._tick_number += 1
        if self._plays:
            self._serve()

    def _serve(self) -> None:
        """Answer a dialog or a menu, or end a drag."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        waits = self._tick_number - self._busy_since
        if popup is None and modal is None and waits > 60:
            QDrag.cancel()  # a text that is dragged waits for the button
            QTest.mouseRelease(self.window, LEFT)
        elif self._other.random() < 0.3:
            if popup is not None:
                self._serve_popup(popup, waits)
            elif isinstance(modal, QDialog):
                self._serve_dialog(modal)

    def _serve_popup(self, popup: QWidget, waits: int) -> None:
        if waits > 100:
            popup.close()
            return
        key = self._other.choice(MENU_KEYS)
        view = popup.findChild(QWidget) if not isinstance(popup, QMenu) else None
        QTest.keyClick(view or popup, key)

    def _serve_dialog(self, dialog: QDialog) -> None:
        if isinstance(dialog, QFileDialog) and self._other.random() < 0.7:
            dialog.selectFile(str(self._answers.save_path()))
            dialog.accept()
        elif isinstance(dialog, QMessageBox) and dialog.buttons() and self._other.random() < 0.9:
            button = self._other.choice(dialog.buttons())
            self._may_be_lost |= dialog.buttonRole(button) == QMessageBox.ButtonRole.DestructiveRole
            button.click()
        else:
            dialog.reject()

    # -- answers to dialogs --------------------------------------------------------------------------------------------

    def file_to_open(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getOpenFileName``; in one of five cases, cancel."""
        return (str(self._answers.given()) if self._other.random() < 0.8 else ""), ""

    def file_to_save(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getSaveFileName``."""
        return (str(self._answers.save_path()) if self._other.random() < 0.8 else ""), ""

    def folder(self, *asked: object, **more: object) -> str:
        """Answer ``QFileDialog.getExistingDirectory``."""
        return self.file_to_open()[0]

    def words(self, *asked: object, **more: object) -> tuple[str, bool]:
        """Answer ``QInputDialog.getText`` and ``getMultiLineText``."""
        return self._answers.text(), self._other.random() < 0.8

    # -- windows -------------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.window = MainWindow(Preferences(), in_steps=self._rng.random() < 0.5)
        self.n_windows += 1
        self.window.show()
        QTest.qWaitForWindowExposed(self.window, 5000)
        if self._rng.random() < 0.8:
            self.window.add_curves()

    def _note_event(self, event: RunEvent) -> None:
        match event:
            case Prepared():
                self.n_runs += 1
                self._storage_failure, self._may_be_lost = "", False
            case StorageChanged():
                self._storage_failure = event.reason
            case Moved() if event.run is not None:
                self._storage_failure = ""

    def _check_outcome(self, outcome: RunOutcome) -> None:
        """Note a run that is lost: one that could not be kept has a network at its end, unless it was discarded."""
        if self._storage_failure and outcome.model is None and not outcome.error and not self._may_be_lost:
            self._lost.append(f"a run that could not be kept ({self._storage_failure}) was lost")
        self._storage_failure = ""

    def _reopen(self) -> str:
        """Close the window, and open another if it has closed: it may ask about a run."""
        self.window.close()
        for _ in range(self._rng.randrange(10)):
            QTest.qWait(10)
        if self.window.isVisible():
            return "it stayed open"
        self._discard_window()
        self._open()
        return "another window"

    def _discard_window(self) -> None:
        """Delete a window that was closed; none of its threads may be running."""
        for popup in QApplication.topLevelWidgets():
            if popup is not self.window and popup.isVisible():
                popup.close()
        if running := [thread for thread in self.window.findChildren(QThread) if thread.isRunning()]:
            self.fail(f"threads are left: {running}")
        self._counted = None
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del self.window
        gc.collect()

    # -- single steps --------------------------------------------------------------------------------------------------

    def _widget(self) -> QWidget:
        """Return a visible widget."""
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.windowHandle() is not None]
        pool = [each for top in tops for each in (top, *top.findChildren(QWidget))]
        pool = [each for each in pool if each.isVisible() and not each.visibleRegion().isEmpty()]
        return self._rng.choice(pool or [self.window])

    def _position(self, widget: QWidget) -> QPoint:
        """Return a position on a widget, in its window's coordinates."""
        region = widget.visibleRegion().boundingRect()
        x = region.x() + self._rng.randrange(max(region.width(), 1))
        y = region.y() + self._rng.randrange(max(region.height(), 1))
        return widget.mapTo(widget.window(), QPoint(x, y))

    def _press(self) -> str:
        widget, button, modifier = self._widget(), self._rng.choice(BUTTONS), self._rng.choice(MODIFIERS)
        position, handle = self._position(widget), widget.window().windowHandle()
        click = QTest.mouseDClick if self._rng.random() < 0.15 else QTest.mouseClick
        description = (
            f"{click.__name__} {button.name} {modifier.name} on {_name_of(widget)} at {position.x()}, {position.y()}"
        )
        click(handle, button, modifier, position)
        return description

    def _drag(self) -> str:
        widget = self._widget()
        return f"{_name_of(widget)}, {self._drag_on(widget, self._rng.randrange(1, 12))} points"

    def _draw(self) -> str:
        n = self._drag_on(self.window.pad_panel.pad, self._rng.randrange(2, 25))
        return f"{n} points"

    def _drag_on(self, widget: QWidget, n: int) -> int:
        top, handle = widget.window(), widget.window().windowHandle()
        positions = [self._position(widget) for _ in range(n)]
        if self._rng.random() < 0.2:  # outside the window, perhaps
            positions.append(QPoint(*(self._rng.randrange(-50, size + 50) for size in top.size().toTuple())))
        QTest.mousePress(handle, LEFT, self._rng.choice(MODIFIERS), positions[0])
        for position in positions[1:]:
            QTest.mouseMove(handle, position)
            if self._rng.random() < 0.05:
                self._hit_key()
        if self._rng.random() < 0.95:  # otherwise the release is lost
            QTest.mouseRelease(handle, LEFT, NO_MODIFIER, positions[-1])
        return len(positions)

    def _wheel(self) -> str:
        widget = self._widget()
        position = QPointF(self._position(widget))
        delta = QPoint(self._rng.choice((0, 0, 120)), self._rng.choice((-1200, -120, -7, 7, 120, 1200)))
        top = widget.window()
        event = QWheelEvent(
            widget.mapFrom(top, position), QPointF(top.mapToGlobal(position)), QPoint(), delta, Qt.MouseButton.NoButton,
            self._rng.choice(MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        description = f"{delta.y()} on {_name_of(widget)}"
        QApplication.sendEvent(widget, event)
        return description

    def _ask_menu(self) -> str:
        widget = self._widget()
        position = widget.mapFrom(widget.window(), self._position(widget))
        reason = self._rng.choice((QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard))
        description = f"{reason.name} on {_name_of(widget)}"
        QApplication.sendEvent(widget, QContextMenuEvent(reason, position, widget.mapToGlobal(position)))
        return description

    def _target(self) -> QWidget:
        focused = QApplication.activePopupWidget() or QApplication.focusWidget()
        return focused if focused is not None and self._rng.random() < 0.7 else self._widget()

    def _hit_key(self) -> str:
        widget, key, modifier = self._target(), self._rng.choice(KEYS), self._rng.choice(MODIFIERS)
        description = f"{modifier.name} {key.name} to {_name_of(widget)}"
        QTest.keyClick(widget, key, modifier)
        return description

    def _type(self) -> str:
        widget, text = self._target(), self.inputs.text()
        description = f"{text[:40]!r} to {_name_of(widget)}"
        for letter in text[:40]:
            QTest.keyClick(widget, letter if letter.isascii() and letter.isprintable() else Qt.Key.Key_Space)
        if self._rng.random() < 0.5:
            QTest.keyClick(widget, Qt.Key.Key_Return)
        return description

    def _shortcut(self) -> str:
        letter = self._rng.choice(SHORTCUTS)
        widget = self._target()
        description = f"Ctrl+{letter} to {_name_of(widget)}"
        QTest.keyClick(widget, letter.lower(), Qt.KeyboardModifier.ControlModifier)
        return description

    def _trigger(self) -> str:
        actions = [action for action in _all_of(self.window.menuBar().actions()) if action.isEnabled()]
        actions = [action for action in actions if "Quit" not in action.text() or self._rng.random() < 0.1]
        if not actions:
            return "nothing"
        action = self._rng.choice(actions)
        description = action.text()
        action.trigger()
        return description

    def _resize(self) -> str:
        kind, window = self._rng.randrange(8), self.window
        if kind == 0:
            window.showMaximized()
        elif kind == 1:
            window.showMinimized()
            QTest.qWait(1)
            window.showNormal()
        elif kind == 2:
            window.hide()
            window.show()
        elif kind == 3:
            total = window.splitter.width()
            left = self._rng.randrange(total + 1)
            window.splitter.setSizes([left, total - left])
        else:
            window.showNormal()
            window.resize(self._rng.randrange(1, 2000), self._rng.randrange(1, 1400))
        return f"{kind}: {window.width()} × {window.height()}"

    def _turn_page(self) -> str:
        if self.window.findChild(TrainingSession) is None:
            return "none"
        tabs = self.window.workbench.lab.tabs
        index = self._rng.randrange(tabs.count())
        QTest.mouseClick(tabs.tabBar(), LEFT, NO_MODIFIER, tabs.tabBar().tabRect(index).center())
        return tabs.tabText(index)

    def _drop(self) -> str:
        data, pad = self.inputs.data(), self.window.pad_panel.pad
        actions, position = Qt.DropAction.CopyAction, QPointF(20, 20)
        description = ", ".join(data.formats()) + " " + " ".join(Path(url.path()).name for url in data.urls())
        # Qt 6.12 takes a QPointF and deprecates the QPoint that 6.11 asks for.
        enter = QDragEnterEvent(
            position if QT_VERSION >= (6, 12) else position.toPoint(), actions, data, LEFT, NO_MODIFIER
        )
        enter.ignore()
        QApplication.sendEvent(pad, enter)
        if enter.isAccepted():
            QApplication.sendEvent(pad, QDropEvent(position, actions, data, LEFT, NO_MODIFIER))
        return description

    def _give(self) -> str:
        given: Given = self._rng.choice(
            (*[self.inputs.given] * 6, self.inputs.several, self.inputs.link, self.inputs.picture)
        )()
        self.window.workbench.open_given(given)
        return str(given)[:200]

    def _use_list(self) -> str:
        """Use the list of several files, if it is open."""
        self._complete_window()
        dialog = self.window.workbench.pictures.dialog
        if not dialog.isVisible():
            return "none"
        deed = self._rng.choice(("stop", "export", "row", "row", "close"))
        if deed == "stop":
            dialog.stop_button.click()
        elif deed == "export":
            dialog.export_button.click()
        elif deed == "row" and dialog.table.rowCount():
            dialog.table.cellDoubleClicked.emit(self._rng.randrange(dialog.table.rowCount()), 0)
        elif deed == "close":
            dialog.reject()
        return f"{deed}, {dialog.table.rowCount()} rows"

    def _paste(self) -> str:
        data = self.inputs.data()
        description = ", ".join(data.formats())
        QGuiApplication.clipboard().setMimeData(data)
        QTest.keyClick(self._target(), "v", Qt.KeyboardModifier.ControlModifier)
        return description

    def _choose(self) -> str:
        boxes = [
            box for box in self.window.findChildren(QComboBox) if box.isVisible() and box.isEnabled() and box.count()
        ]
        if not boxes:
            return "none"
        box = self._rng.choice(boxes)
        index = self._rng.randrange(box.count())
        description = f"{box.accessibleName()}: {box.itemText(index)}"
        model_index = box.model().index(index, 0)
        if model_index.flags() & Qt.ItemFlag.ItemIsEnabled:
            box.setCurrentIndex(index)
            box.activated.emit(index)
        return description

    def _start(self) -> str:
        self._complete_window()
        panel = self.window.workbench.lab.panel
        panel.set_data("synthetic:300")
        epochs = self._rng.choice((1, 10, 10, 100, 5000))
        panel.form.set_config(dataclasses.replace(SMALL, epochs=epochs, seed=self._rng.randrange(99)))
        panel.controls.start_button.click()
        return f"{epochs} epochs"

    def _steer(self) -> str:
        self._complete_window()
        panel = self.window.workbench.lab.panel
        buttons = (
            panel.controls.pause_button,
            panel.controls.pause_button,
            panel.controls.stop_button,
            panel.controls.cancel_button,
        )
        button = self._rng.choice(buttons)
        description = f"{button.text()}, {self.window.workbench.session.state.name}"
        if button.isVisible() and button.isEnabled():
            button.click()
        if self._rng.random() < 0.2:
            panel.controls.rate.setValue(self._rng.choice((0.001, 0.5, 3, 1000)))
        return description

    def _handle_runs(self) -> str:
        """Select runs, and tick one or press one of the buttons."""
        self._complete_window()
        runs_view = self.window.workbench.lab.runs_view
        self.window.workbench.lab.tabs.setCurrentWidget(runs_view)
        model = runs_view.view.model()
        if not model.rowCount():
            return "none"
        row = self._rng.randrange(model.rowCount())
        runs_view.view.selectRow(row)
        if self._rng.random() < 0.2:
            index = model.index(row, 0)
            ticked = model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            model.setData(index, state.value, Qt.ItemDataRole.CheckStateRole)
            return f"ticks {row}"
        if self._rng.random() < 0.1:
            runs_view.view.selectAll()
        names = [name for name, action in runs_view.actions_by_name.items() if action.isEnabled()]
        if not names:
            return "no button applies"
        name = self._rng.choice([*names, "resume"] if "resume" in names else names)
        runs_view.actions_by_name[name].trigger()
        return f"{name} {row} of {model.rowCount()}"

    def _press_message_button(self) -> str:
        self._complete_window()
        buttons = [each for each in self.window.workbench.lab.message_bar.findChildren(QPushButton) if each.isVisible()]
        if not buttons:
            return "none"
        button = self._rng.choice(buttons)
        description = button.text()
        button.click()
        return description

    def _wait(self) -> str:
        """Process events for a moment."""
        ms = self._rng.choice((50, 100, 300))
        QTest.qWait(ms)
        return f"{ms} ms"

    def _block_store(self) -> str:
        """Put a file in place of the folder of the runs, for some steps: nothing can be written there."""
        if self._aside.exists():
            self._unblock_store()
            return "unblocked"
        session = self.window.findChild(TrainingSession)
        if session is not None and (
            session.state is RunState.PREPARING or not (session.is_active or session.is_settled)
        ):
            return "not now"  # a run that begins may create the folder in between
        paths.runs().mkdir(parents=True, exist_ok=True)
        paths.runs().rename(self._aside)
        paths.runs().write_text("not a folder")
        return "blocked"

    def _unblock_store(self) -> None:
        if self._aside.exists():
            paths.runs().unlink()
            self._aside.rename(paths.runs())

    def _complete_window(self) -> None:
        if self.window.findChild(TrainingSession) is None:
            self.window.add_curves()

    # -- the end -------------------------------------------------------------------------------------------------------

    def rest(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        """End the run, if any; then the window must recognise a digit, and train and store a network.

        ``wait`` returns as soon as a condition is true, and fails if it never is.
        """
        self.done.append("rest")
        QTest.mouseRelease(self.window, LEFT)
        wait(lambda: QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None)
        self._plays = False
        if not self.window.isVisible():
            self._discard_window()
            self._open()
        window = self.window
        self._complete_window()
        for other in QApplication.topLevelWidgets():
            if other is not window and other.isVisible():
                other.close()
        session = window.workbench.session
        if session.is_active:
            self._may_be_lost = True
            self._rng.choice((session.stop, session.cancel))()
        wait(lambda: session.is_settled)
        self._unblock_store()
        view = window.workbench.lab.runs_view.view
        for editor in view.viewport().findChildren(QLineEdit):  # during editing, a new list waits
            QTest.keyClick(editor, Qt.Key.Key_Escape)
        wait(lambda: view.state() != QAbstractItemView.State.EditingState)
        window.workbench.lab.runs.refresh()
        if window.workbench.models.has_unsaved():  # otherwise a question follows
            window.workbench.models.save(self._aside.with_name("kept.safetensors"))
        table, store = window.workbench.lab.runs_view.table, window.workbench.lab.runs.store
        listed = [table.entry(row).id for row in range(table.rowCount())]
        if listed != [run.id for run in store.runs()] and window.workbench.lab.runs_view.isVisible():
            self.fail(f"the list of runs shows {listed}, the store has {[run.id for run in store.runs()]}")
        self._check()
        self._check_recognition(wait)
        self._check_training(wait)
        self._check()

    def _check_recognition(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        window = self.window
        window.showNormal()
        window.resize(1120, 740)
        window.divide()
        wait(lambda: window.pad_panel.pad.width() > 200)
        window.active_model.choose(ModelChoice.SHIPPED)
        window.pad_panel.tools.pen.trigger()
        window.pad_panel.pad.clear()  # ends a stroke whose release was lost, for which a picture would wait
        wait(lambda: not window.recognition.is_reading)
        window.pad_panel.pad.clear()
        draw_seven(window.pad_panel.pad)
        prediction = window.pad_panel.prediction_view.accessibleName()
        if not prediction.startswith("7, "):
            self.fail(f"a seven was recognised as {prediction!r}")

    def _check_training(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        window, outcomes = self.window, []
        window.workbench.session.concluded.connect(outcomes.append)
        window.workbench.lab.panel.set_recipe("quick")
        window.workbench.lab.panel.set_data("synthetic:300")
        window.workbench.lab.panel.form.set_config(SMALL)
        window.workbench.lab.panel.controls.start_button.click()
        wait(lambda: bool(outcomes) and window.workbench.session.state is RunState.IDLE)
        kept = outcomes[0].run
        if kept is None or kept.id not in [
            run.id for run in window.workbench.lab.runs.store.runs() if isinstance(run, Run)
        ]:
            self.fail(f"the last run was not stored: {outcomes[0]}")

    def end(self) -> None:
        """Close the window, and end the timer, the watchdog and the logs."""
        self._lives = self._plays = False
        if hasattr(self, "window"):
            if self.window.findChild(TrainingSession) is not None:
                self.window.workbench.session.shut_down()
            self.window.close()
            self._discard_window()
        QGuiApplication.clipboard().clear()  # otherwise Qt deletes its content after Python has ended
        self._watchdog.end()
        self._step_log.close()
        log.removeHandler(self._log)


def _wrong_controls(window: MainWindow, state: RunState) -> list[str]:
    """Return the controls that are visible or enabled in a wrong state."""
    panel, actions = window.workbench.lab.panel, window.workbench.menus.actions_by_name
    is_idle, can_pause = state is RunState.IDLE, state in (RunState.RUNNING, RunState.PAUSED)
    shown = {
        "Start is offered": (not panel.controls.start_button.isHidden(), is_idle),
        "Cancel is offered": (not panel.controls.cancel_button.isHidden(), not is_idle),
        "the form is open": (panel.form.isEnabled(), is_idle),
        "Pause is offered": (panel.controls.pause_button.isEnabled(), can_pause),
        "Start is in the menu": (actions["start"].isEnabled(), is_idle),
        "Pause is in the menu": (actions["pause"].isEnabled(), can_pause),
        "Cancel is in the menu": (actions["cancel"].isEnabled(), not is_idle),
    }
    return [f"{what}: {has}, while {state.name}" for what, (has, should) in shown.items() if has != should]


def draw_seven(pad: QWidget) -> None:
    """Draw a seven on a pad with the mouse."""
    side = min(pad.width(), pad.height())
    left, top = (pad.width() - side) // 2, (pad.height() - side) // 2
    corners = [QPoint(left + int(x * side), top + int(y * side)) for x, y in ((0.2, 0.2), (0.7, 0.2), (0.45, 0.8))]
    QTest.mousePress(pad, LEFT, pos=corners[0])
    for start, stop in itertools.pairwise(corners):
        for number in range(1, 13):
            QTest.mouseMove(pad, start + (stop - start) * (number / 12))
    QTest.mouseRelease(pad, LEFT, pos=corners[-1])


def _all_of(actions: Sequence[QAction]) -> list[QAction]:
    """Return the actions of menus and their submenus."""
    found = []
    for action in actions:
        menu = action.menu()
        found += _all_of(menu.actions()) if isinstance(menu, QMenu) else [action] if action.text() else []
    return found


def _name_of(widget: QWidget) -> str:
    """Return the class and the name of a widget."""
    words = widget.objectName() or widget.accessibleName()
    return f"{type(widget).__name__} {words[:30]}".strip()
