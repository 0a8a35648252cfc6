"""The right-hand room: the training panel, what there is to say, and four pages about runs and their networks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from core.runs.run import Run
from core.runs.run_store import Shelf
from gui.inspector.inspector_controller import InsideDesk
from gui.inspector.inspector_view import AnswersView, InsideView
from gui.recognition.active_model import ModelSlot
from gui.recognition.models_controller import ModelDesk
from gui.recognition.recognition_controller import Reader
from gui.runs.runs_controller import RunDesk
from gui.runs.runs_view import RunShelf
from gui.style import theme
from gui.style.message_bar import NoticeBar, Offer
from gui.training.panel import TrainingPanel
from gui.training.recipes_controller import RecipeDesk
from gui.training.session import RunState, TrainingSession
from gui.training.training_controller import TrainingDesk
from gui.training.worker import Outcome

if TYPE_CHECKING:
    from gui.curves.curves import Curves


class LabRoom(QWidget):
    """Composes the views about training, and the desks that serve them.

    Parameters
    ----------
    shelf
        Where runs are kept; None keeps none.
    """

    starting = Signal()
    """A run is about to begin."""
    ended = Signal(object)
    """A run has ended: its Outcome."""
    axisChosen = Signal(str)
    """The user wants the curves over another axis."""

    def __init__(
        self, session: TrainingSession, slot: ModelSlot, reader: Reader, models: ModelDesk, shelf: Shelf | None
    ) -> None:
        super().__init__()
        self._session, self._reader = session, reader
        self.panel = TrainingPanel()
        self.notice = NoticeBar()
        self.tabs = QTabWidget()
        self.run_shelf, self.inside_view, self.answers_view = RunShelf(), InsideView(), AnswersView()
        self.curves: Curves | None = None
        self.training = TrainingDesk(session, self.panel, slot, models, shelf, self)
        self.recipes = RecipeDesk(self.panel, self)
        self.runs = RunDesk(self.run_shelf, shelf or Shelf(), self, _save_picture)
        self.inside = InsideDesk(session, slot, self.inside_view, self.answers_view, self)
        self._curves_place = QVBoxLayout()
        self._lay_out()
        self._connect(models)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.panel)
        layout.addWidget(self.notice)  # here it moves neither the pad nor a button under the hand
        layout.addWidget(self.tabs, 1)
        curves = QWidget()
        curves.setLayout(self._curves_place)
        self._curves_place.setContentsMargins(0, 0, 0, 0)
        self.tabs.setDocumentMode(True)
        for page, title, tip in (
            (curves, self.tr("Curves"), self.tr("How the run goes on")),
            (self.run_shelf, self.tr("Runs"), self.tr("All runs that were kept, side by side")),
            (self.inside_view, self.tr("Network"), self.tr("What the network is like inside, and how it came to be")),
            (self.answers_view, self.tr("Answers"), self.tr("What is read as what, and the mistakes themselves")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), tip)

    def _connect(self, models: ModelDesk) -> None:
        for desk in (self.training, self.recipes, self.runs, self.inside):
            desk.told.connect(self.notice.show_message)
        self.training.starting.connect(self._on_starting)
        self.training.ended.connect(self._on_ended)
        self._session.stateChanged.connect(self._on_state)
        self._session.discarded.connect(self.runs.note_discarded)
        self.runs.undoable.connect(self._offer_undo)
        self.runs.restored.connect(self.training.note_restored)
        self.runs.modelTaken.connect(models.take)
        self.run_shelf.settingsRequested.connect(self._use_settings)
        self.run_shelf.resumeRequested.connect(self.training.take_up)
        self.run_shelf.continueRequested.connect(self.training.continue_from)
        self.run_shelf.overlaysChanged.connect(self._show_overlays)
        self.run_shelf.examineRequested.connect(self._examine)
        theme.notifier.changed.connect(self._show_overlays)
        self.inside.pictureChosen.connect(self._reader.show_digit)
        self._reader.answered.connect(self._on_answered)
        self.tabs.currentChanged.connect(self._on_tab)

    def add_curves(self, log: QAction, axis: str) -> None:
        """Bring in the plots, which need pyqtgraph: a third of a second that the first picture does not wait for."""
        if self.curves is not None:
            return
        from gui.curves.curves import Curves

        self.curves = curves = Curves()
        curves.add_switch(log)
        self._curves_place.addWidget(curves)
        self.training.set_curves(curves)
        curves.axisChosen.connect(self.axisChosen)
        curves.set_axis(axis)
        curves.set_log(log.isChecked())
        log.toggled.connect(curves.set_log)

    def shut_down(self) -> None:
        """Return when no thread is left but the session's."""
        self.inside.shut_down()

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _on_starting(self) -> None:
        self.starting.emit()
        self.tabs.setCurrentIndex(0)

    def _on_state(self, state: RunState) -> None:
        if state is RunState.PREPARING:
            self.notice.clear()

    def _on_ended(self, outcome: Outcome) -> None:
        self.runs.refresh()
        self.ended.emit(outcome)

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.run_shelf:
            self.runs.refresh()
        elif self.tabs.currentWidget() is self.inside_view:
            self.inside.ask_history()

    def _on_answered(self) -> None:
        self.inside.set_image(self._reader.shown.image)

    def _show_overlays(self) -> None:
        """Lay the curves of the ticked runs beside those of the run that goes on."""
        if self.curves is not None:
            self.curves.set_overlays(self.runs.overlays())

    def _examine(self, run: Run) -> None:
        self.tabs.setCurrentWidget(self.answers_view)
        self.inside.examine(run)

    def _use_settings(self, run: Run) -> None:
        if self._session.is_active:
            self.notice.show_message(self.tr("A network is in training: its settings stay as they are."))
        elif self.training.use_settings(run):
            self.panel.fold_button.setChecked(True)

    def _offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.notice.show_message(text, offers={self.tr("Undo"): Offer(undo)})


def _save_picture(run: Run, path: Path) -> None:
    from gui.curves.export import save  # it brings pyqtgraph, too

    save(run, path)
