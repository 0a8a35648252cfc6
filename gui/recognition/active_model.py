"""Which network the pad asks: the shipped one, the reader's own, or the one that is being trained."""

import enum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from core.nn.network import Network, Snapshot
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer
from core.training.snapshots import KeptSnapshot


class NetworkFacts(Protocol):
    """What the program needs to build a copy of the network of a run; ``gui.training.worker.RunFacts`` has it."""

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layers, as ``Network.description()`` returns them."""

    @property
    def input_scale(self) -> float:
        """The factor from the grey levels 0 to 255 to the network's input."""


class ModelChoice(enum.Enum):
    """Who answers."""

    SHIPPED = "shipped"
    OWN = "own"
    TRAINING = "training"


class ActiveModel(QObject):
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
        self.choice = ModelChoice.SHIPPED
        self.own_name = ""
        self._recognizers: dict[ModelChoice, Recognizer] = {}
        self._models: dict[ModelChoice, Model] = {}
        self._awaited: Recognizer | None = None
        self._past: Recognizer | None = None
        self._run: NetworkFacts | None = None
        self._before: ModelChoice | None = None  # who answered before the look back
        self._is_live = False  # whether the network in training has been heard of

    @property
    def recognizer(self) -> Recognizer | None:
        """The network that answers, or None where there is none yet."""
        return self._recognizers.get(self.choice)

    @property
    def model(self) -> Model | None:
        """The model that answers, where it is a finished one."""
        return self._models.get(self.choice)

    def has(self, choice: ModelChoice) -> bool:
        """Return whether there is such a network."""
        return choice in self._recognizers

    def own_model(self) -> Model | None:
        """Return the reader's own model, or None."""
        return self._models.get(ModelChoice.OWN)

    def choose(self, choice: ModelChoice) -> None:
        """Let another network answer; a look back is over then."""
        if self._before is not None:
            self._before = choice
            self.look_ahead()
        elif choice is not self.choice:
            self.choice = choice
            self.choicesChanged.emit()
            self.changed.emit()

    def set_shipped(self, model: Model) -> None:
        """Take the model that comes with the program."""
        self._set(ModelChoice.SHIPPED, model)

    def set_own(self, model: Model, name: str) -> None:
        """Take a model that was opened, or trained here, under the name that the reader knows it by."""
        self.own_name = name
        self._set(ModelChoice.OWN, model)

    def _set(self, choice: ModelChoice, model: Model) -> None:
        self._models[choice] = model
        self._recognizers[choice] = Recognizer.of(model)
        self.choicesChanged.emit()
        self.changed.emit()

    def watch(self, facts: NetworkFacts) -> None:
        """Make room for the network of a run that begins; it can be chosen from its first snapshot on."""
        self.look_ahead()
        self._run, self._past = facts, None
        self._awaited = _recognizer(facts)

    def take(self, snapshot: Snapshot) -> None:
        """Let the network in training answer as of this snapshot."""
        if self._awaited is None:
            return
        self._awaited.network.restore(snapshot)
        self._is_live = True
        if self._before is not None:
            return
        if not self.has(ModelChoice.TRAINING):
            self._recognizers[ModelChoice.TRAINING] = self._awaited
            self.choicesChanged.emit()
        if self.choice is ModelChoice.TRAINING:
            self.changed.emit()

    def look_back(self, kept: KeptSnapshot) -> None:
        """Let the network of the last run answer as it was at this snapshot, until ``look_ahead`` or another choice."""
        if self._run is None:
            return
        self._past = self._past or _recognizer(self._run)
        kept.restore(self._past.network)
        if self._before is None:
            self._before = self.choice
            self._recognizers[ModelChoice.TRAINING] = self._past
            self.choice = ModelChoice.TRAINING
            self.choicesChanged.emit()
        self.changed.emit()

    def look_ahead(self) -> None:
        """Let those answer again who did before the look back."""
        if self._before is None:
            return
        before, self._before = self._before, None
        del self._recognizers[ModelChoice.TRAINING]
        if self._awaited is not None and self._is_live:
            self._recognizers[ModelChoice.TRAINING] = self._awaited
        fallback = ModelChoice.OWN if self.has(ModelChoice.OWN) else ModelChoice.SHIPPED
        self.choice = before if self.has(before) else fallback
        self.choicesChanged.emit()
        self.changed.emit()

    @property
    def looks_back(self) -> bool:
        """Whether a network of the past answers."""
        return self._before is not None

    def forget_training(self) -> None:
        """Drop the network in training, for the run is over; the choice falls back."""
        self._awaited, self._is_live = None, False
        if self._before is not None:
            return
        if self._recognizers.pop(ModelChoice.TRAINING, None) is None and self.choice is not ModelChoice.TRAINING:
            return
        if self.choice is ModelChoice.TRAINING:
            self.choice = ModelChoice.OWN if self.has(ModelChoice.OWN) else ModelChoice.SHIPPED
        self.choicesChanged.emit()
        self.changed.emit()


def _recognizer(facts: NetworkFacts) -> Recognizer:
    """Return one for the network of a run, untrained."""
    return Recognizer(Network.from_description(facts.layers), facts.input_scale)
