"""A monkey test of the window: random clicks, drags, keys, sizes, files and runs, from a seed."""

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

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QThread, QTimer, qVersion
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
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
from sample_inputs import SampleInputs
from watch import Watch

from core.files import paths
from core.runs.records import RunOutcome
from core.runs.run import Run
from core.training.config import TrainConfig
from gui.main_window import MainWindow
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
MAX_UNRESPONSIVE_S = 20.0
N_SHOWN = 30  # actions in the message of a failure
# Qt's warnings about threads, painters and deleted objects: each is a fault of the program.
_BAD = re.compile(r"QThread|QObject|QBasicTimer|QSocketNotifier|QPainter|thread|QCoreApplication|QAbstractItem|QModel")

Action = Callable[[], str]


class FaultError(AssertionError):
    """The program is at fault; the message ends with the last actions."""


class _ErrorLog(logging.Handler):
    """Collects the errors that the program logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class Monkey:
    """Acts on one window after the other, with one home folder.

    Parameters
    ----------
    folder
        The folder for its input files; it writes nowhere else.
    messages
        Returns Qt's messages so far: pairs of level and text.
    """

    def __init__(self, seed: int, folder: Path, messages: Callable[[], list[tuple[str, str]]]) -> None:
        self.seed, self._messages = seed, messages
        self._rng = random.Random(seed)
        # Answers to dialogs have a generator of their own: their times vary, and the actions must stay the same.
        self._dialog_rng = random.Random(seed + 1)
        self.inputs = SampleInputs(folder, self._rng)
        self._dialog_inputs = SampleInputs(folder.with_name("answers"), self._dialog_rng)
        self.done: list[str] = []
        self.n_runs = self.n_windows = 0
        self.kinds = Counter[str]()
        self._n_read = 0
        self._is_open, self._is_playing = True, False
        self._counted: object = None  # the session whose events are watched
        self._storage_failure = ""  # why the current run cannot be stored
        self._may_discard = False  # a dialog has confirmed that the run may be discarded
        self._lost: list[str] = []
        self._action_tick = 0
        self._tick_number = 0
        self._log = _ErrorLog()
        log.addHandler(self._log)
        self._reporter = ErrorReporter()
        self._reporter.reported.connect(self._report)
        self.catch = self._reporter.catch
        self._watch = Watch(MAX_UNRESPONSIVE_S)
        self._watch.start()
        self._actions: list[tuple[int, Action]] = [
            (14, self._click), (16, self._drag), (8, self._draw), (5, self._wheel), (4, self._context_menu),
            (8, self._press_key), (6, self._type), (8, self._shortcut), (7, self._trigger), (4, self._resize),
            (3, self._change_tab), (3, self._drop), (3, self._open_file), (2, self._paste), (3, self._choose),
            (6, self._start), (8, self._control_run), (8, self._handle_runs), (3, self._click_message),
            (1, self._reopen), (3, self._wait), (2, self._block_store),
        ]  # fmt: skip
        self._moved_runs = paths.runs().with_name("aside")
        self._action_log = folder.with_name("actions.txt").open("w", buffering=1)  # survives a crash
        self._open()
        self._tick()

    # -- the loop ------------------------------------------------------------------------------------------------------

    def play(self, seconds: float) -> None:
        """Do one action after the other, and check the program after each."""
        self._is_playing = True
        weights, actions = zip(*self._actions, strict=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            action = self._rng.choices(actions, weights)[0]
            self._do(action)
            QTest.qWait(self._rng.choice(PAUSE_MS))
            self._check()

    def _do(self, action: Action) -> None:
        name = action.__name__.strip("_")
        self.kinds[name] += 1
        self.done.append(name)  # recorded even if it never returns
        print(name, file=self._action_log, end=" … ")
        self._action_tick = self._tick_number
        if not self.window.isVisible():
            self.done[-1] += f": {self._reopen()}"
        try:
            description = action()
        except Exception as error:
            if isinstance(error, RuntimeError) and "already deleted" in str(error):
                description = "it is gone"  # a dialog has deleted the chosen widget meanwhile
            else:
                self.fail(traceback.format_exc())
        self.done[-1] += f": {description}"
        print(self.done[-1], file=self._action_log)

    def _check(self) -> None:
        """Raise FaultError if the program is at fault."""
        problems = [*self._log.messages, *self._lost]
        new = self._messages()[self._n_read :]
        self._n_read += len(new)
        problems += [text for level, text in new if level in ("QtCriticalMsg", "QtFatalMsg") or _BAD.search(text)]
        if self._watch.stack:
            problems.append(f"the window did not respond for {MAX_UNRESPONSIVE_S:g} s:\n{self._watch.stack}")
        if session := self.window.findChild(TrainingSession):
            if session is not self._counted:
                session.happened.connect(self._note_event)
                session.concluded.connect(self._check_end)
                self._counted = session
            problems += _contradictions(self.window, session.state)
        if problems:
            self.fail("\n".join(problems))

    def fail(self, problem: str) -> NoReturn:
        """Raise FaultError with the last actions."""
        last = "\n".join(f"  {number}. {action}" for number, action in list(enumerate(self.done, 1))[-N_SHOWN:])
        raise FaultError(f"{problem}\nseed {self.seed}, {len(self.done)} actions; the last ones:\n{last}")

    def _report(self, message: str, details: str) -> None:
        self.window.report_fault(message, details)

    # -- dialogs and menus ---------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Run every 15 ms, also in the event loops of dialogs and menus, in which an action waits."""
        if not self._is_open:
            return
        # A new timer each time: a timer does not fire again before its slot returns, and this slot may run event loops.
        QTimer.singleShot(15, self._tick)
        self._watch.responded()
        self._tick_number += 1
        if self._is_playing:
            self._answer()

    def _answer(self) -> None:
        """Answer a dialog or a menu, and end a drag."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        waits = self._tick_number - self._action_tick
        if popup is None and modal is None and waits > 60:
            QDrag.cancel()  # a dragged text waits for the release of the button
            QTest.mouseRelease(self.window, LEFT)
        elif self._dialog_rng.random() < 0.3:
            if popup is not None:
                self._answer_popup(popup, waits)
            elif isinstance(modal, QDialog):
                self._answer_dialog(modal)

    def _answer_popup(self, popup: QWidget, waits: int) -> None:
        if waits > 100:
            popup.close()
            return
        key = self._dialog_rng.choice(MENU_KEYS)
        view = popup.findChild(QWidget) if not isinstance(popup, QMenu) else None
        QTest.keyClick(view or popup, key)

    def _answer_dialog(self, dialog: QDialog) -> None:
        if isinstance(dialog, QFileDialog) and self._dialog_rng.random() < 0.7:
            dialog.selectFile(str(self._dialog_inputs.path_to_save()))
            dialog.accept()
        elif isinstance(dialog, QMessageBox) and dialog.buttons() and self._dialog_rng.random() < 0.9:
            button = self._dialog_rng.choice(dialog.buttons())
            self._may_discard |= dialog.buttonRole(button) == QMessageBox.ButtonRole.DestructiveRole
            button.click()
        else:
            dialog.reject()

    # -- replacements of Qt's dialogs ----------------------------------------------------------------------------------

    def file_to_open(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getOpenFileName``; a fifth of the time with an empty path."""
        return (str(self._dialog_inputs.path()) if self._dialog_rng.random() < 0.8 else ""), ""

    def file_to_save(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getSaveFileName``."""
        return (str(self._dialog_inputs.path_to_save()) if self._dialog_rng.random() < 0.8 else ""), ""

    def folder(self, *asked: object, **more: object) -> str:
        """Answer ``QFileDialog.getExistingDirectory``."""
        return self.file_to_open()[0]

    def words(self, *asked: object, **more: object) -> tuple[str, bool]:
        """Answer ``QInputDialog.getText`` and ``getMultiLineText``."""
        return self._dialog_inputs.text(), self._dialog_rng.random() < 0.8

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
                self._storage_failure, self._may_discard = "", False
            case StorageChanged():
                self._storage_failure = event.reason
            case Moved() if event.run is not None:
                self._storage_failure = ""

    def _check_end(self, outcome: RunOutcome) -> None:
        """Record a loss if a run that could not be stored ended without a network, unless it could be discarded."""
        if self._storage_failure and outcome.model is None and not outcome.error and not self._may_discard:
            self._lost.append(f"a run that could not be stored ({self._storage_failure}) was lost")
        self._storage_failure = ""

    def _reopen(self) -> str:
        """Close the window, which may ask what to do with a run; if it has closed, open another."""
        self.window.close()
        for _ in range(self._rng.randrange(10)):
            QTest.qWait(10)
        if self.window.isVisible():
            return "it stayed"
        self._delete_window()
        self._open()
        return "another window"

    def _delete_window(self) -> None:
        """Delete a closed window; none of its threads may be left."""
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

    # -- actions -------------------------------------------------------------------------------------------------------

    def _widget(self) -> QWidget:
        """Return a visible widget."""
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.windowHandle() is not None]
        pool = [each for top in tops for each in (top, *top.findChildren(QWidget))]
        pool = [each for each in pool if each.isVisible() and not each.visibleRegion().isEmpty()]
        return self._rng.choice(pool or [self.window])

    def _position(self, widget: QWidget) -> QPoint:
        """Return a position on a widget, in coordinates of its window."""
        region = widget.visibleRegion().boundingRect()
        x = region.x() + self._rng.randrange(max(region.width(), 1))
        y = region.y() + self._rng.randrange(max(region.height(), 1))
        return widget.mapTo(widget.window(), QPoint(x, y))

    def _click(self) -> str:
        widget, button, modifier = self._widget(), self._rng.choice(BUTTONS), self._rng.choice(MODIFIERS)
        position, handle = self._position(widget), widget.window().windowHandle()
        click = QTest.mouseDClick if self._rng.random() < 0.15 else QTest.mouseClick
        description = (
            f"{click.__name__} {button.name} {modifier.name} on {_describe(widget)} at {position.x()}, {position.y()}"
        )
        click(handle, button, modifier, position)
        return description

    def _drag(self) -> str:
        widget = self._widget()
        return f"{_describe(widget)}, {self._drag_on(widget, self._rng.randrange(1, 12))} positions"

    def _draw(self) -> str:
        n = self._drag_on(self.window.pad_panel.pad, self._rng.randrange(2, 25))
        return f"{n} positions"

    def _drag_on(self, widget: QWidget, n: int) -> int:
        top, handle = widget.window(), widget.window().windowHandle()
        positions = [self._position(widget) for _ in range(n)]
        if self._rng.random() < 0.2:  # and outside of the window
            positions.append(QPoint(*(self._rng.randrange(-50, size + 50) for size in top.size().toTuple())))
        QTest.mousePress(handle, LEFT, self._rng.choice(MODIFIERS), positions[0])
        for position in positions[1:]:
            QTest.mouseMove(handle, position)
            if self._rng.random() < 0.05:
                self._press_key()
        if self._rng.random() < 0.95:  # else the release is lost
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
        description = f"{delta.y()} on {_describe(widget)}"
        QApplication.sendEvent(widget, event)
        return description

    def _context_menu(self) -> str:
        widget = self._widget()
        position = widget.mapFrom(widget.window(), self._position(widget))
        reason = self._rng.choice((QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard))
        description = f"{reason.name} on {_describe(widget)}"
        QApplication.sendEvent(widget, QContextMenuEvent(reason, position, widget.mapToGlobal(position)))
        return description

    def _target(self) -> QWidget:
        focused = QApplication.activePopupWidget() or QApplication.focusWidget()
        return focused if focused is not None and self._rng.random() < 0.7 else self._widget()

    def _press_key(self) -> str:
        widget, key, modifier = self._target(), self._rng.choice(KEYS), self._rng.choice(MODIFIERS)
        description = f"{modifier.name} {key.name} to {_describe(widget)}"
        QTest.keyClick(widget, key, modifier)
        return description

    def _type(self) -> str:
        widget, text = self._target(), self.inputs.text()
        description = f"{text[:40]!r} to {_describe(widget)}"
        for letter in text[:40]:
            QTest.keyClick(widget, letter if letter.isascii() and letter.isprintable() else Qt.Key.Key_Space)
        if self._rng.random() < 0.5:
            QTest.keyClick(widget, Qt.Key.Key_Return)
        return description

    def _shortcut(self) -> str:
        letter = self._rng.choice(SHORTCUTS)
        widget = self._target()
        description = f"Ctrl+{letter} to {_describe(widget)}"
        QTest.keyClick(widget, letter.lower(), Qt.KeyboardModifier.ControlModifier)
        return description

    def _trigger(self) -> str:
        actions = [action for action in _all_actions(self.window.menuBar().actions()) if action.isEnabled()]
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

    def _change_tab(self) -> str:
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

    def _open_file(self) -> str:
        picture = self.inputs.picture()
        given: Path | QImage = self.inputs.path() if picture.isNull() or self._rng.random() < 0.8 else picture
        description = given.name if isinstance(given, Path) else f"picture {given.width()} × {given.height()}"
        self.window.workbench.open_given(given)
        return description

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
        self._ensure_lab()
        panel = self.window.workbench.lab.panel
        panel.set_data("synthetic:300")
        epochs = self._rng.choice((1, 10, 10, 100, 5000))
        panel.form.set_config(dataclasses.replace(SMALL, epochs=epochs, seed=self._rng.randrange(99)))
        panel.controls.start_button.click()
        return f"{epochs} epochs"

    def _control_run(self) -> str:
        self._ensure_lab()
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
        """Select runs and trigger an action of the list."""
        self._ensure_lab()
        store = self.window.workbench.lab.runs_view
        self.window.workbench.lab.tabs.setCurrentWidget(store)
        model = store.view.model()
        if not model.rowCount():
            return "none"
        row = self._rng.randrange(model.rowCount())
        store.view.selectRow(row)
        if self._rng.random() < 0.2:
            index = model.index(row, 0)
            ticked = model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            model.setData(index, state.value, Qt.ItemDataRole.CheckStateRole)
            return f"ticks {row}"
        if self._rng.random() < 0.1:
            store.view.selectAll()
        names = [name for name, action in store.actions_by_name.items() if action.isEnabled()]
        if not names:
            return "nothing can be done"
        name = self._rng.choice([*names, "resume"] if "resume" in names else names)
        store.actions_by_name[name].trigger()
        return f"{name} {row} of {model.rowCount()}"

    def _click_message(self) -> str:
        self._ensure_lab()
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
        """Replace the folder of the runs by a file, so that nothing can be written; the next time, restore it."""
        if self._moved_runs.exists():
            self._unblock_store()
            return "unblocked"
        session = self.window.findChild(TrainingSession)
        if session is not None and (
            session.state is RunState.PREPARING or not (session.is_active or session.is_settled)
        ):
            return "not now"  # a run that is being stored may create the folder in between
        paths.runs().mkdir(parents=True, exist_ok=True)
        paths.runs().rename(self._moved_runs)
        paths.runs().write_text("not a folder")
        return "blocked"

    def _unblock_store(self) -> None:
        if self._moved_runs.exists():
            paths.runs().unlink()
            self._moved_runs.rename(paths.runs())

    def _ensure_lab(self) -> None:
        if self.window.findChild(TrainingSession) is None:
            self.window.add_curves()

    # -- the end -------------------------------------------------------------------------------------------------------

    def rest(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        """End the run; then the window must recognise a digit, train and store a run.

        ``wait`` returns as soon as a condition holds, and fails if it never does.
        """
        self.done.append("rest")
        QTest.mouseRelease(self.window, LEFT)
        wait(lambda: QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None)
        self._is_playing = False
        if not self.window.isVisible():
            self._delete_window()
            self._open()
        window = self.window
        self._ensure_lab()
        for other in QApplication.topLevelWidgets():
            if other is not window and other.isVisible():
                other.close()
        session = window.workbench.session
        if session.is_active:
            self._may_discard = True
            self._rng.choice((session.stop, session.cancel))()
        wait(lambda: session.is_settled)
        self._unblock_store()
        view = window.workbench.lab.runs_view.view
        for editor in view.viewport().findChildren(QLineEdit):  # the list is not updated during editing
            QTest.keyClick(editor, Qt.Key.Key_Escape)
        wait(lambda: view.state() != QAbstractItemView.State.EditingState)
        window.workbench.lab.runs.refresh()
        if window.workbench.models.has_unsaved():  # else closing asks about it
            window.workbench.models.save(self._moved_runs.with_name("kept.safetensors"))
        table, store = window.workbench.lab.runs_view.table, window.workbench.lab.runs.store
        listed = [table.entry(row).id for row in range(table.rowCount())]
        if listed != [run.id for run in store.runs()] and window.workbench.lab.runs_view.isVisible():
            self.fail(f"the list of runs shows {listed}, the run store has {[run.id for run in store.runs()]}")
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
        window.pad_panel.pad.clear()
        draw_seven(window.pad_panel.pad)
        prediction = window.pad_panel.prediction_view.accessibleName
        if not prediction().startswith("7, "):
            self.fail(f"a seven was predicted as {prediction()!r}")

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
            self.fail(f"a run at the end was not stored: {outcomes[0]}")

    def end(self) -> None:
        """Close the window and stop all timers and threads."""
        self._is_open = self._is_playing = False
        if hasattr(self, "window"):
            if self.window.findChild(TrainingSession) is not None:
                self.window.workbench.session.shut_down()
            self.window.close()
            self._delete_window()
        QGuiApplication.clipboard().clear()  # else Qt deletes its data after Python has ended
        self._watch.stop()
        self._action_log.close()
        log.removeHandler(self._log)


def _contradictions(window: MainWindow, state: RunState) -> list[str]:
    """Return the buttons and menu items that contradict a state."""
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


def _all_actions(actions: Sequence[QAction]) -> list[QAction]:
    """Return the actions of menus and of their submenus."""
    found = []
    for action in actions:
        menu = action.menu()
        found += _all_actions(menu.actions()) if isinstance(menu, QMenu) else [action] if action.text() else []
    return found


def _describe(widget: QWidget) -> str:
    """Return a widget's class and name for messages."""
    words = widget.objectName() or widget.accessibleName()
    return f"{type(widget).__name__} {words[:30]}".strip()
