"""How many threads the matrix products use: a property of a run, set once and recorded with it.

OpenBLAS gives other bits with another number of threads, and its threads spin while they wait: one too many, beside a
window that wants to be smooth, costs more than it brings.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import ConfigError

MAX_THREADS = 64
_ONE_RUN = threading.Lock()


def available() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default(*, window: bool, deforms: bool = False) -> int:
    """Return the number of threads for a run: all cores (at most 8), but for one that is needed otherwise.

    A window needs one to stay smooth; a run that deforms digits, to make the next batch meanwhile.
    """
    return max(min(available(), 8) - (1 if window or deforms else 0), 1)


@contextmanager
def limited(n_threads: int) -> Iterator[None]:
    """Let NumPy use ``n_threads`` within the block. It costs 0.35 ms: once a run, never once a batch.

    The number belongs to the whole process: a second block, in another thread, waits until the first has ended.
    """
    from threadpoolctl import threadpool_limits

    if not 1 <= n_threads <= MAX_THREADS:
        raise ConfigError(f"the number of threads goes from 1 to {MAX_THREADS}, not {n_threads}")
    with _ONE_RUN, threadpool_limits(limits=n_threads, user_api="blas"):
        yield
