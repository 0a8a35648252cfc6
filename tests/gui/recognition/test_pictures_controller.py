"""Several files at once: their list, their answers, and the table that is exported."""

import csv
import json
import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from core.recognition.file_reading import FileReading
from gui.recognition import pictures_controller
from gui.recognition.active_model import ActiveModel
from gui.recognition.pictures_controller import PicturesController
from gui.recognition.pictures_dialog import ANSWER, FILE, PROBABILITY, REMARK, THUMBNAIL
from gui.style.message import Severity


@pytest.fixture
def pictures(qtbot, show_widget, active_model):
    pictures = PicturesController(active_model, show_widget(QWidget(), 300, 300))
    yield pictures
    pictures.shut_down()


@pytest.fixture
def files(tmp_path):
    """A one as a picture and as strokes, an empty page, a text and a missing file."""
    page = np.full((90, 60, 4), 255, np.uint8)
    page[20:70, 28:33, :3] = 0
    page[0, 0, 3] = 0
    Image.fromarray(page).save(tmp_path / "one.webp", lossless=True)
    (tmp_path / "one.json").write_text(json.dumps({"strokes": [[[0, 0], [0, 50]]]}))
    Image.new("L", (40, 50), 255).save(tmp_path / "page.png")
    (tmp_path / "text.gif").write_text("seven")
    names = ("one.webp", "one.json", "page.png", "text.gif", "missing.tif")
    return tuple(tmp_path / name for name in names)


def column(pictures, column):
    table = pictures.dialog.table
    return [table.item(row, column).text() for row in range(table.rowCount())]


def listed(qtbot, pictures, files):
    with qtbot.waitSignal(pictures.ended):
        pictures.show(files)


def test_files_are_listed_with_their_answers(qtbot, pictures, files):
    listed(qtbot, pictures, files)
    assert pictures.dialog.isVisible()
    assert column(pictures, FILE) == [file.name for file in files]
    assert column(pictures, ANSWER) == ["1", "1", "", "", ""]
    shares = column(pictures, PROBABILITY)
    assert all(share.endswith(" %") for share in shares[:2])
    assert shares[2:] == ["", "", ""]
    remarks = column(pictures, REMARK)
    assert remarks[:4] == ["", "", "nothing is drawn there", "is a text file, not a picture"]
    assert remarks[4].startswith("cannot be read: ")
    assert "5 files" in pictures.dialog.progress_label.text()


