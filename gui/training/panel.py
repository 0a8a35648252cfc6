"""The training panel: what to run, on which digits, with which settings; start, pause, stop, cancel; how far it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from core.runs.records import RunFacts
from core.training import recipes
from core.training.config import TrainConfig
from core.training.loop import Progress
from core.training.recipefile import Recipe
from gui.style import theme
from gui.training.choices import TrainingChoices
from gui.training.controls import TrainingControls
from gui.training.mnist_bar import MnistBar
from gui.training.progress import TrainingProgress
from gui.training.session import RunState
from gui.training.settings_form import SettingsForm

_FOLD_HEIGHT = (60, 300)  # px: it gives way to the curves, and leaves them room


class TrainingPanel(QWidget):
    """Form and buttons of a run. Its parts say what the user wants; it does not run anything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = SettingsForm()
        self.mnist_bar = MnistBar()
        self.controls = TrainingControls()
        self.progress = TrainingProgress()
        self.choices = TrainingChoices()
        self._make_fold()
        self._lay_out()
        self.choices.recipeChosen.connect(self._show_settings)
        self.set_recipe(recipes.DEFAULT)
        self.set_state(RunState.IDLE)

    # -- what is to be run ---------------------------------------------------------------------------------------------

    @property
    def recipe(self) -> str:
        """The name of the chosen recipe."""
        return self.choices.recipe.name

    @property
    def data(self) -> str:
        """The name of the chosen data source."""
        return self.choices.data

    @property
    def test(self) -> str | None:
        """The source that the chosen recipe is tested on with the chosen data, where it has one of its own."""
        return self.choices.recipe.test_for(self.data)

    def config(self) -> TrainConfig:
        """Return the settings as the form shows them; raise ConfigError where one makes no sense."""
        return self.form.config()

    def add_recipe(self, recipe: Recipe) -> None:
        """Offer a recipe; one of the same name gives way to it. Silent."""
        self.choices.add_recipe(recipe)

    def set_recipe(self, name: str) -> None:
        """Choose a recipe and show its settings; one that is unknown is passed over. Silent."""
        if self.choices.set_recipe(name):
            self._show_settings()

    def set_data(self, source: str) -> None:
        """Choose a data source; one that is not in the list is added to it. Silent."""
        self.choices.set_data(source)

    def set_mnist_present(self, present: bool) -> None:
        """Say whether MNIST is on this computer."""
        self.mnist_bar.setVisible(not present)
        if not present:
            self.mnist_bar.show_missing()

    # -- how far it is -------------------------------------------------------------------------------------------------

    def set_state(self, state: RunState) -> None:
        """Show the buttons that make sense, and where the run stands."""
        self.controls.set_state(state)
        self.choices.set_open(state is RunState.IDLE)
        self.form.setEnabled(state is RunState.IDLE)
        self.progress.set_state(state)

    def show_facts(self, facts: RunFacts) -> None:
        """Show what a run is about, now that it is known."""
        self.progress.show_facts(facts)

    def show_progress(self, record: Progress, seconds: float) -> None:
        """Show how far a run is after ``seconds`` of training."""
        self.progress.show_progress(record, seconds)

    def show_status(self, text: str) -> None:
        """Show how a run ended."""
        self.progress.show_status(text)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_fold(self) -> None:
        self.fold_button = QToolButton()
        self.fold_button.setText(self.tr("Customise"))
        self.fold_button.setToolTip(self.tr("Show all settings of the run"))
        self.fold_button.setAccessibleName(self.tr("Customise"))
        self.fold_button.setCheckable(True)
        self.fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold_button.toggled.connect(self._fold)
        self._settings = QScrollArea()
        self._settings.setWidget(self.form)
        self._settings.setWidgetResizable(True)
        self._settings.setFrameShape(QFrame.Shape.NoFrame)
        self._settings.setMinimumHeight(_FOLD_HEIGHT[0])
        self._settings.setMaximumHeight(_FOLD_HEIGHT[1])

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.controls)
        buttons.addStretch(1)
        buttons.addWidget(self.fold_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.choices)
        layout.addWidget(self.mnist_bar)
        layout.addLayout(buttons)
        layout.addWidget(self._settings)
        layout.addWidget(self.progress)
        self._fold(False)

    def _show_settings(self) -> None:
        self.form.set_config(self.choices.recipe.config)

    def _fold(self, shown: bool) -> None:
        self._settings.setVisible(shown)
        theme.set_icon(self.fold_button, "fold" if shown else "unfold")
