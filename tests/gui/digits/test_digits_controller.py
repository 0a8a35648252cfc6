"""Digits of the user in the window: added, mended, remembered and removed."""

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from core.data import idx, unipen
from core.synthetic import synthetic
from gui.main_window import MainWindow
from gui.shell.preferences import Preferences
from gui.training.session import RunState


def drawn(n, seed=0):
    images, labels = synthetic.draw(n, np.random.default_rng(seed))
    return images.reshape(-1, 28, 28), labels


def write_table(path, images, labels):
    rows = np.column_stack([labels, images.reshape(len(images), -1)])
    path.write_text("\n".join(",".join(map(str, row)) for row in rows.tolist()) + "\n")
    return path


def write_idx(folder, images, labels):
    folder.mkdir()
    idx.write(folder / "train-images.idx3-ubyte", images)
    idx.write(folder / "train-labels.idx1-ubyte", labels.astype(np.uint8))
    return folder


@pytest.fixture
def choose(qtbot, window, monkeypatch):
    """Return a function that chooses a file or folder in the dialog, and waits until it has been read."""

    def choose(path):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: str(path))
        window.workbench.menus.actions_by_name["add_folder" if path.is_dir() else "add_file"].trigger()
        qtbot.waitUntil(lambda: not window.workbench.lab.digits.is_busy)

    return choose


def choices(window):
    return window.workbench.lab.panel.choices


def bar(window):
    return window.workbench.lab.message_bar


def press_offer(qtbot, window):
    bar(window).offer_buttons[0].click()
    qtbot.waitUntil(lambda: not window.workbench.lab.digits.is_busy)


def test_a_table_is_added_chosen_and_there_again_the_next_time(qtbot, window, choose, tmp_path):
    choose(write_table(tmp_path / "mine.csv", *drawn(60)))
    assert bar(window).text == "Added “mine.csv”: 60 digits."
    assert choices(window).data == f"csv:{tmp_path / 'mine.csv'}"
    assert choices(window).data_box.currentText() == "mine.csv: 60 digits"
    other = MainWindow(Preferences())
    qtbot.addWidget(other)
    other.add_curves()
    assert other.workbench.lab.panel.choices.added == choices(window).added
    other.close()


def test_digits_on_their_side_are_said_and_one_button_mends_them(qtbot, window, choose, tmp_path):
    images, labels = drawn(60)
    choose(write_idx(tmp_path / "emnist", np.ascontiguousarray(images.transpose(0, 2, 1)), labels))
    assert "lie on their side" in bar(window).text
    assert [button.text() for button in bar(window).offer_buttons] == ["Turn the images"]
    press_offer(qtbot, window)
    assert choices(window).data == f"turn*idx:{tmp_path / 'emnist'}"
    assert len(choices(window).added) == 1
    assert bar(window).text == "Added “emnist”: 60 digits."


def test_labels_from_1_are_mended_by_one_button(qtbot, window, choose, tmp_path):
    images, labels = drawn(60)
    choose(write_table(tmp_path / "mine.csv", images, labels + 1))
    assert "holds the labels 1 to 10" in bar(window).text
    assert choices(window).added == []
    press_offer(qtbot, window)
    assert choices(window).data == f"shift*csv:{tmp_path / 'mine.csv'}"


def test_what_holds_no_digits_is_said_and_changes_nothing(window, choose, tmp_path):
    before = choices(window).data
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" + bytes(100_000))
    with (tmp_path / "huge").open("wb") as huge:
        huge.write(b'.SEGMENT DIGIT 0 ? "8"\n')
        huge.truncate(unipen.MAX_BYTES + 1)
    (tmp_path / "empty").mkdir()
    for name, words in (("picture.png", "holds no digits"), ("huge", ""), ("empty", "neither IDX files")):
        choose(tmp_path / name)
        assert words in bar(window).text
        assert str(tmp_path / name) in bar(window).text
        assert choices(window).data == before


def test_a_pen_file_is_added(window, choose, tmp_path):
    (tmp_path / "pen.unipen").write_text('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 2\n 5 9\n.PEN_UP\n' * 3)
    choose(tmp_path / "pen.unipen")
    assert choices(window).data == f"pen:{tmp_path / 'pen.unipen'}"
    assert "All digits of" in bar(window).text


def test_removed_digits_can_be_put_back(window, choose, tmp_path):
    choose(write_table(tmp_path / "mine.csv", *drawn(60)))
    remove = window.workbench.menus.actions_by_name["remove_digits"]
    assert remove.isEnabled()
    remove.trigger()
    assert choices(window).added == []
    assert not remove.isEnabled()
    assert (tmp_path / "mine.csv").exists()
    bar(window).offer_buttons[0].click()
    assert choices(window).data_box.currentText() == "mine.csv: 60 digits"


def test_a_run_on_turned_digits_says_so_goes_on_and_is_started_anew_by_one_button(
    qtbot, window, small_run, conclude, tmp_path
):
    images, labels = drawn(200)
    folder = write_idx(tmp_path / "emnist", np.ascontiguousarray(images.transpose(0, 2, 1)), labels)
    small_run(data=f"idx:{folder}")
    assert conclude().model is not None
    assert "lie on their side" in bar(window).text
    (button,) = bar(window).offer_buttons
    assert button.text() == "Turn the images and start again"
    button.click()
    assert conclude().model.data == f"turn*idx:{folder}"
    assert "lie on their side" not in bar(window).text


def test_a_run_on_labels_from_1_fails_and_is_started_anew_by_one_button(window, small_run, conclude, tmp_path):
    images, labels = drawn(200)
    path = write_table(tmp_path / "mine.csv", images, np.where(labels == 0, 10, labels))
    small_run(data=f"csv:{path}")
    assert "holds the labels 1 to 10" in conclude().error
    bar(window).offer_buttons[0].click()
    assert conclude().model.data == f"ten*csv:{path}"


def test_a_file_that_is_gone_is_said_and_stays_in_the_list(window, choose, conclude, tmp_path):
    path = write_table(tmp_path / "mine.csv", *drawn(60))
    choose(path)
    path.unlink()
    window.workbench.lab.panel.controls.start_button.click()
    assert "No such file" in conclude().error
    assert window.workbench.session.state is RunState.IDLE
    assert choices(window).data_box.currentText() == "mine.csv: not found"


def test_closing_the_window_ends_the_reading(qtbot, window, monkeypatch, tmp_path):
    path = write_table(tmp_path / "mine.csv", *drawn(300))
    window.workbench.lab.digits.add(path)
    window.close()  # the fixture looks for threads that are still running
    assert choices(window).added == []
