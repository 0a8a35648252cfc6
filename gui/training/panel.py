"""The training panel: recipe, data and settings of a run, its controls and its progress."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from core.runs.records import RunFacts
from core.training import recipes
from core.training.config import TrainConfig
from core.training.recipefile import Recipe
from gui.style import theme
from gui.training.choices import TrainingChoices
from gui.training.controls import TrainingControls
from gui.training.mnist_bar import MnistBar
from gui.training.progress import TrainingProgress
from gui.training.session import RunState
from gui.training.settings_form import SettingsForm

if TYPE_CHECKING:
    from core.training.loop import Progress

_FOLD_HEIGHT = (60, 140, 300)  # px: of the settings, at least, in a low window, and at most


class TrainingPanel(QWidget):
    """Form and buttons of a run. It runs nothing: controllers connect to the signals of its parts.

    Attributes
    ----------
    fold_button : QToolButton
        Shows or hides the settings while it is checked or not.
    """

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

    # -- the request ---------------------------------------------------------------------------------------------------

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
        """The test source of the chosen recipe for the chosen data; None for that of the data."""
        return self.choices.recipe.test_for(self.data)

    def config(self) -> TrainConfig:
        """Return the settings in the form; raise ConfigError if one is invalid."""
        return self.form.config()

    def add_recipe(self, recipe: Recipe) -> None:
        """Add a recipe to the list; it replaces one of the same name. Silent."""
        self.choices.add_recipe(recipe)

    def set_recipe(self, name: str) -> None:
        """Choose a recipe and show its settings; ignore an unknown name. Silent."""
        if self.choices.set_recipe(name):
            self._show_settings()

    def set_data(self, source: str) -> None:
        """Choose a data source, and add it to the list if it is missing there. Silent."""
        self.choices.set_data(source)

    def set_mnist_present(self, present: bool) -> None:
        """Set whether MNIST is on this computer. Silent."""
        self.mnist_bar.setVisible(not present)
        if not present:
            self.mnist_bar.show_missing()

    def limit_settings(self, height: int) -> None:
        """Let the settings be about ``height`` px high where they are shown: the curves need the rest."""
        _, low, high = _FOLD_HEIGHT
        self.settings_area.setMaximumHeight(min(max(height, low), high))

    # -- the run -------------------------------------------------------------------------------------------------------

    def set_state(self, state: RunState) -> None:
        """Show the state of the run, and the buttons that apply. Silent."""
        self.controls.set_state(state)
        self.choices.set_open(state is RunState.IDLE)
        self.form.setEnabled(state is RunState.IDLE)
        self.progress.set_state(state)

    def show_facts(self, facts: RunFacts) -> None:
        """Show the size of the network and of the data. Silent."""
        self.progress.show_facts(facts)

    def show_progress(self, record: "Progress", seconds: float) -> None:
        """Show the position of the run after ``seconds`` of training. Silent."""
        self.progress.show_progress(record, seconds)

    def show_status(self, text: str) -> None:
        """Show how a run ended. Silent."""
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
        self.settings_area = QScrollArea()
        self.settings_area.setWidget(self.form)
        self.settings_area.setWidgetResizable(True)
        self.settings_area.setFrameShape(QFrame.Shape.NoFrame)
        self.settings_area.setMinimumHeight(_FOLD_HEIGHT[0])
        self.limit_settings(_FOLD_HEIGHT[2])

    def _lay_out(self) -> None:
        self.controls.add_right(self.fold_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.choices)
        layout.addWidget(self.mnist_bar)
        layout.addWidget(self.controls)
        layout.addWidget(self.settings_area)
        layout.addWidget(self.progress)
        self._fold(False)

    def _show_settings(self) -> None:
        self.form.set_config(self.choices.recipe.config)

    def _fold(self, shown: bool) -> None:
        self.settings_area.setVisible(shown)
        theme.set_icon(self.fold_button, "fold" if shown else "unfold")
