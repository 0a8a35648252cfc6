"""The choice of the active network: the shipped model, the user's own, or the network in training."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from gui.recognition.active_model import ActiveModel, ModelChoice
from gui.style import theme


class ModelPicker(QWidget):
    """A labelled list of the three networks; only the available ones can be chosen."""

    modelChosen = Signal(object)
    """The user has chosen a network: a ModelChoice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QComboBox()
        self._box.setToolTip(self.tr("The network that recognises your drawing"))
        self._box.setAccessibleName(self.tr("Active network"))
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for choice in ModelChoice:
            self._box.addItem("", choice)
        self._box.activated.connect(self._on_activated)
        label = QLabel(self.tr("&Answered by"))
        label.setBuddy(self._box)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(label)
        layout.addWidget(self._box, 1)

    def show_choices(self, models: ActiveModel) -> None:
        """Show the available networks and the chosen one. Silent."""
        own = self.tr("your model (none yet)")
        if models.own_name:
            own = self.tr("your model: {name}").format(name=models.own_name)
        names = {
            ModelChoice.SHIPPED: self.tr("the shipped model"),
            ModelChoice.OWN: own,
            ModelChoice.TRAINING: self.tr("the network in training"),
        }
        model = self._box.model()
        for index, choice in enumerate(ModelChoice):
            self._box.setItemText(index, names[choice])
            if isinstance(model, QStandardItemModel):
                model.item(index).setEnabled(models.has(choice))
            if choice is models.choice:
                self._box.setCurrentIndex(index)
        self._box.setItemData(1, own, Qt.ItemDataRole.ToolTipRole)

    def _on_activated(self, index: int) -> None:
        self.modelChosen.emit(self._box.itemData(index))
