"""The number of threads of the matrix products: set within a block, and restored after it."""

import os
import threading

import pytest
from threadpoolctl import threadpool_info

from core import threads
from core.errors import ConfigError


def blas():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_the_number_is_set_within_the_block_and_restored_after_it():
    before = blas()
    assert before, "NumPy's BLAS can be configured"
    with threads.limited(1):
        assert set(blas()) == {1}
    assert blas() == before


def test_it_is_restored_after_an_error():
    before = blas()
    with pytest.raises(ZeroDivisionError), threads.limited(1):
        raise ZeroDivisionError
    assert blas() == before


@pytest.mark.parametrize("n", [0, -1, 65, 10**9])
def test_numbers_out_of_range(n):
    with pytest.raises(ConfigError, match=rf"from 1 to 64, not {n}"), threads.limited(n):
        pytest.fail("it ran")


@pytest.mark.parametrize(("cores", "alone", "window"), [(1, 1, 1), (2, 2, 1), (8, 8, 7), (64, 8, 7)])
def test_a_window_leaves_one_core_free(monkeypatch, cores, alone, window):
    monkeypatch.setattr(threads, "available", lambda: cores)
    assert threads.default(window=False) == alone
    assert threads.default(window=True) == window
    assert threads.default(window=False, deforms=True) == window  # it deforms the next batch


def test_the_available_cores_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3, 5}, raising=False)
    assert threads.available() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads.available() == 1


def test_a_second_block_waits_until_the_first_has_ended():
    began, entered = threading.Event(), threading.Event()

    def second():
        began.set()
        with threads.limited(1):
            entered.set()

    thread = threading.Thread(target=second)
    with threads.limited(1):
        thread.start()
        assert began.wait(30)
        assert not entered.wait(0.1)
    assert entered.wait(30)
    thread.join()
