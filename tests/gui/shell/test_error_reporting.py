"""An uncaught exception is logged, and reported to the user once, with its traceback."""

import logging
import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication

from core.files import paths
from gui.shell import error_reporting


@pytest.fixture
def reporter(qtbot):
    error_reporting.start_log()
    yield error_reporting.ErrorReporter()
    for handler in list(error_reporting.log.handlers):
        handler.close()
        error_reporting.log.removeHandler(handler)


def raise_and_catch(reporter):
    try:
        raise ZeroDivisionError("a slot failed")
    except ZeroDivisionError:
        reporter.catch(*sys.exc_info())


def test_it_is_reported_with_its_traceback_and_logged(qtbot, reporter):
    with qtbot.waitSignal(reporter.reported) as report:
        raise_and_catch(reporter)
    sentence, details = report.args
    assert sentence == "a slot failed"
    assert "ZeroDivisionError" in details
    assert "raise_and_catch" in details
    assert "a slot failed" in (paths.logs() / "digitpad.log").read_text(encoding="utf-8")


def test_one_from_another_thread_is_reported_in_the_gui_thread(qtbot, reporter, window):
    reporter.reported.connect(window.report_fault)
    thread = threading.Thread(target=raise_and_catch, args=(reporter,))
    with qtbot.waitSignal(reporter.reported):
        thread.start()
    thread.join()
    assert "a slot failed" in window.workbench.lab.message_bar.text
    window.pad_panel.tools.random_digit.trigger()  # the window still works


def test_a_repeated_error_is_reported_and_logged_once_and_then_counted(qtbot, reporter):
    reports = []
    reporter.reported.connect(lambda sentence, details: reports.append(sentence))
    for _ in range(2000):
        raise_and_catch(reporter)
    with qtbot.waitSignal(reporter.reported):
        pass
    assert reports == ["a slot failed"]
    lines = (paths.logs() / "digitpad.log").read_text(encoding="utf-8").splitlines()
    assert sum("Traceback" in line for line in lines) == 1
    counted = [line.rsplit(" ", 2)[1] for line in lines if "the same error" in line]
    assert counted == ["10th", "100th", "1000th"]


def test_an_error_that_recurs_later_is_reported_again(qtbot):
    now = [0.0]
    reporter = error_reporting.ErrorReporter(clock=lambda: now[0])
    reports = []
    reporter.reported.connect(lambda sentence, details: reports.append(now[0]))
    for now[0] in (0, 9, 18, 40):  # each but the last within ten seconds of the one before
        raise_and_catch(reporter)
        QApplication.processEvents()
    assert reports == [0, 40]


def test_errors_from_other_locations_are_reported_beside_a_repeated_one(qtbot, reporter):
    reports = []
    reporter.reported.connect(lambda sentence, details: reports.append(sentence))
    raise_and_catch(reporter)
    raise_and_catch(reporter)
    try:
        raise KeyError("another")
    except KeyError:
        reporter.catch(*sys.exc_info())
    QApplication.processEvents()
    assert reports == ["a slot failed", "'another'"]


def test_the_hook_is_installed(reporter, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    reporter.install()
    assert sys.excepthook == reporter.catch


def test_without_a_log_folder_the_program_runs_without_a_log(qtbot):
    paths.logs().parent.mkdir(parents=True, exist_ok=True)
    paths.logs().write_text("a file where the folder should be")
    before = list(error_reporting.log.handlers)
    error_reporting.start_log()
    assert error_reporting.log.handlers == before
    assert logging.getLogger("digitpad") is error_reporting.log
