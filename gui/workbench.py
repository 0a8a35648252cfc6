"""Everything behind the pad: runs, models, the laboratory and the menus. It composes and connects; nothing else."""

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QSplitter

from core.data import mnist, sources
from core.errors import ModelError
from core.messages import tr
from core.recognition import modelfile, rescue
from core.runs.records import RunOutcome
from core.runs.run_store import TRASH_AGE_S, RunStore
from gui.lab_panel import LabPanel
from gui.menu_bar import MenuBar
from gui.pad.drawing_export import DrawingExport
from gui.pad.sheet import Given
from gui.recognition.active_model import ActiveModel, ModelChoice
from gui.recognition.model_picker import ModelPicker
from gui.recognition.models_controller import ModelsController
from gui.recognition.pad_panel import PadPanel
from gui.recognition.recognition_controller import RecognitionController
from gui.shell import about
from gui.shell.error_reporting import log
from gui.shell.preferences import SCHEMES, Preferences
from gui.style import theme
from gui.style.message import Message, Severity
from gui.training.mnist_bar import MnistRequest
from gui.training.mnist_download import MnistDownload
from gui.training.session import RunState, TrainingSession
from gui.window_state import WindowState

if TYPE_CHECKING:
    from gui.recognition.pictures_controller import PicturesController


