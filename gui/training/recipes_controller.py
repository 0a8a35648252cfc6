"""The desk of recipes: the user's own beside the program's, opened from files and saved as such."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from core.errors import DigitpadError
from core.training import recipes
from core.training.recipefile import Recipe
from gui.style.message import Message, Severity
from gui.training.panel import TrainingPanel


class RecipesController(QObject):
    """Brings recipes into the panel and out of it; ``messageReady`` says how that went."""

    messageReady = Signal(object)
    """A Message for the user."""

    def __init__(self, panel: TrainingPanel, window: QWidget) -> None:
        super().__init__(window)
        self._panel, self._window = panel, window

    def load(self) -> None:
        """Offer the user's recipes, too; one that is broken is told, and harms nothing."""
        found, mistakes = recipes.available()
        for recipe in found.values():
            self._panel.add_recipe(recipe)
        if mistakes:  # in one message: the next would take its place
            self.messageReady.emit(Message("; ".join(mistakes), Severity.BAD))

    def choose(self) -> None:
        """Ask for a recipe's file, and choose it."""
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open a recipe"), "", self.tr("Recipes (*.toml)"))
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Choose the recipe of a file; one that makes no sense changes nothing."""
        try:
            recipe = recipes.named(str(path))
        except DigitpadError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return
        self._panel.add_recipe(recipe)
        self._panel.set_recipe(recipe.name)
        if recipe.data:
            self._panel.set_data(recipe.data)
        self.messageReady.emit(Message(self.tr("Recipe “{0}” is chosen.").format(recipe.name), Severity.GOOD))

    def ask_name(self) -> None:
        """Ask how the settings in the panel are to be called, and save them as a recipe."""
        name, accepted = QInputDialog.getText(
            self._window, self.tr("Save as recipe"), self.tr("Name of the recipe, such as “wider”:")
        )
        if accepted and name.strip():
            self.save("-".join(name.split()))

    def save(self, name: str) -> None:
        """Keep the settings in the panel as a recipe of the user's."""
        try:
            title = self.tr("Saved from the panel, after {0}").format(self._panel.recipe)
            recipe = Recipe(name, title, self._panel.config(), self._panel.data, self._panel.test)
            path = recipes.save(recipe)
        except DigitpadError as error:
            self.messageReady.emit(Message(str(error), Severity.BAD))
            return
        self._panel.add_recipe(recipe)
        self._panel.set_recipe(name)
        self.messageReady.emit(Message(self.tr("Saved as {0}: a file to share.").format(path), Severity.GOOD))
