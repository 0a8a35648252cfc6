"""The choice of a recipe and of a data source: one from the lists, or digits that the user has added."""

from pathlib import PurePath
from typing import NamedTuple, Self

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from core.data import sources
from core.errors import DataError
from core.training import recipes
from core.training.recipefile import Recipe
from gui.style import theme


class AddedDigits(NamedTuple):
    """Digits that the user has added: the name of their source, and how many they are."""

    source: str
    n: int

    @property
    def name(self) -> str:
        """The name of the file or folder."""
        part = sources.parts(self.source)[0]
        return PurePath(part.argument).name or part.argument

    def as_text(self) -> str:
        """Return them as one line for the preferences."""
        return f"{self.n} {self.source}"

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Return the digits of a line of the preferences; None where it is no such line."""
        n, _, source = text.partition(" ")
        try:
            is_source = bool(sources.parts(source)[0].argument)
        except DataError:
            return None
        return cls(source, int(n)) if is_source and n.isascii() and n.isdigit() and len(n) < 10 else None


class TrainingChoices(QWidget):
    """A list of recipes, a list of data sources, and below them the title of the chosen recipe.

    Attributes
    ----------
    add_button : QToolButton
        Opens ``add_menu``, whose actions the window puts in.
    """

    recipeChosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: dict[str, Recipe] = {}
        self._added: dict[str, AddedDigits] = {}
        self._make_recipe_box()
        self._make_data_box()
        self.title_label = QLabel()
        self.title_label.setWordWrap(True)
        self.title_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._lay_out()

    @property
    def recipe(self) -> Recipe:
        """The chosen recipe."""
        return self._recipes[str(self.recipe_box.currentData())]

    @property
    def data(self) -> str:
        """The name of the chosen data source."""
        return str(self.data_box.currentData())

    def add_recipe(self, recipe: Recipe) -> None:
        """Add a recipe to the list; it replaces one of the same name. Silent."""
        index = self.recipe_box.findData(recipe.name)
        if index < 0:
            index = self.recipe_box.count()
            self.recipe_box.addItem(recipe.name, recipe.name)
        self.recipe_box.setItemData(index, recipes.title_of(recipe), Qt.ItemDataRole.ToolTipRole)
        self._recipes[recipe.name] = recipe

    def set_recipe(self, name: str) -> bool:
        """Choose a recipe, and return whether the list has it. Silent."""
        index = self.recipe_box.findData(name)
        if index >= 0:
            self.recipe_box.setCurrentIndex(index)
            self.title_label.setText(recipes.title_of(self.recipe))
        return index >= 0

    def set_data(self, source: str) -> None:
        """Choose a data source, and add it to the list if it is missing there. Silent."""
        index = self.data_box.findData(source)
        if index < 0:
            index = self.data_box.count()
            self.data_box.addItem(source, source)
            self.data_box.setItemData(index, source, Qt.ItemDataRole.ToolTipRole)
        self.data_box.setCurrentIndex(index)

    # -- added digits --------------------------------------------------------------------------------------------------

    @property
    def added(self) -> list[AddedDigits]:
        """The digits that the user has added, in the order of the list."""
        return list(self._added.values())

    @property
    def is_added(self) -> bool:
        """Whether the chosen digits are among those that the user has added."""
        return self.data in self._added

    def name_of(self, source: str) -> str:
        """Return the name of a source as the list shows it."""
        return self._added[source].name if source in self._added else AddedDigits(source, 0).name

    def add_digits(self, digits: AddedDigits) -> None:
        """Add digits to the list; they replace those of the same source. Silent."""
        self._added[digits.source] = digits
        index = self.data_box.findData(digits.source)
        if index < 0:
            index = self.data_box.count()
            self.data_box.addItem("", digits.source)
        self.data_box.setItemData(index, digits.source, Qt.ItemDataRole.ToolTipRole)
        self._show_added(index, digits)

    def remove_added(self, source: str) -> AddedDigits | None:
        """Remove digits from the list, and return them; None where they were not added by the user."""
        removed = self._added.pop(source, None)
        if removed is not None:
            self.data_box.removeItem(self.data_box.findData(source))
        return removed

    def look_for_added(self) -> None:
        """Show which of the added digits are still there: a file may be gone, and come back. Silent."""
        for digits in self._added.values():
            self._show_added(self.data_box.findData(digits.source), digits)

    def _show_added(self, index: int, digits: AddedDigits) -> None:
        is_mended = any(part.mends for part in sources.parts(digits.source))
        if sources.missing(digits.source) is not None:
            text = self.tr("{name}: not found")
        elif is_mended:
            text = self.tr("{name}: {n:,} digits, mended")
        else:
            text = self.tr("{name}: {n:,} digits")
        self.data_box.setItemText(index, text.format(name=digits.name, n=digits.n))

    # -- the widgets ---------------------------------------------------------------------------------------------------

    def set_open(self, is_open: bool) -> None:
        """Set whether the user can change the choices."""
        for widget in (self.recipe_box, self.data_box, self.add_button):
            widget.setEnabled(is_open)

    def _make_recipe_box(self) -> None:
        self.recipe_box = QComboBox()
        self.recipe_box.setObjectName("recipe")
        for recipe in recipes.RECIPES.values():
            self.add_recipe(recipe)
        self.recipe_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.recipe_box.setMinimumContentsLength(9)
        self.recipe_box.setToolTip(self.tr("A named set of settings; Customise shows and changes them"))
        self.recipe_box.setAccessibleName(self.tr("Recipe"))
        self.recipe_box.activated.connect(self._on_recipe)

    def _make_data_box(self) -> None:
        self.data_box = QComboBox()
        for text, source in (
            (self.tr("MNIST: 70,000 real digits"), "mnist"),
            (self.tr("Synthetic digits"), "synthetic"),
            (self.tr("MNIST and synthetic digits"), "mnist+synthetic"),
        ):
            self.data_box.addItem(text, source)
        self.data_box.setToolTip(self.tr("The digits to train on"))
        self.data_box.setAccessibleName(self.tr("Digits to train on"))
        self.data_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.data_box.setMinimumContentsLength(14)
        self.add_menu = QMenu(self)
        self.add_button = QToolButton()
        theme.set_icon(self.add_button, "open")
        self.add_button.setToolTip(self.tr("Add digits of yours: a table, IDX files, pictures, or a pen file…"))
        self.add_button.setAccessibleName(self.tr("Add digits"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setMenu(self.add_menu)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(theme.SPACING)
        boxes = (self.tr("&Recipe"), self.recipe_box), (self.tr("&Digits"), self.data_box)
        for column, (text, box) in enumerate(boxes):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1 + column)
        grid.addWidget(self.add_button, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(grid)
        layout.addWidget(self.title_label)

    def _on_recipe(self) -> None:
        """Show the recipe that the user chose, and choose its data source if it names one."""
        self.title_label.setText(recipes.title_of(self.recipe))
        if data := self.recipe.data:
            self.set_data(data)
        self.recipeChosen.emit()
