"""Run jobs on a Dask cluster: they are the same jobs with the same results as on one machine.

The workers need this program and the same data, which each job checks. This needs the extra ``digitpad[cluster]``.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

from core.comparison.job import Job, Result, run
from core.errors import DigitpadError
from core.messages import tr

TIMEOUT_S = 10


class DaskRunner:
    """A runner: called with jobs, it yields each job and its result as soon as the job is done.

    If the iteration is left early, by Ctrl-C or otherwise, the remaining jobs are cancelled.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Result]]:
        """Run the jobs, in any order; raise DigitpadError if there is no cluster or a job fails."""
        if not jobs:
            return
        with self._client() as client:
            # pure=False: Dask must not remember the result of a failed job.
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
            message = tr("there is no Dask cluster at {address}: {reason}", address=self.address, reason=error)
            raise DigitpadError(message) from None


async def _reach(address: str) -> None:
    """Raise OSError if no scheduler responds: closing a Client without a scheduler would hang."""
    comm = await imported().comm.connect(address, timeout=TIMEOUT_S)
    await comm.close()


def _result(future: Any, job: Job) -> Result:
    try:
        result: Result = future.result()
    except ImportError as error:
        message = tr("{job}: the cluster's workers do not have this program: {reason}", job=job.label, reason=error)
        raise DigitpadError(message) from None
    except (imported().KilledWorker, CancelledError, OSError) as error:
        message = tr(
            "{job}: lost by the cluster ({reason}); run the same command again to continue", job=job.label, reason=error
        )
        raise DigitpadError(message) from None
    return result


def imported() -> Any:
    """Return Dask's module; raise DigitpadError if the extra is not installed."""
    try:
        import distributed
    except ImportError:
        message = tr('a Dask cluster needs the extra "cluster": pip install "digitpad[cluster]"')
        raise DigitpadError(message) from None
    return distributed


def do(job: dict[str, Any]) -> Result:
    """Run a job; called on a worker."""
    return run(Job.from_dict(job))