class Workbench(QObject):
    """Fills a window that has its pad, and whose pad is answered.

    Parameters
    ----------
    preferences
        What is remembered; None remembers nothing.
    store
        Where runs are kept; None keeps none.
    """

    def __init__(
        self,
        window: QMainWindow,
        splitter: QSplitter,
        pad_panel: PadPanel,
        active_model: ActiveModel,
        recognition: RecognitionController,
        preferences: Preferences | None,
        store: RunStore | None,
    ) -> None:
        super().__init__(window)
        self._window, self._pad_panel = window, pad_panel
        self._active_model, self._recognition = active_model, recognition
        self.session = TrainingSession(window)
        self.session.give_way_to(recognition.settled)
        self.mnist_download = MnistDownload(window)
        self.models = ModelsController(active_model, window)
        self.export = DrawingExport(pad_panel.pad, window)
        self._pictures: PicturesController | None = None
        self._picker = ModelPicker()
        self.lab = LabPanel(self.session, active_model, recognition, self.models, store)
        pad_panel.set_selector(self._picker)
        if (placeholder := splitter.replaceWidget(1, self.lab)) is not None:
            placeholder.deleteLater()
        self.lab.show()
        self.menus = MenuBar(window, pad_panel.tools, self._slots())
        self._state = None
        if preferences is not None:
            self._state = WindowState(preferences, splitter, pad_panel, self.lab, self.models, self.menus)
        self._connect()
        runs = store.runs() if store is not None else []
        self.models.load(runs)
        if store is not None:
            store.empty_trash(TRASH_AGE_S)
        if preferences is not None:
            self.lab.recipes.load()
            self.lab.training.offer_interrupted(runs)
        self._on_choices()
        self.lab.panel.set_mnist_present(mnist.folder() is not None)
        self.lab.panel.set_data(sources.default())
        if self._state is not None:
            self._state.restore()

    def _slots(self) -> dict[str, Callable[[], object]]:
        """Return what the menus do, by the name of the action."""
        session, models, training, recipes = self.session, self.models, self.lab.training, self.lab.recipes
        return {
            "open": models.choose,
            "save": models.choose_save_path,
            "quit": self._window.close,
            "start": training.start,
            "pause": session.toggle_pause,
            "stop": session.stop,
            "cancel": training.cancel,
            "add_file": self.lab.digits.choose_file,
            "add_folder": self.lab.digits.choose_folder,
            "remove_digits": self.lab.digits.remove,
            "open_recipe": recipes.choose,
            "save_recipe": recipes.ask_name,
            "about": self._show_about,
        }

    def _connect(self) -> None:
        panel, session, pad_panel, menus = self.lab.panel, self.session, self._pad_panel, self.menus
        digits = (menus.actions_by_name[name] for name in ("add_file", "add_folder", "remove_digits"))
        self.lab.digits.set_actions(*digits)
        self.lab.digits.changed.connect(self.remember)
        panel.mnist_bar.requested.connect(self._on_mnist_requested)
        self.mnist_download.progressed.connect(panel.mnist_bar.show_progress)
        self.mnist_download.ended.connect(self._on_mnist)
        self.models.messageReady.connect(self.lab.message_bar.show_message)
        self._recognition.messageReady.connect(self.lab.message_bar.show_message)
        self._recognition.succeeded.connect(self.lab.message_bar.clear)
        session.stateChanged.connect(menus.set_state)
        session.stateChanged.connect(self._on_state)
        session.concluded.connect(self._on_concluded)
        pad_panel.tools.random_digit.triggered.connect(self._recognition.show_random_digit)
        pad_panel.tools.open_picture.triggered.connect(self._recognition.choose)
        pad_panel.tools.save.triggered.connect(self.export.choose)
        self.export.messageReady.connect(self.lab.message_bar.show_message)
        pad_panel.pad.pictureGiven.connect(self.open_given)
        self._active_model.choicesChanged.connect(self._on_choices)
        self._picker.modelChosen.connect(self._active_model.choose)
        menus.schemes.triggered.connect(self._on_scheme)
        menus.recent.aboutToShow.connect(partial(self.models.fill_menu, menus.recent))
        menus.set_state(RunState.IDLE)

    def add_curves(self) -> None:
        """Bring in the plots."""
        if self.lab.curves is not None:
            return
        self.lab.add_curves(self.menus.log_action, self._state.axis if self._state else "")
        if self._state is not None and self.lab.curves is not None:
            self.lab.curves.axisChosen.connect(self._state.keep_axis)

    @property
    def pictures(self) -> "PicturesController":
        """The list of several pictures, made at the first use."""
        if self._pictures is None:
            from gui.recognition.pictures_controller import PicturesController

            self._pictures = PicturesController(self._active_model, self._window)
            self._pictures.messageReady.connect(self.lab.message_bar.show_message)
            self._pictures.fileChosen.connect(self._recognition.open)
        return self._pictures

    def remember(self) -> None:
        """Write down what is to be as it is now the next time."""
        if self._state is not None:
            self._state.remember()

    def save_elsewhere(self) -> None:
        """Save a network that is saved nowhere where it can be, and say on the terminal where that is."""
        model = self._active_model.own_model()
        if model is None or not self.models.has_unsaved():
            return
        try:
            text = tr("the network is saved as {path}", path=rescue.save(model, "digitpad"))
        except ModelError as error:
            text = tr("the network could not be saved: {reason}", reason=error)
        log.warning("%s", text)
        with contextlib.suppress(OSError, ValueError, AttributeError):  # there is no terminal, or no more
            print(f"digitpad: {text}", file=sys.stderr)

    def shut_down(self) -> None:
        """Return when no thread is left."""
        if self._state is not None:
            self._state.close()
        self._recognition.shut_down()
        if self._pictures is not None:
            self._pictures.shut_down()
        self.session.shut_down()
        self.mnist_download.shut_down()
        self.lab.shut_down()

    # -- training ------------------------------------------------------------------------------------------------------

    def _on_state(self, state: RunState) -> None:
        if state is RunState.PREPARING:
            self.add_curves()
            self.remember()  # now, and not only at the end: a run may be long, and its end another than was meant

    def _on_concluded(self, outcome: RunOutcome) -> None:
        if outcome.lacks_mnist and not self.mnist_download.is_busy:
            self.lab.panel.set_mnist_present(False)

    # -- which network answers -----------------------------------------------------------------------------------------

    def _on_choices(self) -> None:
        self._picker.show_choices(self._active_model)
        self.session.set_watched(self._active_model.choice is ModelChoice.TRAINING)
        self.menus.actions_by_name["save"].setEnabled(self._active_model.own_model() is not None)

    # -- pictures and data ---------------------------------------------------------------------------------------------

    def open_given(self, given: Given) -> None:
        """Take what was pasted or dropped: a picture, a file with a picture, ink, or a model, several files, a link."""
        if isinstance(given, tuple):
            self.pictures.show(given)
        elif isinstance(given, Path):
            if given.suffix.lower() == modelfile.SUFFIX:
                self.models.open(given)
            else:
                self._recognition.open(given)
        elif isinstance(given, QUrl):
            self._recognition.tell_link(given)
        else:
            self._recognition.show_pasted(given)

    def _on_mnist_requested(self, request: MnistRequest) -> None:
        match request:
            case MnistRequest.DOWNLOAD:
                self.mnist_download.download()
            case MnistRequest.FILES:
                self._choose_mnist_folder()
            case MnistRequest.CANCEL:
                self.mnist_download.cancel()

    def _on_mnist(self, message: Message) -> None:
        """Say how getting MNIST ended, and offer it as data if it is here now."""
        self.lab.panel.set_mnist_present(mnist.folder() is not None)
        if message.severity is Severity.GOOD and not self.session.is_active:
            self.lab.panel.set_data("mnist")
        self.lab.message_bar.show_message(message)

    def _choose_mnist_folder(self) -> None:
        title = self.tr("Choose the folder with MNIST's four files")
        if name := QFileDialog.getExistingDirectory(self._window, title):
            self.mnist_download.take_from(Path(name))

    # -- the rest ------------------------------------------------------------------------------------------------------

    def _show_about(self) -> None:
        about.show_about(self._window, self._active_model.model)

    def _on_scheme(self, action: QAction) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, SCHEMES.get(action.data()))

    def report_fault(self, sentence: str, details: str) -> None:
        """Tell of a fault of the program."""
        text = self.tr("A fault in the program: {sentence}").format(sentence=sentence)
        self.lab.message_bar.show_message(Message(text, Severity.BAD, details))
