"""The progress of a run: a bar and a line of text."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from core.runs.records import RunFacts
from gui.style import theme
from gui.training.session import RunState

if TYPE_CHECKING:
    from core.training.loop import Progress

_TEXT_MS = 200  # between two texts at least: each lays out the panel again, and nobody reads faster


class TrainingProgress(QWidget):
    """Shows the position of a run and the time left; after the run, how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = RunState.IDLE
        self._facts: RunFacts | None = None
        self._position = ""
        self._newest: tuple[Progress, float] | None = None  # not described yet
        self._next_text = QTimer(self, singleShot=True, interval=_TEXT_MS)
        self._next_text.timeout.connect(self._describe_newest)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("Progress of the run"))
        self.bar.setToolTip(self.tr("How much of the run is done"))
        self._status = QLabel(self.tr("Press Start to train a network from scratch."))
        self._status.setWordWrap(True)
        self._status.setMinimumHeight(2 * self._status.fontMetrics().height())
        self._status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.bar)
        layout.addWidget(self._status)

    @property
    def text(self) -> str:
        """The line of text."""
        return self._status.text()

    def set_state(self, state: RunState) -> None:
        """Show the state of the run. Silent."""
        self._state = state
        if state is RunState.PREPARING:
            self.bar.setRange(0, 0)
            self.bar.show()
            self._status.setText(self.tr("Loading the digits…"))
        elif state in (RunState.RUNNING, RunState.PAUSED):
            self._describe_newest()
            self._show_position()
        elif state is RunState.ENDING:
            self._status.setText(self.tr("Testing the best weights…"))
        elif state is RunState.IDLE:
            self.bar.hide()

    def show_facts(self, facts: RunFacts) -> None:
        """Show the size of the network and of the data. Silent."""
        self._facts, self._newest = facts, None
        self._next_text.stop()
        self.bar.setRange(0, facts.n_steps)
        self.bar.setValue(0)
        text = self.tr(
            "{parameters:,} parameters; {train:,} training, {validation:,} validation and {test:,} test digits"
        )
        self._position = text.format(
            parameters=facts.n_parameters, train=facts.n_train, validation=facts.n_validation, test=facts.n_test
        )

    def show_progress(self, record: "Progress", seconds: float) -> None:
        """Show the position of the run after ``seconds`` of training, its words at most 0.2 s later. Silent."""
        self.bar.setValue(record.step)
        self._newest = record, seconds
        if not self._next_text.isActive():
            self._describe_newest()

    def _describe_newest(self) -> None:
        if self._newest is None:
            return
        self._describe(*self._newest)
        self._newest = None
        self._next_text.start()

    def _describe(self, record: "Progress", seconds: float) -> None:
        if self._facts is None or seconds <= 0:
            return
        text = self.tr(
            "Epoch {epoch} of {n_epochs} · step {step:,} of {n_steps:,} · {left} left · {rate:,} digits a second · "
            "{threads}"
        )
        text = text.format(
            epoch=record.epoch,
            n_epochs=self._facts.n_epochs,
            step=record.step,
            n_steps=record.n_steps,
            left=self._duration(seconds * (record.n_steps - record.step) / record.step),
            rate=round(record.samples / seconds / 100) * 100,
            threads=self._threads(self._facts.threads),
        )
        # A line that is too long breaks between two of its parts only.
        self._position = text.replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · ")
        self._show_position()

    def show_status(self, text: str) -> None:
        """Show how a run ended. Silent."""
        self._status.setText(text)

    def _show_position(self) -> None:
        """Show the position of the run; records that arrive while it ends do not replace that message."""
        if self._state is RunState.RUNNING:
            self._status.setText(self._position)
        elif self._state is RunState.PAUSED:
            self._status.setText(self.tr("Paused. {position}").format(position=self._position))

    def _threads(self, n: int) -> str:
        return self.tr("1 thread") if n == 1 else self.tr("{n} threads").format(n=n)

    def _duration(self, seconds: float) -> str:
        whole = round(seconds)
        if whole < 60:
            return self.tr("{seconds} s").format(seconds=whole)
        if whole < 3600:
            return self.tr("{minutes} min {seconds:02d} s").format(minutes=whole // 60, seconds=whole % 60)
        return self.tr("{hours} h {minutes:02d} min").format(hours=whole // 3600, minutes=whole // 60 % 60)
