"""Models in and out: the shipped one, and files that the user opens and saves."""

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
"""How many files that were opened or saved are listed."""


class ModelsController(QObject):
    """Brings models into the slot and out of it; ``messageReady`` says how that went, in a sentence."""

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(self, slot: ActiveModel, window: QWidget) -> None:
        super().__init__(window)
        self._slot, self._window = slot, window
        self._recent: list[str] = []
        self._is_unsaved = False

    def load(self, runs: Sequence[Run | Broken]) -> None:
        """Bring in the shipped model, if it is not there, and the first result of a run that can be read."""
        try:
            if not self._slot.has(ModelChoice.SHIPPED):
                self._slot.set_shipped(shipped_model())
        except (DigitpadError, OSError) as error:
            text = self.tr("The model that comes with digitpad cannot be used: {0}").format(error)
            self.messageReady.emit(Message(text, Severity.BAD))
        for run in runs:
            if not isinstance(run, Run) or not run.scores:
                continue
            try:
                model = run.model()
            except ModelError as error:
                log.warning("a kept result cannot be used: %s", error)
            else:
                self._slot.set_own(model, self.name_of(model))
                return

    def name_of(self, model: Model) -> str:
        """Return what a result is called: its recipe, and its score if it has one."""
        accuracy = model.scores.get("test_accuracy")
        return model.recipe if accuracy is None else self.tr("{0}, {1}").format(model.recipe, f"{accuracy:.2%}")

    def recent(self) -> tuple[str, ...]:
        """Return the files that were opened or saved last, the newest first."""
        return tuple(self._recent)

    def set_recent(self, names: Sequence[str]) -> None:
        """Take over the files that were opened or saved last time. Silent."""
        self._recent = [name for name in names if name][:N_RECENT]

    def _remember(self, path: Path) -> None:
        name = str(path.absolute())
        self._recent = [name, *(other for other in self._recent if other != name)][:N_RECENT]

    def fill_menu(self, menu: QMenu) -> None:
        """List the files that were opened or saved last in a menu."""
        menu.clear()
        for name in self._recent:
            action = menu.addAction(Path(name).name)
            action.setToolTip(name)
            action.triggered.connect(partial(self._open_recent, Path(name)))
        if menu.isEmpty():
            menu.addAction(self.tr("None yet")).setEnabled(False)

    def note_unsaved(self) -> None:
        """Remember that the user's own model is saved nowhere: it does not go without a question."""
        self._is_unsaved = True

    def has_unsaved(self) -> bool:
        """Return whether the user's own model is saved nowhere."""
        return self._is_unsaved

    def may_replace(self) -> bool:
        """Return whether the user's own model may go: it is saved, or the user is asked, and it is or need not be."""
        if self._is_unsaved:
            answer = unsaved.ask_about_unsaved(self._window, self._slot.own_name)
            if answer is Unsaved.SAVE:
                self.choose_save_path()
            elif answer is Unsaved.DISCARD:
                self._is_unsaved = False
        return not self._is_unsaved

    def open(self, path: Path) -> None:
        """Let a model from a file answer; one that cannot be read changes nothing."""
        try:
            model = modelfile.load(path)
        except ModelError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return
        if self.take(model, path.name):
            self._remember(path)
            self.messageReady.emit(Message(self.tr("{0} answers now.").format(path.name), Severity.GOOD))

    def take(self, model: Model, name: str) -> bool:
        """Let a model answer, under the name that the reader knows it by; return whether the one before may go."""
        if not self.may_replace():
            return False
        self._slot.set_own(model, name)
        self._slot.choose(ModelChoice.OWN)
        return True

    def _open_recent(self, path: Path, checked: bool = False) -> None:
        self.open(path)

    def save(self, path: Path) -> None:
        """Save the user's own model."""
        model = self._slot.own_model()
        if model is None:
            return
        try:
            modelfile.save(model, path)
        except ModelError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
        else:
            self._remember(path)
            self._is_unsaved = False
            self.messageReady.emit(Message(self.tr("Saved as {0}.").format(path), Severity.GOOD))

    def choose(self) -> None:
        """Ask which model to open."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open model"), "", self.tr("Models (*.safetensors)")
        )
        if name:
            self.open(Path(name))

    def choose_save_path(self) -> None:
        """Ask where to save the user's own model."""
        title = self.tr("Save your model: {0}").format(self._slot.own_name)
        dialog = QFileDialog(self._window, title, "model.safetensors", self.tr("Models (*.safetensors)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog itself completes the name, before it asks whether a file that is there may be replaced.
        dialog.setDefaultSuffix(modelfile.SUFFIX.removeprefix("."))
        if dialog.exec():
            self.save(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()
