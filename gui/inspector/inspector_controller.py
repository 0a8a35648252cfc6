"""The desk of what is inside: it shows how a network learns, looks back through its run, and opens its mistakes."""

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
from gui.inspector.evaluation_thread import EvaluationThread, Examined
from gui.inspector.inspector_view import ConfusionPage, InspectorView
from gui.inspector.scrubber import NEWEST
from gui.recognition.active_model import ActiveModel
from gui.style.message import Message, Severity
from gui.training.events import Prepared, Progressed, RunEvent, SnapshotsKept
from gui.training.session import TrainingSession


class InspectorController(QObject):
    """Lets the pages about a network follow a session, and serves what the reader wants to see."""

    messageReady = Signal(object)
    """A Message for the user."""
    historyAnswered = Signal()
    """It is known, and shown, what was answered to the pad at each snapshot."""
    pictureChosen = Signal(object, str)
    """A digit (28, 28) is to be put on the pad, with a line on what it is."""

    def __init__(
        self,
        session: TrainingSession,
        slot: ActiveModel,
        inside: InspectorView,
        answers: ConfusionPage,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._slot, self._inside, self._answers = session, slot, inside, answers
        self._n_first = 0  # units of the first layer
        self._image: NDArray[np.uint8] | None = None
        self._opened: CellPictures | None = None
        self._found: Examined | None = None
        self._asked_cell: tuple[int, int] | None = None
        self._history = AnswerHistory(self)
        self._examiner = EvaluationThread(self)
        self._dialog = DigitsDialog(window)
        session.happened.connect(self._on_event)
        inside.scrubber.snapshotChosen.connect(self._on_chosen)
        answers.confusion.cellOpened.connect(self._on_cell)
        self._history.answered.connect(self._on_history)
        self._examiner.examined.connect(self._on_examined)
        self._examiner.failed.connect(self._on_failed)
        self._dialog.pictureChosen.connect(self._on_picture)
        slot.choicesChanged.connect(self._on_choices)

    def set_image(self, image: NDArray[np.uint8] | None) -> None:
        """Say what is on the pad, (28, 28) in MNIST's geometry, so that it is known what was answered to it."""
        self._image = image
        if image is None:
            self._inside.scrubber.show_answers(None)
        self.ask_history()

    def ask_history(self) -> None:
        """Find out what was answered at each snapshot, if somebody sees it: a pen that moves asks often."""
        if self._inside.isVisible():
            self._history.ask(self._snapshots, self._image)

    def predict_dataset(self, run: Run) -> None:
        """Show a kept run's answers to its test digits."""
        self.messageReady.emit(Message(self.tr("Asking “{0}” about its test digits…").format(run.name), Severity.INFO))
        self._asked_cell = None
        self._examiner.ask(partial(_test_answers, run, self.tr("Test digits, “{0}”").format(run.name)))

    def shut_down(self) -> None:
        """Return when no thread is left."""
        self._history.shut_down()
        self._examiner.shut_down()

    # -- a run ---------------------------------------------------------------------------------------------------------

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
        self._found = None
        self._examiner.forget()
        network = Network.from_description(facts.layers)
        self._n_first = network.sizes[1]
        self._inside.layers.begin(network.sizes)
        self._inside.weights.clear()
        self._inside.scrubber.clear()
        self._answers.confusion.clear()
        self._history.begin(Recognizer(network, facts.input_scale))

    def _on_records(self, records: tuple[Progress, ...]) -> None:
        for record in records:
            if record.inspection is not None:
                self._inside.layers.add(record.samples, record.inspection)
                self._found = None
                caption = self.tr("Validation digits, step {0:,}").format(record.step)
                self._answers.confusion.show_confusion(record.inspection.confusion, caption)

    def _on_snapshots(self) -> None:
        scrubber = self._inside.scrubber
        scrubber.set_marks([kept.moment for kept in self._snapshots])
        if scrubber.index == NEWEST:
            self._show_weights(self._snapshots[-1])
        self.ask_history()

    def _on_history(self, answers: NDArray[np.float32]) -> None:
        self._inside.scrubber.show_answers(answers)
        self.historyAnswered.emit()

    def _on_chosen(self, index: int) -> None:
        """Go back to a snapshot, or ahead to what is now."""
        if not self._snapshots:
            return
        self._show_weights(self._snapshots[index])
        if index == NEWEST:
            self._slot.look_ahead()
        else:
            self._slot.look_back(self._snapshots[index])

    def _on_choices(self) -> None:
        """Let the slider follow, when somebody chose another network while it stood in the past."""
        scrubber = self._inside.scrubber
        if not self._slot.looks_back and scrubber.index != NEWEST:
            scrubber.clear()
            scrubber.set_marks([kept.moment for kept in self._snapshots])
            self.ask_history()

    def _show_weights(self, kept: KeptSnapshot) -> None:
        # They are the first part of the flat vector; to restore all of a large network would take 5 ms.
        n = self._n_first
        self._inside.weights.show_weights(kept.parameters[: N_PIXELS * n].reshape(N_PIXELS, n).astype(np.float32))

    # -- its mistakes --------------------------------------------------------------------------------------------------

    def _on_cell(self, label: int, answer: int) -> None:
        """Show the digits behind a cell; those of a run that goes on are those of its newest snapshot."""
        self._asked_cell = label, answer
        if self._found is not None:
            self._open_cell(self._found)
        elif (facts := self._session.live.facts) is not None and self._snapshots:
            title = self.tr("Validation digits, step {0:,}").format(self._snapshots[-1].moment.step)
            self._examiner.ask(partial(_validation_answers, facts, self._snapshots[-1], title))

    def _on_examined(self, found: Examined) -> None:
        self._found = found
        self._answers.confusion.show_confusion(found.predictions.confusion, found.title)
        if self._asked_cell is not None:
            self._open_cell(found)
        else:
            n, right = int(found.predictions.confusion.sum()), int(np.trace(found.predictions.confusion))
            text = self.tr("{0}: {1:,} of {2:,} are read right. Open a cell to see its digits.")
            self.messageReady.emit(Message(text.format(found.title, right, n), Severity.GOOD))

    def _open_cell(self, found: Examined) -> None:
        assert self._asked_cell is not None
        self._opened = CellPictures.of(found.predictions, found.data, *self._asked_cell)
        opened = self._opened
        self._dialog.show_pictures(f"{found.title} · {opened.title}", opened.images, opened.captions, opened.flags)
        self._dialog.show()
        self._dialog.raise_()

    def _on_failed(self, reason: str, details: str) -> None:
        self.messageReady.emit(Message(reason, Severity.BAD, details))

    def _on_picture(self, number: int) -> None:
        assert self._opened is not None
        caption = self._opened.captions[number].replace("\n", ", ")
        self.pictureChosen.emit(self._opened.images[number], caption)


def _validation_answers(facts: RunFacts, kept: KeptSnapshot, title: str) -> Examined:
    """Examine a snapshot on the validation digits (off the GUI thread)."""
    network = Network.from_description(facts.layers)
    kept.restore(network)
    data = facts.splits.validation
    return Examined(dataset_predictions.predict_dataset(network, facts.input_scale, data), data, title)


def _test_answers(run: Run, title: str) -> Examined:
    """Load a run's network and its test digits, and examine it (off the GUI thread)."""
    model = run.model()
    data = _test_part(run)
    found = dataset_predictions.predict_dataset(model.network, model.input_scale, data, model.calibration)
    return Examined(found, data, title)


def _test_part(run: Run) -> Dataset:
    """Return the digits that a run was tested on."""
    if run.test:
        return sources.load(run.test).evaluation
    return sources.load(run.data).test
