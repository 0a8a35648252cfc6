"""The network's input: the 28×28 image of the drawing, pixel by pixel."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.digits import BOX, SIZE
from gui.style import theme
from gui.style.colormaps import ramp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class InputView(QWidget):
    """The image in square cells of whole device pixels, with a dotted outline of the digit's 20×20 box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._content: bytes | None = None
        self.setMinimumSize(side_of(2), side_of(2))
        self.setAccessibleName(self.tr("What the network sees"))
        self.setToolTip(
            self.tr(
                "What the network sees: your drawing, centred and scaled to 28 × 28 pixels, like the training images"
            )
        )
        self._describe()

    def set_image(self, image: "NDArray[np.uint8] | None") -> None:
        """Show an image (28, 28), from 0 (paper) to 255 (ink); None shows the empty frame."""
        before = self._content
        self._content = None if image is None else image.tobytes()
        if image is None:
            self._image = None
        else:
            if image.shape != (SIZE, SIZE) or image.dtype != "uint8":
                raise ValueError(f"an image of {SIZE} × {SIZE} uint8 was expected, not {image.shape} {image.dtype}")
            # A QImage must own its pixels: it does not keep foreign memory alive.
            self._image = QImage(image.tobytes(), SIZE, SIZE, SIZE, QImage.Format.Format_Indexed8).copy()
        if self._content != before:
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size for cells of four pixels."""
        return QSize(side_of(4), side_of(4))

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new colour scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint cells, box and frame."""
        colours = theme.colours()
        frame = self._frame()
        painter = QPainter(self)
        painter.fillRect(frame, colours.paper)
        if self._image is not None:
            self._image.setColorTable(ramp(colours.paper, colours.ink))
            painter.drawImage(frame, self._image)
        self._paint_box(painter, frame, colours.accent)
        painter.setPen(QPen(colours.line, 1))
        painter.drawRect(frame.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_box(self, painter: QPainter, frame: QRectF, colour: QColor) -> None:
        """Outline the central 20×20 pixels, which a digit is scaled to."""
        faint = QColor(colour)
        faint.setAlphaF(0.45)
        margin = frame.width() * (1 - BOX / SIZE) / 2
        painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
        painter.drawRect(frame.adjusted(margin, margin, -margin, -margin))

    def _frame(self) -> QRectF:
        """Return the square of the 28×28 cells of whole device pixels, in the middle of the widget."""
        ratio = self.devicePixelRatioF()
        width, height = int((self.width() - 2) * ratio), int((self.height() - 2) * ratio)
        side = max(1, min(width, height) // SIZE) * SIZE
        left, top = (width - side) // 2 + round(ratio), (height - side) // 2 + round(ratio)
        return QRectF(left / ratio, top / ratio, side / ratio, side / ratio)

    def _describe(self) -> None:
        empty = self.tr("Nothing yet")
        self.setAccessibleDescription(empty if self._image is None else self.tr("A digit of 28 × 28 pixels"))


def side_of(cell: int) -> int:
    """Return the side of the view, in pixels, for cells of ``cell`` pixels and the frame."""
    return SIZE * cell + 2
