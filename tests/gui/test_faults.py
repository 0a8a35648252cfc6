"""A fault of the program reaches the user once, with its details, and the log."""

import logging
import sys
import threading

import pytest

from core import places
from gui import faults


@pytest.fixture
def reporter(qtbot):
    faults.start_log()
    yield faults.FaultReporter()
    for handler in list(faults.log.handlers):
        handler.close()
        faults.log.removeHandler(handler)


def raise_and_catch(reporter):
    try:
        raise ZeroDivisionError("a slot failed")
    except ZeroDivisionError:
        reporter.catch(*sys.exc_info())


def test_it_is_reported_with_its_traceback_and_logged(qtbot, reporter):
    with qtbot.waitSignal(reporter.reported) as said:
        raise_and_catch(reporter)
    sentence, details = said.args
    assert sentence == "a slot failed"
    assert "ZeroDivisionError" in details
    assert "raise_and_catch" in details
    assert "a slot failed" in (places.logs() / "digitpad.log").read_text(encoding="utf-8")


def test_one_from_another_thread_is_reported_in_the_gui_thread(qtbot, reporter, window):
    reporter.reported.connect(window.report_fault)
    thread = threading.Thread(target=raise_and_catch, args=(reporter,))
    with qtbot.waitSignal(reporter.reported):
        thread.start()
    thread.join()
    assert "a slot failed" in window.lab.notice.text
    window.pad_panel.tools.random_digit.trigger()  # and the window goes on


def test_the_hook_is_installed(reporter, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    reporter.install()
    assert sys.excepthook == reporter.catch


def test_without_a_place_for_the_log_the_program_runs_without_it(qtbot):
    places.logs().parent.mkdir(parents=True, exist_ok=True)
    places.logs().write_text("a file where the folder should be")
    before = list(faults.log.handlers)
    faults.start_log()
    assert faults.log.handlers == before
    assert logging.getLogger("digitpad") is faults.log
