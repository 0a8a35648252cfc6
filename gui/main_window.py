"""The window: it composes the two rooms and connects them; it does not compute."""

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QImage, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMenu,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core import places
from core.data import mnist, sources
from core.errors import ConfigError
from core.runs import Run, Shelf
from gui import about, theme
from gui.closing import Closing, ask_before_closing
from gui.faults import log
from gui.inside_desk import InsideDesk
from gui.inside_view import AnswersView, InsideView
from gui.menus import Wish, choice, fill, toggle
from gui.mnist_desk import MnistDesk
from gui.model_desk import SUFFIX, ModelDesk
from gui.model_slot import ModelSlot, Respondent
from gui.notice import Kind, NoticeBar
from gui.pad_panel import PadPanel
from gui.preferences import Preferences
from gui.reader import Reader
from gui.recipe_desk import RecipeDesk
from gui.respondent_box import RespondentBox
from gui.run_desk import RunDesk
from gui.run_shelf import RunShelf
from gui.training_desk import TrainingDesk
from gui.training_panel import TrainingPanel
from gui.training_session import RunState, TrainingSession
from gui.worker import Outcome

_TRASH_AGE_S = 24 * 3600.0  # what was deleted before can no longer be brought back: another window may still offer it


class MainWindow(QMainWindow):
    """digitpad's window.

    Parameters
    ----------
    preferences
        What is remembered; None for a window that remembers nothing and leaves nothing behind.
    shelf
        Where runs are kept, if not on the user's own shelf; a window that remembers nothing keeps none without it.
    """

    def __init__(self, preferences: Preferences | None = None, shelf: Shelf | None = None) -> None:
        super().__init__()
        self.setWindowTitle("digitpad")
        self._preferences = preferences
        self._closes_after_run = False
        self.session = TrainingSession(self)
        self.slot = ModelSlot(self)
        self.pad_panel = PadPanel()
        self.training_panel = TrainingPanel()
        self.notice = NoticeBar()
        self.reader = Reader(self.pad_panel, self.slot, self)
        self._respondents = RespondentBox()
        self.mnist_desk = MnistDesk(self)
        self.models = ModelDesk(self.slot, self)
        if shelf is None and preferences is not None:
            shelf = Shelf()
        self.training = TrainingDesk(self.session, self.training_panel, self.slot, self.models, shelf, self)
        self.recipes = RecipeDesk(self.training_panel, self)
        self.run_shelf = RunShelf()
        self.runs = RunDesk(self.run_shelf, shelf or Shelf(), self, self._picture_of)
        self.inside_view, self.answers_view = InsideView(), AnswersView()
        self.inside = InsideDesk(self.session, self.slot, self.inside_view, self.answers_view, self)
        self.tabs = QTabWidget()
        self._curves_place = QVBoxLayout()
        self._compose()
        self._make_menus()
        self._connect()
        self.models.load(shelf)
        if shelf is not None:
            shelf.empty_trash(_TRASH_AGE_S)
        if preferences is not None:
            self.recipes.load()
        self._on_choices()
        self._restore()
        self.pad_panel.pad.setFocus()

    # -- parts -------------------------------------------------------------------------------------------------------

    def _compose(self) -> None:
        self.pad_panel.set_selector(self._respondents)
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.training_panel)
        layout.addWidget(self.notice)  # here it moves neither the pad nor a button under the hand
        layout.addWidget(self.tabs, 1)
        curves = QWidget()
        curves.setLayout(self._curves_place)
        self._curves_place.setContentsMargins(0, 0, 0, 0)
        self.tabs.setDocumentMode(True)
        for page, title, tip in (
            (curves, self.tr("Curves"), self.tr("How the run goes on")),
            (self.run_shelf, self.tr("Runs"), self.tr("All runs that were kept, side by side")),
            (self.inside_view, self.tr("Network"), self.tr("What the network is like inside, and how it came to be")),
            (self.answers_view, self.tr("Answers"), self.tr("What is read as what, and the mistakes themselves")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), tip)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.pad_panel)
        self._splitter.addWidget(right)
        for index in range(2):
            self._splitter.setStretchFactor(index, 1)
        self._splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self._splitter)
        self.setMinimumHeight(640)  # below, wrapped lines of the panel would lie on one another
        self.resize(1120, 740)
        self._splitter.setSizes([560, 560])

    def add_curves(self) -> None:
        """Bring in the plots, which need pyqtgraph: a third of a second that the first picture does not wait for."""
        if hasattr(self, "curves"):
            return
        from gui.curves import Curves

        self.curves = Curves()
        self.curves.add_switch(self._log_action)
        self._curves_place.addWidget(self.curves)
        self.training.set_curves(self.curves)
        self.curves.axisChosen.connect(self._on_axis)
        if self._preferences is not None:
            self.curves.set_axis(self._preferences.text("curves/axis"))
        self.curves.set_log(self._log_action.isChecked())
        self._log_action.toggled.connect(self.curves.set_log)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring in the plots as soon as the window is there."""
        super().showEvent(event)
        QTimer.singleShot(0, self.add_curves)

    def _make_menus(self) -> None:
        panel, session, tr, key = self.pad_panel, self.session, self.tr, QKeySequence.StandardKey
        self._log_action = toggle(tr("&Logarithmic loss"), "Ctrl+L", tr("Show the loss on a logarithmic axis"), self)
        self._schemes = choice({"system": tr("As the &system"), "light": tr("&Light"), "dark": tr("&Dark")}, self)
        self._schemes.triggered.connect(self._on_scheme)
        appearance = QMenu(tr("&Appearance"), self)
        appearance.addActions(self._schemes.actions())
        recent = QMenu(tr("&Recent models"), self)
        recent.setToolTipsVisible(True)
        recent.aboutToShow.connect(self._list_recent)
        self._recent = recent
        save = Wish(
            "save",
            tr("&Save model…"),
            self.models.choose_place,
            key.Save,
            tr("Save the network that you trained"),
        )
        pause = Wish("pause", tr("&Pause or resume"), session.toggle_pause, "Ctrl+P", tr("Halt the run, or go on"))
        stop = Wish("stop", tr("S&top and keep"), session.stop, "Ctrl+E", tr("End the run, keep its best weights"))
        self.actions_by_name = fill(
            self.menuBar(),
            {
                tr("&File"): (
                    Wish(
                        "open",
                        tr("&Open model…"),
                        self.models.choose,
                        key.Open,
                        tr("Let a saved network answer"),
                    ),
                    *(save, recent),
                    None,
                    *(panel.open_action, panel.paste_action, panel.random_action),
                    None,
                    Wish("quit", tr("&Quit"), self.close, key.Quit, tr("Close the window")),
                ),
                tr("&Edit"): (
                    *(panel.undo_action, panel.redo_action, panel.clear_action),
                    None,
                    *(panel.pen_action, panel.eraser_action, panel.width_menu),
                ),
                tr("&Training"): (
                    Wish("start", tr("&Start"), self.training.start, "Ctrl+R", tr("Train a network")),
                    pause,
                    stop,
                    Wish("cancel", tr("&Cancel"), session.cancel, None, tr("End the run and throw it away")),
                    None,
                    Wish("open_recipe", tr("&Open recipe…"), self.recipes.choose, None, tr("Use settings from a file")),
                    Wish(
                        "save_recipe",
                        tr("Save as &recipe…"),
                        self.recipes.ask_name,
                        None,
                        tr("Keep these settings under a name, in a file that can be shared"),
                    ),
                ),
                tr("&View"): (self._log_action, appearance),
                tr("&Help"): (
                    Wish("about", tr("&About digitpad"), self._show_about, None, tr("Versions and credits")),
                ),
            },
        )

    def _connect(self) -> None:
        panel, session, pad_panel = self.training_panel, self.session, self.pad_panel
        panel.penFileRequested.connect(self._choose_pen_file)
        panel.mnist_bar.downloadRequested.connect(self.mnist_desk.download)
        panel.mnist_bar.filesRequested.connect(self._choose_mnist_folder)
        panel.mnist_bar.cancelRequested.connect(self.mnist_desk.cancel)
        self.mnist_desk.progressed.connect(panel.mnist_bar.show_progress)
        self.mnist_desk.ended.connect(self._on_mnist)
        self.models.told.connect(self._say)
        self.reader.told.connect(self._say)
        self.reader.succeeded.connect(self.notice.clear)
        session.stateChanged.connect(self._on_state)
        self.training.told.connect(self._say)
        self.recipes.told.connect(self._say)
        self.training.starting.connect(self._on_starting)
        self.training.ended.connect(self._on_ended)
        self.runs.told.connect(self._say)
        self.runs.undoable.connect(self._offer_undo)
        self.runs.modelTaken.connect(self.models.take)
        self.run_shelf.settingsRequested.connect(self._use_settings)
        self.run_shelf.resumeRequested.connect(self.training.take_up)
        self.run_shelf.continueRequested.connect(self.training.continue_from)
        self.run_shelf.overlaysChanged.connect(self._show_overlays)
        theme.notifier.changed.connect(self._show_overlays)
        self.run_shelf.examineRequested.connect(self._examine)
        self.inside.told.connect(self._say)
        self.inside.pictureChosen.connect(self.reader.show_digit)
        self.reader.answered.connect(self._on_answered)
        self.tabs.currentChanged.connect(self._on_tab)
        pad_panel.randomDigitRequested.connect(self.reader.show_random_digit)
        pad_panel.openPictureRequested.connect(self.reader.choose)
        pad_panel.picturePasted.connect(self.show_given)
        self.slot.choicesChanged.connect(self._on_choices)
        self._respondents.respondentChosen.connect(self.slot.choose)
        self._on_state(RunState.IDLE)

    # -- what is remembered ------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        preferences = self._preferences
        present = mnist.folder() is not None
        self.training_panel.set_mnist_present(present)
        self.training_panel.set_data(sources.default())
        if preferences is None:
            return
        self.restoreGeometry(preferences.bytes("window/geometry"))
        self._splitter.restoreState(preferences.bytes("window/splitter"))
        self.training_panel.set_recipe(preferences.text("training/recipe"))
        self.training_panel.fold_button.setChecked(preferences.flag("training/customise"))
        if data := preferences.text("training/data"):
            self.training_panel.set_data(sources.default() if sources.uses_mnist(data) and not present else data)
        if (config := preferences.config("training/settings")) is not None:
            self.training_panel.form.set_config(config)
        self._log_action.setChecked(preferences.flag("curves/log"))
        self.models.set_recent(preferences.texts("models/recent"))
        self.pad_panel.set_pen_width(
            preferences.number("pad/pen_width", self.pad_panel.pen_width(), limits=(0.005, 0.3))
        )
        for action in self._schemes.actions():
            if action.data() == preferences.text("window/scheme", "system"):
                action.setChecked(True)
                self._on_scheme(action)

    def _remember(self) -> None:
        preferences = self._preferences
        if preferences is None:
            return
        values: dict[str, str | float | bool | QByteArray] = {
            "window/geometry": self.saveGeometry(),
            "window/splitter": self._splitter.saveState(),
            "training/recipe": self.training_panel.recipe,
            "training/data": self.training_panel.data,
            "training/customise": self.training_panel.fold_button.isChecked(),
            "curves/log": self._log_action.isChecked(),
            "pad/pen_width": self.pad_panel.pen_width(),
            "models/recent": json.dumps(self.models.recent()),
        }
        chosen = self._schemes.checkedAction()
        values["window/scheme"] = str(chosen.data()) if chosen else "system"
        with contextlib.suppress(ConfigError):  # half-typed settings are not remembered
            values["training/settings"] = json.dumps(self.training_panel.config().as_dict())
        for name, value in values.items():
            preferences.set(name, value)
        if not preferences.save():
            log.warning("the settings cannot be written to %s", places.settings())

    # -- training ----------------------------------------------------------------------------------------------------

    def _on_starting(self) -> None:
        self.add_curves()
        self.tabs.setCurrentIndex(0)
        self.notice.clear()
        self._remember()  # now, and not only at the end: a run may be long, and its end another than was meant

    def _on_state(self, state: RunState) -> None:
        for name, makes_sense in (
            ("start", state is RunState.IDLE),
            ("pause", state in (RunState.RUNNING, RunState.PAUSED)),
            ("stop", state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)),
            ("cancel", state is not RunState.IDLE),
        ):
            self.actions_by_name[name].setEnabled(makes_sense)

    def _on_ended(self, outcome: Outcome) -> None:
        if outcome.lacks_mnist and not self.mnist_desk.is_busy:
            self.training_panel.set_mnist_present(False)
        self.runs.refresh()
        if self._closes_after_run:
            self._closes_after_run = False
            if outcome.run is not None and not outcome.unkept:
                self.close()

    # -- the shelf ---------------------------------------------------------------------------------------------------

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.run_shelf:
            self.runs.refresh()
        elif self.tabs.currentWidget() is self.inside_view:
            self.inside.ask_history()

    def _show_overlays(self) -> None:
        """Lay the curves of the ticked runs beside those of the run that goes on."""
        if hasattr(self, "curves"):
            self.curves.set_overlays(self.runs.overlays())

    def _on_axis(self, axis: str) -> None:
        if self._preferences is not None:
            self._preferences.set("curves/axis", axis)

    def _examine(self, run: Run) -> None:
        self.tabs.setCurrentWidget(self.answers_view)
        self.inside.examine(run)

    def _use_settings(self, run: Run) -> None:
        if self.session.is_active:
            self._say(self.tr("A network is in training: its settings stay as they are."))
        elif self.training.use_settings(run):
            self.training_panel.fold_button.setChecked(True)

    def _offer_undo(self, text: str) -> None:
        self._say(text, offers={self.tr("Undo"): self.runs.undo})

    def _picture_of(self, run: Run, path: Path) -> None:
        """Write a picture of a run's curves."""
        from gui.curve_picture import save

        save(run, path)

    # -- who answers -------------------------------------------------------------------------------------------------

    def _on_answered(self) -> None:
        self.inside.set_image(self.reader.shown.image)

    def _list_recent(self) -> None:
        self.models.fill_menu(self._recent)

    def _on_choices(self) -> None:
        self._respondents.show_slot(self.slot)
        self.session.set_watched(self.slot.choice is Respondent.TRAINING)
        self.actions_by_name["save"].setEnabled(self.slot.own_model() is not None)

    # -- pictures and examples ---------------------------------------------------------------------------------------

    def show_given(self, given: QImage | Path) -> None:
        """Take what was pasted or dropped: a picture, or a file with a picture, ink, or a model."""
        if isinstance(given, Path):
            if given.suffix.lower() == SUFFIX:
                self.models.open(given)
            else:
                self.reader.open(given)
        else:
            self.reader.show_pasted(given)

    def _on_mnist(self, text: str, kind: Kind) -> None:
        """Tell how the way to MNIST ended, and offer it if it is here now."""
        self.training_panel.set_mnist_present(mnist.folder() is not None)
        if kind is Kind.GOOD and not self.session.is_active:
            self.training_panel.set_data("mnist")
        self._say(text, kind)

    # -- dialogs -----------------------------------------------------------------------------------------------------

    def _choose_pen_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a pen file"), "", self.tr("UNIPEN files (*)"))
        if name:
            self.training_panel.set_data(f"pen:{name}")

    def _choose_mnist_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder with MNIST's four files"))
        if name:
            self.mnist_desk.take_from(Path(name))

    def _show_about(self) -> None:
        about.show_about(self, self.slot.model)

    # -- the rest ----------------------------------------------------------------------------------------------------

    def _on_scheme(self, action: QAction) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, {"light": False, "dark": True}.get(action.data()))

    def report_fault(self, sentence: str, details: str) -> None:
        """Tell of a fault of the program."""
        self._say(self.tr("Something went wrong in the program itself: {0}").format(sentence), Kind.BAD, details)

    def _say(
        self,
        text: str,
        kind: Kind = Kind.INFO,
        details: str = "",
        offers: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        self.notice.show_message(text, kind, details, offers)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a run is going on; leave no thread behind."""
        if self.session.is_active:
            wish = ask_before_closing(self)
            self._closes_after_run = wish in (Closing.KEEP, Closing.LEAVE) and self.session.is_active
            if self._closes_after_run:
                (self.session.stop if wish is Closing.KEEP else self.session.leave)()
            if wish is Closing.STAY or self._closes_after_run:
                event.ignore()
                return
        self._remember()
        self.hide()  # what is under way may need a moment to notice that it is to end
        self.session.shut_down()
        self.mnist_desk.shut_down()
        self.inside.shut_down()
        super().closeEvent(event)
