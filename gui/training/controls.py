"""The controls of a run: buttons to start, pause, stop and cancel it, and a factor of its learning rate."""

import enum

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QLayout, QPushButton, QWidget

from gui.style import theme
from gui.training.number_box import NumberBox
from gui.training.session import RunState


class RunControl(enum.Enum):
    """A button of the run."""

    START = enum.auto()
    PAUSE = enum.auto()
    RESUME = enum.auto()
    STOP = enum.auto()
    CANCEL = enum.auto()


class TrainingControls(QWidget):
    """The buttons that apply in the current state, and beside or below them the factor of the learning rate.

    Attributes
    ----------
    rate : NumberBox
        The factor that the user sets for the schedule's learning rate, from the next batch on.
    """

    requested = Signal(object)
    """The user pressed a button: a ``RunControl``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = RunState.IDLE
        self._make_buttons()
        self._make_rate()
        self._lay_out()

    def _lay_out(self) -> None:
        self._button_row = QHBoxLayout()
        self._button_row.setSpacing(theme.SPACING)
        for button in self.buttons:
            self._button_row.addWidget(button)
        self._button_row.addStretch(1)
        self._second_row = QHBoxLayout()
        self._second_row.addWidget(self._rate_row)
        self._second_row.addStretch(1)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.SPACING)
        self._layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # see minimumSizeHint
        self._layout.addLayout(self._button_row)
        self._layout.addLayout(self._second_row, 1)

    def add_right(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._second_row.addWidget(widget)

    def sizeHint(self) -> QSize:
        """Return the width of a single row, and the height of the rows that there are."""
        rows = self._button_row.sizeHint().width(), self._second_row.sizeHint().width()
        return QSize(sum(rows) + self._layout.spacing(), self._layout.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width of two rows: in a narrow panel, the factor of the learning rate is below the buttons."""
        rows = self._button_row.minimumSize().width(), self._second_row.minimumSize().width()
        return QSize(max(rows), self._layout.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the factor of the learning rate beside or below the buttons."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        direction = QBoxLayout.Direction
        fits = self.width() >= self.sizeHint().width()
        self._layout.setDirection(direction.LeftToRight if fits else direction.TopToBottom)
        self.updateGeometry()

    def set_state(self, state: RunState) -> None:
        """Show the buttons that apply in a state. Silent."""
        self._state = state
        active = state is not RunState.IDLE
        had_focus = any(button.hasFocus() for button in self.buttons)
        for button in self.buttons:
            button.setVisible(active != (button is self.start_button))
        self._show_rate(active)
        self.pause_button.setEnabled(state in (RunState.RUNNING, RunState.PAUSED))
        self.stop_button.setEnabled(state is not RunState.ENDING)
        paused = state is RunState.PAUSED
        self.pause_button.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.pause_button.setAccessibleName(self.pause_button.text())
        self.pause_button.setToolTip(
            self.tr("Resume the run") if paused else self.tr("Pause the run; it can be resumed")
        )
        theme.set_icon(self.pause_button, "play" if paused else "pause")
        if had_focus:  # Qt would move it to the next control of the window
            (self.stop_button if active else self.start_button).setFocus()

    def _make_buttons(self) -> None:
        table = (
            ("start", "", self.tr("Start"), self.tr("Train a network with these settings")),
            ("pause", "pause", self.tr("Pause"), ""),
            ("stop", "stop", self.tr("Stop"), self.tr("End the run now and keep its best weights")),
            ("cancel", "cancel", self.tr("Cancel"), self.tr("End the run now and discard it")),
        )
        buttons = []
        for name, icon, text, tip in table:
            button = QPushButton(text)
            button.setObjectName(f"{name}_button")
            button.setToolTip(tip)
            button.setAccessibleName(text)
            if icon:
                theme.set_icon(button, icon)
            buttons.append(button)
        self.buttons = tuple(buttons)
        self.start_button, self.pause_button, self.stop_button, self.cancel_button = buttons
        self.start_button.setProperty("primary", True)
        self.start_button.clicked.connect(lambda: self.requested.emit(RunControl.START))
        self.pause_button.clicked.connect(self._on_pause)
        self.stop_button.clicked.connect(lambda: self.requested.emit(RunControl.STOP))
        self.cancel_button.clicked.connect(lambda: self.requested.emit(RunControl.CANCEL))

    def _make_rate(self) -> None:
        self.rate = NumberBox(0.001, 1000.0)
        self.rate.setKeyboardTracking(False)  # not while a number is being typed
        self.rate.setAccessibleName(self.tr("Factor of the learning rate"))
        self.rate.setToolTip(
            self.tr("Multiplies the learning rate of the current run: smaller steps settle, larger ones explore")
        )
        self._rate_row = QWidget()
        label = QLabel(self.tr("Ra&te ×"))
        label.setBuddy(self.rate)
        row = QHBoxLayout(self._rate_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.rate)
        row.addStretch(1)

    def _show_rate(self, active: bool) -> None:
        """Show the rate factor during a run, and reset it to 1 when a run starts. Silent."""
        if self._rate_row.isHidden() == active:
            blocked = self.rate.blockSignals(True)
            self.rate.setValue(1.0)
            self.rate.blockSignals(blocked)
            self._rate_row.setVisible(active)
            self._arrange()

    def _on_pause(self) -> None:
        paused = self._state is RunState.PAUSED
        self.requested.emit(RunControl.RESUME if paused else RunControl.PAUSE)
