"""A drawing on the clipboard: a picture, SVG and ink JSON at once; other programs take what they know."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

SVG, INK = "image/svg+xml", "application/json"
"""The types of the strokes, beside the picture."""


def data_of(drawing: "Drawing", picture: QImage, pen_width: float) -> QMimeData:
    """Return data for the clipboard: a picture, and the strokes that it shows, unless there are none.

    ``pen_width`` is a share of the side of the drawing's canvas.
    """
    data = _empty_data()
    data.setImageData(picture)
    if drawing and drawing.side is not None:
        from core.formats import drawing_file  # it imports NumPy, which the first frame does not wait for

        data.setData(SVG, drawing_file.svg(drawing, drawing.side, pen_width * drawing.side).encode())
        data.setData(INK, drawing.to_exact_json().encode())
    return data


def _empty_data() -> QMimeData:
    """Return data that Qt has made.

    The clipboard is emptied after the interpreter has ended, when a ``QMimeData`` made by Python crashes the process.
    """
    from PySide6.QtCore import QStringListModel  # not before the first frame

    model = QStringListModel([""])
    data = model.mimeData([model.index(0)])
    for kind in data.formats():
        data.removeFormat(kind)
    return data


def drawing_in(data: QMimeData | None) -> "Drawing | None":
    """Return the ink JSON in pasted data; None if there is none, or none that can be read."""
    if data is None or not data.hasFormat(INK):
        return None
    from core.errors import DrawingError
    from core.preprocessing.ink import MAX_FILE_BYTES, Drawing

    text = data.data(INK)
    if text.size() > MAX_FILE_BYTES:
        return None
    try:
        return Drawing.from_json(bytes(text.data())) or None
    except DrawingError:
        return None


def drawing_on_clipboard() -> "Drawing | None":
    """Return the drawing on the clipboard, or None."""
    return drawing_in(QGuiApplication.clipboard().mimeData())
