"""The bar that is shown while MNIST is missing: buttons to download it, or to copy it from the user's files."""

import enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.style import theme


class MnistRequest(enum.Enum):
    """A button of the bar: download MNIST, copy it from a folder, or cancel."""

    DOWNLOAD = enum.auto()
    FILES = enum.auto()
    CANCEL = enum.auto()


class MnistBar(QWidget):
    """Says that MNIST is missing and offers to get it; during a download, shows its progress."""

    requested = Signal(object)
    """The user pressed a button: an ``MnistRequest``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self.progress_bar = QProgressBar()
        self.progress_bar.setAccessibleName(self.tr("Progress of the download"))
        self.progress_bar.setToolTip(self.tr("How much of MNIST is here"))
        self.progress_bar.setTextVisible(True)
        self.get_button = self._button(
            self.tr("Get MNIST (11 MB)"),
            self.tr("Download 70,000 handwritten digits and keep them on this computer"),
            MnistRequest.DOWNLOAD,
        )
        theme.set_icon(self.get_button, "download")
        self.files_button = self._button(
            self.tr("I have the files…"),
            self.tr("Choose the folder with MNIST's four files"),
            MnistRequest.FILES,
        )
        self.cancel_button = self._button(
            self.tr("Cancel"), self.tr("Cancel the download; nothing of it is kept"), MnistRequest.CANCEL
        )
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.get_button, self.files_button, self.progress_bar, self.cancel_button):
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
        """Say that MNIST is missing, and show the buttons to get it. Silent."""
        self._text.setText(
            self.tr("MNIST, 70,000 handwritten digits, is not on this computer yet. Synthetic digits need no download.")
        )
        self._set_busy(False)

    def show_progress(self, done: int, total: int) -> None:
        """Show how much of a download is done; with a total of 0, which is unknown, a busy bar. Silent."""
        self._text.setText(self.tr("Getting MNIST…"))
        self.progress_bar.setRange(0, total)
        self.progress_bar.setValue(done)
        self._set_busy(True)

    def _set_busy(self, busy: bool) -> None:
        for widget, visible in (
            (self.get_button, not busy),
            (self.files_button, not busy),
            (self.progress_bar, busy),
            (self.cancel_button, busy),
        ):
            widget.setVisible(visible)
