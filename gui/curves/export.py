"""Pictures of a run's curves, for a report: PNG, or SVG whose lines stay lines."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QCheckBox, QComboBox

from core.errors import RunError
from core.files import atomic
from core.runs.run import Run
from gui.curves.curves import Curves

_SIZE = QSize(900, 640)


def save(run: Run, path: Path) -> None:
    """Write a picture of a run's curves, PNG or SVG by the name's ending; raise RunError where that fails."""
    curves = Curves()
    curves.resize(_SIZE)
    history = run.history()
    curves.begin(history, int(run.settings.get("epochs", 1)))
    for control in curves.findChildren(QCheckBox) + curves.findChildren(QComboBox):
        control.hide()  # there is nothing to press in a picture
    content = _svg(curves) if path.suffix.lower() == ".svg" else _png(curves)
    curves.deleteLater()
    if problem := atomic.problem(path):
        raise RunError(problem)
    atomic.write(path, content, RunError)


def _png(curves: Curves) -> bytes:
    content, buffer = _buffer()
    curves.grab().save(buffer, "PNG")
    return bytes(content.data())


def _svg(curves: Curves) -> bytes:
    content, buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(_SIZE)
    generator.setViewBox(QRect(0, 0, _SIZE.width(), _SIZE.height()))
    generator.setResolution(curves.logicalDpiX())  # or texts would come out in another size than lines
    painter = QPainter(generator)
    curves.render(painter, QPoint())
    painter.end()
    buffer.close()
    return bytes(content.data())


def _buffer() -> tuple[QByteArray, QBuffer]:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return content, buffer
