"""The right half of the window: the training panel, the message bar, and four pages about runs and networks."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QTabBar, QTabWidget, QVBoxLayout, QWidget

from core.runs.run import Run
from core.runs.run_store import RunStore
from gui.digits.digits_controller import DigitsController
from gui.inspector.inspector_view import ConfusionPage, InspectorView
from gui.recognition.active_model import ActiveModel
from gui.recognition.models_controller import ModelsController
from gui.recognition.recognition_controller import RecognitionController
from gui.runs.run_table import RunEntry
from gui.runs.runs_controller import RunsController
from gui.runs.runs_view import RunAction, RunsView
from gui.style.message import Message, Severity
from gui.style.message_bar import MessageBar
from gui.style.steady_scroll_area import SteadyScrollArea
from gui.training.panel import TrainingPanel
from gui.training.recipes_controller import RecipesController
from gui.training.session import RunState, TrainingSession
from gui.training.training_controller import TrainingController

if TYPE_CHECKING:
    from gui.curves.curves import Curves
    from gui.curves.overlay_lines import Overlay
    from gui.inspector.inspector_controller import InspectorController


_MINIMUM = QSize(380, 200)
_SETTINGS_SHARE = 0.4  # of the height: what the list of settings may take
_TABS_HEIGHT = 230  # px: in a window without room for that, one scrolls to it


class _Tabs(QTabWidget):
    """Pages that take what height is left, but not less than the curves need."""

    def sizeHint(self) -> QSize:
        """Return the size that a window is to have room for."""
        return QSize(super().sizeHint().width(), max(_TABS_HEIGHT, self.minimumSizeHint().height()))


class _WheelFilter(QObject):
    """Keeps the wheel from widgets; what they lie in gets it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel."""
        is_wheel = event.type() == QEvent.Type.Wheel
        if is_wheel:
            event.ignore()
        return is_wheel


class LabPanel(SteadyScrollArea):
    """Composes the views about training, and their controllers. A low window shows a scroll bar.

    Parameters
    ----------
    store
        Where runs are kept; None keeps none.
    """

    def __init__(
        self,
        session: TrainingSession,
        active_model: ActiveModel,
        recognition: RecognitionController,
        models: ModelsController,
        store: RunStore | None,
    ) -> None:
        super().__init__()
        self._session, self._recognition = session, recognition
        self.panel = TrainingPanel()
        self.message_bar = MessageBar()
        self.tabs = _Tabs()
        self.runs_view, self.inspector_view, self.confusion_page = RunsView(), InspectorView(), ConfusionPage()
        self.curves: Curves | None = None
        self._inspector: InspectorController | None = None
        self._active_model = active_model
        self.training = TrainingController(session, self.panel, active_model, models, store, self)
        self.recipes = RecipesController(self.panel, self)
        self.digits = DigitsController(self.panel, session, self.training, self)
        self.runs = RunsController(self.runs_view, store or RunStore(), models, self, _save_picture)
        self._curves_layout = QVBoxLayout()
        self._wheel_filter = _WheelFilter(self)
        self._lay_out()
        self.setLocale(QLocale.c())  # Latin digits and a decimal point in every view, whatever the system's language
        self._connect()

    def _lay_out(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.panel)
        layout.addWidget(self.message_bar)  # here, its appearance moves neither the pad nor the buttons above
        layout.addWidget(self.tabs, 1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # or a click on a button would end the editing of a name
        self.setMinimumSize(_MINIMUM)
        curves = QWidget()
        curves.setLayout(self._curves_layout)
        self._curves_layout.setContentsMargins(0, 0, 0, 0)
        self.tabs.setDocumentMode(True)
        for page, title, tip in (
            (curves, self.tr("Curves"), self.tr("Loss, accuracy and learning rate of the run")),
            (self.runs_view, self.tr("Runs"), self.tr("All stored runs")),
            (self.inspector_view, self.tr("Network"), self.tr("Weights and layers of the network during the run")),
            (self.confusion_page, self.tr("Confusion matrix"), self.tr("Predictions by true digit, and the errors")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the curves their share of a low window while the settings are shown."""
        super().resizeEvent(event)
        self.panel.limit_settings(round(_SETTINGS_SHARE * self.height()))

    def _keep_from_wheel(self, part: QWidget) -> None:
        """Scroll by the wheel also over a list or the tabs, which would change by accident."""
        for widget in (*part.findChildren(QComboBox), *part.findChildren(QTabBar)):
            widget.installEventFilter(self._wheel_filter)

    def _reveal_message(self) -> None:
        """Scroll to the message once its bar has its place."""
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.message_bar, 0, 0))

    def _connect(self) -> None:
        self.message_bar.shown.connect(self._reveal_message)
        for part in (self.panel.choices, self.tabs):
            self._keep_from_wheel(part)
        for controller in (self.training, self.recipes, self.digits, self.runs):
            controller.messageReady.connect(self.message_bar.show_message)
        self.panel.controls.rate.editingFinished.connect(self._on_rate)
        self._session.stateChanged.connect(self._on_state)
        self._session.concluded.connect(self.runs.refresh)
        self._session.discarded.connect(self.runs.note_discarded)
        self.runs.restored.connect(self.training.note_restored)
        self.runs_view.requested.connect(self._on_run_requested)
        self.runs.overlaysReady.connect(self._show_overlays)
        self._recognition.predicted.connect(self._on_predicted)
        self.tabs.currentChanged.connect(self._on_tab)

    def add_curves(self, log: QAction, axis: str) -> None:
        """Add the plots; importing pyqtgraph takes a third of a second, which the first frame does not wait for."""
        if self.curves is not None:
            return
        from gui.curves.curves import Curves

        self.curves = curves = Curves()
        curves.add_switch(log)
        self._curves_layout.addWidget(curves)
        self._keep_from_wheel(curves)
        self.training.set_curves(curves)
        curves.set_axis(axis)
        curves.set_log(log.isChecked())
        log.toggled.connect(curves.set_log)
        curves.set_overlays(self.runs.overlays())

    @property
    def inspector(self) -> "InspectorController":
        """The controller of the pages about a network; it is made, and they are filled, at the first use."""
        if self._inspector is None:
            from gui.inspector.inspector_controller import InspectorController

            pages = self.inspector_view, self.confusion_page
            self._inspector = inspector = InspectorController(self._session, self._active_model, *pages, self)
            for page in pages:
                self._keep_from_wheel(page)
            inspector.messageReady.connect(self.message_bar.show_message)
            inspector.dialog.pictureChosen.connect(self._recognition.show_digit)
            inspector.set_image(self._recognition.shown.image)
        return self._inspector

    def shut_down(self) -> None:
        """End all threads but the session's, and return when they have ended."""
        self.digits.shut_down()
        if self._inspector is not None:
            self._inspector.shut_down()

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _on_state(self, state: RunState) -> None:
        if state is RunState.PREPARING:
            _ = self.inspector  # from the first event on
            self.tabs.setCurrentIndex(0)
            self.message_bar.clear()

    def _on_rate(self) -> None:
        """Say what is wrong with the factor of the learning rate; no form is around it that would."""
        if problem := self.panel.controls.rate.problem():
            self.message_bar.show_message(Message(problem, Severity.BAD))

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.runs_view:
            self.runs.refresh()
        elif self.tabs.currentWidget() in (self.inspector_view, self.confusion_page):
            self.inspector.request_history()

    def _on_predicted(self) -> None:
        if self._inspector is not None:
            self._inspector.set_image(self._recognition.shown.image)

    def _show_overlays(self, overlays: "list[Overlay]") -> None:
        """Draw the curves of the overlaid runs, once there are plots."""
        if self.curves is not None:
            self.curves.set_overlays(overlays)

    def _on_run_requested(self, action: RunAction, entries: list[RunEntry]) -> None:
        """Handle the actions on a run that concern more than the store; ``RunsController`` handles the others."""
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
                self.tabs.setCurrentWidget(self.confusion_page)
                self.inspector.predict_dataset(run)

    def _use_settings(self, run: Run) -> None:
        if self._session.is_active:
            text = self.tr("A network is in training: its settings stay as they are.")
            self.message_bar.show_message(Message(text, Severity.INFO))
        elif self.training.use_settings(run):
            self.panel.fold_button.setChecked(True)


def _save_picture(run: Run, path: Path) -> None:
    from gui.curves.export import save  # imports pyqtgraph

    save(run, path)
