"""A dialog that lists several files, each with a small picture of it, its answer, and what is to be said of it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.style import theme
from gui.style.palettes import BEHIND

THUMBNAIL = 48
"""The side of a thumbnail, in logical pixels."""
FILE, ANSWER, PROBABILITY, REMARK = range(4)
"""The columns."""


class PicturesDialog(QDialog):
    """A table of files that is filled row by row; it does not block the window."""

    rowChosen = Signal(int)
    """The user wants a file on the pad: its row."""
    exportRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Pictures"))
        self.progress_label = QLabel()
        self.table = _Table()
        self.table.cellDoubleClicked.connect(self._on_row)
        self.export_button = QPushButton(self.tr("Export CSV…"))
        self.export_button.setToolTip(self.tr("Save this table as comma-separated values"))
        self.export_button.setAutoDefault(False)
        self.export_button.clicked.connect(self.exportRequested)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setToolTip(self.tr("Read no further picture; those that were read stay in the list"))
        self.stop_button.setAutoDefault(False)
        self.stop_button.setEnabled(False)
        self._lay_out()

    def begin(self) -> None:
        """Empty the table. Silent."""
        self.table.setRowCount(0)
        self.export_button.setEnabled(False)

    def add_row(self, thumbnail: QImage, name: str, path: str, answer: str, probability: str, remark: str) -> None:
        """Add a file to the end of the table; ``path`` is its tooltip. Silent."""
        row = self.table.rowCount()
        self.table.insertRow(row)
        items = [QTableWidgetItem(text) for text in (name, answer, probability, remark)]
        items[FILE].setIcon(QIcon(_thumbnail(thumbnail, self.devicePixelRatioF())))
        items[ANSWER].setFont(theme.scaled_font(self.font(), 1.3))
        for column, item in enumerate(items):
            item.setToolTip(path if column == FILE else item.text())
            self.table.setItem(row, column, item)
        if self.table.currentRow() < 0:
            self.table.setCurrentCell(0, FILE)

    def set_progress(self, text: str, *, is_complete: bool) -> None:
        """Show how many files are read; only a complete table can be exported. Silent."""
        self.progress_label.setText(text)
        self.export_button.setEnabled(is_complete)

    def set_reading(self, is_reading: bool) -> None:
        """Let the user stop while files are being read. Silent."""
        self.stop_button.setEnabled(is_reading)

    def _on_row(self, row: int, column: int) -> None:
        self.rowChosen.emit(row)

    def _lay_out(self) -> None:
        self.progress_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.progress_label.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setToolTip(self.tr("Close this list of pictures"))
        buttons.rejected.connect(self.reject)
        bottom = QHBoxLayout()
        bottom.addWidget(self.progress_label, 1)
        bottom.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.table, 1)
        layout.addLayout(bottom)
        self.resize(680, 420)


class _Table(QTableWidget):
    """The table. Enter counts as a double click on the current row."""

    def __init__(self) -> None:
        super().__init__(0, 4)
        self.setHorizontalHeaderLabels([self.tr("File"), self.tr("Answer"), self.tr("Probability"), self.tr("Remark")])
        self.setAccessibleName(self.tr("Pictures and their answers"))
        self.setToolTip(self.tr("Double-click a picture to put it on the pad"))
        self.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(self.SelectionBehavior.SelectRows)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setDefaultSectionSize(THUMBNAIL + theme.SPACING)
        header = self.horizontalHeader()
        header.setSectionResizeMode(REMARK, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(FILE, 220)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the current row, or go to another."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentRow() >= 0:
                self.cellDoubleClicked.emit(self.currentRow(), FILE)
        else:
            super().keyPressEvent(event)


def reduced(image: QImage) -> QImage:
    """Return an image that is small, but large enough for a thumbnail on any screen (in any thread)."""
    most = 4 * THUMBNAIL
    if max(image.width(), image.height()) <= most:
        return image
    return image.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _thumbnail(image: QImage, ratio: float) -> QPixmap:
    """Return an image scaled to a thumbnail, in device pixels; a null one for a null image."""
    if image.isNull():
        return QPixmap()
    side = round(THUMBNAIL * ratio)
    scaled = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    pixmap = QPixmap(scaled.size())
    pixmap.fill(BEHIND)
    painter = QPainter(pixmap)
    painter.drawImage(0, 0, scaled)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
