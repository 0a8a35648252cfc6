"""The two pages about a network: its inside, and its confusion matrix."""

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.inspector.confusion_view import ConfusionView
from gui.inspector.layers_view import LayersView
from gui.inspector.scrubber import Scrubber
from gui.inspector.weights_view import WeightsView
from gui.style import theme


class _Page(QScrollArea):
    """Views in a column. A low window shows scroll bars, so that the page has no minimum height."""

    def __init__(self, *rows: tuple[QWidget, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        for widget, stretch in rows:
            layout.addWidget(widget, stretch)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)


class InspectorView(_Page):
    """The first layer's weights, the layers, and the slider over the run's snapshots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.weights, self.layers, self.scrubber = WeightsView(), LayersView(), Scrubber()
        self.weights.setMinimumHeight(160)
        self.layers.setMinimumHeight(120)
        super().__init__((self.weights, 3), (self.layers, 2), (self.scrubber, 0), parent=parent)


class ConfusionPage(_Page):
    """The confusion matrix."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.confusion = ConfusionView()
        super().__init__((self.confusion, 1), parent=parent)
