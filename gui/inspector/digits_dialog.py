"""Digits in a dialog: pictures with what is known of each; one of them can be chosen."""

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
"""What is shown at a time; of what else there is, the number is told."""
_PIXEL = 2  # logical pixels, of a picture's
_FRAME = 3  # px around a picture, in which a flag's border is drawn
_LINES = 3  # of text below a picture: two of caption, one of flag


class DigitsDialog(QDialog):
    """A grid of digits to scroll through; it does not block the window."""

    pictureChosen = Signal(int)
    """The user has chosen a picture, counted from 0 as they were given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: NDArray[np.uint8] = np.zeros((0, SIZE, SIZE), np.uint8)
        self._flags: Sequence[str] = ()
        self._title, self._more = QLabel(), QLabel()
        self._nothing = QLabel(self.tr("There is no digit here."))
        self.pictures = _Pictures()
        self.pictures.chosen.connect(self.pictureChosen)
        theme.notifier.changed.connect(self._dress)
        self._lay_out()
        self.show_pictures("", self._images)

    def show_pictures(
        self, title: str, images: NDArray[np.uint8], captions: Sequence[str] = (), flags: Sequence[str] = ()
    ) -> None:
        """Fill the dialog, which is to be shown by ``show``. Silent.

        Parameters
        ----------
        title
            What they have in common.
        images : (N, 28, 28)
            0 paper to 255 ink; the first ``MAX_PICTURES`` are shown.
        captions
            A line or two below each; none without.
        flags
            What is doubtful about each, in two words, or nothing.
        """
        self._images, self._flags = images[:MAX_PICTURES].copy(), tuple(flags[:MAX_PICTURES])
        self.setWindowTitle(title or self.tr("Digits"))
        self._title.setText(title)
        self.pictures.setAccessibleName(title)
        self.pictures.clear()
        for index in range(len(self._images)):
            caption = captions[index] if captions else ""
            self.pictures.addItem(self._item(caption, self._flags[index] if self._flags else ""))
        self._dress()
        n, rest = len(self._images), len(images) - len(self._images)
        self._more.setText(self.tr("These are the first {0:,}; {1:,} more are not shown.").format(n, rest))
        self._more.setVisible(rest > 0)
        self.pictures.setVisible(n > 0)
        self._nothing.setVisible(n == 0)

    def _item(self, caption: str, flag: str) -> QListWidgetItem:
        item = QListWidgetItem("\n".join(filter(None, (caption, flag))))
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        tip = self.tr("Put this digit on the pad")
        if flag:
            doubt = self.tr("People who looked at this digit disagree with its label (Northcutt et al., 2021).")
            tip = f"{doubt}\n{tip}"
        item.setToolTip(tip)
        return item

    def _dress(self) -> None:
        """Paint the pictures in the scheme's colours."""
        colours = theme.colours()
        table, ratio = ramp(colours.paper, colours.ink), self.devicePixelRatioF()
        for index, image in enumerate(self._images):
            is_flagged = bool(self._flags and self._flags[index])
            item = self.pictures.item(index)
            item.setIcon(QIcon(_picture(image, table, ratio, QPen(colours.warn, 2) if is_flagged else None)))
            item.setForeground(QBrush(colours.warn if is_flagged else colours.text))

    def event(self, event: QEvent) -> bool:
        """Paint the pictures anew on a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return super().event(event)

    def _lay_out(self) -> None:
        self._title.setFont(theme.scaled_font(self.font(), 1.1, self._title.font().Weight.DemiBold))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._nothing, self._more):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this list of digits"))
        buttons.rejected.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addWidget(self._more, 1)
        bottom.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._title)
        layout.addWidget(self.pictures, 1)
        layout.addWidget(self._nothing, 1)
        layout.addLayout(bottom)
        self.resize(600, 480)


class _Pictures(QListWidget):
    """The grid; a click chooses, and so do Enter and the space bar."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        side = SIZE * _PIXEL + 2 * _FRAME
        self.setViewMode(self.ViewMode.IconMode)
        self.setMovement(self.Movement.Static)
        self.setResizeMode(self.ResizeMode.Adjust)
        self.setIconSize(QSize(side, side))
        self.setGridSize(QSize(104, side + _LINES * self.fontMetrics().height() + theme.SPACING))
        self.setToolTip(self.tr("Choose a digit to put it on the pad"))
        self.itemClicked.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the picture that has the focus, or go to another."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentItem() is not None:
                self._choose(self.currentItem())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second of two quick clicks for no other choice."""

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.row(item))


def _picture(image: NDArray[np.uint8], table: list[int], ratio: float, border: QPen | None) -> QPixmap:
    """Return an image (28, 28) in whole device pixels, in a frame that a border marks."""
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
