"""The report of ``make torture`` counts the attacks and the losses."""

import pytest

from benchmarks import torture

TRIED = [
    {"what": "test_idx", "refused": 1900, "read": 100},
    {"what": "test_killed", "kills": 7, "losses": 0},
    {"what": "test_full_disk", "faults": 1, "losses": 0},
    {"what": "test_a_monkey[0]", "actions": 1200, "runs": 30, "losses": 0},
    {"what": "test_a_monkey[1]", "actions": 34, "runs": 1, "losses": 0},
]
AMOUNTS = {"DIGITPAD_FUZZ": 2000, "DIGITPAD_KILLS": 7, "DIGITPAD_DEEDS": 40, "DIGITPAD_MONKEY": 20}


def test_a_report():
    text = torture.report(TRIED, AMOUNTS, "3 passed", 1.0)
    assert "inputs tried:      2,000 (1,900 rejected with a message, 100 read and used)" in text
    assert "faults injected:   8" in text
    assert "monkey:            1,234 actions at the window, 31 runs" in text
    assert "losses:            none" in text
    assert "test_killed       kills 7, losses 0" in text


@pytest.mark.parametrize(("code", "lost", "end"), [(0, 0, 0), (1, 0, 1), (0, 2, 1)])
def test_a_loss_or_a_failure_sets_the_exit_code(tmp_path, monkeypatch, code, lost, end):
    def tests(amounts, log):
        assert list(amounts.values()) == [1667, 8, 167, 50]
        log.write_text(f'{{"what": "test", "losses": {lost}}}\n')
        return code, "summary"

    monkeypatch.setattr(torture, "_run_tests", tests)
    minutes = str(torture.WHOLE_MINUTES / 12)
    monkeypatch.setattr("sys.argv", ["torture", "--minutes", minutes, "--report", str(tmp_path / "r")])
    assert torture.main() == end
    assert f"losses:            {lost or 'none'}" in (tmp_path / "r").read_text()
