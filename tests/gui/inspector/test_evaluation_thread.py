"""Evaluations in a thread: the result of the newest job, and the reason if it fails."""

import threading

import pytest

from core.errors import DataError
from gui.inspector.evaluation_thread import Evaluated, EvaluationThread
from gui.shell.job_thread import Failed


@pytest.fixture
def evaluation(qtbot):
    thread = EvaluationThread()
    yield thread
    thread.shut_down()


def result(title):
    return Evaluated(None, None, title)


def test_the_result_of_a_job_is_emitted(qtbot, evaluation):
    with qtbot.waitSignal(evaluation.ended) as ended:
        evaluation.evaluate(lambda: result("first"))
    assert ended.args[0].title == "first"


def test_only_the_newest_job_has_a_result(qtbot, evaluation):
    goes_on, titles = threading.Event(), []
    evaluation.ended.connect(lambda evaluated: titles.append(evaluated.title))
    evaluation.evaluate(lambda: goes_on.wait() and result("first"))
    with qtbot.waitSignal(evaluation.ended):
        evaluation.evaluate(lambda: result("second"))
    goes_on.set()
    with qtbot.waitSignal(evaluation.ended):
        evaluation.evaluate(lambda: result("third"))
    assert titles == ["second", "third"]


def test_a_forgotten_job_has_no_result(qtbot, evaluation):
    with qtbot.assertNotEmitted(evaluation.ended, wait=50):
        evaluation.evaluate(lambda: result("first"))
        evaluation.forget()


def test_an_error_is_a_reason_without_details(qtbot, evaluation):
    def fail():
        raise DataError("the file is gone")

    with qtbot.waitSignal(evaluation.ended) as ended:
        evaluation.evaluate(fail)
    assert ended.args == [Failed("the file is gone")]


def test_a_fault_in_the_program_has_its_traceback(qtbot, evaluation):
    with qtbot.waitSignal(evaluation.ended) as ended:
        evaluation.evaluate(lambda: 1 / 0)
    (failed,) = ended.args
    assert failed.reason == "A fault in the program: division by zero"
    assert "ZeroDivisionError" in failed.details
