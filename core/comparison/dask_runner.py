"""Jobs done on a Dask cluster: the same jobs, and the same results, on as many machines as it has.

Its workers need this program, and the same digits: each checks that it has them. It is an extra: ``digitpad[cluster]``.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

from core.comparison.job import Job, Result, run
from core.errors import DigitpadError

TIMEOUT_S = 10


class DaskRunner:
    """A runner: call it with jobs, and it yields each with its result when that is there.

    Where the iteration is left, by Ctrl-C or otherwise, the jobs that are not done are cancelled.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
        """Do the jobs, in any order; raise DigitpadError where there is no cluster, or one cannot be done."""
        if not jobs:
            return
        with self._client() as client:
            # Not pure: what has failed is done anew, and not remembered.
            futures = {client.submit(do, job.as_dict(), pure=False): job for job in jobs}
            try:
                for future in imported().as_completed(futures, loop=client.loop):
                    yield futures[future], _result(future, futures[future])
            finally:
                client.cancel(list(futures))

    def _client(self) -> Any:
        distributed = imported()
        try:
            asyncio.run(_reach(self.address))
            return distributed.Client(self.address, timeout=TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise DigitpadError(f"there is no Dask cluster at {self.address}: {error}") from None


async def _reach(address: str) -> None:
    """Raise OSError where no scheduler answers: a Client that reaches none would hang at its end."""
    comm = await imported().comm.connect(address, timeout=TIMEOUT_S)
    await comm.close()


def _result(future: Any, job: Job) -> Result:
    run = f"{job.recipe}, seed {job.config.seed}"
    try:
        result: Result = future.result()
    except ImportError as error:
        raise DigitpadError(f"{run}: the cluster's workers lack this program: {error}") from None
    except (imported().KilledWorker, CancelledError, OSError) as error:
        raise DigitpadError(f"{run}: lost by the cluster ({error}); the same command goes on from here") from None
    return result


def imported() -> Any:
    """Return Dask's module; raise DigitpadError where the extra is not installed."""
    try:
        import distributed
    except ImportError:
        raise DigitpadError('a Dask cluster needs the extra "cluster": pip install "digitpad[cluster]"') from None
    return distributed


def do(job: dict[str, Any]) -> Result:
    """Do a job; runs on a worker."""
    return run(Job.from_dict(job))
