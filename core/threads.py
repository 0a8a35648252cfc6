"""The number of threads of the matrix products: set once per run, and recorded with it.

OpenBLAS gives other bits with another number of threads. Its threads spin while they wait: one thread too many, beside
a window that must stay smooth, costs more than it gains.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import ConfigError
from core.messages import tr

MAX_THREADS = 64
_ONE_RUN = threading.Lock()


def available() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default(*, window: bool, deforms: bool = False) -> int:
    """Return the number of threads for a run: all cores, at most 8, less one that is needed elsewhere.

    A window needs a core to stay smooth. A run that deforms digits needs one to prepare the next batch.
    """
    return max(min(available(), 8) - (1 if window or deforms else 0), 1)


@contextmanager
def limited(n_threads: int) -> Iterator[None]:
    """Let NumPy use ``n_threads`` within the block. Costs 0.35 ms: use it once per run, never once per batch.

    The number applies to the whole process: a second block, in another thread, waits until the first one ends.
    """
    from threadpoolctl import threadpool_limits

    if not 1 <= n_threads <= MAX_THREADS:
        raise ConfigError(
            tr("the number of threads goes from 1 to {maximum}, not {number}", maximum=MAX_THREADS, number=n_threads)
        )
    with _ONE_RUN, threadpool_limits(limits=n_threads, user_api="blas"):
        yield
