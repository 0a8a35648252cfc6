"""What works behind the window once it is there: runs, models, the laboratory, menus; it composes and connects them."""

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from core.data import mnist, sources, unipen
from core.errors import ConfigError, DataError, ModelError
from core.files import paths
from core.recognition import modelfile, rescue
from core.runs.run_store import TRASH_AGE_S, RunStore
from gui.lab_panel import LabPanel
from gui.main_window import SCHEMES
from gui.pad.pad_autosave import PadAutosave
from gui.recognition.active_model import ModelChoice
from gui.recognition.model_picker import ModelPicker
from gui.recognition.models_controller import ModelsController
from gui.shell import about
from gui.shell.error_reporting import log
from gui.shell.menus import ActionSpec, MenuEntry, choice, fill, toggle
from gui.shell.preferences import Preferences
from gui.style import theme
from gui.style.message import Message, Severity
from gui.training.mnist_download import MnistDownload
from gui.training.session import RunState, TrainingSession
from gui.training.worker import RunOutcome

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Workbench(QObject):
    """Fills a window that has its pad, and whose pad is answered.

    Parameters
    ----------
    preferences
        What is remembered; None remembers nothing.
    shelf
        Where runs are kept; None keeps none.
    """

    def __init__(self, window: "MainWindow", preferences: Preferences | None, store: RunStore | None) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self.slot, self.recognition, self.pad_panel = window.slot, window.recognition, window.pad_panel
        self.session = TrainingSession(window)
        self.mnist_download = MnistDownload(window)
        self.models = ModelsController(self.slot, window)
        self._model_picker = ModelPicker()
        self.lab = LabPanel(self.session, self.slot, self.recognition, self.models, store)
        self.training_panel = self.lab.panel
        self.pad_panel.set_selector(self._model_picker)
        if (room := window.splitter.replaceWidget(1, self.lab)) is not None:
            room.deleteLater()
        self.lab.show()
        self._make_menus()
        self._connect()
        runs = store.runs() if store is not None else []
        self.models.load(runs)
        if store is not None:
            store.empty_trash(TRASH_AGE_S)
        if preferences is not None:
            self.lab.recipes.load()
            self.lab.training.offer_interrupted(runs)
        self._on_choices()
        self.has_told_fault = False
        """Whether the last run has ended by a fault of the program, which nothing but a message tells."""
        self._memory = None
        if preferences is not None:
            self._memory = PadAutosave(self.pad_panel.pad, paths.settings() / "pad.json", self)
            self._memory.restore()
        self._restore()
        window.arrange()

    def add_curves(self) -> None:
        """Bring in the plots."""
        axis = self._preferences.text("curves/axis") if self._preferences is not None else ""
        self.lab.add_curves(self._log_action, axis)

    def save_elsewhere(self) -> None:
        """Save a network that is saved nowhere where it can be, and say on the terminal where that is."""
        model = self.slot.own_model()
        if model is None or not self.models.has_unsaved():
            return
        try:
            told = f"the network is saved as {rescue.save(model, 'digitpad')}"
        except ModelError as error:
            told = f"the network could not be saved: {error}"
        log.warning("%s", told)
        with contextlib.suppress(OSError, ValueError, AttributeError):  # there is no terminal, or no more
            print(f"digitpad: {told}", file=sys.stderr)

    def shut_down(self) -> None:
        """Return when no thread is left."""
        if self._memory is not None:
            self._memory.close()
        self.session.shut_down()
        self.mnist_download.shut_down()
        self.lab.shut_down()

    # -- parts -------------------------------------------------------------------------------------------------------

    def _make_menus(self) -> None:
        tr, window, tools = self.tr, self._window, self.pad_panel.tools
        self._log_action = toggle(tr("&Logarithmic loss"), "Ctrl+L", tr("Show the loss on a logarithmic axis"), self)
        self._schemes = choice({"system": tr("As the &system"), "light": tr("&Light"), "dark": tr("&Dark")}, self)
        self._schemes.triggered.connect(self._on_scheme)
        appearance = QMenu(tr("&Appearance"), window)
        appearance.addActions(self._schemes.actions())
        self._recent = QMenu(tr("&Recent models"), window)
        self._recent.setToolTipsVisible(True)
        self._recent.aboutToShow.connect(self._list_recent)
        spec = {spec.name: spec for spec in self._action_specs()}
        menus: tuple[Sequence[MenuEntry], ...] = (
            (spec["open"], spec["save"], self._recent, None,
             tools.open_picture, tools.paste, tools.random_digit, None, spec["quit"]),
            (tools.undo, tools.redo, tools.clear, None, tools.pen, tools.eraser, tools.width_menu),
            (spec["start"], spec["pause"], spec["stop"], spec["cancel"], None,
             spec["open_recipe"], spec["save_recipe"]),
            (self._log_action, appearance),
            (spec["about"],),
        )  # fmt: skip
        window.menuBar().clear()
        titles = window.menu_titles()
        self.actions_by_name = fill(window.menuBar(), dict(zip(titles, menus, strict=True)))

    def _action_specs(self) -> tuple[ActionSpec, ...]:
        """Return what the menus offer beside what the pad's tools do."""
        tr, key, session, recipes = self.tr, QKeySequence.StandardKey, self.session, self.lab.recipes
        sharing = tr("Keep these settings under a name, in a file that can be shared")
        return (
            ActionSpec("open", tr("&Open model…"), self.models.choose, key.Open, tr("Let a saved network answer")),
            ActionSpec(
                "save", tr("&Save model…"), self.models.choose_place, key.Save, tr("Save the network you trained")
            ),
            ActionSpec("quit", tr("&Quit"), self._window.close, key.Quit, tr("Close the window")),
            ActionSpec("start", tr("&Start"), self.lab.training.start, "Ctrl+R", tr("Train a network")),
            ActionSpec("pause", tr("&Pause or resume"), session.toggle_pause, "Ctrl+P", tr("Halt the run, or go on")),
            ActionSpec("stop", tr("S&top and keep"), session.stop, "Ctrl+T", tr("End the run, keep its best weights")),
            ActionSpec("cancel", tr("&Cancel"), self.lab.training.cancel, None, tr("End the run and throw it away")),
            ActionSpec("open_recipe", tr("&Open recipe…"), recipes.choose, None, tr("Use settings from a file")),
            ActionSpec("save_recipe", tr("Save as &recipe…"), recipes.ask_name, None, sharing),
            ActionSpec("about", tr("&About digitpad"), self._show_about, None, tr("Versions and credits")),
        )

    def _connect(self) -> None:
        panel, session, pad_panel = self.training_panel, self.session, self.pad_panel
        panel.penFileRequested.connect(self._choose_pen_file)
        panel.mnist_bar.downloadRequested.connect(self.mnist_download.download)
        panel.mnist_bar.filesRequested.connect(self._choose_mnist_folder)
        panel.mnist_bar.cancelRequested.connect(self.mnist_download.cancel)
        self.mnist_download.progressed.connect(panel.mnist_bar.show_progress)
        self.mnist_download.ended.connect(self._on_mnist)
        self.models.messageReady.connect(self.lab.message_bar.show_message)
        self.recognition.messageReady.connect(self.lab.message_bar.show_message)
        self.recognition.succeeded.connect(self.lab.message_bar.clear)
        session.stateChanged.connect(self._on_state)
        self.lab.starting.connect(self._on_starting)
        self.lab.ended.connect(self._on_ended)
        self.lab.axisChosen.connect(self._on_axis)
        pad_panel.randomDigitRequested.connect(self.recognition.show_random_digit)
        pad_panel.openPictureRequested.connect(self.recognition.choose)
        pad_panel.picturePasted.connect(self.show_given)
        self.slot.choicesChanged.connect(self._on_choices)
        self._model_picker.modelChosen.connect(self.slot.choose)
        self._on_state(RunState.IDLE)

    # -- what is remembered ------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        preferences = self._preferences
        present = mnist.folder() is not None
        self.training_panel.set_mnist_present(present)
        self.training_panel.set_data(sources.default())
        if preferences is None:
            return
        self.training_panel.set_recipe(preferences.text("training/recipe"))
        self.training_panel.fold_button.setChecked(preferences.flag("training/customise"))
        if data := preferences.text("training/data"):
            self.training_panel.set_data(sources.default() if sources.uses_mnist(data) and not present else data)
        if (config := preferences.config("training/settings")) is not None:
            self.training_panel.form.set_config(config)
        self._log_action.setChecked(preferences.flag("curves/log"))
        self.models.set_recent(preferences.texts("models/recent"))
        self.pad_panel.tools.set_pen_width(
            preferences.number("pad/pen_width", self.pad_panel.pad.pen_width(), limits=(0.005, 0.3))
        )
        for action in self._schemes.actions():
            if action.data() == preferences.text("window/scheme", "system"):
                action.setChecked(True)

    def remember(self) -> None:
        """Write down what is to be as it is now the next time."""
        preferences = self._preferences
        if preferences is None:
            return
        if self._memory is not None:
            self._memory.keep()
        values: dict[str, str | float | bool | QByteArray] = {
            **self._window.place(),
            "training/recipe": self.training_panel.recipe,
            "training/data": self.training_panel.data,
            "training/customise": self.training_panel.fold_button.isChecked(),
            "curves/log": self._log_action.isChecked(),
            "pad/pen_width": self.pad_panel.pad.pen_width(),
            "models/recent": json.dumps(self.models.recent()),
        }
        chosen = self._schemes.checkedAction()
        values["window/scheme"] = str(chosen.data()) if chosen else "system"
        with contextlib.suppress(ConfigError):  # half-typed settings are not remembered
            values["training/settings"] = json.dumps(self.training_panel.config().as_dict())
        for name, value in values.items():
            preferences.set(name, value)
        if not preferences.save():
            log.warning("the settings cannot be written to %s", paths.settings())

    # -- training ----------------------------------------------------------------------------------------------------

    def _on_starting(self) -> None:
        self.add_curves()
        self.remember()  # now, and not only at the end: a run may be long, and its end another than was meant

    def _on_state(self, state: RunState) -> None:
        for name, makes_sense in (
            ("start", state is RunState.IDLE),
            ("pause", state in (RunState.RUNNING, RunState.PAUSED)),
            ("stop", state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)),
            ("cancel", state is not RunState.IDLE),
        ):
            self.actions_by_name[name].setEnabled(makes_sense)

    def _on_ended(self, outcome: RunOutcome) -> None:
        self.has_told_fault = bool(outcome.details)
        if outcome.lacks_mnist and not self.mnist_download.is_busy:
            self.training_panel.set_mnist_present(False)
        if self._window.closes_after_run:
            self._window.closes_after_run = False
            if outcome.run is not None and not outcome.unkept:
                self._window.close()

    def _on_axis(self, axis: str) -> None:
        if self._preferences is not None:
            self._preferences.set("curves/axis", axis)

    # -- who answers -------------------------------------------------------------------------------------------------

    def _list_recent(self) -> None:
        self.models.fill_menu(self._recent)

    def _on_choices(self) -> None:
        self._model_picker.show_slot(self.slot)
        self.session.set_watched(self.slot.choice is ModelChoice.TRAINING)
        self.actions_by_name["save"].setEnabled(self.slot.own_model() is not None)

    # -- pictures and examples ---------------------------------------------------------------------------------------

    def show_given(self, given: QImage | Path) -> None:
        """Take what was pasted or dropped: a picture, or a file with a picture, ink, or a model."""
        if isinstance(given, Path):
            if given.suffix.lower() == modelfile.SUFFIX:
                self.models.open(given)
            else:
                self.recognition.open(given)
        else:
            self.recognition.show_pasted(given)

    def _on_mnist(self, message: Message) -> None:
        """Tell how the way to MNIST ended, and offer it if it is here now."""
        self.training_panel.set_mnist_present(mnist.folder() is not None)
        if message.severity is Severity.GOOD and not self.session.is_active:
            self.training_panel.set_data("mnist")
        self.lab.message_bar.show_message(message)

    # -- dialogs -----------------------------------------------------------------------------------------------------

    def _choose_pen_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Choose a pen file"), "", self.tr("UNIPEN files (*)")
        )
        if not name:
            return
        try:
            unipen.check(Path(name))
        except DataError as error:
            self.lab.message_bar.show_message(Message(str(error), Severity.BAD))
            return
        self.lab.message_bar.clear()
        self.training_panel.set_data(f"pen:{name}")

    def _choose_mnist_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, self.tr("Choose the folder with MNIST's four files"))
        if name:
            self.mnist_download.take_from(Path(name))

    def _show_about(self) -> None:
        about.show_about(self._window, self.slot.model)

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _on_scheme(self, action: QAction) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, SCHEMES.get(action.data()))

    def report_fault(self, sentence: str, details: str) -> None:
        """Tell of a fault of the program."""
        text = self.tr("Something went wrong in the program itself: {0}").format(sentence)
        self.lab.message_bar.show_message(Message(text, Severity.BAD, details))
