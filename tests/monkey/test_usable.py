"""A fault in any part of the program is one message with details and one entry in the log; the window stays usable."""

import dataclasses
import sys

import pytest
from monkey import LEFT, SMALL, draw_seven
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.files import paths
from core.runs.run import Run, Status
from core.runs.run_store import RunStore
from core.training import loop
from gui.inspector import inspector_controller
from gui.main_window import MainWindow
from gui.runs.runs_view import RunAction
from gui.shell import error_reporting
from gui.shell.preferences import Preferences
from gui.training import confirmations
from gui.training.confirmations import Closing
from gui.training.events import Progressed
from gui.training.session import RunState

WAIT_MS = 60_000
LONG = dataclasses.replace(SMALL, epochs=5000)


@pytest.fixture
def window(qtbot, monkeypatch):
    """The real window, with the log and the exception hook of the program."""
    monkeypatch.setattr(confirmations, "ask_before_closing", lambda parent, session: Closing.KEEP)
    window = MainWindow(Preferences())
    error_reporting.start_log()
    reporter = error_reporting.ErrorReporter()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    reporter.install()
    reporter.reported.connect(window.report_fault)
    with qtbot.waitExposed(window):
        window.show()
    window.add_curves()
    yield window
    window.workbench.session.shut_down()
    window.close()
    window.deleteLater()
    for handler in list(error_reporting.log.handlers):
        handler.close()
        error_reporting.log.removeHandler(handler)


@pytest.fixture
def messages(window, monkeypatch):
    """The messages that the window has shown: text and details of each."""
    shown = []
    show = window.workbench.lab.message_bar.show_message

    def note(message):
        shown.append((message.text, message.details))
        show(message)

    monkeypatch.setattr(window.workbench.lab.message_bar, "show_message", note)
    return shown


@pytest.fixture
def run(qtbot, window):
    """A run with at least one batch done."""
    window.workbench.lab.panel.set_data("synthetic:300")
    window.workbench.lab.panel.form.set_config(LONG)
    with qtbot.waitSignal(window.workbench.session.happened, timeout=WAIT_MS, check_params_cb=is_progress):
        window.workbench.lab.panel.controls.start_button.click()


def is_progress(event):
    return isinstance(event, Progressed)


def fail(*arguments, **more):
    raise ZeroDivisionError("it was only a test")


def copied(window):
    """Press the only button of the message; return what it copies."""
    (button,) = (each for each in window.workbench.lab.message_bar.findChildren(QPushButton) if each.isVisible())
    assert button.text() == "Copy details"
    button.click()
    return QGuiApplication.clipboard().text()


def logged():
    return (paths.logs() / "digitpad.log").read_text(encoding="utf-8")


def check_usable(qtbot, window):
    """Draw a digit, which is recognised, and train a network, which is stored."""
    window.pad_panel.tools.clear.trigger()
    draw_seven(window.pad_panel.pad)
    assert window.pad_panel.prediction_view.accessibleName().startswith("7, ")
    window.workbench.lab.panel.form.set_config(SMALL)
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=WAIT_MS) as concluded:
        window.workbench.lab.panel.controls.start_button.click()
    assert concluded.args[0].model is not None
    assert concluded.args[0].run.id in [run.id for run in RunStore().runs() if isinstance(run, Run)]


