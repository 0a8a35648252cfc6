"""A monkey at the window: it presses, drags, types, resizes, opens and closes at random, by a seed."""

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
from toys import Toys
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
LEFT, NOTHING_HELD = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BUTTONS = (LEFT, LEFT, LEFT, LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
HELD = (*[NOTHING_HELD] * 6, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
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
DEAF_S = 20.0
N_TOLD = 30  # deeds that a failure tells
# Of threads, painters and objects that are gone: whatever Qt says of those is a fault of the program.
_BAD = re.compile(r"QThread|QObject|QBasicTimer|QSocketNotifier|QPainter|thread|QCoreApplication|QAbstractItem|QModel")

Deed = Callable[[], str]


class FaultError(AssertionError):
    """The program did what it must not; it says what the monkey had done before."""


class _Heard(logging.Handler):
    """Keeps what the program logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Monkey:
    """Plays with one window after the other, on one home.

    Parameters
    ----------
    folder
        Where its toys lie; it writes nowhere else.
    messages
        Returns what Qt has said so far, and how grave that was: pairs of level and text.
    """

    def __init__(self, seed: int, folder: Path, messages: Callable[[], list[tuple[str, str]]]) -> None:
        self.seed, self._messages = seed, messages
        self._rng = random.Random(seed)
        self._other = random.Random(seed + 1)  # for what time decides when: the deeds themselves stay what they are
        self.toys = Toys(folder, self._rng)
        self._answers = Toys(folder.with_name("answers"), self._other)
        self.done: list[str] = []
        self.n_runs = self.n_windows = 0
        self.kinds = Counter[str]()
        self._n_heard = 0
        self._lives, self._plays = True, False
        self._counted: object = None  # the session whose runs are counted
        self._unkept = ""  # why the run that goes on cannot be kept
        self._may_lose = False  # somebody has said that the run may be thrown away
        self._lost: list[str] = []
        self._busy_since = 0
        self._tick_number = 0
        self._log = _Heard()
        log.addHandler(self._log)
        self._reporter = ErrorReporter()
        self._reporter.reported.connect(self._report)
        self.catch = self._reporter.catch
        self._watch = Watch(DEAF_S)
        self._watch.start()
        self._deeds: list[tuple[int, Deed]] = [
            (14, self._press), (16, self._drag), (8, self._draw), (5, self._wheel), (4, self._ask_menu),
            (8, self._hit_key), (6, self._type), (8, self._shortcut), (7, self._trigger), (4, self._resize),
            (3, self._turn_page), (3, self._drop), (3, self._give), (2, self._paste), (3, self._choose),
            (6, self._start), (8, self._steer), (8, self._handle_runs), (3, self._answer_notice), (1, self._reopen),
            (3, self._linger), (2, self._spoil),
        ]  # fmt: skip
        self._aside = paths.runs().with_name("aside")
        self._notes = folder.with_name("deeds.txt").open("w", buffering=1)  # what is left where all ends in a crash
        self._open()
        self._tick()

    # -- the play ------------------------------------------------------------------------------------------------------

    def play(self, seconds: float) -> None:
        """Do one thing after the other, and look after each whether all is well."""
        self._plays = True
        weights, deeds = zip(*self._deeds, strict=True)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            deed = self._rng.choices(deeds, weights)[0]
            self._do(deed)
            QTest.qWait(self._rng.choice(PAUSE_MS))
            self._look()

    def _do(self, deed: Deed) -> None:
        name = deed.__name__.strip("_")
        self.kinds[name] += 1
        self.done.append(name)  # also if it never returns
        print(name, file=self._notes, end=" … ")
        self._busy_since = self._tick_number
        if not self.window.isVisible():
            self.done[-1] += f": {self._reopen()}"
        try:
            said = deed()
        except Exception as error:
            if isinstance(error, RuntimeError) and "already deleted" in str(error):
                said = "it is gone"  # a widget that was chosen, by what a dialog did meanwhile
            else:
                self.fail(traceback.format_exc())
        self.done[-1] += f": {said}"
        print(self.done[-1], file=self._notes)

    def _look(self) -> None:
        """Raise FaultError unless all is well."""
        problems = [*self._log.said, *self._lost]
        new = self._messages()[self._n_heard :]
        self._n_heard += len(new)
        problems += [text for level, text in new if level in ("QtCriticalMsg", "QtFatalMsg") or _BAD.search(text)]
        if self._watch.seen:
            problems.append(f"the window was deaf for {DEAF_S:g} s:\n{self._watch.seen}")
        if session := self.window.findChild(TrainingSession):
            if session is not self._counted:
                session.happened.connect(self._note_event)
                session.concluded.connect(self._judge_end)
                self._counted = session
            problems += _contradictions(self.window, session.state)
        if problems:
            self.fail("\n".join(problems))

    def fail(self, problem: str) -> NoReturn:
        """Raise FaultError, with what was done before."""
        last = "\n".join(f"  {number}. {deed}" for number, deed in list(enumerate(self.done, 1))[-N_TOLD:])
        raise FaultError(f"{problem}\nseed {self.seed}, {len(self.done)} deeds; the last of them:\n{last}")

    def _report(self, sentence: str, details: str) -> None:
        self.window.report_fault(sentence, details)

    # -- what happens by itself ----------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Be there while a dialog or a menu keeps the monkey waiting: a timer goes on in their loops, too."""
        if not self._lives:
            return
        # Another one each time: a timer is not served again before its slot has returned, and this one may open loops.
        QTimer.singleShot(15, self._tick)
        self._watch.heard()
        self._tick_number += 1
        if self._plays:
            self._serve()

    def _serve(self) -> None:
        """Answer a dialog or a menu, and let go what was dragged."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        waits = self._tick_number - self._busy_since
        if popup is None and modal is None and waits > 60:
            QDrag.cancel()  # of a text that was dragged: it waits for the button
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
            dialog.selectFile(str(self._answers.place()))
            dialog.accept()
        elif isinstance(dialog, QMessageBox) and dialog.buttons() and self._other.random() < 0.9:
            button = self._other.choice(dialog.buttons())
            self._may_lose |= dialog.buttonRole(button) == QMessageBox.ButtonRole.DestructiveRole
            button.click()
        else:
            dialog.reject()

    # -- answers to what is asked --------------------------------------------------------------------------------------

    def file_to_open(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getOpenFileName``; one time in five, with nothing."""
        return (str(self._answers.given()) if self._other.random() < 0.8 else ""), ""

    def file_to_save(self, *asked: object, **more: object) -> tuple[str, str]:
        """Answer ``QFileDialog.getSaveFileName``."""
        return (str(self._answers.place()) if self._other.random() < 0.8 else ""), ""

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
                self._unkept, self._may_lose = "", False
            case StorageChanged():
                self._unkept = event.reason
            case Moved() if event.run is not None:
                self._unkept = ""

    def _judge_end(self, outcome: RunOutcome) -> None:
        """What could not be kept must have become a network, unless it was to be thrown away."""
        if self._unkept and outcome.model is None and not outcome.error and not self._may_lose:
            self._lost.append(f"a run that could not be kept ({self._unkept}) was lost")
        self._unkept = ""

    def _reopen(self) -> str:
        """Close the window, which may ask what is to become of a run, and open another where it has closed."""
        self.window.close()
        for _ in range(self._rng.randrange(10)):
            QTest.qWait(10)
        if self.window.isVisible():
            return "it stayed"
        self._leave()
        self._open()
        return "another window"

    def _leave(self) -> None:
        """Take leave of a window that was closed; none of its threads may be left."""
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

    # -- deeds ---------------------------------------------------------------------------------------------------------

    def _widget(self) -> QWidget:
        """Return a widget that can be seen."""
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.windowHandle() is not None]
        pool = [each for top in tops for each in (top, *top.findChildren(QWidget))]
        pool = [each for each in pool if each.isVisible() and not each.visibleRegion().isEmpty()]
        return self._rng.choice(pool or [self.window])

    def _spot(self, widget: QWidget) -> QPoint:
        """Return a place on a widget, in its window."""
        region = widget.visibleRegion().boundingRect()
        x = region.x() + self._rng.randrange(max(region.width(), 1))
        y = region.y() + self._rng.randrange(max(region.height(), 1))
        return widget.mapTo(widget.window(), QPoint(x, y))

    def _press(self) -> str:
        widget, button, held = self._widget(), self._rng.choice(BUTTONS), self._rng.choice(HELD)
        spot, handle = self._spot(widget), widget.window().windowHandle()
        click = QTest.mouseDClick if self._rng.random() < 0.15 else QTest.mouseClick
        said = f"{click.__name__} {button.name} {held.name} on {_called(widget)} at {spot.x()}, {spot.y()}"
        click(handle, button, held, spot)
        return said

    def _drag(self) -> str:
        widget = self._widget()
        return f"{_called(widget)}, {self._drag_on(widget, self._rng.randrange(1, 12))} places"

    def _draw(self) -> str:
        n = self._drag_on(self.window.pad_panel.pad, self._rng.randrange(2, 25))
        return f"{n} places"

    def _drag_on(self, widget: QWidget, n: int) -> int:
        top, handle = widget.window(), widget.window().windowHandle()
        spots = [self._spot(widget) for _ in range(n)]
        if self._rng.random() < 0.2:  # and out of the window
            spots.append(QPoint(*(self._rng.randrange(-50, size + 50) for size in top.size().toTuple())))
        QTest.mousePress(handle, LEFT, self._rng.choice(HELD), spots[0])
        for spot in spots[1:]:
            QTest.mouseMove(handle, spot)
            if self._rng.random() < 0.05:
                self._hit_key()
        if self._rng.random() < 0.95:  # or its release is lost
            QTest.mouseRelease(handle, LEFT, NOTHING_HELD, spots[-1])
        return len(spots)

    def _wheel(self) -> str:
        widget = self._widget()
        spot = QPointF(self._spot(widget))
        delta = QPoint(self._rng.choice((0, 0, 120)), self._rng.choice((-1200, -120, -7, 7, 120, 1200)))
        top = widget.window()
        event = QWheelEvent(
            widget.mapFrom(top, spot), QPointF(top.mapToGlobal(spot)), QPoint(), delta, Qt.MouseButton.NoButton,
            self._rng.choice(HELD), Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        said = f"{delta.y()} on {_called(widget)}"
        QApplication.sendEvent(widget, event)
        return said

    def _ask_menu(self) -> str:
        widget = self._widget()
        spot = widget.mapFrom(widget.window(), self._spot(widget))
        reason = self._rng.choice((QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard))
        said = f"{reason.name} on {_called(widget)}"
        QApplication.sendEvent(widget, QContextMenuEvent(reason, spot, widget.mapToGlobal(spot)))
        return said

    def _target(self) -> QWidget:
        focused = QApplication.activePopupWidget() or QApplication.focusWidget()
        return focused if focused is not None and self._rng.random() < 0.7 else self._widget()

    def _hit_key(self) -> str:
        widget, key, held = self._target(), self._rng.choice(KEYS), self._rng.choice(HELD)
        said = f"{held.name} {key.name} to {_called(widget)}"
        QTest.keyClick(widget, key, held)
        return said

    def _type(self) -> str:
        widget, text = self._target(), self.toys.text()
        said = f"{text[:40]!r} to {_called(widget)}"
        for letter in text[:40]:
            QTest.keyClick(widget, letter if letter.isascii() and letter.isprintable() else Qt.Key.Key_Space)
        if self._rng.random() < 0.5:
            QTest.keyClick(widget, Qt.Key.Key_Return)
        return said

    def _shortcut(self) -> str:
        letter = self._rng.choice(SHORTCUTS)
        widget = self._target()
        said = f"Ctrl+{letter} to {_called(widget)}"
        QTest.keyClick(widget, letter.lower(), Qt.KeyboardModifier.ControlModifier)
        return said

    def _trigger(self) -> str:
        actions = [action for action in _all_of(self.window.menuBar().actions()) if action.isEnabled()]
        actions = [action for action in actions if "Quit" not in action.text() or self._rng.random() < 0.1]
        if not actions:
            return "nothing"
        action = self._rng.choice(actions)
        said = action.text()
        action.trigger()
        return said

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
        QTest.mouseClick(tabs.tabBar(), LEFT, NOTHING_HELD, tabs.tabBar().tabRect(index).center())
        return tabs.tabText(index)

    def _drop(self) -> str:
        data, pad = self.toys.data(), self.window.pad_panel.pad
        actions, place = Qt.DropAction.CopyAction, QPointF(20, 20)
        said = ", ".join(data.formats()) + " " + " ".join(Path(url.path()).name for url in data.urls())
        # Qt 6.12 takes a QPointF and deprecates the QPoint that 6.11 asks for.
        enter = QDragEnterEvent(place if QT_VERSION >= (6, 12) else place.toPoint(), actions, data, LEFT, NOTHING_HELD)
        enter.ignore()
        QApplication.sendEvent(pad, enter)
        if enter.isAccepted():
            QApplication.sendEvent(pad, QDropEvent(place, actions, data, LEFT, NOTHING_HELD))
        return said

    def _give(self) -> str:
        picture = self.toys.picture()
        given: Path | QImage = self.toys.given() if picture.isNull() or self._rng.random() < 0.8 else picture
        said = given.name if isinstance(given, Path) else f"picture {given.width()} × {given.height()}"
        self.window.workbench.open_given(given)
        return said

    def _paste(self) -> str:
        data = self.toys.data()
        said = ", ".join(data.formats())
        QGuiApplication.clipboard().setMimeData(data)
        QTest.keyClick(self._target(), "v", Qt.KeyboardModifier.ControlModifier)
        return said

    def _choose(self) -> str:
        boxes = [
            box for box in self.window.findChildren(QComboBox) if box.isVisible() and box.isEnabled() and box.count()
        ]
        if not boxes:
            return "none"
        box = self._rng.choice(boxes)
        index = self._rng.randrange(box.count())
        said = f"{box.accessibleName()}: {box.itemText(index)}"
        model_index = box.model().index(index, 0)
        if model_index.flags() & Qt.ItemFlag.ItemIsEnabled:
            box.setCurrentIndex(index)
            box.activated.emit(index)
        return said

    def _start(self) -> str:
        self._furnish()
        panel = self.window.workbench.lab.panel
        panel.set_data("synthetic:300")
        epochs = self._rng.choice((1, 10, 10, 100, 5000))
        panel.form.set_config(dataclasses.replace(SMALL, epochs=epochs, seed=self._rng.randrange(99)))
        panel.controls.start_button.click()
        return f"{epochs} epochs"

    def _steer(self) -> str:
        self._furnish()
        panel = self.window.workbench.lab.panel
        buttons = (
            panel.controls.pause_button,
            panel.controls.pause_button,
            panel.controls.stop_button,
            panel.controls.cancel_button,
        )
        button = self._rng.choice(buttons)
        said = f"{button.text()}, {self.window.workbench.session.state.name}"
        if button.isVisible() and button.isEnabled():
            button.click()
        if self._rng.random() < 0.2:
            panel.controls.rate.setValue(self._rng.choice((0.001, 0.5, 3, 1000)))
        return said

    def _handle_runs(self) -> str:
        """Select some runs, and do with them what can be done."""
        self._furnish()
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

    def _answer_notice(self) -> str:
        self._furnish()
        buttons = [each for each in self.window.workbench.lab.message_bar.findChildren(QPushButton) if each.isVisible()]
        if not buttons:
            return "none"
        button = self._rng.choice(buttons)
        said = button.text()
        button.click()
        return said

    def _linger(self) -> str:
        """Let the program do something, for a moment."""
        ms = self._rng.choice((50, 100, 300))
        QTest.qWait(ms)
        return f"{ms} ms"

    def _spoil(self) -> str:
        """Put a file where the runs are kept, for a time: nothing can be written there."""
        if self._aside.exists():
            self._mend()
            return "mended"
        session = self.window.findChild(TrainingSession)
        if session is not None and (
            session.state is RunState.PREPARING or not (session.is_active or session.is_settled)
        ):
            return "not now"  # a run that is put on the shelf may make the folder anew in between
        paths.runs().mkdir(parents=True, exist_ok=True)
        paths.runs().rename(self._aside)
        paths.runs().write_text("not a folder")
        return "spoiled"

    def _mend(self) -> None:
        if self._aside.exists():
            paths.runs().unlink()
            self._aside.rename(paths.runs())

    def _furnish(self) -> None:
        if self.window.findChild(TrainingSession) is None:
            self.window.add_curves()

    # -- the end -------------------------------------------------------------------------------------------------------

    def rest(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        """End what goes on; then the window must answer, learn, and keep what it has learned.

        ``wait`` returns as soon as a condition holds, and fails where it never does.
        """
        self.done.append("rest")
        QTest.mouseRelease(self.window, LEFT)
        wait(lambda: QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None)
        self._plays = False
        if not self.window.isVisible():
            self._leave()
            self._open()
        window = self.window
        self._furnish()
        for other in QApplication.topLevelWidgets():
            if other is not window and other.isVisible():
                other.close()
        session = window.workbench.session
        if session.is_active:
            self._may_lose = True
            self._rng.choice((session.stop, session.cancel))()
        wait(lambda: session.is_settled)
        self._mend()
        view = window.workbench.lab.runs_view.view
        for editor in view.viewport().findChildren(QLineEdit):  # while a name is typed, the list waits
            QTest.keyClick(editor, Qt.Key.Key_Escape)
        wait(lambda: view.state() != QAbstractItemView.State.EditingState)
        window.workbench.lab.runs.refresh()
        if window.workbench.models.has_unsaved():  # or it would be asked for
            window.workbench.models.save(self._aside.with_name("kept.safetensors"))
        table, store = window.workbench.lab.runs_view.table, window.workbench.lab.runs.store
        listed = [table.entry(row).id for row in range(table.rowCount())]
        if listed != [run.id for run in store.runs()] and window.workbench.lab.runs_view.isVisible():
            self.fail(f"the list of runs shows {listed}, the shelf has {[run.id for run in store.runs()]}")
        self._look()
        self._is_answered(wait)
        self._learns(wait)
        self._look()

    def _is_answered(self, wait: Callable[[Callable[[], bool]], None]) -> None:
        window = self.window
        window.showNormal()
        window.resize(1120, 740)
        window.divide()
        wait(lambda: window.pad_panel.pad.width() > 200)
        window.active_model.choose(ModelChoice.SHIPPED)
        window.pad_panel.tools.pen.trigger()
        window.pad_panel.pad.clear()
        draw_seven(window.pad_panel.pad)
        said = window.pad_panel.prediction_view.accessibleName
        if not said().startswith("7, "):
            self.fail(f"a seven was read as {said()!r}")

    def _learns(self, wait: Callable[[Callable[[], bool]], None]) -> None:
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
            self.fail(f"a run after all that was not kept: {outcomes[0]}")

    def end(self) -> None:
        """Close the window, and be no more."""
        self._lives = self._plays = False
        if hasattr(self, "window"):
            if self.window.findChild(TrainingSession) is not None:
                self.window.workbench.session.shut_down()
            self.window.close()
            self._leave()
        QGuiApplication.clipboard().clear()  # or Qt deletes what lies on it when Python is no more
        self._watch.end()
        self._notes.close()
        log.removeHandler(self._log)


def _contradictions(window: MainWindow, state: RunState) -> list[str]:
    """Return where the window shows buttons that make no sense in a state."""
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
    """Return the actions of menus, and of the menus within them."""
    found = []
    for action in actions:
        menu = action.menu()
        found += _all_of(menu.actions()) if isinstance(menu, QMenu) else [action] if action.text() else []
    return found


def _called(widget: QWidget) -> str:
    """Return what a widget is called, for people."""
    words = widget.objectName() or widget.accessibleName()
    return f"{type(widget).__name__} {words[:30]}".strip()
