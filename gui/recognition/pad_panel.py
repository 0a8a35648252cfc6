"""The left panel of the window: tools, pad, the network's input, and its prediction.

The panel only composes widgets. ``RecognitionController`` connects to their signals, runs the network, and passes the
result to ``show_answer``.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from core.digits import SIZE
from gui.pad.pad import Pad
from gui.style import theme

if TYPE_CHECKING:
    from gui.pad.tools import PadTools
    from gui.recognition.answer import Answer
    from gui.recognition.input_view import InputView
    from gui.recognition.prediction_view import PredictionView

TOOLS_HEIGHT = 32
_ANSWER_HEIGHT = (150, 240)
_ANSWER_WIDTH = (200, 340)
_COLUMN = 328  # smallest width of tools and answer
_MINIMUM = QSize(_COLUMN + 2 * theme.MARGIN, 340)
_SHEET = 128  # px: smallest side of the sheet
_UNLIMITED = 16_777_215
_WIDE = 1.3  # from this ratio of width to height on, the answer is beside the pad
_CRAMPED = 280  # px: where the sheet would be smaller than this above the answer, the answer may be beside it too
_LOW = 420  # px: below this height, margins are narrow and the network's input has no caption


class PadPanel(QWidget):
    """Tools above, the pad, and the answer below it or, in a wide panel, beside it.

    ``tools``, ``input_view`` and ``prediction_view`` exist after ``furnish``.
    """

    tools: "PadTools"
    input_view: "InputView"
    prediction_view: "PredictionView"

    def __init__(self, parent: QWidget | None = None, *, in_steps: bool = False) -> None:
        super().__init__(parent)
        self.pad = Pad()
        self.pad.setMinimumSize(_SHEET, _SHEET)
        self.setMinimumSize(_MINIMUM)
        self._input_limit, self._has_input_label = 0, True
        self._lay_out()
        if not in_steps:
            self.furnish()

    def furnish(self) -> None:
        """Add the tools and the answer around the pad, which does not move; later calls do nothing."""
        if self._is_furnished():
            return
        from gui.pad.tools import PadTools
        from gui.recognition.input_view import InputView
        from gui.recognition.prediction_view import PredictionView

        self.pad.setAccessibleName(self.tr("Drawing pad"))
        self.pad.setAccessibleDescription(self.tr("Draw a digit here with a mouse, a finger or a stylus."))
        self.tools = PadTools(self.pad, TOOLS_HEIGHT, self)
        self._column.replaceWidget(self._tools_placeholder, self.tools)
        self._tools_placeholder.deleteLater()
        self.addActions(self.tools.actions())
        self.input_view = InputView()
        self.prediction_view = PredictionView()
        self.prediction_view.addAction(self.tools.copy_number)
        self.prediction_view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.tools.copy_number.triggered.connect(self.prediction_view.copy)
        self._fill_answer()
        self._set_input_side(self._input_limit, has_label=self._has_input_label)

    def show_answer(self, answer: "Answer") -> None:
        """Show the network's input and prediction, and mark each digit on the pad. Silent."""
        self.input_view.set_image(answer.image)
        self.prediction_view.set_answer(answer)
        self.tools.copy_number.setEnabled(len(answer) > 0)
        self.pad.set_marks(answer.marks())

    def set_selector(self, widget: QWidget | None) -> None:
        """Put a widget below the tools, such as the choice of the network; it replaces the one before."""
        old = self._selector_row.takeAt(0)
        previous = old.widget() if old is not None else None
        if previous is not None and previous is not widget:
            previous.setParent(None)
        if widget is not None:
            self._selector_row.addWidget(widget)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the answer below or beside the pad."""
        super().resizeEvent(event)
        self._arrange()

    # -- parts --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._selector_row = QVBoxLayout()
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(theme.MARGIN)
        self._body.addWidget(self.pad, 1)
        self._answer_box = QWidget()
        self._answer_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._answer_box)
        self._answer_row.setContentsMargins(0, 0, 0, 0)
        self._answer_row.setSpacing(theme.MARGIN)
        self._body.addWidget(self._answer_box)
        self._tools_placeholder = QWidget()
        self._tools_placeholder.setFixedHeight(TOOLS_HEIGHT)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # ignore the margins
        self._column.setSpacing(theme.SPACING)
        self._column.addWidget(self._tools_placeholder)
        self._column.addLayout(self._selector_row)
        self._column.addLayout(self._body, 1)

    def _fill_answer(self) -> None:
        self._input_label = label = QLabel(self.tr("What the network sees"))
        label.setFont(theme.scaled_font(label.font(), 0.9))
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        label.setWordWrap(True)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACING // 2)
        column.addStretch(1)
        column.addWidget(self.input_view, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label)
        column.addStretch(1)
        self._answer_row.addLayout(column)
        self._answer_row.addWidget(self.prediction_view, 1)

    def _arrange(self) -> None:
        """Lay out one centred column as wide as the pad; or, in a wide or low panel, two columns."""
        margin = theme.SPACING if self.height() < _LOW else theme.MARGIN
        self._body.setSpacing(margin)
        self._answer_row.setSpacing(margin)
        width, height = self.width() - 2 * margin, self.height() - 2 * margin
        selector = self._selector_row.sizeHint().height()
        body = height - TOOLS_HEIGHT - theme.SPACING - (selector + theme.SPACING if selector else 0)
        below = _between(_ANSWER_HEIGHT, max(body - margin - width, body * 2 // 9))
        beside = _between(_ANSWER_WIDTH, width - margin - body)
        sheet_above, sheet_beside = min(width, body - margin - below), min(body, width - margin - beside)
        if width > _WIDE * height or sheet_above < min(_CRAMPED, sheet_beside):
            self._arrange_beside(beside, body)
            column = min(width, body + margin + beside)
            unused = 0
        else:
            column = min(width, max(_COLUMN, body - margin - below))
            self._arrange_below(below, column)
            unused = max(0, body - margin - below - column)
        side_margin = margin + (width - column) // 2
        self._column.setContentsMargins(side_margin, margin, side_margin, margin + unused)

    def _arrange_beside(self, answer: int, body: int) -> None:
        """Put the answer beside the pad, ``answer`` px wide."""
        self._body.setDirection(QBoxLayout.Direction.LeftToRight)
        self._answer_row.setDirection(QBoxLayout.Direction.BottomToTop)
        self._answer_box.setMinimumSize(answer, 0)
        self._answer_box.setMaximumSize(answer, _UNLIMITED)
        self._set_input_side(min(answer, body // 2) - theme.MARGIN, has_label=self.height() >= _LOW)

    def _arrange_below(self, answer: int, column: int) -> None:
        """Put the answer below the pad, ``answer`` px high."""
        self._body.setDirection(QBoxLayout.Direction.TopToBottom)
        self._answer_row.setDirection(QBoxLayout.Direction.LeftToRight)
        self._answer_box.setMinimumSize(0, answer)
        self._answer_box.setMaximumSize(_UNLIMITED, answer)
        self._set_input_side(min(answer - 2 * self.fontMetrics().height(), column // 3))

    def _is_furnished(self) -> bool:
        return hasattr(self, "input_view")

    def _set_input_side(self, limit: int, *, has_label: bool = True) -> None:
        """Give the input view whole pixels a cell, within ``limit`` px, now or when the panel is furnished."""
        self._input_limit, self._has_input_label = limit, has_label
        if self._is_furnished():
            side = SIZE * max(2, (limit - 2) // SIZE) + 2
            self.input_view.setFixedSize(side, side)
            self._input_label.setVisible(has_label)


def _between(limits: tuple[int, int], value: int) -> int:
    low, high = limits
    return min(max(value, low), high)
