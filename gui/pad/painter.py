"""Painting for the pad: the document as it grows, the hint, and the eraser's cursor.

Finished strokes are cached in one opaque image of device pixels. The stroke in progress is cached in a copy of it, to
which each new segment is added. Only a change of size, colour scheme or content repaints everything, and one of pen
width what has that width.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QImage, QPainter, QPainterPath, QPen, QPixmap

from core.preprocessing import pen
from gui.pad.pad_document import Content, PadDocument
from gui.pad.stroke import UNIT, Stroke
from gui.style import theme
from gui.style.palettes import BEHIND, LIGHT, Colours

if TYPE_CHECKING:
    from core.preprocessing.ink import Drawing

_SMALL_PICTURE = 64  # px: a smaller picture is shown pixel by pixel, not blurred


class PadPainter:
    """Paints a document; it caches painted strokes, so that one more point costs one segment.

    Attributes
    ----------
    pen_width : float
        As a share of the sheet's side; see ``set_pen_width``.
    """

    def __init__(self, document: PadDocument, pen_width: float, colours: Colours | None = None) -> None:
        self.pen_width = pen_width
        self._colours = colours  # None for those of the theme
        self._document = document
        self._base = QImage()  # the finished content
        self._live = QImage()  # the same and the stroke in progress, without its last half segment
        self._n_live = 0  # points of the stroke in progress that are in _live

    def forget(self) -> None:
        """Discard the cached images: the content or its look has changed."""
        self._base = QImage()
        self._live = QImage()

    def set_pen_width(self, share: float) -> QRectF | None:
        """Paint everything with another width from now on.

        Return the rectangle in canvas units that changes; None if it is all. Where there is only the stroke in
        progress, its rectangle is restored: a growing stroke changes its width often.
        """
        reach = max(share, self.pen_width) * UNIT / 2 + 2
        self.pen_width = share
        stroke = self._document.stroke
        if stroke is None or self._document.content or self._live.isNull():
            self.forget()
            return None
        left, top, right, bottom = stroke.box()
        area = QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-reach, -reach, reach, reach)
        scale = self._live.width() / UNIT
        pixels = QRectF(area.topLeft() * scale, area.size() * scale).toAlignedRect().adjusted(-1, -1, 1, 1)
        painter = QPainter(self._live)
        painter.drawImage(pixels, self._base, pixels)
        painter.end()
        self._n_live = 0
        return area

    def keep(self, stroke: Stroke) -> None:
        """Add a stroke that has just ended to the finished content."""
        if not self._base.isNull():
            painter = _painter(self._base)
            self._paint_stroke(painter, stroke)
            painter.end()
        self._live = QImage()

    def paint(self, painter: QPainter, sheet: QRectF, side_px: int) -> None:
        """Paint the document on a sheet of ``side_px`` device pixels."""
        self._refresh(side_px)
        stroke = self._document.stroke
        painter.drawImage(sheet, self._base if stroke is None else self._live)
        if stroke is not None:
            self._paint_tail(painter, sheet, stroke)

    def tail_rect(self, sheet: QRectF, stroke: Stroke) -> QRectF:
        """Return the rectangle of the widget that a stroke's newest point may have changed."""
        scale = sheet.width() / UNIT
        x, y, _ = zip(*stroke.tolist(-4), strict=True)
        reach = self.pen_width * sheet.width() / 2 + 2
        box = QRectF(QPointF(min(x), min(y)) * scale, QPointF(max(x), max(y)) * scale).translated(sheet.topLeft())
        return box.adjusted(-reach, -reach, reach, reach)

    def _refresh(self, side_px: int) -> None:
        """Update the cached images: completely after a change, otherwise by the new segments only."""
        if self._base.width() != side_px:
            self._paint_base(side_px)
            self._live = QImage()
        stroke = self._document.stroke
        if stroke is None:
            return
        if self._live.isNull():
            self._live, self._n_live = self._base.copy(), 0
        painter = _painter(self._live)
        if self._n_live == 0 and len(stroke) > 2 and stroke.has_constant_pressure():
            painter.strokePath(_curve(stroke.tolist()), self._pen(stroke.tolist(-1)[0][2]))
            self._n_live = len(stroke)
        points = stroke.tolist(max(0, self._n_live - 2))
        for i in range(min(self._n_live, 2), len(points)):
            self._paint_segment(painter, points[max(0, i - 2) : i + 1])
        painter.end()
        self._n_live = len(stroke)

    def _paint_base(self, side_px: int) -> None:
        self._base = QImage(side_px, side_px, QImage.Format.Format_RGB32)
        self._base.fill((self._colours or theme.colours()).paper)
        painter = _painter(self._base)
        content = self._document.content
        if content.picture is not None:
            is_small = max(content.picture.width(), content.picture.height()) < _SMALL_PICTURE
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_small)
            if content.picture.hasAlphaChannel():
                painter.fillRect(content.picture_rect(), BEHIND)
            painter.drawImage(content.picture_rect(), _shrunk(content.picture, side_px))
        for stroke in content.strokes:
            self._paint_stroke(painter, stroke)
        painter.end()

    def picture(self, side_px: int) -> QImage:
        """Return an image of the finished content."""
        self._paint_base(side_px)
        return self._base

    # -- strokes ------------------------------------------------------------------------------------------------

    def _pen(self, pressure: float) -> QPen:
        width = pen.width_at(pressure, self.pen_width * UNIT)
        round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        ink = (self._colours or theme.colours()).ink
        return QPen(ink, width, Qt.PenStyle.SolidLine, round_cap, round_join)

    def _paint_stroke(self, painter: QPainter, stroke: Stroke) -> None:
        """Paint a whole stroke; at constant pressure as one path, which has clean edges."""
        points = stroke.tolist()
        if len(points) > 1 and stroke.has_constant_pressure():
            path = _curve(points)
            path.lineTo(QPointF(*points[-1][:2]))
            painter.strokePath(path, self._pen(points[0][2]))
            return
        for i in range(len(points)):
            self._paint_segment(painter, points[max(0, i - 2) : i + 1])
        self._paint_line(painter, points[-2:])

    def _paint_segment(self, painter: QPainter, points: list[tuple[float, float, float]]) -> None:
        """Paint what the last of up to three points adds: a dot, or the curve between the two midpoints."""
        if len(points) == 1:
            self._paint_line(painter, points)
            return
        path = QPainterPath(_midpoint(points[0], points[-2]) if len(points) == 3 else QPointF(*points[0][:2]))
        path.quadTo(QPointF(*points[-2][:2]), _midpoint(points[-2], points[-1]))
        painter.strokePath(path, self._pen((points[-2][2] + points[-1][2]) / 2))

    def _paint_line(self, painter: QPainter, points: list[tuple[float, float, float]]) -> None:
        """Paint the last half of the line between two points; one point is a dot."""
        painter.setPen(self._pen(points[-1][2]))
        end = QPointF(*points[-1][:2])
        if len(points) == 1 or points[0] == points[-1]:
            painter.drawPoint(end)
        else:
            painter.drawLine(_midpoint(points[0], points[-1]), end)

    def _paint_tail(self, painter: QPainter, sheet: QRectF, stroke: Stroke) -> None:
        painter.save()
        painter.setClipRect(sheet)
        painter.translate(sheet.topLeft())
        painter.scale(sheet.width() / UNIT, sheet.width() / UNIT)
        self._paint_line(painter, stroke.tolist(-2))
        painter.restore()


