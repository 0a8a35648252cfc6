"""Jobs on a Dask cluster: here, one of two workers on this machine."""

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
    """The address of a cluster of two workers, processes of their own."""
    options = {"n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None}
    with distributed.LocalCluster(**options) as local:
        yield local.scheduler_address


def table(plan, folder, runner):
    """Return the table without the time that it took, which is another each time."""
    rows = plan.rows(dict(plan.carry_out(folder, runner)))
    return comparison_table.markdown(plan, [dataclasses.replace(row, seconds=None) for row in rows])


def test_a_cluster_gives_the_same_table(plan, address, tmp_path):
    assert table(plan, tmp_path / "cluster", DaskRunner(address)) == table(plan, tmp_path / "here", LocalRunner(2))


def test_what_is_kept_is_not_asked_of_the_cluster(plan, address, tmp_path):
    first = table(plan, tmp_path, DaskRunner(address))
    assert table(plan, tmp_path, DaskRunner("tcp://127.0.0.1:9")) == first


def test_a_mistake_comes_back_as_one(plan, address):
    lost = dataclasses.replace(plan.jobs()[0], data="idx:nowhere")
    with pytest.raises(DataError, match="nowhere"):
        list(DaskRunner(address)([lost]))


def test_what_was_left_half_way_is_cancelled(plan, address):
    results = DaskRunner(address)(plan.jobs())
    assert next(results)[0] in plan.jobs()
    results.close()
    with distributed.Client(address, set_as_default=False) as client:
        assert client.who_has() == {}


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:9", "nowhere", "xyz://a:1"])
def test_where_there_is_no_cluster(plan, monkeypatch, where):
    monkeypatch.setattr(dask_runner, "TIMEOUT_S", 0.2)
    with pytest.raises(DigitpadError, match=f"no Dask cluster at {where}"):
        list(DaskRunner(where)(plan.jobs()))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'core'"), "workers lack this program"),
        (distributed.KilledWorker("do", SimpleNamespace(address="tcp://127.0.0.1:1"), 3), "lost by the cluster"),
        (distributed.CancelledError("gone"), "lost by the cluster"),
        (distributed.comm.CommClosedError("closed"), "lost by the cluster"),
    ],
)
def test_what_may_befall_a_cluster_is_a_sentence(plan, error, words):
    class Future:
        def result(self):
            raise error

    with pytest.raises(DigitpadError, match=f"a, seed 0: .*{words}"):
        dask_runner._result(Future(), plan.jobs()[0])


def test_without_the_extra(plan, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DigitpadError, match=r'pip install "digitpad\[cluster\]"'):
        list(DaskRunner("tcp://127.0.0.1:9")(plan.jobs()))
