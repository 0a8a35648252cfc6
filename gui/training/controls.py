"""The controls of a run: buttons to start, pause, stop and cancel it, and a factor of its learning rate."""

import enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from gui.style import theme
from gui.training.session import RunState
from gui.training.settings_form import NumberBox


class RunControl(enum.Enum):
    """A button of the run."""

    START = enum.auto()
    PAUSE = enum.auto()
    RESUME = enum.auto()
    STOP = enum.auto()
    CANCEL = enum.auto()


class TrainingControls(QWidget):
    """A row with the buttons that apply in the current state.

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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        for button in self.buttons:
            layout.addWidget(button)
        layout.addWidget(self._rate_row)

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
        row.setContentsMargins(theme.SPACING, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.rate)

    def _show_rate(self, active: bool) -> None:
        """Show the rate factor during a run, and reset it to 1 when a run starts. Silent."""
        if self._rate_row.isHidden() == active:
            blocked = self.rate.blockSignals(True)
            self.rate.setValue(1.0)
            self.rate.blockSignals(blocked)
            self._rate_row.setVisible(active)

    def _on_pause(self) -> None:
        paused = self._state is RunState.PAUSED
        self.requested.emit(RunControl.RESUME if paused else RunControl.PAUSE)
