"""Shows the inside of a network during training, its earlier snapshots, and its errors."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.data import sources
from core.data.dataset import Dataset
from core.digits import N_PIXELS
from core.nn.network import Network
from core.recognition.recognizer import Recognizer
from core.runs.records import RunFacts
from core.runs.run import Run
from core.training import dataset_predictions
from core.training.loop import Progress
from core.training.snapshots import KeptSnapshot
from gui.inspector.answer_history import AnswerHistory
from gui.inspector.cell_pictures import CellPictures
from gui.inspector.digits_dialog import DigitsDialog
from gui.inspector.evaluation_thread import Evaluated, EvaluationThread
from gui.inspector.inspector_view import ConfusionPage, InspectorView
from gui.inspector.scrubber import NEWEST
from gui.recognition.active_model import ActiveModel
from gui.shell.job_thread import Failed
from gui.style.message import Message, Severity
from gui.training.events import Prepared, Progressed, RunEvent, SnapshotsKept
from gui.training.session import TrainingSession


class InspectorController(QObject):
    """Fills the pages about a network, updates them from a session, and handles their requests.

    Attributes
    ----------
    history : AnswerHistory
        Computes the predictions for the pad's image at each snapshot.
    evaluation : EvaluationThread
        Evaluates a network on the validation or test digits.
    dialog : DigitsDialog
        Shows the digits behind a cell of the confusion matrix.
    """

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(
        self,
        session: TrainingSession,
        active_model: ActiveModel,
        view: InspectorView,
        confusion_page: ConfusionPage,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        view.furnish()
        confusion_page.furnish()
        self._session, self._active_model = session, active_model
        self._view, self._confusion = view, confusion_page.confusion
        self._n_first = 0  # units of the first layer
        self._image: NDArray[np.uint8] | None = None
        self._evaluated: Evaluated | None = None
        self._requested_cell: tuple[int, int] | None = None
        self.history = AnswerHistory(self)
        self.evaluation = EvaluationThread(self)
        self.dialog = DigitsDialog(window)
        session.happened.connect(self._on_event)
        view.scrubber.snapshotChosen.connect(self._on_chosen)
        self._confusion.grid.cellOpened.connect(self._on_cell)
        self.history.predicted.connect(view.scrubber.show_probabilities)
        self.evaluation.ended.connect(self._on_ended)
        active_model.choicesChanged.connect(self._on_choices)

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Set the image (28, 28) on the pad, in MNIST's geometry, for the predictions at each snapshot."""
        self._image = image
        if image is None:
            self._view.scrubber.show_probabilities(None)
        self.request_history()

    def request_history(self) -> None:
        """Request the predictions at each snapshot if they are visible: a moving pen requests them often."""
        if self._view.isVisible():
            self.history.request(self._snapshots, self._image)

    def predict_dataset(self, run: Run) -> None:
        """Show a stored run's predictions for its test digits."""
        text = self.tr("Evaluating “{name}” on its test digits…").format(name=run.name)
        self.messageReady.emit(Message(text, Severity.INFO))
        self._requested_cell = None
        title = self.tr("Test digits, “{name}”").format(name=run.name)
        self.evaluation.evaluate(partial(_evaluate_run, run, title))

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self.history.shut_down()
        self.evaluation.shut_down()

    # -- the run -------------------------------------------------------------------------------------------------------

    @property
    def _snapshots(self) -> tuple[KeptSnapshot, ...]:
        return self._session.live.snapshots

    def _on_event(self, event: RunEvent) -> None:
        match event:
            case Prepared():
                self._on_prepared(event.facts)
            case Progressed():
                self._on_records(event.records)
            case SnapshotsKept():
                self._on_snapshots()

    def _on_prepared(self, facts: RunFacts) -> None:
        self._evaluated = None
        self.evaluation.forget()
        network = Network.from_description(facts.layers)
        self._n_first = network.sizes[1]
        self._view.layers.begin(network.sizes)
        self._view.weights.clear()
        self._view.scrubber.clear()
        self._confusion.clear()
        self.history.begin(Recognizer(network, facts.input_scale))

    def _on_records(self, records: tuple[Progress, ...]) -> None:
        for record in records:
            if record.inspection is not None:
                self._view.layers.add(record.samples, record.inspection)
                self._evaluated = None
                self._confusion.show_confusion(record.inspection.confusion, self._validation_title(record.step))

    def _on_snapshots(self) -> None:
        scrubber = self._view.scrubber
        scrubber.set_moments([kept.moment for kept in self._snapshots])
        if scrubber.index == NEWEST:
            self._show_weights(self._snapshots[-1])
        self.request_history()

    def _on_chosen(self, index: int) -> None:
        """Show a snapshot and make it active; at the newest, end the look back."""
        if not self._snapshots:
            return
        self._show_weights(self._snapshots[index])
        if index == NEWEST:
            self._active_model.look_ahead()
        else:
            self._active_model.look_back(self._snapshots[index])

    def _on_choices(self) -> None:
        """Move the slider to the newest snapshot when the user's choice of a network has ended a look back."""
        scrubber = self._view.scrubber
        if not self._active_model.looks_back and scrubber.index != NEWEST:
            scrubber.clear()
            scrubber.set_moments([kept.moment for kept in self._snapshots])
            self.request_history()

    def _show_weights(self, kept: KeptSnapshot) -> None:
        # They are the first part of the flat vector; to restore all of a large network takes 5 ms.
        n = self._n_first
        self._view.weights.show_weights(kept.parameters[: N_PIXELS * n].reshape(N_PIXELS, n).astype(np.float32))

    # -- evaluations ---------------------------------------------------------------------------------------------------

    def _validation_title(self, step: int) -> str:
        return self.tr("Validation digits, step {step:,}").format(step=step)

    def _on_cell(self, label: int, predicted: int) -> None:
        """Show the digits behind a cell; during a run, those of its newest snapshot."""
        self._requested_cell = label, predicted
        if self._evaluated is not None:
            self._open_cell(self._evaluated)
        elif (facts := self._session.live.facts) is not None and self._snapshots:
            newest = self._snapshots[-1]
            title = self._validation_title(newest.moment.step)
            self.evaluation.evaluate(partial(_evaluate_snapshot, facts, newest, title))

    def _on_ended(self, result: Evaluated | Failed) -> None:
        if isinstance(result, Failed):
            self.messageReady.emit(Message(result.reason, Severity.BAD, result.details))
            return
        self._evaluated = result
        confusion = result.predictions.confusion
        self._confusion.show_confusion(confusion, result.title)
        if self._requested_cell is not None:
            self._open_cell(result)
        else:
            text = self.tr("{title}: {correct:,} of {total:,} predictions are correct. Open a cell to see its digits.")
            text = text.format(title=result.title, correct=int(np.trace(confusion)), total=int(confusion.sum()))
            self.messageReady.emit(Message(text, Severity.GOOD))

    def _open_cell(self, evaluated: Evaluated) -> None:
        assert self._requested_cell is not None
        cell = CellPictures.of(evaluated.predictions, evaluated.data, *self._requested_cell)
        title = self.tr("{evaluation} · {cell}").format(evaluation=evaluated.title, cell=cell.title)
        self.dialog.show_pictures(title, cell.images, cell.captions, cell.flags)
        self.dialog.show()
        self.dialog.raise_()


def _evaluate_snapshot(facts: RunFacts, kept: KeptSnapshot, title: str) -> Evaluated:
    """Evaluate a snapshot on the validation digits (off the GUI thread)."""
    network = Network.from_description(facts.layers)
    kept.restore(network)
    data = facts.splits.validation
    return Evaluated(dataset_predictions.predict_dataset(network, facts.input_scale, data), data, title)


def _evaluate_run(run: Run, title: str) -> Evaluated:
    """Load a run's network and its test digits, and evaluate it (off the GUI thread)."""
    model = run.model()
    data = _test_digits(run)
    predictions = dataset_predictions.predict_dataset(model.network, model.input_scale, data, model.calibration)
    return Evaluated(predictions, data, title)


def _test_digits(run: Run) -> Dataset:
    """Load the digits that a run was tested on."""
    if run.test:
        return sources.load(run.test).evaluation
    return sources.load(run.data).test
