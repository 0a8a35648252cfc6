"""While MNIST is missing: an offer to get it, or to take it from files that are there already."""

import enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.style import theme


class MnistRequest(enum.Enum):
    """What the user wants: a download, files that are there already, or an end of the download."""

    DOWNLOAD = enum.auto()
    FILES = enum.auto()
    CANCEL = enum.auto()


class MnistBar(QWidget):
    """Says that MNIST is missing, and offers ways to get it; shows a download while it goes on."""

    requested = Signal(object)
    """An ``MnistRequest``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(self.tr("Progress of the download"))
        self._progress.setToolTip(self.tr("How much of MNIST has arrived"))
        self._progress.setTextVisible(True)
        self.get_button = self._button(
            self.tr("Get MNIST (11 MB)"),
            self.tr("Download 70,000 handwritten digits, and keep them on this computer"),
            MnistRequest.DOWNLOAD,
        )
        theme.set_icon(self.get_button, "download")
        self.files_button = self._button(
            self.tr("I have the files…"),
            self.tr("Choose the folder that holds MNIST's four files"),
            MnistRequest.FILES,
        )
        self.cancel_button = self._button(
            self.tr("Cancel"), self.tr("End the download; nothing is kept of it"), MnistRequest.CANCEL
        )
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.get_button, self.files_button, self._progress, self.cancel_button):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING // 2)
        layout.addWidget(self._text)
        layout.addLayout(row)
        self.show_missing()

    def _button(self, text: str, tip: str, request: MnistRequest) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self.requested.emit(request))
        return button

    def show_missing(self) -> None:
        """Offer to get MNIST."""
        self._text.setText(
            self.tr("MNIST, 70,000 real handwritten digits, is not here yet. Synthetic digits are ready at once.")
        )
        self._set_busy(False)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far a download is; a total of 0 means that nobody knows."""
        self._text.setText(self.tr("Getting MNIST…"))
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        self._set_busy(True)

    def _set_busy(self, busy: bool) -> None:
        for widget, visible in (
            (self.get_button, not busy),
            (self.files_button, not busy),
            (self._progress, busy),
            (self.cancel_button, busy),
        ):
            widget.setVisible(visible)
