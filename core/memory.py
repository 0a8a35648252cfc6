"""Memory that was used once and is not any more: given back to the system where the C library keeps it."""

import ctypes
import functools
import sys
from collections.abc import Callable


def give_back() -> None:
    """Give back what has been freed; where that cannot be asked for, do nothing.

    glibc keeps freed pieces of up to 32 MiB for its own use, wherever something lies behind them: what loading MNIST
    or writing a state down took would stay the process's. Takes 2 to 3 ms, without the interpreter's lock.
    """
    if trim := _malloc_trim():
        trim(0)


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim.argtypes, trim.restype = (ctypes.c_size_t,), ctypes.c_int
    return trim
