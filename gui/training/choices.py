"""The choice of a recipe and of a data source: one from the lists, or a pen file of the user."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.training import recipes
from core.training.recipefile import Recipe
from gui.style import theme


class TrainingChoices(QWidget):
    """A list of recipes, a list of data sources, and below them the title of the chosen recipe.

    The window connects ``pen_file_button``.
    """

    recipeChosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: dict[str, Recipe] = {}
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

    def set_open(self, is_open: bool) -> None:
        """Set whether the user can change the choices."""
        for widget in (self.recipe_box, self.data_box, self.pen_file_button):
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
        self.pen_file_button = QToolButton()
        theme.set_icon(self.pen_file_button, "open")
        self.pen_file_button.setToolTip(self.tr("Train on a pen file of yours (UNIPEN)…"))
        self.pen_file_button.setAccessibleName(self.tr("Choose a pen file"))

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
        grid.addWidget(self.pen_file_button, 1, 2)
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
