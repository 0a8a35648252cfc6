"""A line for what went wrong or well: it waits to be read, and never asks to be clicked away first."""

import enum
from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import theme


class Kind(enum.Enum):
    """How a message is meant."""

    INFO = "info"
    GOOD = "good"
    BAD = "bad"


class NoticeBar(QWidget):
    """Shows the newest message, with buttons: to copy its details, and for what can be done about it."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Kind.INFO
        self._details = ""
        self._offers: list[QPushButton] = []
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton(self.tr("Copy details"))
        self._copy.setToolTip(self.tr("Copy the whole report of this fault, to send it to the makers"))
        self._copy.setAccessibleName(self.tr("Copy details"))
        self._copy.clicked.connect(self._copy_details)
        close = QToolButton()
        theme.set_icon(close, "close")
        close.setToolTip(self.tr("Hide this message"))
        close.setAccessibleName(self.tr("Hide this message"))
        close.clicked.connect(self._dismiss)
        text = QHBoxLayout()
        text.addWidget(self._label, 1)
        text.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        # Below the text, for beside it they would leave a long sentence no room.
        self._row = QHBoxLayout()
        self._row.addWidget(self._copy)
        self._row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING // 2, theme.SPACING, theme.SPACING // 2)
        layout.setSpacing(theme.SPACING // 2)
        layout.addLayout(text)
        layout.addLayout(self._row)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown; empty where none is."""
        return "" if self.isHidden() else self._label.text()

    def show_message(
        self,
        text: str,
        kind: Kind = Kind.INFO,
        details: str = "",
        offers: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show a message in place of the one before; each offer is a button, with its text and what it does."""
        self._kind, self._details = kind, details
        self._offer(offers or {})
        self._label.setText(text)
        self.setAccessibleName(text)
        self._copy.setVisible(bool(details))
        self.show()
        self.update()

    def _offer(self, offers: Mapping[str, Callable[[], object]]) -> None:
        for button in self._offers:
            button.hide()
            button.deleteLater()
        self._offers = []
        for text, action in offers.items():
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.clicked.connect(self.hide)
            button.clicked.connect(lambda checked=False, action=action: action())
            self._row.insertWidget(len(self._offers), button)
            self._offers.append(button)

    def clear(self) -> None:
        """Hide the message."""
        self.hide()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._label.text()}\n\n{self._details}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a quiet ground with a stripe in the colour of the message's kind."""
        colours = theme.colours()
        stripe = {Kind.INFO: colours.accent, Kind.GOOD: colours.good, Kind.BAD: colours.bad}[self._kind]
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.hover)
        painter.fillRect(0, 0, 4, self.height(), stripe)
        painter.end()
