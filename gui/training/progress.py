"""How far a run is: a bar, and a line of text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from core.runs.records import RunFacts
from core.training.loop import Progress
from gui.style import theme
from gui.training.session import RunState


class TrainingProgress(QWidget):
    """Shows how far the run is, how long it will take, and in the end how it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = RunState.IDLE
        self._facts: RunFacts | None = None
        self._way = ""
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("Progress of the run"))
        self._bar.setToolTip(self.tr("How much of the run is done"))
        self._status = QLabel(self.tr("Press Start: a network learns from scratch, in this window."))
        self._status.setWordWrap(True)
        self._status.setMinimumHeight(2 * self._status.fontMetrics().height())
        self._status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._bar)
        layout.addWidget(self._status)

    def set_state(self, state: RunState) -> None:
        """Show where the run stands."""
        self._state = state
        if state is RunState.PREPARING:
            self._bar.setRange(0, 0)
            self._bar.show()
            self._status.setText(self.tr("Loading the digits…"))
        elif state in (RunState.RUNNING, RunState.PAUSED):
            self._show_way()
        elif state is RunState.ENDING:
            self._status.setText(self.tr("Testing the best weights…"))
        elif state is RunState.IDLE:
            self._bar.hide()

    def show_facts(self, facts: RunFacts) -> None:
        """Show what a run is about, now that it is known."""
        self._facts = facts
        self._bar.setRange(0, facts.n_steps)
        self._bar.setValue(0)
        self._way = self.tr(
            "{0:,} parameters, {1:,} digits to learn from, {2:,} to choose by, {3:,} to test with"
        ).format(facts.n_parameters, facts.n_train, facts.n_validation, facts.n_test)

    def show_progress(self, record: Progress, seconds: float) -> None:
        """Show how far a run is after ``seconds`` of training."""
        self._bar.setValue(record.step)
        if self._facts is None or seconds <= 0:
            return
        left = seconds * (record.n_steps - record.step) / record.step
        n_threads = self._facts.threads
        threads = self.tr("1 thread") if n_threads == 1 else self.tr("{0} threads").format(n_threads)
        self._way = self.tr("Epoch {0} of {1} · step {2:,} of {3:,} · {4} left · {5:,} digits a second · {6}").format(
            record.epoch,
            self._facts.n_epochs,
            record.step,
            record.n_steps,
            self._duration(left),
            round(record.samples / seconds / 100) * 100,
            threads,
        )
        # Where the line is too long it breaks between two of its parts.
        self._way = self._way.replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · ")
        self._show_way()

    def _show_way(self) -> None:
        """Show how far the run is, and whether it is paused; late news do not hide that it is ending."""
        if self._state is RunState.RUNNING:
            self._status.setText(self._way)
        elif self._state is RunState.PAUSED:
            self._status.setText(self.tr("Paused. {0}").format(self._way))

    def show_status(self, text: str) -> None:
        """Show how a run ended."""
        self._status.setText(text)

    def _duration(self, seconds: float) -> str:
        whole = round(seconds)
        if whole < 60:
            return self.tr("{0} s").format(whole)
        if whole < 3600:
            return self.tr("{0} min {1:02d} s").format(*divmod(whole, 60))
        return self.tr("{0} h {1:02d} min").format(*divmod(whole // 60, 60))
