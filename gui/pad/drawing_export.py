"""Saves the drawing on the pad as a picture, as SVG or as ink JSON, and copies it to the clipboard."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QFileDialog

from core.errors import DigitpadError, DrawingError
from core.formats import drawing_file
from core.messages import tr
from gui.pad.drawing_data import data_of
from gui.pad.pad import Pad
from gui.style.message import Message, Severity

SIDE_PX = 1000
"""The side of the picture of a drawing."""
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")

_SVG, _INK = ".svg", ".json"
_WITH_ALPHA = (".png", ".webp", ".tif", ".tiff")
_QUALITY = 95  # of formats that lose something


class DrawingExport(QObject):
    """Saves and copies what is on a pad; ``messageReady`` tells how saving ended."""

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(self, pad: Pad, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pad = pad

    def copy(self) -> None:
        """Copy the drawing, or the picture on the pad; a blank pad leaves the clipboard as it is."""
        if not self._pad.is_blank():
            data = data_of(self._pad.drawing(), self._picture(), self._pad.pen_width())
            QGuiApplication.clipboard().setMimeData(data)

    def choose(self) -> None:
        """Ask where to save the drawing."""
        kinds = {
            self.tr("PNG picture (*.png)"): "png",
            self.tr("SVG, lines that can be scaled (*.svg)"): "svg",
            self.tr("Ink JSON, the strokes themselves (*.json)"): "json",
            self.tr("Other pictures (*.jpg *.jpeg *.bmp *.webp *.tif *.tiff)"): "jpg",
        }
        dialog = QFileDialog(self._pad.window(), self.tr("Save drawing"))
        dialog.setNameFilters(list(kinds) if self._pad.picture() is None else [*kinds][::3])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog adds the suffix itself, before it asks whether to replace an existing file.
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds.get(kind, "png")))
        dialog.selectFile(self.tr("drawing"))
        if dialog.exec():
            self.save(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()

    def save(self, path: Path) -> None:
        """Save the drawing in the format that the file's suffix names; a message tells how that ended."""
        try:
            drawing_file.write(path, self._content(path))
        except DigitpadError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
        else:
            self.messageReady.emit(Message(self.tr("Saved as {path}.").format(path=path), Severity.GOOD))

    def _content(self, path: Path) -> bytes:
        """Return the content of the file; raise DrawingError if the pad has nothing that can be saved like this."""
        suffix = path.suffix.lower()
        if self._pad.is_blank():
            raise DrawingError(tr("The pad is blank: there is nothing to save."))
        if suffix not in (_SVG, _INK):
            return _encoded(self._picture(), path)
        drawing = self._pad.drawing()
        if not drawing or drawing.side is None:
            raise DrawingError(tr("{path}: a picture has no strokes; it can be saved as PNG", path=path))
        if suffix == _SVG:
            return drawing_file.svg(drawing, drawing.side, self._pad.pen_width() * drawing.side).encode()
        return drawing.to_exact_json().encode()

    def _picture(self) -> QImage:
        """Return the picture on the pad, or one of the strokes."""
        return self._pad.picture() or self._pad.image(SIDE_PX)


def _encoded(picture: QImage, path: Path) -> bytes:
    """Return the content of a picture's file; raise DrawingError if there is no such format."""
    suffix = path.suffix.lower()
    known = {f".{bytes(kind.data()).decode()}" for kind in QImageWriter.supportedImageFormats()}
    if suffix in PICTURES and suffix in known:
        buffer = QBuffer()
        writer = QImageWriter(buffer, QByteArray(suffix[1:].encode()))
        if suffix in (".jpg", ".jpeg", ".webp"):
            writer.setQuality(_QUALITY)
        elif suffix in (".tif", ".tiff"):
            writer.setCompression(1)
        if writer.write(picture if suffix in _WITH_ALPHA else _on_white(picture)):
            return bytes(buffer.data().data())
        raise DrawingError(tr("{path} cannot be written: {reason}", path=path, reason=writer.errorString()))
    suffixes = ", ".join([kind for kind in PICTURES if kind in known] + [_SVG, _INK])
    raise DrawingError(tr("{path}: a drawing is saved as one of {suffixes}", path=path, suffixes=suffixes))


def _on_white(picture: QImage) -> QImage:
    """Return a picture on a white ground, for formats that would show transparent pixels as black."""
    if not picture.hasAlphaChannel():
        return picture
    result = QImage(picture.size(), QImage.Format.Format_RGB32)
    result.fill(Qt.GlobalColor.white)
    painter = QPainter(result)
    painter.drawImage(0, 0, picture)
    painter.end()
    return result
