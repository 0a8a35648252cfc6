"""The two pages about a network: its inside, and its confusion matrix. They are empty until they are first needed."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.style import theme

if TYPE_CHECKING:
    from gui.inspector.confusion_view import ConfusionView
    from gui.inspector.layers_view import LayersView
    from gui.inspector.scrubber import Scrubber
    from gui.inspector.weights_view import WeightsView


class _Page(QScrollArea):
    """Views in a column. A low window shows scroll bars, so that the page has no minimum height."""

    def _show_rows(self, *rows: tuple[QWidget, int]) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(theme.MARGIN, theme.SPACING, theme.MARGIN, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        for widget, stretch in rows:
            layout.addWidget(widget, stretch)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(content)


class InspectorView(_Page):
    """The first layer's weights, the layers, and the slider over the run's snapshots; all of them after ``furnish``."""

    weights: "WeightsView"
    layers: "LayersView"
    scrubber: "Scrubber"

    def furnish(self) -> None:
        """Create the views; to import and create them takes 50 ms, for which the start of the program does not wait."""
        from gui.inspector.layers_view import LayersView
        from gui.inspector.scrubber import Scrubber
        from gui.inspector.weights_view import WeightsView

        self.weights, self.layers, self.scrubber = WeightsView(), LayersView(), Scrubber()
        self.weights.setMinimumHeight(160)
        self.layers.setMinimumHeight(120)
        self._show_rows((self.weights, 3), (self.layers, 2), (self.scrubber, 0))


class ConfusionPage(_Page):
    """The confusion matrix, after ``furnish``."""

    confusion: "ConfusionView"

    def furnish(self) -> None:
        """Create the view."""
        from gui.inspector.confusion_view import ConfusionView

        self.confusion = ConfusionView()
        self._show_rows((self.confusion, 1))
