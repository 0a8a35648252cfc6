"""The report of the long forms says what was tried, and what was lost."""

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
    assert "inputs tried:      2,000 (1,900 refused with a sentence, 100 read and used)" in text
    assert "faults injected:   8" in text
    assert "of the monkey:     1,234 actions at the window, 31 runs" in text
    assert "losses:            none" in text
    assert "test_killed       kills 7, losses 0" in text


@pytest.mark.parametrize(("code", "lost", "end"), [(0, 0, 0), (1, 0, 1), (0, 2, 1)])
def test_a_loss_and_a_failure_are_told_by_its_end(tmp_path, monkeypatch, code, lost, end):
    def tests(amounts, log):
        assert list(amounts.values()) == [1667, 8, 167, 50]
        log.write_text(f'{{"what": "test", "losses": {lost}}}\n')
        return code, "said"

    monkeypatch.setattr(torture, "_run_tests", tests)
    minutes = str(torture.WHOLE_MINUTES / 12)
    monkeypatch.setattr("sys.argv", ["torture", "--minutes", minutes, "--report", str(tmp_path / "r")])
    assert torture.main() == end
    assert f"losses:            {lost or 'none'}" in (tmp_path / "r").read_text()
