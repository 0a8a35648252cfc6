"""Jobs one at a time: the newest waits for the one before, and those between are never begun."""

import threading

import pytest

from gui.recognition.reading_thread import ReadingThread


@pytest.fixture
def reading(qtbot):
    thread = ReadingThread()
    yield thread
    thread.shut_down()


def test_the_result_of_a_job_is_emitted(qtbot, reading):
    with qtbot.waitSignal(reading.ended) as ended:
        reading.read(lambda tick: "first")
        assert reading.is_busy
    assert ended.args == ["first"]
    assert not reading.is_busy


def test_a_newer_job_waits_for_the_one_before_and_those_between_are_dropped(qtbot, reading):
    begun, goes_on, order = threading.Event(), threading.Event(), []

    def first(tick):
        begun.set()
        goes_on.wait()
        order.append("first")
        return "first"

    results = []
    reading.ended.connect(results.append)
    reading.read(first)
    begun.wait()
    reading.read(lambda tick: order.append("second"))
    reading.read(lambda tick: order.append("third") or "third")
    assert order == []
    with qtbot.waitSignal(reading.ended):
        goes_on.set()
    assert (order, results) == (["first", "third"], ["third"])


def test_a_forgotten_job_has_no_result(qtbot, reading):
    with qtbot.assertNotEmitted(reading.ended, wait=50):
        reading.read(lambda tick: "first")
        reading.forget()
    assert not reading.is_busy


def test_the_end_waits_for_the_job_and_begins_no_other(reading):
    begun, goes_on, order = threading.Event(), threading.Event(), []

    def first(tick):
        begun.set()
        goes_on.wait()
        order.append("first")

    reading.read(first)
    begun.wait()
    reading.read(lambda tick: order.append("second"))
    goes_on.set()
    reading.shut_down()
    assert order == ["first"]
