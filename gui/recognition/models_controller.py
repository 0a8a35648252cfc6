"""Loads, opens and saves models: the shipped one, and the user's files."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core.errors import DigitpadError, ModelError
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.recognition.recognizer import shipped_model
from core.runs.run import Broken, Run
from gui.recognition import unsaved
from gui.recognition.active_model import ActiveModel, ModelChoice
from gui.recognition.unsaved import Unsaved
from gui.shell.error_reporting import log
from gui.style.message import Message, Severity

N_RECENT = 8
"""The length of the list of recent files."""


class ModelsController(QObject):
    """Sets the user's own model and the shipped one, and saves models; ``messageReady`` reports the result."""

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(self, active_model: ActiveModel, window: QWidget) -> None:
        super().__init__(window)
        self._active_model, self._window = active_model, window
        self._recent: list[str] = []
        self._is_unsaved = False

    def load(self, runs: Sequence[Run | Broken]) -> None:
        """Load the shipped model, if it is not loaded yet, and the first readable model of the runs."""
        try:
            if not self._active_model.has(ModelChoice.SHIPPED):
                self._active_model.set_shipped(shipped_model())
        except (DigitpadError, OSError) as error:
            text = self.tr("The model that comes with digitpad cannot be used: {reason}").format(reason=error)
            self.messageReady.emit(Message(text, Severity.BAD))
        for run in runs:
            if not isinstance(run, Run) or not run.scores:
                continue
            try:
                model = run.model()
            except ModelError as error:
                log.warning("the model of a run cannot be used: %s", error)
            else:
                self._active_model.set_own(model, self.name_of(model))
                return

    def name_of(self, model: Model) -> str:
        """Return the name of a run's model: its recipe, and its test accuracy if known."""
        accuracy = model.scores.get("test_accuracy")
        if accuracy is None:
            return model.recipe
        return self.tr("{recipe}, {accuracy:.2f} %").format(recipe=model.recipe, accuracy=100 * accuracy)

    def recent(self) -> tuple[str, ...]:
        """Return the recently opened or saved files, the newest first."""
        return tuple(self._recent)

    def set_recent(self, names: Sequence[str]) -> None:
        """Set the recently opened or saved files. Silent."""
        self._recent = [name for name in names if name][:N_RECENT]

    def _remember(self, path: Path) -> None:
        name = str(path.absolute())
        self._recent = [name, *(other for other in self._recent if other != name)][:N_RECENT]

    def fill_menu(self, menu: QMenu) -> None:
        """Fill a menu with the recently opened or saved files."""
        menu.clear()
        for name in self._recent:
            action = menu.addAction(Path(name).name)
            action.setToolTip(name)
            action.triggered.connect(partial(self._open_recent, Path(name)))
        if menu.isEmpty():
            menu.addAction(self.tr("None yet")).setEnabled(False)

    def note_unsaved(self) -> None:
        """Mark the user's own model as unsaved: the program asks before it replaces the model."""
        self._is_unsaved = True

    def has_unsaved(self) -> bool:
        """Return whether the user's own model is unsaved."""
        return self._is_unsaved

    def may_replace(self) -> bool:
        """Return whether the user's own model may be replaced; if it is unsaved, ask whether to save or discard it."""
        if self._is_unsaved:
            answer = unsaved.ask_about_unsaved(self._window, self._active_model.own_name)
            if answer is Unsaved.SAVE:
                self.choose_save_path()
            elif answer is Unsaved.DISCARD:
                self._is_unsaved = False
        return not self._is_unsaved

    def open(self, path: Path) -> None:
        """Open a model file and make the model active; a file that cannot be read changes nothing."""
        try:
            model = modelfile.load(path)
        except ModelError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return
        if self.take(model, path.name):
            self._remember(path)
            self.messageReady.emit(Message(self.tr("{name} answers now.").format(name=path.name), Severity.GOOD))

    def take(self, model: Model, name: str) -> bool:
        """Make a model the user's own, and active; return False if the one before may not be replaced."""
        if not self.may_replace():
            return False
        self._active_model.set_own(model, name)
        self._active_model.choose(ModelChoice.OWN)
        return True

    def _open_recent(self, path: Path, checked: bool = False) -> None:
        self.open(path)

    def save(self, path: Path) -> None:
        """Save the user's own model."""
        model = self._active_model.own_model()
        if model is None:
            return
        try:
            modelfile.save(model, path)
        except ModelError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
        else:
            self._remember(path)
            self._is_unsaved = False
            self.messageReady.emit(Message(self.tr("Saved as {path}.").format(path=path), Severity.GOOD))

    def choose(self) -> None:
        """Ask which model to open."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open model"), "", self.tr("Models (*.safetensors)")
        )
        if name:
            self.open(Path(name))

    def choose_save_path(self) -> None:
        """Ask where to save the user's own model."""
        title = self.tr("Save your model: {name}").format(name=self._active_model.own_name)
        dialog = QFileDialog(self._window, title, "model.safetensors", self.tr("Models (*.safetensors)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog adds the suffix itself, before it asks whether to replace an existing file.
        dialog.setDefaultSuffix(modelfile.SUFFIX.removeprefix("."))
        if dialog.exec():
            self.save(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()
