"""Adds the user's recipes to the panel, opens recipe files, and saves the panel's settings as a recipe."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from core.errors import DigitpadError
from core.training import recipes
from core.training.recipefile import Recipe
from gui.style.message import Message, Severity
from gui.training.panel import TrainingPanel


class RecipesController(QObject):
    """Loads recipes into a training panel, and saves them from it; ``messageReady`` reports the result."""

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(self, panel: TrainingPanel, window: QWidget) -> None:
        super().__init__(window)
        self._panel, self._window = panel, window

    def load(self) -> None:
        """Add the user's recipes to the list; report those that are broken, and leave them out."""
        found, problems = recipes.available()
        for recipe in found.values():
            self._panel.add_recipe(recipe)
        if problems:  # in one message: a second one would replace the first
            self._tell("; ".join(problems), Severity.BAD)

    def choose(self) -> None:
        """Ask for a recipe file, and open it."""
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open a recipe"), "", self.tr("Recipes (*.toml)"))
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Choose the recipe of a file; a file that is not a valid recipe changes nothing."""
        try:
            recipe = recipes.named(str(path))
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        self._panel.add_recipe(recipe)
        self._panel.set_recipe(recipe.name)
        if recipe.data:
            self._panel.set_data(recipe.data)
        self._tell(self.tr("Recipe “{name}” is chosen.").format(name=recipe.name), Severity.GOOD)

    def ask_name(self) -> None:
        """Ask for a name, and save the panel's settings as a recipe of that name."""
        name, accepted = QInputDialog.getText(
            self._window, self.tr("Save as recipe"), self.tr("Name of the recipe, such as “wider”:")
        )
        if accepted and name.strip():
            self.save("-".join(name.split()))

    def save(self, name: str) -> None:
        """Save the panel's settings as a recipe of the user."""
        panel = self._panel
        try:
            title = self.tr("Saved from the panel, based on {recipe}").format(recipe=panel.recipe)
            recipe = Recipe(name, title, panel.config(), panel.data, panel.test)
            path = recipes.save(recipe)
        except DigitpadError as error:
            self._tell(str(error), Severity.BAD)
            return
        panel.add_recipe(recipe)
        panel.set_recipe(name)
        self._tell(self.tr("Saved as {path}, a file that you can share.").format(path=path), Severity.GOOD)

    def _tell(self, text: str, severity: Severity) -> None:
        self.messageReady.emit(Message(text, severity))
