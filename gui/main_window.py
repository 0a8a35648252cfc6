"""The window: it composes the two rooms and connects them; it does not compute."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QImage, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core import modelfile, picture, places
from core.data import mnist, sources
from core.data.examples import Examples
from core.errors import DigitpadError, ModelError
from core.ink import Drawing
from core.modelfile import Model
from core.recognizer import shipped_model
from core.training import Progress
from gui import about, theme
from gui.faults import log
from gui.mnist_bar import MnistFetch
from gui.model_slot import ModelSlot, Respondent
from gui.notice import Kind, NoticeBar
from gui.pad_panel import PadPanel
from gui.preferences import Preferences
from gui.reader import Reader, image_of
from gui.respondent_box import RespondentBox
from gui.training_panel import TrainingPanel
from gui.training_session import RunState, TrainingSession
from gui.worker import Facts, Outcome

_MODEL_SUFFIX = ".safetensors"
_LAST_MODEL = "last.safetensors"


class MainWindow(QMainWindow):
    """digitpad's window.

    Parameters
    ----------
    preferences
        What is remembered; None for a window that remembers nothing and leaves nothing behind.
    """

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.setWindowTitle("digitpad")
        self._preferences = preferences
        self.session = TrainingSession(self)
        self.slot = ModelSlot(self)
        self.pad_panel = PadPanel()
        self.training_panel = TrainingPanel()
        self.notice = NoticeBar()
        self.reader = Reader(self.pad_panel, self.slot, self)
        self._respondents = RespondentBox()
        self._examples = Examples(np.random.default_rng())
        self._fetch: MnistFetch | None = None
        self._curves_place = QVBoxLayout()
        self._compose()
        self._make_menus()
        self._connect()
        self._load_models()
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
        layout.addLayout(self._curves_place, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.pad_panel)
        self._splitter.addWidget(right)
        for index in range(2):
            self._splitter.setStretchFactor(index, 1)
        self._splitter.setChildrenCollapsible(False)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self._splitter, 1)
        self.setCentralWidget(central)
        self.resize(1120, 740)
        self._splitter.setSizes([560, 560])

    def add_curves(self) -> None:
        """Bring in the plots, which need pyqtgraph: a third of a second that the first picture does not wait for."""
        if hasattr(self, "curves"):
            return
        from gui.curves import Curves

        self.curves = Curves()
        self._curves_place.addWidget(self.curves)
        self.session.progressed.connect(self.curves.add)
        self.curves.set_log(self._log_action.isChecked())
        self._log_action.toggled.connect(self.curves.set_log)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring in the plots as soon as the window is there."""
        super().showEvent(event)
        QTimer.singleShot(0, self.add_curves)

    def _make_menus(self) -> None:
        panel, key = self.pad_panel, QKeySequence.StandardKey
        bar = self.menuBar()
        file = bar.addMenu(self.tr("&File"))
        self._add(file, self.tr("&Open model…"), self._choose_model, key.Open, self.tr("Let a saved network answer"))
        self.save_action = self._add(
            file, self.tr("&Save model…"), self._choose_save, key.Save, self.tr("Save the network that you trained")
        )
        file.addSeparator()
        file.addActions([panel.open_action, panel.paste_action, panel.random_action])
        file.addSeparator()
        self._add(file, self.tr("&Quit"), self.close, key.Quit, self.tr("Close the window"))

        edit = bar.addMenu(self.tr("&Edit"))
        edit.addActions([panel.undo_action, panel.redo_action, panel.clear_action])
        edit.addSeparator()
        edit.addActions([panel.pen_action, panel.eraser_action])
        edit.addMenu(panel.width_menu)

        train = bar.addMenu(self.tr("&Training"))
        wishes = self.training_panel
        self.start_action = self._add(
            train, self.tr("&Start"), wishes.startRequested.emit, "Ctrl+R", self.tr("Train a network")
        )
        self.pause_action = self._add(
            train, self.tr("&Pause or resume"), self._toggle_pause, "Ctrl+P", self.tr("Halt the run, or go on with it")
        )
        self.stop_action = self._add(
            train, self.tr("S&top and keep"), self.session.stop, "Ctrl+E", self.tr("End the run, keep its best weights")
        )
        self.cancel_action = self._add(
            train, self.tr("&Cancel"), self.session.cancel, None, self.tr("End the run and throw it away")
        )

        view = bar.addMenu(self.tr("&View"))
        self._log_action = view.addAction(self.tr("&Logarithmic loss"))
        self._log_action.setCheckable(True)
        self._log_action.setShortcut("Ctrl+L")
        self._log_action.setStatusTip(self.tr("Show the loss on a logarithmic axis"))
        self._make_scheme_menu(view.addMenu(self.tr("&Appearance")))

        help_menu = bar.addMenu(self.tr("&Help"))
        self._add(help_menu, self.tr("&About digitpad"), self._show_about, None, self.tr("Versions and credits"))

    def _make_scheme_menu(self, menu: QMenu) -> None:
        self._schemes = QActionGroup(self)
        for name, text in (
            ("system", self.tr("As the &system")),
            ("light", self.tr("&Light")),
            ("dark", self.tr("&Dark")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == "system")
            self._schemes.addAction(action)
        self._schemes.triggered.connect(self._on_scheme)

    def _add(
        self,
        menu: QMenu,
        text: str,
        slot: Callable[..., object],
        shortcut: QKeySequence.StandardKey | str | None,
        tip: str,
    ) -> QAction:
        action = menu.addAction(text)
        action.setStatusTip(tip)
        action.setToolTip(tip)
        if shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda checked=False: slot())
        return action

    def _connect(self) -> None:
        panel, session, pad_panel = self.training_panel, self.session, self.pad_panel
        panel.startRequested.connect(self.start)
        panel.pauseRequested.connect(session.pause)
        panel.resumeRequested.connect(session.resume)
        panel.stopRequested.connect(session.stop)
        panel.cancelRequested.connect(session.cancel)
        panel.penFileRequested.connect(self._choose_pen_file)
        panel.mnist_bar.downloadRequested.connect(self.download_mnist)
        panel.mnist_bar.filesRequested.connect(self._choose_mnist_folder)
        panel.mnist_bar.cancelRequested.connect(self._cancel_fetch)
        session.stateChanged.connect(self._on_state)
        session.prepared.connect(self._on_prepared)
        session.progressed.connect(self._on_progressed)
        session.snapshotTaken.connect(self.slot.take)
        session.concluded.connect(self._on_concluded)
        pad_panel.randomDigitRequested.connect(self.show_random_digit)
        pad_panel.openPictureRequested.connect(self._choose_picture)
        pad_panel.picturePasted.connect(self.show_given)
        self.slot.choicesChanged.connect(self._on_choices)
        self._respondents.respondentChosen.connect(self.slot.choose)
        self._on_state(RunState.IDLE)

    def _load_models(self) -> None:
        """Bring in the shipped model, and the one that the last run left."""
        try:
            self.slot.set_shipped(shipped_model())
        except (DigitpadError, OSError) as error:
            self._say(self.tr("The model that comes with digitpad cannot be used: {0}").format(error), Kind.BAD)
        last = places.models() / _LAST_MODEL
        if self._preferences is not None and last.exists():
            try:
                self.slot.set_own(modelfile.load(last), self.tr("the last run"))
            except ModelError as error:
                log.warning("the last run's model cannot be used: %s", error)
        self._on_choices()

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
        if data := preferences.text("training/data"):
            self.training_panel.set_data(data if present or "mnist" not in data else sources.default())
        self._log_action.setChecked(preferences.flag("curves/log"))
        self.pad_panel.pad.set_pen_width(preferences.number("pad/pen_width", self.pad_panel.pad.pen_width()))
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
            "curves/log": self._log_action.isChecked(),
            "pad/pen_width": self.pad_panel.pad.pen_width(),
        }
        chosen = self._schemes.checkedAction()
        values["window/scheme"] = str(chosen.data()) if chosen else "system"
        for name, value in values.items():
            preferences.set(name, value)
        if not preferences.save():
            log.warning("the settings cannot be written to %s", places.settings())

    # -- training ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a run with what the panel shows."""
        panel = self.training_panel
        if self.session.is_active:
            return
        try:
            config = panel.config()
        except DigitpadError as error:
            self._say(str(error), Kind.BAD)
            return
        self.add_curves()
        self.notice.clear()
        self.session.start(panel.recipe, config, panel.data, panel.form.threads.value())

    def _toggle_pause(self) -> None:
        if self.session.state is RunState.PAUSED:
            self.session.resume()
        else:
            self.session.pause()

    def _on_state(self, state: RunState) -> None:
        self.training_panel.set_state(state)
        self.start_action.setEnabled(state is RunState.IDLE)
        self.pause_action.setEnabled(state in (RunState.RUNNING, RunState.PAUSED))
        self.stop_action.setEnabled(state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED))
        self.cancel_action.setEnabled(state is not RunState.IDLE)

    def _on_prepared(self, facts: Facts) -> None:
        self.curves.begin(facts.n_train, facts.n_epochs)
        self.training_panel.show_facts(facts)
        self.slot.watch(facts)

    def _on_progressed(self, records: tuple[Progress, ...]) -> None:
        self.training_panel.show_progress(records[-1], self.session.seconds)

    def _on_concluded(self, outcome: Outcome) -> None:
        self.curves.flush()
        if outcome.details:
            log.error("%s", outcome.details)
        if outcome.model is not None:
            self._take_result(outcome.model, stopped=outcome.stopped)
        else:
            self.training_panel.show_status(self.tr("The run has ended; nothing of it was kept."))
        self.slot.forget_training()
        if outcome.error:
            self._say(outcome.error, Kind.BAD, outcome.details)

    def _take_result(self, model: Model, *, stopped: bool) -> None:
        accuracy = model.scores["test_accuracy"]
        self.slot.set_own(model, self.tr("{0}, {1}").format(model.recipe, f"{accuracy:.2%}"))
        text = self.tr("Stopped and kept") if stopped else self.tr("Done")
        self.training_panel.show_status(
            self.tr(
                "{0} after {1:.1f} s: {2:.2%} of the test digits are right, {3:.2%} of the validation digits."
            ).format(text, self.session.seconds, accuracy, model.scores["validation_accuracy"])
        )
        self._keep(model)

    def _keep(self, model: Model) -> None:
        """Keep the newest result by itself, so that closing the window does not lose it."""
        if self._preferences is None:
            return
        try:
            places.models().mkdir(parents=True, exist_ok=True)
            modelfile.save(model, places.models() / _LAST_MODEL)
        except (DigitpadError, OSError) as error:
            self._say(
                self.tr("The trained network could not be kept by itself ({0}): save it.").format(error), Kind.BAD
            )

    # -- who answers -------------------------------------------------------------------------------------------------

    def _on_choices(self) -> None:
        self._respondents.show_slot(self.slot)
        self.session.set_watched(self.slot.choice is Respondent.TRAINING)
        self.save_action.setEnabled(self.slot.own_model() is not None)

    def open_model(self, path: Path) -> None:
        """Let a model from a file answer; one that cannot be read changes nothing."""
        try:
            model = modelfile.load(path)
        except ModelError as error:
            self._say(str(error), Kind.BAD)
            return
        self.slot.set_own(model, path.name)
        self.slot.choose(Respondent.OWN)
        self._say(self.tr("{0} answers now.").format(path.name), Kind.GOOD)

    def save_model(self, path: Path) -> None:
        """Save the reader's own model."""
        model = self.slot.own_model()
        if model is None:
            return
        try:
            modelfile.save(model, path)
        except ModelError as error:
            self._say(str(error), Kind.BAD)
        else:
            self._say(self.tr("Saved as {0}.").format(path), Kind.GOOD)

    # -- pictures and examples ---------------------------------------------------------------------------------------

    def show_given(self, given: QImage | Path) -> None:
        """Take what was pasted or dropped: a picture, or a file with a picture, ink, or a model."""
        if isinstance(given, Path):
            if given.suffix.lower() == _MODEL_SUFFIX:
                self.open_model(given)
            else:
                self.open_picture(given)
        else:
            self._try(lambda: self.reader.show_picture(given))

    def open_picture(self, path: Path) -> None:
        """Put a picture, or a drawing in ink JSON, on the pad; one that cannot be read changes nothing."""
        self._try(lambda: self._open_picture(path))

    def _open_picture(self, path: Path) -> None:
        if path.suffix.lower() == ".json":
            self.pad_panel.pad.set_drawing(Drawing.load(path), fit=True)
            self.reader.answer()
        else:
            self.reader.show_picture(image_of(picture.load(path)), path.name)

    def show_random_digit(self) -> None:
        """Put a digit on the pad that no network has learnt from."""
        self._try(lambda: self.reader.show_example(self._examples.draw()))

    def _try(self, act: Callable[[], None]) -> None:
        """Do something that a file or a user may make fail, and say so in the window."""
        try:
            act()
        except DigitpadError as error:
            self._say(str(error), Kind.BAD)
        else:
            self.notice.clear()

    # -- MNIST -------------------------------------------------------------------------------------------------------

    def download_mnist(self) -> None:
        """Fetch MNIST from its mirrors."""
        self._begin_fetch(None)

    def take_mnist_from(self, folder: Path) -> None:
        """Copy MNIST from a folder of the user's."""
        self._begin_fetch(folder)

    def _begin_fetch(self, folder: Path | None) -> None:
        if self._fetch is not None:
            return
        self._fetch = MnistFetch(folder, self)
        self._fetch.progressed.connect(self.training_panel.mnist_bar.show_progress)
        self._fetch.ended.connect(self._on_fetch_ended)
        self.training_panel.mnist_bar.show_progress(0, 0)
        self._fetch.start()

    def _cancel_fetch(self) -> None:
        if self._fetch is not None:
            self._fetch.cancel()

    def _on_fetch_ended(self, error: str) -> None:
        fetch, self._fetch = self._fetch, None
        if fetch is None:
            return
        fetch.wait()
        fetch.deleteLater()
        present = mnist.folder() is not None
        self.training_panel.set_mnist_present(present)
        if error:
            self._say(error, Kind.BAD)
        elif fetch.is_cancelled and not present:
            self._say(self.tr("The download was cancelled; nothing of it was kept."))
        else:
            if not self.session.is_active:
                self.training_panel.set_data("mnist")
            self._say(self.tr("MNIST is here."), Kind.GOOD)

    # -- dialogs -----------------------------------------------------------------------------------------------------

    def _choose_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open model"), "", self.tr("Models (*.safetensors)"))
        if name:
            self.open_model(Path(name))

    def _choose_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save model"), "model.safetensors", self.tr("Models (*.safetensors)")
        )
        if name:
            path = Path(name)
            self.save_model(path if path.suffix else path.with_suffix(_MODEL_SUFFIX))

    def _choose_picture(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open picture"), "", self.tr("Pictures and drawings (*.png *.jpg *.jpeg *.json)")
        )
        if name:
            self.open_picture(Path(name))

    def _choose_pen_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a pen file"), "", self.tr("UNIPEN files (*)"))
        if name:
            self.training_panel.set_data(f"pen:{name}")

    def _choose_mnist_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose the folder with MNIST's four files"))
        if name:
            self.take_mnist_from(Path(name))

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

    def _say(self, text: str, kind: Kind = Kind.INFO, details: str = "") -> None:
        self.notice.show_message(text, kind, details)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a run is going on; leave no thread behind."""
        if self.session.is_active and not self.confirms_closing():
            event.ignore()
            return
        self._remember()
        self.session.shut_down()
        if self._fetch is not None:
            self._fetch.cancel()
            self._fetch.wait()
        super().closeEvent(event)

    def confirms_closing(self) -> bool:
        """Ask whether the run that is going on is to be thrown away."""
        answer = QMessageBox.question(
            self,
            self.tr("A network is in training"),
            self.tr("Close digitpad, and throw the run away? To keep its best weights, press Stop first."),
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Close