def test_a_fault_in_a_slot(qtbot, window, messages, run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(window.recognition, "_recognised", fail)
        QTest.mouseClick(window.pad_panel.pad, LEFT)
        qtbot.waitUntil(lambda: bool(messages))
    assert [text for text, _ in messages] == ["A fault in the program: it was only a test"]
    assert "ZeroDivisionError" in copied(window)
    assert logged().count("Traceback") == 1
    assert window.workbench.session.state is RunState.RUNNING
    window.workbench.session.stop()
    qtbot.waitUntil(lambda: not window.workbench.session.is_active, timeout=WAIT_MS)
    (kept,) = RunStore().runs()
    assert (kept.status, kept.model() is not None) == (Status.STOPPED, True)
    check_usable(qtbot, window)


def test_a_fault_at_each_tick_of_a_timer_is_one_message(qtbot, window, messages, run):
    ticks = []
    timer = QTimer()

    def tick():
        ticks.append(None)
        fail()

    timer.timeout.connect(tick)
    timer.start(0)
    qtbot.waitUntil(lambda: len(ticks) > 500, timeout=WAIT_MS)
    timer.stop()
    assert len(messages) == 1
    assert logged().count("Traceback") == 1
    assert len(logged()) < 5000
    window.workbench.session.cancel()
    check_usable(qtbot, window)


def test_a_fault_in_the_worker(qtbot, window, messages, run, monkeypatch):
    window.workbench.session.pause()
    window.workbench.session.leave()
    qtbot.waitUntil(lambda: not window.workbench.session.is_active, timeout=WAIT_MS)
    (left,) = RunStore().runs()
    fit = loop.fit

    def fit_badly(*arguments):
        for number, record in enumerate(fit(*arguments)):
            yield record
            if number == 20:
                fail()

    messages.clear()
    with monkeypatch.context() as patch, qtbot.waitSignal(window.workbench.session.concluded, timeout=WAIT_MS):
        patch.setattr(loop, "fit", fit_badly)
        window.workbench.lab.training.resume(left)
    assert [text for text, _ in messages] == ["A fault in the program ended the run: it was only a test"]
    assert "fit_badly" in copied(window)
    assert logged().count("Traceback") == 1
    (kept,) = RunStore().runs()
    assert (kept.status, kept.step) == (Status.INTERRUPTED, left.step)  # and it can be resumed
    with qtbot.waitSignal(window.workbench.session.happened, timeout=WAIT_MS, check_params_cb=is_progress):
        window.workbench.lab.training.resume(kept)
    window.workbench.session.stop()
    qtbot.waitUntil(lambda: not window.workbench.session.is_active, timeout=WAIT_MS)
    assert RunStore().runs()[0].status is Status.STOPPED
    check_usable(qtbot, window)


def test_a_fault_in_an_evaluation(qtbot, window, messages, monkeypatch):
    check_usable(qtbot, window)
    monkeypatch.setattr(inspector_controller.dataset_predictions, "predict_dataset", fail)
    with qtbot.waitSignal(window.workbench.lab.inspector.evaluation.ended, timeout=WAIT_MS):
        window.workbench.lab.runs_view.requested.emit(RunAction.EVALUATE, [RunStore().runs()[0]])
    assert "it was only a test" in messages[-1][0]
    assert "ZeroDivisionError" in copied(window)
    assert logged().count("Traceback") == 1


def test_a_fault_in_a_download(qtbot, window, messages, monkeypatch):
    monkeypatch.setattr("core.data.mnist.download", fail)
    with qtbot.waitSignal(window.workbench.mnist_download.ended, timeout=WAIT_MS):
        window.workbench.mnist_download.download()
    assert "it was only a test" in messages[-1][0]
    assert "ZeroDivisionError" in copied(window)
    assert logged().count("Traceback") == 1


def test_a_fault_in_the_reading_of_a_picture(qtbot, window, messages, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        patch.setattr("core.formats.picture_file.load", fail)
        window.workbench.open_given(tmp_path / "seven.png")
        qtbot.waitUntil(lambda: bool(messages) and bool(messages[-1][1]), timeout=WAIT_MS)
        assert "it was only a test" in messages[-1][0]
        assert "ZeroDivisionError" in copied(window)
        with qtbot.waitSignal(window.workbench.pictures.ended, timeout=WAIT_MS):
            window.workbench.open_given((tmp_path / "seven.png", tmp_path / "eight.png"))
    assert [reading.error.count("only a test") for reading in window.workbench.pictures.readings] == [1, 1]
    assert logged().count("Traceback") == 3
    window.workbench.pictures.dialog.close()
    check_usable(qtbot, window)
