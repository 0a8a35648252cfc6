"""Models in and out: the shipped one, files that the user opens and saves, and the last results, kept by themselves."""

import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core import modelfile, places
from core.errors import DigitpadError, ModelError
from core.modelfile import Model
from core.recognizer import shipped_model
from gui.faults import log
from gui.model_slot import ModelSlot, Respondent
from gui.notice import Kind

SUFFIX = ".safetensors"
N_KEPT = 20
"""How many results are kept; the oldest makes room for a new one."""


class ModelDesk(QObject):
    """Brings models into the slot and out of it; ``told`` says how that went, in a sentence."""

    told = Signal(str, object)

    def __init__(self, slot: ModelSlot, window: QWidget) -> None:
        super().__init__(window)
        self._slot, self._window = slot, window
        self._keeps = False

    def load(self, *, keeps: bool) -> None:
        """Bring in the shipped model and, where results are kept, the newest of them that can be read."""
        self._keeps = keeps
        try:
            self._slot.set_shipped(shipped_model())
        except (DigitpadError, OSError) as error:
            text = self.tr("The model that comes with digitpad cannot be used: {0}").format(error)
            self.told.emit(text, Kind.BAD)
        for path in self.kept() if keeps else ():
            try:
                model = modelfile.load(path)
            except ModelError as error:
                log.warning("a kept result cannot be used: %s", error)
            else:
                self._slot.set_own(model, self.name_of(model))
                return

    def name_of(self, model: Model) -> str:
        """Return what a result is called: its recipe and its score."""
        return self.tr("{0}, {1}").format(model.recipe, f"{model.scores.get('test_accuracy', 0):.2%}")

    def kept(self) -> list[Path]:
        """Return the files of the kept results, the newest first."""
        try:
            return sorted(places.models().glob(f"*{SUFFIX}"), reverse=True)
        except OSError:
            return []

    def keep(self, model: Model) -> bool:
        """Keep a result by itself, so that neither closing the window nor the next run loses it; return if it is."""
        if not self._keeps:
            return False
        now = datetime.datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")[:-4]
        path = places.models() / f"{now} {model.recipe} {model.scores['test_accuracy']:.2%}{SUFFIX}"
        try:
            places.models().mkdir(parents=True, exist_ok=True)
            modelfile.save(model, path)
            for old in self.kept()[N_KEPT:]:
                old.unlink(missing_ok=True)
        except (DigitpadError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            text = self.tr("The trained network could not be kept by itself ({0}): save it.").format(reason)
            self.told.emit(text, Kind.BAD)
            return False
        return True

    def fill_menu(self, menu: QMenu) -> None:
        """List the kept results in a menu."""
        menu.clear()
        for path in self.kept():
            action = menu.addAction(path.stem)
            action.setToolTip(self.tr("Let this result answer"))
            action.triggered.connect(partial(self._open_kept, path))
        if menu.isEmpty():
            menu.addAction(self.tr("None yet")).setEnabled(False)

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

    def _open_kept(self, path: Path, checked: bool = False) -> None:
        self.open(path)

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
        title = self.tr("Save your model: {0}").format(self._slot.own_name)
        dialog = QFileDialog(self._window, title, "model.safetensors", self.tr("Models (*.safetensors)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # The dialog itself completes the name, before it asks whether a file that is there may be replaced.
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        if dialog.exec():
            self.save(Path(dialog.selectedFiles()[0]))
        dialog.deleteLater()
