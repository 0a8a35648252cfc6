"""A bar that shows the newest message; it interrupts nothing and stays until it is replaced or closed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.style import theme
from gui.style.message import Message, Offer, Offers, Severity

_N_WAITING = 3  # more would be a nuisance: each of many deleted runs leaves an offer to undo


class MessageBar(QWidget):
    """Shows the newest message, with a button to copy its details and one for each offer.

    A message whose offers are still open waits while newer ones are shown, and is shown again after them.
    """

    shown = Signal()
    """A message is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Message | None = None
        self._waiting: list[Message] = []
        self._offer_buttons: list[QPushButton] = []
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton(self.tr("Copy details"))
        self._copy.setToolTip(self.tr("Copy the complete error report, to send it to the developers"))
        self._copy.setAccessibleName(self.tr("Copy details"))
        self._copy.clicked.connect(self._copy_details)
        close = QToolButton()
        theme.set_icon(close, "close")
        close.setToolTip(self.tr("Hide this message"))
        close.setAccessibleName(self.tr("Hide this message"))
        close.clicked.connect(self.dismiss)
        top = QHBoxLayout()
        top.addWidget(self._label, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        # Below the text: beside it, the buttons would leave no room for a long sentence.
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self._copy)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING // 2, theme.SPACING, theme.SPACING // 2)
        layout.setSpacing(theme.SPACING // 2)
        layout.addLayout(top)
        layout.addLayout(self._buttons)
        self.hide()

    @property
    def text(self) -> str:
        """The text of the message shown; empty if there is none."""
        return self._shown.text if self._shown else ""

    @property
    def offer_buttons(self) -> tuple[QPushButton, ...]:
        """The buttons of the offers shown."""
        return tuple(self._offer_buttons)

    def show_message(self, message: Message) -> None:
        """Show a message; it replaces the current one, and any that waits with the same offers."""
        self._set_aside()
        self._waiting = [other for other in self._waiting if other.offers != message.offers][-_N_WAITING:]
        self._show(message)

    def clear(self) -> None:
        """Hide the message unless one of its offers still stands; then show the newest one that waits."""
        self._set_aside()
        self._show_waiting()

    def dismiss(self) -> None:
        """Drop the message with its offers, as the close button does."""
        self._shown = None
        self._show_waiting()

    def _set_aside(self) -> None:
        if self._shown is not None:
            self._waiting.append(self._shown)
        self._shown = None

    def _show_waiting(self) -> None:
        """Show the newest waiting message whose offers still stand; hide the bar if there is none."""
        self._waiting = [message for message in map(Message.standing, self._waiting) if message.offers]
        if self._waiting:
            self._show(self._waiting.pop())
        else:
            self.hide()

    def _show(self, message: Message) -> None:
        self._shown = message
        self._make_offer_buttons(message.offers)
        self._label.setText(message.text)
        self.setAccessibleName(message.text)
        self._copy.setVisible(bool(message.details))
        self.show()
        self.update()
        self.shown.emit()

    def _make_offer_buttons(self, offers: Offers) -> None:
        for button in self._offer_buttons:
            button.hide()
            button.deleteLater()
        self._offer_buttons = []
        for text, offer in offers.items():
            button = QPushButton(text)
            button.setAccessibleName(text)
            button.clicked.connect(lambda checked=False, offer=offer: self._take(offer))
            self._buttons.insertWidget(len(self._offer_buttons), button)
            self._offer_buttons.append(button)

    def _take(self, offer: Offer) -> None:
        """Run an offer's action; unless that shows a message, show the newest one that waits."""
        taken, self._shown = self._shown, None
        self.hide()
        offer.action()
        if offer.returns and taken is not None and (self._shown is None or self._shown.offers != taken.offers):
            self._waiting.append(taken)
        if self._shown is None:
            self._show_waiting()

    def _copy_details(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(f"{self._shown.text}\n\n{self._shown.details}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background and a stripe in the colour of the message's severity."""
        colours = theme.colours()
        severity = self._shown.severity if self._shown else Severity.INFO
        stripe = {Severity.INFO: colours.accent, Severity.GOOD: colours.good, Severity.BAD: colours.bad}[severity]
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.hover)
        painter.fillRect(0, 0, 4, self.height(), stripe)
        painter.end()
