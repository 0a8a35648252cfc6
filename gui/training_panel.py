"""The training panel: what to run, on which digits, with which settings; start, pause, stop, cancel; how far it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core import recipes
from core.config import TrainConfig
from core.recipefile import Recipe
from core.training import Progress
from gui import theme
from gui.mnist_bar import MnistBar
from gui.settings_form import NumberBox, SettingsForm
from gui.training_session import RunState
from gui.worker import Facts

_FOLD_HEIGHT = (60, 300)  # px: it gives way to the curves, and leaves them room


class TrainingPanel(QWidget):
    """Form and buttons of a run. It says what the user wants; it does not run anything."""

    startRequested = Signal()
    pauseRequested = Signal()
    resumeRequested = Signal()
    stopRequested = Signal()
    cancelRequested = Signal()
    rateRequested = Signal(float)
    """The schedule's rate is to be multiplied with this from now on."""
    penFileRequested = Signal()
    """The user wants to choose a pen file as data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = SettingsForm()
        self.mnist_bar = MnistBar()
        self._state = RunState.IDLE
        self._recipes: dict[str, Recipe] = {}
        self._facts: Facts | None = None
        self._way = ""
        self._make_choices()
        self._make_buttons()
        self._make_rate()
        self._make_progress()
        self._lay_out()
        self.set_recipe(recipes.DEFAULT)
        self.set_state(RunState.IDLE)

    # -- what is to be run ---------------------------------------------------------------------------------------------

    @property
    def recipe(self) -> str:
        """The name of the chosen recipe."""
        return str(self._recipe.currentData())

    @property
    def data(self) -> str:
        """The name of the chosen data source."""
        return str(self._data.currentData())

    @property
    def test(self) -> str | None:
        """The source that the chosen recipe is tested on with the chosen data, where it has one of its own."""
        return self._recipes[self.recipe].test_for(self.data)

    def config(self) -> TrainConfig:
        """Return the settings as the form shows them; raise ConfigError where one makes no sense."""
        return self.form.config()

    def add_recipe(self, recipe: Recipe) -> None:
        """Offer a recipe; one of the same name gives way to it. Silent."""
        index = self._recipe.findData(recipe.name)
        if index < 0:
            index = self._recipe.count()
            self._recipe.addItem(recipe.name, recipe.name)
        self._recipe.setItemData(index, recipe.title, Qt.ItemDataRole.ToolTipRole)
        self._recipes[recipe.name] = recipe

    def set_recipe(self, name: str) -> None:
        """Choose a recipe and show its settings; one that is unknown is passed over. Silent."""
        index = self._recipe.findData(name)
        if index >= 0:
            self._recipe.setCurrentIndex(index)
            self._show_recipe()

    def set_data(self, source: str) -> None:
        """Choose a data source; one that is not in the list is added to it. Silent."""
        index = self._data.findData(source)
        if index < 0:
            index = self._data.count()
            self._data.addItem(source, source)
            self._data.setItemData(index, source, Qt.ItemDataRole.ToolTipRole)
        self._data.setCurrentIndex(index)

    def set_mnist_present(self, present: bool) -> None:
        """Say whether MNIST is on this computer."""
        self.mnist_bar.setVisible(not present)
        if not present:
            self.mnist_bar.show_missing()

    # -- how far it is -------------------------------------------------------------------------------------------------

    def set_state(self, state: RunState) -> None:
        """Show the buttons that make sense."""
        self._state = state
        active = state is not RunState.IDLE
        had_focus = any(button.hasFocus() for button in self._buttons)
        for button in self._buttons:
            button.setVisible(active != (button is self.start_button))
        self._show_rate(active)
        self.pause_button.setEnabled(state in (RunState.RUNNING, RunState.PAUSED))
        self.stop_button.setEnabled(state is not RunState.ENDING)
        paused = state is RunState.PAUSED
        self.pause_button.setText(self.tr("Resume") if paused else self.tr("Pause"))
        self.pause_button.setAccessibleName(self.pause_button.text())
        self.pause_button.setToolTip(
            self.tr("Go on with the run") if paused else self.tr("Halt the run; it can go on where it was")
        )
        theme.set_icon(self.pause_button, "play" if paused else "pause")
        if had_focus:  # it goes on to the button that has taken the place, not to the next control of the window
            (self.stop_button if active else self.start_button).setFocus()
        for widget in (self._recipe, self._data, self._pen_file_button, self.form):
            widget.setEnabled(not active)
        if state is RunState.PREPARING:
            self._progress.setRange(0, 0)
            self._progress.show()
            self._status.setText(self.tr("Loading the digits…"))
        elif state in (RunState.RUNNING, RunState.PAUSED):
            self._show_way()
        elif state is RunState.ENDING:
            self._status.setText(self.tr("Testing the best weights…"))
        elif state is RunState.IDLE:
            self._progress.hide()

    def show_facts(self, facts: Facts) -> None:
        """Show what a run is about, now that it is known."""
        self._facts = facts
        self._progress.setRange(0, facts.n_steps)
        self._progress.setValue(0)
        self._way = self.tr(
            "{0:,} parameters, {1:,} digits to learn from, {2:,} to choose by, {3:,} to test with"
        ).format(facts.n_parameters, facts.n_train, facts.n_validation, facts.n_test)

    def show_progress(self, record: Progress, seconds: float) -> None:
        """Show how far a run is after ``seconds`` of training."""
        self._progress.setValue(record.step)
        if self._facts is None or seconds <= 0:
            return
        left = seconds * (record.n_steps - record.step) / record.step
        n_threads = self._facts.threads
        threads = self.tr("1 thread") if n_threads == 1 else self.tr("{0} threads").format(n_threads)
        self._way = self.tr("Epoch {0} of {1} · step {2:,} of {3:,} · {4} left · {5:,} digits a second · {6}").format(
            record.epoch,
            self._facts.n_epochs,
            record.step,
            record.n_steps,
            self._duration(left),
            round(record.samples / seconds / 100) * 100,
            threads,
        )
        self._show_way()

    def _show_way(self) -> None:
        """Show how far the run is, and whether it is paused; late news do not hide that it is ending."""
        if self._state is RunState.RUNNING:
            self._status.setText(self._way)
        elif self._state is RunState.PAUSED:
            self._status.setText(self.tr("Paused. {0}").format(self._way))

    def show_status(self, text: str) -> None:
        """Show how a run ended."""
        self._status.setText(text)

    def _duration(self, seconds: float) -> str:
        whole = round(seconds)
        if whole < 60:
            return self.tr("{0} s").format(whole)
        if whole < 3600:
            return self.tr("{0} min {1:02d} s").format(*divmod(whole, 60))
        return self.tr("{0} h {1:02d} min").format(*divmod(whole // 60, 60))

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_choices(self) -> None:
        self._recipe = QComboBox()
        self._recipe.setObjectName("recipe")
        for recipe in recipes.RECIPES.values():
            self.add_recipe(recipe)
        self._recipe.setToolTip(self.tr("A set of settings with a name; Customise shows and changes them"))
        self._recipe.setAccessibleName(self.tr("Recipe"))
        self._recipe.activated.connect(self._on_recipe)
        self._data = QComboBox()
        for text, source in (
            (self.tr("MNIST: 70,000 real digits"), "mnist"),
            (self.tr("Synthetic digits"), "synthetic"),
            (self.tr("MNIST and synthetic digits"), "mnist+synthetic"),
        ):
            self._data.addItem(text, source)
        self._data.setToolTip(self.tr("The digits to learn from"))
        self._data.setAccessibleName(self.tr("Digits to learn from"))
        self._data.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._data.setMinimumContentsLength(18)
        self._pen_file_button = QToolButton()
        theme.set_icon(self._pen_file_button, "open")
        self._pen_file_button.setToolTip(self.tr("Learn from a pen file of yours (UNIPEN)…"))
        self._pen_file_button.setAccessibleName(self.tr("Choose a pen file"))
        self._pen_file_button.clicked.connect(self.penFileRequested)
        self._title = QLabel()
        self._title.setWordWrap(True)
        self._title.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def _make_buttons(self) -> None:
        table = (
            ("start", "", self.tr("Start"), self.tr("Train a network with these settings"), self.startRequested),
            ("pause", "pause", self.tr("Pause"), "", self._on_pause),
            (
                "stop",
                "stop",
                self.tr("Stop"),
                self.tr("End the run now, and keep its best weights"),
                self.stopRequested,
            ),
            (
                "cancel",
                "cancel",
                self.tr("Cancel"),
                self.tr("End the run now, and throw it away"),
                self.cancelRequested,
            ),
        )
        buttons = []
        for name, icon, text, tip, slot in table:
            button = QPushButton(text)
            button.setObjectName(f"{name}_button")
            button.setToolTip(tip)
            button.setAccessibleName(text)
            if icon:
                theme.set_icon(button, icon)
            button.clicked.connect(slot)
            buttons.append(button)
        self._buttons = tuple(buttons)
        self.start_button, self.pause_button, self.stop_button, self.cancel_button = buttons
        self.start_button.setProperty("primary", True)
        self.fold_button = QToolButton()
        self.fold_button.setText(self.tr("Customise"))
        self.fold_button.setToolTip(self.tr("Show all settings of the run"))
        self.fold_button.setAccessibleName(self.tr("Customise"))
        self.fold_button.setCheckable(True)
        self.fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold_button.toggled.connect(self._fold)

    def _make_rate(self) -> None:
        self.rate = NumberBox(0.001, 1000.0)
        self.rate.setKeyboardTracking(False)  # a rate that is half typed is not meant
        self.rate.setAccessibleName(self.tr("Factor of the learning rate"))
        self.rate.setToolTip(
            self.tr("Multiplies the learning rate of the run that goes on: smaller steps settle, larger ones explore")
        )
        self.rate.valueChanged.connect(self.rateRequested)
        self._rate_row = QWidget()
        label = QLabel(self.tr("Ra&te ×"))
        label.setBuddy(self.rate)
        row = QHBoxLayout(self._rate_row)
        row.setContentsMargins(theme.SPACING, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self.rate)

    def _show_rate(self, active: bool) -> None:
        """Show the factor of the rate while there is a run, and 1 at its beginning; silent."""
        if self._rate_row.isHidden() == active:
            blocked = self.rate.blockSignals(True)
            self.rate.setValue(1.0)
            self.rate.blockSignals(blocked)
            self._rate_row.setVisible(active)

    def _make_progress(self) -> None:
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._progress.setAccessibleName(self.tr("Progress of the run"))
        self._progress.setToolTip(self.tr("How much of the run is done"))
        self._status = QLabel(self.tr("Press Start: a network learns from scratch, in this window."))
        self._status.setWordWrap(True)
        self._status.setMinimumHeight(2 * self._status.fontMetrics().height())
        self._status.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        choices = QGridLayout()
        choices.setHorizontalSpacing(theme.SPACING)
        for column, (text, box) in enumerate(((self.tr("&Recipe"), self._recipe), (self.tr("&Digits"), self._data))):
            label = QLabel(text)
            label.setBuddy(box)
            choices.addWidget(label, 0, column)
            choices.addWidget(box, 1, column)
            choices.setColumnStretch(column, 1 + column)
        choices.addWidget(self._pen_file_button, 1, 2)
        self._settings = QScrollArea()
        self._settings.setWidget(self.form)
        self._settings.setWidgetResizable(True)
        self._settings.setFrameShape(QFrame.Shape.NoFrame)
        self._settings.setMinimumHeight(_FOLD_HEIGHT[0])
        self._settings.setMaximumHeight(_FOLD_HEIGHT[1])
        buttons = QHBoxLayout()
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addWidget(self._rate_row)
        buttons.addStretch(1)
        buttons.addWidget(self.fold_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(choices)
        layout.addWidget(self._title)
        layout.addWidget(self.mnist_bar)
        layout.addLayout(buttons)
        layout.addWidget(self._settings)
        layout.addWidget(self._progress)
        layout.addWidget(self._status)
        self._fold(False)

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _show_recipe(self) -> None:
        recipe = self._recipes[self.recipe]
        self._title.setText(recipe.title)
        self.form.set_config(recipe.config)

    def _on_recipe(self) -> None:
        """Follow the user's choice; a recipe that is meant for certain digits brings them along."""
        self._show_recipe()
        if data := self._recipes[self.recipe].data:
            self.set_data(data)

    def _on_pause(self) -> None:
        (self.resumeRequested if self._state is RunState.PAUSED else self.pauseRequested).emit()

    def _fold(self, shown: bool) -> None:
        self._settings.setVisible(shown)
        theme.set_icon(self.fold_button, "fold" if shown else "unfold")
