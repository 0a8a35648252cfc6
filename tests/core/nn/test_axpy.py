"""axpy: the same sum by BLAS and by NumPy; by NumPy where BLAS's function is missing or wrong."""

import ctypes

import numpy as np
import pytest
import threadpoolctl

from core.nn import axpy as module
from core.nn.axpy import axpy


class WrongLibrary:
    """A library whose functions all do nothing."""

    def __getattr__(self, name):
        return lambda *arguments: None


@pytest.fixture(params=["blas", "no blas", "wrong blas"])
def library(request, monkeypatch):
    """NumPy's own BLAS, a library without the function, and one whose function does something else."""
    module.blas_saxpy.cache_clear()
    if request.param != "blas":
        found = object() if request.param == "no blas" else WrongLibrary()
        monkeypatch.setattr(ctypes, "CDLL", lambda path: found)
        monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: [{"user_api": "blas", "filepath": "blas.so"}])
    yield request.param
    module.blas_saxpy.cache_clear()


@pytest.mark.parametrize("n", [0, 1, 100_003])
def test_adds_a_multiple_in_place(library, n):
    rng = np.random.default_rng(n)
    x, y = rng.standard_normal((2, n + 2), dtype=np.float32)
    expected = y.copy()
    expected[1:-1] += np.float32(-0.3) * x[1:-1]
    axpy(-0.3, x[1:-1], y[1:-1], scratch=np.empty(n, np.float32))
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-6)
    if library != "blas":
        assert module.blas_saxpy() is None


def test_x_may_be_the_scratch(library):
    x, y = np.arange(4, dtype=np.float32), np.ones(4, np.float32)
    axpy(2.0, x, y, scratch=x)
    np.testing.assert_array_equal(y, [1, 3, 5, 7])


def test_doubles_are_added_as_doubles():
    y = np.ones(3)
    axpy(1e-12, np.ones(3), y, scratch=np.empty(3))
    assert (y > 1).all()