def _curve(points: list[tuple[float, float, float]]) -> QPainterPath:
    """Return the path from the first point to the middle of the last segment."""
    path = QPainterPath(QPointF(*points[0][:2]))
    for before, point in pairwise(points):
        path.quadTo(QPointF(*before[:2]), _midpoint(before, point))
    return path


def strokes_image(drawing: "Drawing", pen_width: float, side_px: int) -> QImage:
    """Return strokes in canvas units as an image, black on white; ``pen_width`` is a share of its side."""
    document = PadDocument()
    document.content = Content(tuple(Stroke(points) for points in drawing.strokes))
    return PadPainter(document, pen_width, replace(LIGHT, ink=QColor("black"))).picture(side_px)


def paint_placeholder(painter: QPainter, sheet: QRectF, font: QFont, title: str, text: str) -> None:
    """Write instructions in the middle of a blank sheet."""
    centre = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    column = sheet.adjusted(theme.MARGIN, 0, -theme.MARGIN, 0)
    middle = sheet.center().y()
    painter.setFont(theme.scaled_font(font, 1.5, QFont.Weight.Medium))
    painter.setPen(theme.colours().text)
    upper = QRectF(column.x(), sheet.y(), column.width(), middle - sheet.y())
    painter.drawText(upper, centre | Qt.AlignmentFlag.AlignBottom, title)
    painter.setFont(font)
    painter.setPen(theme.colours().muted)
    lower = QRectF(column.x(), middle + theme.SPACING, column.width(), sheet.bottom() - middle - theme.SPACING)
    painter.drawText(lower, centre | Qt.AlignmentFlag.AlignTop, text)


def eraser_cursor(radius: float, ink: QColor) -> QCursor:
    """Return a cursor: a ring of the eraser's size."""
    side = 2 * max(4, round(radius)) + 3
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.2))
    painter.drawEllipse(QRectF(1, 1, side - 2, side - 2))
    painter.end()
    return QCursor(pixmap)


def _painter(image: QImage) -> QPainter:
    """Return a painter for an image, in canvas units."""
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(image.width() / UNIT, image.width() / UNIT)
    return painter


def _midpoint(a: Sequence[float], b: Sequence[float]) -> QPointF:
    return QPointF((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _shrunk(picture: QImage, side: int) -> QImage:
    """Return a picture no larger than the sheet: QPainter's smooth transform skips pixels, ``scaled`` does not."""
    if max(picture.width(), picture.height()) <= side:
        return picture
    return picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
