"""A line for what went wrong or well: it waits to be read, and never asks to be clicked away first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.style import theme
from gui.style.message import Message, Offer, Offers, Severity

_N_WAITING = 3  # whoever deletes many runs does not want to be asked about each of them again


class MessageBar(QWidget):
    """Shows the newest message, with buttons: to copy its details, and for what can be done about it.

    One with offers that has not been answered waits while newer ones are shown, and comes back.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Message | None = None
        self._waiting: list[Message] = []
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
        return self._shown.text if self._shown else ""

    def show_message(self, message: Message) -> None:
        """Show a message in place of the one before, and of all with the same offers; each offer is a button."""
        self._lay_aside()
        self._waiting = [other for other in self._waiting if other.offers != message.offers][-_N_WAITING:]
        self._show(message)

    def clear(self) -> None:
        """Hide what is out of date: a message without an offer that stands."""
        self._lay_aside()
        self._show_waiting()

    def _lay_aside(self) -> None:
        if self._shown is not None:
            self._waiting.append(self._shown)
        self._shown = None

    def _show_waiting(self) -> None:
        """Show the newest of the messages that wait and can still be answered; hide where there is none."""
        self._waiting = [message for message in map(Message.standing, self._waiting) if message.offers]
        if self._waiting:
            self._show(self._waiting.pop())
        else:
            self.hide()

    def _show(self, message: Message) -> None:
        self._shown = message
        self._offer(message.offers)
        self._label.setText(message.text)
        self.setAccessibleName(message.text)
        self._copy.setVisible(bool(message.details))
        self.show()
        self.update()

    def _offer(self, offers: Offers) -> None:
        for button in self._offers:
            button.hide()
            button.deleteLater()
        self._offers = []
        for text, offer in offers.items():
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.clicked.connect(lambda checked=False, offer=offer: self._take(offer))
            self._row.insertWidget(len(self._offers), button)
            self._offers.append(button)

    def _take(self, offer: Offer) -> None:
        """Do what was offered; unless that has something to say, what waits comes back."""
        taken, self._shown = self._shown, None
        self.hide()
        offer.action()
        if offer.returns and taken is not None and (self._shown is None or self._shown.offers != taken.offers):
            self._waiting.append(taken)
        if self._shown is None:
            self._show_waiting()

    def _dismiss(self) -> None:
        self._shown = None
        self._show_waiting()
        self.dismissed.emit()

    def _copy_details(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(f"{self._shown.text}\n\n{self._shown.details}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a quiet ground with a stripe in the colour of the message's severity."""
        colours = theme.colours()
        severity = self._shown.severity if self._shown else Severity.INFO
        stripe = {Severity.INFO: colours.accent, Severity.GOOD: colours.good, Severity.BAD: colours.bad}[severity]
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.hover)
        painter.fillRect(0, 0, 4, self.height(), stripe)
        painter.end()
