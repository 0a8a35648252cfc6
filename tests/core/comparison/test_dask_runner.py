"""Jobs on a Dask cluster, here of two workers on this machine."""

import dataclasses
import sys
from types import SimpleNamespace

import distributed
import pytest

from core.comparison import dask_runner
from core.comparison import table as comparison_table
from core.comparison.comparison import Comparison
from core.comparison.dask_runner import DaskRunner
from core.comparison.local_runner import LocalRunner
from core.errors import DataError, DigitpadError
from core.training.config import TrainConfig
from core.training.recipefile import Recipe

RECIPES = (
    Recipe("a", "The first", TrainConfig(hidden=(8,), epochs=1)),
    Recipe("b", "The second", TrainConfig(hidden=(8,), momentum=0.9)),
)


@pytest.fixture(scope="module")
def plan():
    return Comparison.plan(RECIPES, n_seeds=2, data="synthetic:100")


@pytest.fixture(scope="module")
def address():
    """The address of a cluster of two worker processes."""
    options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(**options) as local:
        yield local.scheduler_address


def table(plan, folder, runner):
    """Return the table without the time, which differs between runs."""
    rows = plan.rows(dict(plan.carry_out(folder, runner)))
    return comparison_table.markdown(plan, [dataclasses.replace(row, seconds=None) for row in rows])


def test_a_cluster_gives_the_same_table(plan, address, tmp_path):
    assert table(plan, tmp_path / "cluster", DaskRunner(address)) == table(plan, tmp_path / "here", LocalRunner(2))


def test_cached_results_need_no_cluster(plan, address, tmp_path):
    first = table(plan, tmp_path, DaskRunner(address))
    assert table(plan, tmp_path, DaskRunner("tcp://127.0.0.1:9")) == first


def test_an_error_of_a_job_is_raised(plan, address):
    broken = dataclasses.replace(plan.jobs()[0], data="idx:nowhere")
    with pytest.raises(DataError, match="nowhere"):
        list(DaskRunner(address)([broken]))


def test_the_remaining_jobs_are_cancelled(plan, address):
    results = DaskRunner(address)(plan.jobs())
    assert next(results)[0] in plan.jobs()
    results.close()
    with distributed.Client(address, set_as_default=False) as client:
        assert client.who_has() == {}


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:9", "nowhere", "xyz://a:1"])
def test_without_a_cluster(plan, monkeypatch, where):
    monkeypatch.setattr(dask_runner, "TIMEOUT_S", 0.2)
    with pytest.raises(DigitpadError, match=f"no Dask cluster at {where}"):
        list(DaskRunner(where)(plan.jobs()))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'core'"), "workers do not have this program"),
        (distributed.KilledWorker("do", SimpleNamespace(address="tcp://127.0.0.1:1"), 3), "lost by the cluster"),
        (distributed.CancelledError("gone"), "lost by the cluster"),
        (distributed.comm.CommClosedError("closed"), "lost by the cluster"),
    ],
)
def test_a_failure_of_the_cluster_is_reported_with_the_job(plan, address, monkeypatch, error, words):
    def fail(future):
        raise error

    monkeypatch.setattr(distributed.Future, "result", fail)
    with pytest.raises(DigitpadError, match=f"a, seed 0: .*{words}"):
        list(DaskRunner(address)(plan.jobs()[:1]))


def test_without_the_extra(plan, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[cluster\]"'):
        list(DaskRunner("tcp://127.0.0.1:9")(plan.jobs()))