def test_what_could_be_read_has_a_thumbnail(qtbot, pictures, files):
    listed(qtbot, pictures, files)
    icons = [pictures.dialog.table.item(row, FILE).icon() for row in range(5)]
    assert [icon.isNull() for icon in icons] == [False, False, False, True, True]
    thumbnail = icons[0].pixmap(THUMBNAIL, THUMBNAIL).toImage()
    assert thumbnail.height() == THUMBNAIL
    assert thumbnail.pixelColor(thumbnail.width() // 2, THUMBNAIL // 2).lightness() < 100


def test_the_list_fills_as_files_are_read(qtbot, pictures, files):
    counts = []
    pictures.dialog.table.model().rowsInserted.connect(lambda *_: counts.append(len(pictures.readings)))
    pictures.show(files)
    assert pictures.readings == []
    with qtbot.waitSignal(pictures.ended):
        pass
    assert counts == [1, 2, 3, 4, 5]


def test_files_are_read_off_the_gui_thread(qtbot, pictures, files, monkeypatch):
    threads = []

    def read(recognizer, path):
        threads.append(threading.get_ident())
        return FileReading(path, error=f"{path}: is odd")

    monkeypatch.setattr(pictures_controller, "read_file", read)
    listed(qtbot, pictures, files)
    assert len(threads) == 5
    assert threading.get_ident() not in threads


def test_a_fault_of_the_program_is_the_remark_of_its_file(qtbot, pictures, files, monkeypatch):
    monkeypatch.setattr(pictures_controller, "read_file", lambda recognizer, path: 1 / 0)
    listed(qtbot, pictures, files[:2])
    assert column(pictures, REMARK) == ["A fault in the program: division by zero"] * 2


def test_only_a_complete_list_can_be_exported(qtbot, pictures, files):
    pictures.show(files)
    assert not pictures.dialog.export_button.isEnabled()
    with qtbot.waitSignal(pictures.ended):
        pass
    assert pictures.dialog.export_button.isEnabled()


def test_closing_the_list_ends_the_reading(qtbot, pictures, files):
    pictures.show(files)
    with qtbot.waitSignal(pictures.ended):
        pictures.dialog.reject()
    listed(qtbot, pictures, files[:2])
    assert len(pictures.readings) == 2


def test_a_list_that_was_stopped_keeps_what_was_read_and_can_be_exported(qtbot, pictures, files, monkeypatch):
    reached, goes_on = threading.Event(), threading.Event()

    def read(recognizer, path):
        if path == files[2]:
            reached.set()
            goes_on.wait()
        return FileReading(path)

    monkeypatch.setattr(pictures_controller, "read_file", read)
    stop, export = pictures.dialog.stop_button, pictures.dialog.export_button
    assert not stop.isEnabled()
    pictures.show(files)
    assert stop.isEnabled()
    qtbot.waitUntil(reached.is_set)
    with qtbot.waitSignal(pictures.ended):
        stop.click()
    goes_on.set()
    assert column(pictures, FILE) == ["one.webp", "one.json"]
    assert pictures.dialog.progress_label.text() == "Stopped: 2 of 5 files are listed."
    assert export.isEnabled()
    assert not stop.isEnabled()


def test_new_files_replace_those_listed(qtbot, pictures, files):
    pictures.show(files)
    listed(qtbot, pictures, files[1:3])
    assert column(pictures, FILE) == ["one.json", "page.png"]


def test_a_double_click_or_enter_chooses_a_file(qtbot, pictures, files):
    listed(qtbot, pictures, files)
    table = pictures.dialog.table
    place = QPoint(table.columnViewportPosition(FILE) + 5, table.rowViewportPosition(1) + 5)
    with qtbot.waitSignal(pictures.fileChosen) as chosen:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [files[1]]
    with qtbot.waitSignal(pictures.fileChosen) as chosen:
        QTest.keyClick(table, Qt.Key.Key_Up)
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert chosen.args == [files[0]]


def test_the_list_is_exported_as_a_table(qtbot, pictures, files, tmp_path, monkeypatch):
    listed(qtbot, pictures, files)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(tmp_path / "answers"), ""))
    with qtbot.waitSignal(pictures.messageReady) as told:
        pictures.dialog.export_button.click()
    assert told.args[0].severity is Severity.GOOD
    rows = list(csv.DictReader((tmp_path / "answers.csv").read_text().splitlines()))
    assert [row["file"] for row in rows] == list(map(str, files))
    assert [row["number"] for row in rows] == ["1", "1", "", "", ""]
    assert rows[3]["error"] == f"{files[3]} is a text file, not a picture"


def test_a_table_that_cannot_be_written_is_reported(qtbot, pictures, files):
    listed(qtbot, pictures, files)
    with qtbot.waitSignal(pictures.messageReady) as told:
        pictures.export(files[0] / "answers.csv")  # in a file, as if it were a folder
    assert told.args[0].severity is Severity.BAD
    assert told.args[0].text == f"there is no folder {files[0]}" == pictures.dialog.progress_label.text()
    assert pictures.dialog.export_button.isEnabled()


def test_a_cancelled_export_writes_nothing(qtbot, pictures, files, tmp_path, monkeypatch):
    listed(qtbot, pictures, files)
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: ("", ""))
    pictures.dialog.export_button.click()
    assert set(tmp_path.iterdir()) == before


def test_of_too_many_files_the_first_are_listed(qtbot, pictures, files, monkeypatch):
    monkeypatch.setattr(pictures_controller, "MAX_FILES", 2)
    listed(qtbot, pictures, files)
    assert column(pictures, FILE) == ["one.webp", "one.json"]
    assert pictures.dialog.progress_label.text() == "The first 2 of 5 files are listed."


def test_without_a_network_the_list_says_so(qtbot, show_widget, files):
    pictures = PicturesController(ActiveModel(), show_widget(QWidget(), 300, 300))
    listed(qtbot, pictures, files)
    assert "no network" in pictures.dialog.progress_label.text()
    assert pictures.dialog.table.rowCount() == 0
    assert not pictures.dialog.export_button.isEnabled()
