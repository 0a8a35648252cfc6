"""The right half of the window: training panel, messages, and four pages about runs and their networks."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from core.runs.run import Run
from core.runs.run_store import RunStore
from gui.inspector.inspector_controller import InspectorController
from gui.inspector.inspector_view import ConfusionPage, InspectorView
from gui.recognition.active_model import ActiveModel
from gui.recognition.models_controller import ModelsController
from gui.recognition.recognition_controller import RecognitionController
from gui.runs.run_table import RunEntry
from gui.runs.runs_controller import RunsController
from gui.runs.runs_view import RunAction, RunsView
from gui.style.message import Message, Severity
from gui.style.message_bar import MessageBar
from gui.training.panel import TrainingPanel
from gui.training.recipes_controller import RecipesController
from gui.training.session import RunState, TrainingSession
from gui.training.training_controller import TrainingController

if TYPE_CHECKING:
    from gui.curves.curves import Curves
    from gui.curves.overlay_lines import Overlay


class LabPanel(QWidget):
    """Composes the views about training, and the controllers that serve them.

    Parameters
    ----------
    shelf
        Where runs are kept; None keeps none.
    """

    def __init__(
        self,
        session: TrainingSession,
        slot: ActiveModel,
        recognition: RecognitionController,
        models: ModelsController,
        store: RunStore | None,
    ) -> None:
        super().__init__()
        self._session, self._recognition = session, recognition
        self.panel = TrainingPanel()
        self.message_bar = MessageBar()
        self.tabs = QTabWidget()
        self.runs_view, self.inside_view, self.answers_view = RunsView(), InspectorView(), ConfusionPage()
        self.curves: Curves | None = None
        self.training = TrainingController(session, self.panel, slot, models, store, self)
        self.recipes = RecipesController(self.panel, self)
        self.runs = RunsController(self.runs_view, store or RunStore(), self, _save_picture)
        self.inside = InspectorController(session, slot, self.inside_view, self.answers_view, self)
        self._curves_place = QVBoxLayout()
        self._lay_out()
        self._connect(models)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.panel)
        layout.addWidget(self.message_bar)  # here it moves neither the pad nor a button under the hand
        layout.addWidget(self.tabs, 1)
        curves = QWidget()
        curves.setLayout(self._curves_place)
        self._curves_place.setContentsMargins(0, 0, 0, 0)
        self.tabs.setDocumentMode(True)
        for page, title, tip in (
            (curves, self.tr("Curves"), self.tr("How the run goes on")),
            (self.runs_view, self.tr("Runs"), self.tr("All runs that were kept, side by side")),
            (self.inside_view, self.tr("Network"), self.tr("What the network is like inside, and how it came to be")),
            (self.answers_view, self.tr("Answers"), self.tr("What is read as what, and the mistakes themselves")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), tip)

    def _connect(self, models: ModelsController) -> None:
        for controller in (self.training, self.recipes, self.runs, self.inside):
            controller.messageReady.connect(self.message_bar.show_message)
        self.training.starting.connect(self._on_starting)
        self.training.ended.connect(self._on_ended)
        self._session.stateChanged.connect(self._on_state)
        self._session.discarded.connect(self.runs.note_discarded)
        self.runs.restored.connect(self.training.note_restored)
        self.runs.modelTaken.connect(models.take)
        self.runs_view.requested.connect(self._on_run_requested)
        self.runs.overlaysReady.connect(self._show_overlays)
        self.inside.dialog.pictureChosen.connect(self._recognition.show_digit)
        self._recognition.predicted.connect(self._on_predicted)
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
        curves.set_axis(axis)
        curves.set_log(log.isChecked())
        log.toggled.connect(curves.set_log)

    def shut_down(self) -> None:
        """Return when no thread is left but the session's."""
        self.inside.shut_down()

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _on_starting(self) -> None:
        self.tabs.setCurrentIndex(0)

    def _on_state(self, state: RunState) -> None:
        if state is RunState.PREPARING:
            self.message_bar.clear()

    def _on_ended(self) -> None:
        self.runs.refresh()

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.runs_view:
            self.runs.refresh()
        elif self.tabs.currentWidget() is self.inside_view:
            self.inside.request_history()

    def _on_predicted(self) -> None:
        self.inside.set_image(self._recognition.shown.image)

    def _show_overlays(self, overlays: "list[Overlay]") -> None:
        """Draw the curves of the ticked runs beside those of the live run."""
        if self.curves is not None:
            self.curves.set_overlays(overlays)

    def _on_run_requested(self, action: RunAction, entries: list[RunEntry]) -> None:
        """Do what concerns more than the store of a run."""
        run = entries[0]
        if not isinstance(run, Run):
            return
        match action:
            case RunAction.RESUME:
                self.training.resume(run)
            case RunAction.CONTINUE:
                self.training.continue_from(run)
            case RunAction.USE_SETTINGS:
                self._use_settings(run)
            case RunAction.EVALUATE:
                self.tabs.setCurrentWidget(self.answers_view)
                self.inside.predict_dataset(run)

    def _use_settings(self, run: Run) -> None:
        if self._session.is_active:
            text = self.tr("A network is in training: its settings stay as they are.")
            self.message_bar.show_message(Message(text, Severity.INFO))
        elif self.training.use_settings(run):
            self.panel.fold_button.setChecked(True)


def _save_picture(run: Run, path: Path) -> None:
    from gui.curves.export import save  # it brings pyqtgraph, too

    save(run, path)
