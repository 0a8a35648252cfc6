"""The network that recognises the drawing: the shipped one, the user's own, or the one in training."""

import enum
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from core.nn.network import Network, Snapshot
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer
from core.training.snapshots import KeptSnapshot


class NetworkFacts(Protocol):
    """The facts of a run that are needed to build a copy of its network."""

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The layers, as ``Network.description()`` returns them."""

    @property
    def input_scale(self) -> float:
        """The factor from the grey levels 0 to 255 to the network's input."""


class ModelChoice(enum.Enum):
    """The three networks that can be active."""

    SHIPPED = "shipped"
    OWN = "own"
    TRAINING = "training"


class ActiveModel(QObject):
    """Holds up to three networks, one of which is active.

    The network in training is a copy that this object fills from snapshots: the GUI thread never touches the network
    that the worker trains.
    """

    changed = Signal()
    """Predictions may differ from now on: another choice, model or snapshot is active."""
    choicesChanged = Signal()
    """The available networks, their names, or the choice have changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = ModelChoice.SHIPPED
        self.own_name = ""
        self._recognizers: dict[ModelChoice, Recognizer] = {}
        self._models: dict[ModelChoice, Model] = {}
        self._live: Recognizer | None = None  # the network in training, as of its last snapshot
        self._past: Recognizer | None = None  # the same, as of an earlier snapshot
        self._run: NetworkFacts | None = None
        self._before: ModelChoice | None = None  # the choice before the look back
        self._has_snapshot = False  # whether the network in training had its first snapshot

    @property
    def recognizer(self) -> Recognizer | None:
        """The active network, or None if there is none yet."""
        return self._recognizers.get(self.choice)

    def frozen(self) -> Recognizer | None:
        """Return the active network for another thread: the network in training as a copy, which changes no more."""
        active = self.recognizer
        if active is None or self.choice is not ModelChoice.TRAINING:
            return active
        network = Network.from_description(active.network.description())
        network.restore(active.network.snapshot())
        return Recognizer(network, active.input_scale, active.calibration)

    @property
    def model(self) -> Model | None:
        """The active model; None while a network in training is active."""
        return self._models.get(self.choice)

    def has(self, choice: ModelChoice) -> bool:
        """Return whether this network is available."""
        return choice in self._recognizers

    def own_model(self) -> Model | None:
        """Return the user's own model, or None."""
        return self._models.get(ModelChoice.OWN)

    def choose(self, choice: ModelChoice) -> None:
        """Make another network active; this ends a look back."""
        if self._before is not None:
            self._before = choice
            self.look_ahead()
        elif choice is not self.choice:
            self.choice = choice
            self.choicesChanged.emit()
            self.changed.emit()

    def set_shipped(self, model: Model) -> None:
        """Set the model that comes with the program."""
        self._set(ModelChoice.SHIPPED, model)

    def set_own(self, model: Model, name: str) -> None:
        """Set a model that was opened, or trained here; ``name`` is what the window calls it."""
        self.own_name = name
        self._set(ModelChoice.OWN, model)

    def _set(self, choice: ModelChoice, model: Model) -> None:
        self._models[choice] = model
        self._recognizers[choice] = Recognizer.of(model)
        self.choicesChanged.emit()
        self.changed.emit()

    def watch(self, facts: NetworkFacts) -> None:
        """Prepare for the network of a run that begins; it is available from its first snapshot on."""
        self.look_ahead()
        self._run, self._past = facts, None
        self._live = _recognizer(facts)

    def take(self, snapshot: Snapshot) -> None:
        """Update the network in training to this snapshot."""
        if self._live is None:
            return
        self._live.network.restore(snapshot)
        self._has_snapshot = True
        if self._before is not None:
            return
        if not self.has(ModelChoice.TRAINING):
            self._recognizers[ModelChoice.TRAINING] = self._live
            self.choicesChanged.emit()
        if self.choice is ModelChoice.TRAINING:
            self.changed.emit()

    def look_back(self, kept: KeptSnapshot) -> None:
        """Make the last run's network of this snapshot active, until ``look_ahead`` or another choice."""
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
        """End the look back: restore the choice before it."""
        if self._before is None:
            return
        before, self._before = self._before, None
        del self._recognizers[ModelChoice.TRAINING]
        if self._live is not None and self._has_snapshot:
            self._recognizers[ModelChoice.TRAINING] = self._live
        fallback = ModelChoice.OWN if self.has(ModelChoice.OWN) else ModelChoice.SHIPPED
        self.choice = before if self.has(before) else fallback
        self.choicesChanged.emit()
        self.changed.emit()

    @property
    def looks_back(self) -> bool:
        """Whether the network of an earlier snapshot is active."""
        return self._before is not None

    def forget_training(self) -> None:
        """Remove the network in training after the end of its run; if it was active, another becomes active."""
        self._live, self._has_snapshot = None, False
        if self._before is not None:
            return
        if self._recognizers.pop(ModelChoice.TRAINING, None) is None and self.choice is not ModelChoice.TRAINING:
            return
        if self.choice is ModelChoice.TRAINING:
            self.choice = ModelChoice.OWN if self.has(ModelChoice.OWN) else ModelChoice.SHIPPED
        self.choicesChanged.emit()
        self.changed.emit()


def _recognizer(facts: NetworkFacts) -> Recognizer:
    """Return a recognizer for the network of a run, untrained."""
    return Recognizer(Network.from_description(facts.layers), facts.input_scale)
