"""Models in and out: the shipped one, files that the user opens and saves, and the last result, kept by itself."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core import modelfile, places
from core.errors import DigitpadError, ModelError
from core.modelfile import Model
from core.recognizer import shipped_model
from gui.faults import log
from gui.model_slot import ModelSlot, Respondent
from gui.notice import Kind

SUFFIX = ".safetensors"
_LAST = "last.safetensors"


class ModelDesk(QObject):
    """Brings models into the slot and out of it; ``told`` says how that went, in a sentence."""

    told = Signal(str, object)

    def __init__(self, slot: ModelSlot, window: QWidget) -> None:
        super().__init__(window)
        self._slot, self._window = slot, window
        self._keeps = False

    def load(self, *, keeps: bool) -> None:
        """Bring in the shipped model and, where results are kept, the one that the last run left."""
        self._keeps = keeps
        try:
            self._slot.set_shipped(shipped_model())
        except (DigitpadError, OSError) as error:
            text = self.tr("The model that comes with digitpad cannot be used: {0}").format(error)
            self.told.emit(text, Kind.BAD)
        last = places.models() / _LAST
        if keeps and last.exists():
            try:
                self._slot.set_own(modelfile.load(last), self.tr("the last run"))
            except ModelError as error:
                log.warning("the last run's model cannot be used: %s", error)

    def keep(self, model: Model) -> None:
        """Keep the newest result by itself, so that closing the window does not lose it."""
        if not self._keeps:
            return
        try:
            places.models().mkdir(parents=True, exist_ok=True)
            modelfile.save(model, places.models() / _LAST)
        except (DigitpadError, OSError) as error:
            text = self.tr("The trained network could not be kept by itself ({0}): save it.").format(error)
            self.told.emit(text, Kind.BAD)

    def open(self, path: Path) -> None:
        """Let a model from a file answer; one that cannot be read changes nothing."""
        try:
            model = modelfile.load(path)
        except ModelError as error:
            self.told.emit(str(error), Kind.BAD)
            return
        self._slot.set_own(model, path.name)
        self._slot.choose(Respondent.OWN)
        self.told.emit(self.tr("{0} answers now.").format(path.name), Kind.GOOD)

    def save(self, path: Path) -> None:
        """Save the user's own model."""
        model = self._slot.own_model()
        if model is None:
            return
        try:
            modelfile.save(model, path)
        except ModelError as error:
            self.told.emit(str(error), Kind.BAD)
        else:
            self.told.emit(self.tr("Saved as {0}.").format(path), Kind.GOOD)

    def choose(self) -> None:
        """Ask which model to open."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open model"), "", self.tr("Models (*.safetensors)")
        )
        if name:
            self.open(Path(name))

    def choose_place(self) -> None:
        """Ask where to save the user's own model."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save model"), "model.safetensors", self.tr("Models (*.safetensors)")
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(SUFFIX))
