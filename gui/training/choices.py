"""What to run and on which digits: a recipe, a data source, or a pen file of the user's own."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.training import recipes
from core.training.recipefile import Recipe
from gui.style import theme


class TrainingChoices(QWidget):
    """Two lists, one of recipes and one of data sources, and below them what the chosen recipe is."""

    recipeChosen = Signal()
    penFileRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: dict[str, Recipe] = {}
        self._make_recipe()
        self._make_data()
        self._title = QLabel()
        self._title.setWordWrap(True)
        self._title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._lay_out()

    @property
    def recipe(self) -> Recipe:
        """The chosen recipe."""
        return self._recipes[str(self._recipe.currentData())]

    @property
    def data(self) -> str:
        """The name of the chosen data source."""
        return str(self._data.currentData())

    def add_recipe(self, recipe: Recipe) -> None:
        """Offer a recipe; one of the same name gives way to it. Silent."""
        index = self._recipe.findData(recipe.name)
        if index < 0:
            index = self._recipe.count()
            self._recipe.addItem(recipe.name, recipe.name)
        self._recipe.setItemData(index, recipes.title_of(recipe), Qt.ItemDataRole.ToolTipRole)
        self._recipes[recipe.name] = recipe

    def set_recipe(self, name: str) -> bool:
        """Choose a recipe, and return whether there is one of this name. Silent."""
        index = self._recipe.findData(name)
        if index >= 0:
            self._recipe.setCurrentIndex(index)
            self._title.setText(recipes.title_of(self.recipe))
        return index >= 0

    def set_data(self, source: str) -> None:
        """Choose a data source; one that is not in the list is added to it. Silent."""
        index = self._data.findData(source)
        if index < 0:
            index = self._data.count()
            self._data.addItem(source, source)
            self._data.setItemData(index, source, Qt.ItemDataRole.ToolTipRole)
        self._data.setCurrentIndex(index)

    def set_open(self, is_open: bool) -> None:
        """Say whether the user can choose; what is chosen can be read in any case."""
        for widget in (self._recipe, self._data, self._pen_file_button):
            widget.setEnabled(is_open)

    def _make_recipe(self) -> None:
        self._recipe = QComboBox()
        self._recipe.setObjectName("recipe")
        for recipe in recipes.RECIPES.values():
            self.add_recipe(recipe)
        self._recipe.setToolTip(self.tr("A set of settings with a name; Customise shows and changes them"))
        self._recipe.setAccessibleName(self.tr("Recipe"))
        self._recipe.activated.connect(self._on_recipe)

    def _make_data(self) -> None:
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

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(theme.SPACING)
        for column, (text, box) in enumerate(((self.tr("&Recipe"), self._recipe), (self.tr("&Digits"), self._data))):
            label = QLabel(text)
            label.setBuddy(box)
            grid.addWidget(label, 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, 1 + column)
        grid.addWidget(self._pen_file_button, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(grid)
        layout.addWidget(self._title)

    def _on_recipe(self) -> None:
        """Follow the user's choice; a recipe that is meant for certain digits brings them along."""
        self._title.setText(recipes.title_of(self.recipe))
        if data := self.recipe.data:
            self.set_data(data)
        self.recipeChosen.emit()
