"""A dialog with pictures of digits and their captions; the user can choose one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.digits import SIZE
from gui.style import theme
from gui.style.colormaps import ramp

MAX_PICTURES = 300
"""The most pictures that are shown; a line below gives the number of the others."""
_PIXEL = 2  # logical pixels for a pixel of a picture
_FRAME = 3  # px around a picture, for the border of a flagged one
_LINES = 3  # of text below a picture: two of caption, one of flag


class DigitsDialog(QDialog):
    """A grid of digits with a scroll bar; it does not block the window."""

    pictureChosen = Signal(object, str)
    """The user has chosen a picture: the image (28, 28), and its caption in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: NDArray[np.uint8] = np.zeros((0, SIZE, SIZE), np.uint8)
        self._captions: Sequence[str] = ()
        self._flags: Sequence[str] = ()
        self.title_label, self.more_label = QLabel(), QLabel()
        self.empty_label = QLabel(self.tr("There is no digit here."))
        self.pictures = _Pictures()
        self.pictures.itemClicked.connect(self._on_clicked)
        theme.notifier.changed.connect(self._paint_icons)
        self._lay_out()
        self.show_pictures("", self._images)

    def show_pictures(
        self, title: str, images: NDArray[np.uint8], captions: Sequence[str] = (), flags: Sequence[str] = ()
    ) -> None:
        """Fill the dialog; call ``show`` to show it. Silent.

        Parameters
        ----------
        title
            The title of all pictures.
        images : (N, 28, 28)
            From 0 (paper) to 255 (ink); the first ``MAX_PICTURES`` are shown.
        captions
            One or two lines below each picture; none if empty.
        flags
            A short warning for each picture, or "".
        """
        self._images = images[:MAX_PICTURES].copy()
        self._captions, self._flags = tuple(captions[:MAX_PICTURES]), tuple(flags[:MAX_PICTURES])
        self.setWindowTitle(title or self.tr("Digits"))
        self.title_label.setText(title)
        self.pictures.setAccessibleName(title)
        self.pictures.clear()
        for index in range(len(self._images)):
            self.pictures.addItem(self._item(self._caption(index), self._flags[index] if self._flags else ""))
        self._paint_icons()
        n, rest = len(self._images), len(images) - len(self._images)
        text = self.tr("The first {shown:,} are shown; {rest:,} more are not.")
        self.more_label.setText(text.format(shown=n, rest=rest))
        self.more_label.setVisible(rest > 0)
        self.pictures.setVisible(n > 0)
        self.empty_label.setVisible(n == 0)

    def _caption(self, index: int) -> str:
        return self._captions[index] if self._captions else ""

    def _on_clicked(self, item: QListWidgetItem) -> None:
        index = self.pictures.row(item)
        self.pictureChosen.emit(self._images[index], self._caption(index).replace("\n", ", "))

    def _item(self, caption: str, flag: str) -> QListWidgetItem:
        item = QListWidgetItem("\n".join(filter(None, (caption, flag))))
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        tip = self.tr("Put this digit on the pad")
        if flag:
            doubt = self.tr("People who looked at this digit disagree with its label (Northcutt et al., 2021).")
            tip = f"{doubt}\n{tip}"
        item.setToolTip(tip)
        return item

    def _paint_icons(self) -> None:
        """Paint the pictures in the colours of the scheme."""
        colours = theme.colours()
        table, ratio = ramp(colours.paper, colours.ink), self.devicePixelRatioF()
        for index, image in enumerate(self._images):
            is_flagged = bool(self._flags and self._flags[index])
            item = self.pictures.item(index)
            item.setIcon(QIcon(_picture(image, table, ratio, QPen(colours.warn, 2) if is_flagged else None)))
            item.setForeground(QBrush(colours.warn if is_flagged else colours.text))

    def event(self, event: QEvent) -> bool:
        """Repaint the pictures for a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._paint_icons()
        return super().event(event)

    def _lay_out(self) -> None:
        self.title_label.setFont(theme.scaled_font(self.font(), 1.1, self.title_label.font().Weight.DemiBold))
        self.empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self.empty_label, self.more_label):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this list of digits"))
        buttons.rejected.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addWidget(self.more_label, 1)
        bottom.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.title_label)
        layout.addWidget(self.pictures, 1)
        layout.addWidget(self.empty_label, 1)
        layout.addLayout(bottom)
        self.resize(600, 480)


class _Pictures(QListWidget):
    """The grid. Enter and the space bar count as a click on the current picture."""

    def __init__(self) -> None:
        super().__init__()
        side = SIZE * _PIXEL + 2 * _FRAME
        self.setViewMode(self.ViewMode.IconMode)
        self.setMovement(self.Movement.Static)
        self.setResizeMode(self.ResizeMode.Adjust)
        self.setIconSize(QSize(side, side))
        self.setGridSize(QSize(104, side + _LINES * self.fontMetrics().height() + theme.SPACING))
        self.setToolTip(self.tr("Choose a digit to put it on the pad"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the current picture, or go to another."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentItem() is not None:
                self.itemClicked.emit(self.currentItem())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ignore the second click of a double click."""


def _picture(image: NDArray[np.uint8], table: list[int], ratio: float, border: QPen | None) -> QPixmap:
    """Return an image (28, 28) in whole device pixels, with an empty frame or a border."""
    source = QImage(image.tobytes(), SIZE, SIZE, SIZE, QImage.Format.Format_Indexed8)
    source.setColorTable(table)
    pixel, side = max(1, round(_PIXEL * ratio)), SIZE * _PIXEL + 2 * _FRAME
    pixmap = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    start = (pixmap.width() - SIZE * pixel) // 2
    painter.drawImage(start, start, source.scaled(SIZE * pixel, SIZE * pixel))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    if border is not None:
        painter = QPainter(pixmap)
        painter.setPen(border)
        painter.drawRect(1, 1, side - 2, side - 2)
        painter.end()
    return pixmap
