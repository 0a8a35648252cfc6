"""Which network the pad asks: the shipped one, the reader's own, or the one that is being trained."""

import enum

from PySide6.QtCore import QObject, Signal

from core.modelfile import Model
from core.nn.network import Network, Snapshot
from core.recognizer import Recognizer
from gui.worker import Facts


class Respondent(enum.Enum):
    """Who answers."""

    SHIPPED = "shipped"
    OWN = "own"
    TRAINING = "training"


class ModelSlot(QObject):
    """Holds up to three networks and says which of them answers.

    The one in training is a network of this object's own, filled from snapshots: the GUI thread never touches the one
    that the worker trains.
    """

    changed = Signal()
    """Another answer may come from now on: a choice, a model or a snapshot is new."""
    choicesChanged = Signal()
    """Which respondents there are, or what they are called, has changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = Respondent.SHIPPED
        self.own_name = ""
        self._recognizers: dict[Respondent, Recognizer] = {}
        self._models: dict[Respondent, Model] = {}
        self._awaited: Recognizer | None = None

    @property
    def recognizer(self) -> Recognizer | None:
        """The network that answers, or None where there is none yet."""
        return self._recognizers.get(self.choice)

    @property
    def model(self) -> Model | None:
        """The model that answers, where it is a finished one."""
        return self._models.get(self.choice)

    def has(self, respondent: Respondent) -> bool:
        """Return whether there is such a network."""
        return respondent in self._recognizers

    def own_model(self) -> Model | None:
        """Return the reader's own model, or None."""
        return self._models.get(Respondent.OWN)

    def choose(self, respondent: Respondent) -> None:
        """Let another network answer."""
        if respondent is not self.choice:
            self.choice = respondent
            self.choicesChanged.emit()
            self.changed.emit()

    def set_shipped(self, model: Model) -> None:
        """Take the model that comes with the program."""
        self._set(Respondent.SHIPPED, model)

    def set_own(self, model: Model, name: str) -> None:
        """Take a model that was opened, or trained here, under the name that the reader knows it by."""
        self.own_name = name
        self._set(Respondent.OWN, model)

    def _set(self, respondent: Respondent, model: Model) -> None:
        self._models[respondent] = model
        self._recognizers[respondent] = Recognizer.of(model)
        self.choicesChanged.emit()
        self.changed.emit()

    def watch(self, facts: Facts) -> None:
        """Make room for the network of a run that begins; it can be chosen from its first snapshot on."""
        self._awaited = Recognizer(Network.from_description(facts.layers), facts.input_scale)

    def take(self, snapshot: Snapshot) -> None:
        """Let the network in training answer as of this snapshot."""
        if self._awaited is None:
            return
        self._awaited.network.restore(snapshot)
        if not self.has(Respondent.TRAINING):
            self._recognizers[Respondent.TRAINING] = self._awaited
            self.choicesChanged.emit()
        if self.choice is Respondent.TRAINING:
            self.changed.emit()

    def forget_training(self) -> None:
        """Drop the network in training, for the run is over; the choice falls back."""
        self._awaited = None
        if self._recognizers.pop(Respondent.TRAINING, None) is None and self.choice is not Respondent.TRAINING:
            return
        if self.choice is Respondent.TRAINING:
            self.choice = Respondent.OWN if self.has(Respondent.OWN) else Respondent.SHIPPED
        self.choicesChanged.emit()
        self.changed.emit()
