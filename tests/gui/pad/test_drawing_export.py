"""Saving and copying the drawing on the pad."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from core.cli.main import main
from core.preprocessing.ink import Drawing
from gui.pad.drawing_data import INK, SVG, drawing_in
from gui.pad.drawing_export import PICTURES, SIDE_PX, DrawingExport
from gui.pad.pad import Pad
from gui.style import theme
from gui.style.message import Severity


class Exporting:
    """A pad, its export, and the messages of that."""

    def __init__(self, pad):
        self.pad, self.export, self.messages = pad, DrawingExport(pad), []
        self.export.messageReady.connect(self.messages.append)

    def save(self, path):
        self.export.save(path)
        return self.messages[-1]


@pytest.fixture
def at(show_widget):
    return Exporting(show_widget(Pad(), 300, 300))


@pytest.fixture(autouse=True)
def _clipboard():
    yield
    QGuiApplication.clipboard().clear()


def seven():
    return Drawing.from_points([[(300.1, 205.7, 1), (700, 200, 0.25), (450.333, 800, 0.5)], [(400, 500), (610, 495)]])


def picture():
    shown = QImage(40, 20, QImage.Format.Format_ARGB32)
    shown.fill(0)
    shown.setPixel(3, 4, 0xFF336699)
    return shown


def grey(image):
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(int)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("suffix", [*PICTURES, ".PNG"])
def test_a_picture_is_black_on_white_in_any_scheme(at, tmp_path, suffix, dark):
    theme.apply(QApplication.instance(), dark=dark)
    at.pad.set_drawing(seven())
    path = tmp_path / f"seven{suffix}"
    assert at.save(path).severity is Severity.GOOD
    levels = grey(QImage(str(path)))
    assert levels.shape == (SIDE_PX, SIDE_PX)
    assert levels[0, 0] > 250
    assert levels[500, 500] < 10
    assert 0.02 < (levels < 128).mean() < 0.1


def test_svg_looks_like_the_picture(at, tmp_path):
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgRenderer

    at.pad.set_drawing(
        Drawing.from_points([[(300, 200), (700, 200), (450, 800)], [(400, 500), (610, 495)], [(90, 90)]])
    )
    at.save(tmp_path / "seven.svg")
    at.save(tmp_path / "seven.png")
    drawn = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    renderer = QSvgRenderer(str(tmp_path / "seven.svg"))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    assert np.abs(grey(drawn) - grey(QImage(str(tmp_path / "seven.png")))).mean() < 0.2


def test_ink_json_opens_as_the_same_drawing_in_the_same_place(at, tmp_path, capsys):
    drawing = Drawing.from_points([[(90.1, 105.7), (190, 100), (130.333, 300)]])
    at.pad.set_drawing(drawing)
    path = tmp_path / "seven.json"
    assert at.save(path).severity is Severity.GOOD
    at.pad.clear()
    at.pad.set_drawing(Drawing.load(path), fit=True)
    np.testing.assert_array_equal(at.pad.drawing().strokes[0], drawing.strokes[0])
    assert main(["predict", str(path)]) == 0
    assert ": 7 (" in capsys.readouterr().out


def test_a_drawing_on_another_canvas_lies_here_where_it_lay_there(at):
    at.pad.set_drawing(Drawing.from_json('{"side": 200, "strokes": [[[20, 10, 0.5], [40, 50, 1]]]}'), fit=True)
    assert at.pad.drawing().strokes[0].tolist() == [[100, 50, 0.5], [200, 250, 1]]


@pytest.mark.parametrize("name", ["a", "a.gif", "a.txt", "a.svgz"])
def test_another_suffix_is_refused_with_a_sentence(at, tmp_path, name):
    at.pad.set_drawing(seven())
    message = at.save(tmp_path / name)
    assert message.severity is Severity.BAD
    assert ".png" in message.text
    assert ".json" in message.text
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".png", ".svg", ".json"])
def test_what_cannot_be_written_is_told(at, tmp_path, suffix):
    at.pad.set_drawing(seven())
    message = at.save(tmp_path / "missing" / f"a{suffix}")
    assert (message.severity, message.text) == (Severity.BAD, f"there is no folder {tmp_path / 'missing'}")
    (tmp_path / f"b{suffix}").mkdir()
    assert "is a folder" in at.save(tmp_path / f"b{suffix}").text


def test_nothing_is_no_drawing(at, tmp_path):
    assert at.save(tmp_path / "a.png").text == "The pad is blank: there is nothing to save."
    QGuiApplication.clipboard().setText("kept")
    at.export.copy()
    assert QGuiApplication.clipboard().text() == "kept"


def test_a_picture_on_the_pad_is_saved_as_it_is(at, tmp_path):
    at.pad.show_picture(picture())
    at.save(tmp_path / "a.png")
    saved = QImage(str(tmp_path / "a.png"))
    assert saved.convertToFormat(QImage.Format.Format_ARGB32) == picture()
    at.save(tmp_path / "a.bmp")
    flat = QImage(str(tmp_path / "a.bmp"))
    assert flat.pixelColor(0, 0).getRgb()[:3] == (255, 255, 255)
    assert flat.pixelColor(3, 4).getRgb()[:3] == (0x33, 0x66, 0x99)
    for suffix in (".svg", ".json"):
        assert "has no strokes" in at.save(tmp_path / f"a{suffix}").text


def test_the_dialog_offers_the_formats_and_adds_the_suffix(at, tmp_path, monkeypatch):
    at.pad.set_drawing(seven())
    seen = []

    def choose(dialog):
        seen.extend(dialog.nameFilters())
        dialog.selectNameFilter(dialog.nameFilters()[1])
        dialog.filterSelected.emit(dialog.nameFilters()[1])
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile("seven")
        return 1

    monkeypatch.setattr(QFileDialog, "exec", choose)
    at.export.choose()
    assert [kind.split("(")[1].split(" ")[0].rstrip(")") for kind in seen] == ["*.png", "*.svg", "*.json", "*.jpg"]
    assert [path.name for path in tmp_path.iterdir()] == ["seven.svg"]
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: seen.clear())
    at.export.choose()
    assert len(at.messages) == 1


# -- clipboard ----------------------------------------------------------------------------------------------------


def test_a_copy_is_a_picture_svg_and_ink_json_at_once(at):
    at.pad.set_drawing(seven())
    at.export.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert grey(QGuiApplication.clipboard().image())[500, 500] < 10
    assert data.data(SVG).startsWith(b"<svg ")
    copied = Drawing.from_json(bytes(data.data(INK).data()))
    for before, after in zip(at.pad.drawing().strokes, copied.strokes, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_copied_drawing_is_pasted_as_strokes_and_is_told(at):
    given, changed = [], []
    at.pad.pictureGiven.connect(given.append)
    at.pad.set_drawing(seven())
    at.export.copy()
    at.pad.clear()
    at.pad.changed.connect(lambda: changed.append(True))
    assert at.pad.paste()
    np.testing.assert_array_equal(at.pad.drawing().strokes[1], seven().strokes[1])
    assert (given, changed) == ([], [True])


def test_a_copied_picture_has_no_strokes(at):
    at.pad.show_picture(picture())
    at.export.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert not data.hasFormat(INK)
    assert not data.hasFormat(SVG)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[1]", b'{"strokes": []}', b'{"strokes": "x"}', b"\xff\xfe", b" " * 9_000_000]
)
def test_other_json_on_the_clipboard_is_no_drawing(at, text):
    given = []
    at.pad.pictureGiven.connect(given.append)
    data = QMimeData()
    data.setData(INK, text)
    assert drawing_in(data) is None
    data.setImageData(picture())
    QGuiApplication.clipboard().setMimeData(data)
    assert at.pad.paste()
    assert len(given) == 1
    assert drawing_in(None) is None


def test_the_picture_of_a_stroke_in_progress_shows_it(at):
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    QTest.mousePress(at.pad, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    at.export.copy()
    QTest.mouseRelease(at.pad, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    assert grey(QGuiApplication.clipboard().image())[500, 500] < 10


COPYING = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from core.preprocessing.ink import Drawing
from gui.pad.drawing_export import DrawingExport
from gui.pad.pad import Pad
app = QApplication([])
pad = Pad()
pad.set_drawing(Drawing.from_points([[(100, 100), (900, 437)]]))
DrawingExport(pad).copy()
QTimer.singleShot(0, app.quit)
app.exec()
print(*app.clipboard().mimeData().formats())
"""


def test_a_program_that_has_copied_ends_without_a_crash():
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run([sys.executable, "-c", COPYING], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["application/x-qt-image", SVG, INK]
