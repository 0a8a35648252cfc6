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


# -- benchmarks/small_pictures.py ---


@pytest.fixture
def small_pictures():
    import small_pictures

    return small_pictures


def rows_of(n):
    rng = np.random.default_rng(0)
    return np.column_stack([rng.integers(0, 17, (n, 64)), np.arange(n) % 10])


def test_small_digits_are_read_from_a_table(small_pictures, tmp_path):
    rows = rows_of(12)
    rows[0, :64] = 0
    rows[1, :64] = 16
    for name in ("optdigits.tes", "digits.csv.gz"):
        np.savetxt(tmp_path / name, rows, fmt="%d", delimiter=",")
        greys, labels = small_pictures.digits(tmp_path / name)
        assert greys.shape == (12, 8, 8)
        assert (greys[0].min(), greys[1].max()) == (255, 0)
        np.testing.assert_array_equal(labels, rows[:, 64])
    assert small_pictures.enlarged(greys[2], 240, "nearest").shape == (240, 240)


@pytest.mark.parametrize(
    "content", ["", "1,2\n", "a,b\n", ",".join(["17"] * 65), ",".join(["3"] * 64) + ",10", "1\n1,2\n"]
)
def test_what_is_no_table_of_small_digits(small_pictures, tmp_path, content):
    from core.errors import DataError

    (tmp_path / "mine.csv").write_text(content)
    with pytest.raises(DataError, match=r"mine\.csv (does not hold rows of 64 values|cannot be read as a table)"):
        small_pictures.digits(tmp_path / "mine.csv")


def test_without_digits_the_script_ends_with_a_message(small_pictures, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setattr(sys, "argv", ["small_pictures.py"])
    assert small_pictures.main() == 2
    assert capsys.readouterr().err.startswith("scikit-learn is not installed: install the extra bench, or name a file")


def test_small_digits_are_counted(small_pictures, tmp_path, monkeypatch, capsys):
    np.savetxt(tmp_path / "digits.csv", rows_of(20), fmt="%d", delimiter=",")
    monkeypatch.setattr(small_pictures, "judged", lambda readings, number: (number == "3", number == "4"))
    monkeypatch.setattr(sys, "argv", ["small_pictures.py", "--digits", str(tmp_path / "digits.csv"), "--side", "64"])
    assert small_pictures.main() == 0
    printed = capsys.readouterr().out
    assert printed.startswith("| 20 digits, enlarged |")
    assert printed.count("| 10.0% | 10.00% |") == 2
    assert "goal small-pictures-accepted: 0.1, floor 0.9, not met" in printed
    assert "goal small-pictures-wrong-and-sure: 10 %, floor 0.5 %, not met" in printed
