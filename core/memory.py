"""Return freed memory to the system, where the C library keeps it."""

import ctypes
import sys
from collections.abc import Callable


def give_back() -> None:
    """Return freed memory to the system; do nothing where the C library has no function for it.

    glibc keeps freed blocks of up to 32 MiB while a later block is in use: the process would keep the memory that
    loading MNIST or writing a state took. Takes 2 to 3 ms, and releases the GIL.
    """
    if trim := _malloc_trim():
        trim(0)


def _malloc_trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim.argtypes, trim.restype = (ctypes.c_size_t,), ctypes.c_int
    return trim
