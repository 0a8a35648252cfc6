"""The benchmarks: each engine trains the network, and the figures are printed correctly."""

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.fixture
def engines():
    import engines

    return engines


@pytest.fixture
def engine_process():
    import engine_process

    return engine_process


@pytest.fixture
def speed(monkeypatch):
    # benchmarks/training.py
    monkeypatch.delitem(sys.modules, "training", raising=False)
    import training

    return training


def test_the_reports_engine_learns(engines, monkeypatch):
    monkeypatch.setattr(engines, "RATE", 0.02)
    work = engines.Work((16,), 20, 60, 1)
    weights = work.weights(np.float64)
    monkeypatch.setattr(engines.Work, "weights", lambda self, dtype=np.float32: weights)
    images, labels = work.scaled()

    def loss():
        logits = np.maximum(images @ weights[0], 0) @ weights[1]
        return -engines.log_softmax(logits)[np.arange(60), labels].mean()

    before = loss()
    engines.report(work)(300)
    assert loss() < before * 0.8  # random labels: overfitting


@pytest.mark.parametrize("name", ["digitpad", "report", "products"])
def test_an_engine_trains_the_given_number_of_steps(engine_process, name):
    engine = engine_process.EngineProcess(name, engine_process.Workload(8, (16,), 64, 1), n_steps=5)
    try:
        engine.n_steps = 20
        assert engine.speed(rest_s=0) > 0
        assert engine.memory_mb > 10
    finally:
        engine.end()
    assert engine.process.returncode == 0


def test_an_unknown_engine_is_an_error(engine_process):
    with pytest.raises(RuntimeError, match="warp"):
        engine_process.EngineProcess("warp", engine_process.Workload(8, (16,), 64, 1))


def test_goals_show_the_median_ratio(speed, capsys):
    found = {32: {"digitpad": [2.0, 3.0, 4.0], "JAX": [2.0, 2.0, 8.0], "products": [4.0, 4.0, 4.0]}}
    speed.print_goals(found)
    printed = capsys.readouterr().out
    assert "digitpad, batch 32: 0.50 to 1.50 times JAX" in printed
    assert "goal digitpad against JAX, batch 32: 1, floor 1, met" in printed
    assert "goal digitpad against products, batch 32: 0.75, floor 0.85, not met" in printed
    assert "PyTorch" not in printed


def test_the_table_has_a_row_per_engine(speed):
    table = speed.table({32: {"digitpad": [1000.0, 3000.0]}, 512: {"digitpad": [5000.0, 5000.0]}})
    assert table.splitlines()[-1] == "| digitpad | 2 (1 to 3) | 5 (5 to 5) |"


def test_multiplications_per_digit(engine_process):
    import growth

    # Two products for the first layer, whose inputs need no gradient, and three for each other layer.
    assert growth.multiplications(engine_process.Workload(hidden=(5, 3))) == 2 * 784 * 5 + 3 * (5 * 3 + 3 * 10)


def test_a_script_without_its_data_ends_with_a_message(monkeypatch, capsys):
    from goals import script

    from core.errors import DataError

    def main():
        raise DataError("there are no digits")

    monkeypatch.delenv("DIGITPAD_DATA", raising=False)
    with pytest.raises(SystemExit) as ended:
        script(main)
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("there are no digits (DIGITPAD_DATA")
    assert "is not set" in printed
    assert printed.count("\n") == 1
    with pytest.raises(SystemExit) as ended:
        script(lambda: 3)
    assert ended.value.code == 3
