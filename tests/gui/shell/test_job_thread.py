"""A job in a thread: its result, the reason if it fails, and its end when nobody wants it any more."""

import threading

import pytest
from PySide6.QtCore import QObject

from core.errors import DataError
from gui.shell.job_thread import Failed, JobThread


@pytest.fixture
def run(qtbot):
    """Return a function that runs a job to its end, and returns its thread."""
    owner = QObject()

    def run(job):
        thread = JobThread(job, owner)
        with qtbot.waitSignal(thread.finished):
            thread.start()
        thread.wait()
        return thread

    yield run
    owner.deleteLater()


def test_a_job_runs_in_another_thread_and_returns_its_result(run):
    assert run(lambda tick: ("result", threading.get_ident() == threading.main_thread().ident)).result == (
        "result",
        False,
    )


def test_an_error_is_a_reason_without_details(run):
    def fail(tick):
        raise DataError("the file is gone")

    assert run(fail).result == Failed("the file is gone")


def test_a_fault_in_the_program_has_its_traceback(run):
    failed = run(lambda tick: 1 / 0).result
    assert failed.reason == "A fault in the program: division by zero"
    assert "ZeroDivisionError" in failed.details


def test_a_cancelled_job_ends_at_its_next_step(qtbot, qapp):
    begun, goes_on, steps = threading.Event(), threading.Event(), []

    def job(tick):
        begun.set()
        goes_on.wait()
        tick()
        steps.append("second")

    owner = QObject()
    thread = JobThread(job, owner)
    thread.start()
    begun.wait()
    thread.cancel()
    goes_on.set()
    thread.wait()
    assert (steps, thread.result, thread.is_cancelled) == ([], None, True)
    owner.deleteLater()
