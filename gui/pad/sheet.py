"""A square sheet in a widget: the largest that fits, with a frame; it accepts dropped and pasted pictures."""

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.pad.stroke import UNIT
from gui.style import theme

Given = QImage | Path | tuple[Path, ...] | QUrl
"""What is dropped or pasted: a picture, a local file or several, or a link."""
_SCHEMES = frozenset({"http", "https", "ftp", "sftp", "smb", "data", "blob"})  # of links


class Sheet(QWidget):
    """A square in the middle of the widget; a subclass paints on it."""

    pictureGiven = Signal(object)
    """The user dropped or pasted a picture: see ``Given``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_drop_target = False
        self._shows_focus = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)

    # -- geometry -----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(400, 400)

    def sheet_rect(self) -> QRectF:
        """Return the rectangle of the sheet in the widget, on whole device pixels."""
        ratio = self.devicePixelRatioF()
        side = self._side_px()
        left = int((self.width() * ratio - side) / 2)
        top = int((self.height() * ratio - side) / 2)
        return QRectF(left / ratio, top / ratio, side / ratio, side / ratio)

    def _side_px(self) -> int:
        """Return the sheet's side in device pixels."""
        return max(1, int(min(self.width(), self.height()) * self.devicePixelRatioF()))

    def _to_canvas(self, position: QPointF) -> tuple[float, float]:
        """Return a position of the widget in canvas units; outside the sheet, it is outside the canvas."""
        sheet = self.sheet_rect()
        x = (position.x() - sheet.x()) / sheet.width() * UNIT
        y = (position.y() - sheet.y()) / sheet.height() * UNIT
        return x, y

    # -- painting -----------------------------------------------------------------------------------------------

    def _paint_sheet(self, painter: QPainter, sheet: QRectF) -> None:
        """Paint the whole sheet, in the widget's coordinates; the frame is painted over it."""
        raise NotImplementedError

    def _repaint_all(self) -> None:
        """Repaint everything, cached images included: the colour scheme or the screen's scale changed."""
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new colour scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._repaint_all()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet and its frame."""
        sheet = self.sheet_rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_sheet(painter, sheet)
        self._paint_frame(painter, sheet)

    def _paint_frame(self, painter: QPainter, sheet: QRectF) -> None:
        """Round off the sheet's corners and draw its edge."""
        colours = theme.colours()
        corners = QPainterPath()
        corners.addRect(sheet.adjusted(-1, -1, 1, 1))
        rounded = QPainterPath()
        rounded.addRoundedRect(sheet.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.fillPath(corners.subtracted(rounded), self.palette().window())
        is_marked = self._is_drop_target or self._shows_focus
        painter.setPen(QPen(colours.accent if is_marked else colours.line, 2 if self._is_drop_target else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(rounded)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus frame if the focus came by the keyboard."""
        super().focusInEvent(event)
        reasons = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self._shows_focus = event.reason() in reasons
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus frame."""
        super().focusOutEvent(event)
        self._shows_focus = False
        self.update()

    # -- drop and paste -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept pictures and local files; links too, so that it can be said what to do with them."""
        data = event.mimeData()
        if data.hasImage() or picture_in(data) is not None:  # a picture is not decoded before it is dropped
            self._is_drop_target = True
            event.acceptProposedAction()
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Remove the drop highlight."""
        self._is_drop_target = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Emit ``pictureGiven`` with what was dropped."""
        self._is_drop_target = False
        self.update()
        dropped = picture_in(event.mimeData())
        if dropped is not None:
            event.acceptProposedAction()
            self.pictureGiven.emit(dropped)

    def paste(self) -> bool:
        """Emit ``pictureGiven`` with the clipboard's picture, file or link; return False if it has none."""
        pasted = picture_in(QGuiApplication.clipboard().mimeData())
        if pasted is None:
            return False
        self.pictureGiven.emit(pasted)
        return True


def picture_in(data: QMimeData | None) -> Given | None:
    """Return the local file or files in dropped or pasted data, or else the picture, or else the link.

    Files and links may be texts. ``data`` may be None for an empty clipboard.
    """
    if data is None:
        return None
    urls = data.urls() or _urls(data.text())
    files = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    if files:
        return files if len(files) > 1 else files[0]
    picture = data.imageData() if data.hasImage() else None
    if isinstance(picture, QImage) and not picture.isNull():
        return picture
    return next((url for url in urls if url.scheme() in _SCHEMES), None)


def _urls(text: str) -> list[QUrl]:
    """Return the address that a text consists of, in a list, or an empty list."""
    url = QUrl(text.strip(), QUrl.ParsingMode.StrictMode)
    return [url] if url.isLocalFile() or url.scheme() in _SCHEMES else []
