"""Pictures of a run's curves for a report: PNG, or SVG with vector lines."""

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
    """Write a picture of a run's curves, PNG or SVG by the file name; raise RunError if that fails."""
    curves = Curves()
    curves.resize(_SIZE)
    history = run.history()
    curves.begin(history, int(run.settings.get("epochs", 1)))
    for control in curves.findChildren(QCheckBox) + curves.findChildren(QComboBox):
        control.hide()  # a picture needs no controls
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
    generator.setResolution(curves.logicalDpiX())  # otherwise texts and lines would be scaled differently
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
