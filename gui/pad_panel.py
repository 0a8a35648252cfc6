"""The left room of the window: tools, pad, what the network sees, and its answer.

It composes and says what the user wants; it never predicts. The main window listens to ``changed``, asks a network, and
hands the result to ``show_answer``.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from core.sizes import SIZE
from gui import theme
from gui.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS, Pad, Tool, picture_in

if TYPE_CHECKING:
    from gui.answer import Answer
    from gui.network_view import NetworkView
    from gui.prediction_view import PredictionView

_BUTTON = 32
_ANSWER_HEIGHT = (150, 240)
_ANSWER_WIDTH = (200, 340)
_COLUMN = 328  # the tools' and the answer's width, at least
_MINIMUM = QSize(_COLUMN + 2 * theme.MARGIN, 480)
_UNLIMITED = 16_777_215
_WIDE = 1.3  # from this ratio of width to height on, the answer stands beside the pad

_Shortcut = QKeySequence.StandardKey | str | None
_Slot = Callable[[], None] | SignalInstance


class PadPanel(QWidget):
    """Tools above, the pad, and the answer below it or, where the panel is wide, beside it.

    Its actions are for the main window's menus too: ``pen_action``, ``eraser_action``, ``undo_action``,
    ``redo_action``, ``clear_action``, ``random_action``, ``open_action`` (without a
    shortcut, for the window to choose), ``paste_action``, and ``width_menu``.
    """

    network_view: "NetworkView"
    prediction_view: "PredictionView"

    changed = Signal()
    """The user changed what is on the pad; once a sample while a stroke is drawn."""
    randomDigitRequested = Signal()
    openPictureRequested = Signal()
    picturePasted = Signal(object)
    """A QImage, or the pathlib.Path of a file: pasted, or dropped on the pad."""
    digitSelected = Signal(int)
    """The user wants to look at one of the digits that were read, counted from the left, from 0."""

    def __init__(self, parent: QWidget | None = None, *, in_steps: bool = False) -> None:
        super().__init__(parent)
        self.pad = Pad()
        self.pad.changed.connect(self.changed)
        self.pad.pictureDropped.connect(self.picturePasted)
        self.setMinimumSize(_MINIMUM)
        self._seen_side = 0
        self._lay_out()
        if not in_steps:
            self.furnish()

    def furnish(self) -> None:
        """Put the tools and the answer around the pad, which stays where it is; once."""
        if self._is_furnished():
            return
        from gui.network_view import NetworkView
        from gui.prediction_view import PredictionView

        self.network_view = NetworkView()
        self.prediction_view = PredictionView()
        self.prediction_view.digitSelected.connect(self.digitSelected)
        self._make_actions()
        self._fill_tools()
        self._fill_answer()
        self._update_history()
        self.pad.historyChanged.connect(self._update_history)
        self._see(self._seen_side)

    def show_answer(self, answer: "Answer") -> None:
        """Show what the network saw and what it made of it, and on the pad where each digit stands. Silent."""
        self.network_view.set_image(answer.image)
        self.prediction_view.set_answer(answer)
        self.pad.set_marks(answer.marks())

    def pen_width(self) -> float:
        """Return the width of the pen as a share of the pad's side."""
        return self.pad.pen_width()

    def set_pen_width(self, share: float) -> None:
        """Take a pen of this width, a share of the pad's side, and mark the nearest one on offer in the menu."""
        self.pad.set_pen_width(share)
        nearest = min(range(len(PEN_WIDTHS)), key=lambda i: abs(PEN_WIDTHS[i] - share))
        self.width_menu.actions()[nearest].setChecked(True)

    def set_selector(self, widget: QWidget | None) -> None:
        """Put a widget below the tools, such as the choice of who answers, in place of the one before."""
        old = self._selector_slot.takeAt(0)
        previous = old.widget() if old is not None else None
        if previous is not None and previous is not widget:
            previous.setParent(None)
        if widget is not None:
            self._selector_slot.addWidget(widget)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the answer below or beside the pad."""
        super().resizeEvent(event)
        self._arrange()

    # -- parts --------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        tools = QActionGroup(self)
        key = QKeySequence.StandardKey
        table: tuple[tuple[str, str, str, _Shortcut, _Slot], ...] = (
            ("pen", self.tr("Pen"), self.tr("Draw with the pen"), "P", partial(self.pad.set_tool, Tool.PEN)),
            (
                "eraser",
                self.tr("Eraser"),
                self.tr("Remove the strokes that you touch"),
                "E",
                partial(self.pad.set_tool, Tool.ERASER),
            ),
            ("undo", self.tr("Undo"), self.tr("Take the last step back"), key.Undo, self.pad.undo),
            ("redo", self.tr("Redo"), self.tr("Do again what was taken back"), key.Redo, self.pad.redo),
            ("clear", self.tr("Clear"), self.tr("Empty the pad"), key.Delete, self.pad.clear),
            (
                "dice",
                self.tr("Random test digit"),
                self.tr("Show a digit that the network has not learnt from"),
                "R",
                self.randomDigitRequested,
            ),
            (
                "picture",
                self.tr("Open picture…"),
                self.tr("Open a picture of a digit"),
                None,
                self.openPictureRequested,
            ),
            ("paste", self.tr("Paste picture"), self.tr("Paste a picture from the clipboard"), key.Paste, self._paste),
        )
        actions = [self._action(*row) for row in table]
        self.pen_action, self.eraser_action, self.undo_action, self.redo_action = actions[:4]
        self.clear_action, self.random_action, self.open_action, self.paste_action = actions[4:]
        for action in (self.pen_action, self.eraser_action):
            action.setCheckable(True)
            tools.addAction(action)
        self.pen_action.setChecked(True)
        self._make_width_menu()

    def _action(self, icon: str, text: str, tip: str, shortcut: _Shortcut, slot: _Slot) -> QAction:
        action = QAction(text, self)
        theme.set_icon(action, icon)
        if isinstance(shortcut, QKeySequence.StandardKey):
            action.setShortcuts(shortcut)
        elif shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        if isinstance(shortcut, str) or shortcut == QKeySequence.StandardKey.Delete:
            # A plain key belongs to the panel: in the rest of the window it is for typing.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def _make_width_menu(self) -> None:
        self.width_menu = QMenu(self.tr("Pen width"), self)
        theme.set_icon(self.width_menu.menuAction(), "width")
        widths = QActionGroup(self)
        names = (self.tr("Fine"), self.tr("Medium"), self.tr("Broad"), self.tr("Very broad"))
        for name, share in zip(names, PEN_WIDTHS, strict=True):
            action = self.width_menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(share == DEFAULT_PEN_WIDTH)
            action.triggered.connect(partial(self.pad.set_pen_width, share))
            widths.addAction(action)

    def _lay_out(self) -> None:
        self._selector_slot = QVBoxLayout()
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(theme.MARGIN)
        self._body.addWidget(self.pad, 1)
        self._answer_box = QWidget()
        self._answer_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._answer_box)
        self._answer_row.setContentsMargins(0, 0, 0, 0)
        self._answer_row.setSpacing(theme.MARGIN)
        self._body.addWidget(self._answer_box)
        self._tools = QWidget()
        self._tools.setFixedHeight(_BUTTON)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the margins are no demand for room
        self._column.setSpacing(theme.SPACING)
        self._column.addWidget(self._tools)
        self._column.addLayout(self._selector_slot)
        self._column.addLayout(self._body, 1)

    def _fill_tools(self) -> None:
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        groups: tuple[tuple[QAction, ...], ...] = (
            (self.pen_action, self.eraser_action, self.width_menu.menuAction()),
            (self.undo_action, self.redo_action, self.clear_action),
            (self.random_action, self.open_action, self.paste_action),
        )
        for i, group in enumerate(groups):
            if i:
                row.addStretch(1)
            for action in group:
                row.addWidget(self._button(action))

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().rstrip("…"))
        button.setFixedSize(_BUTTON, _BUTTON)
        button.setIconSize(theme.ICON_SIZE)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is self.width_menu.menuAction():
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolTip(self.tr("Width of the pen, for the eye only: the network sees one width"))
        return button

    def _fill_answer(self) -> None:
        label = QLabel(self.tr("What the network sees"))
        label.setFont(theme.scaled_font(label.font(), 0.9))
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        label.setWordWrap(True)
        seen = QVBoxLayout()
        seen.setSpacing(theme.SPACING // 2)
        seen.addStretch(1)
        seen.addWidget(self.network_view, 0, Qt.AlignmentFlag.AlignHCenter)
        seen.addWidget(label)
        seen.addStretch(1)
        self._answer_row.addLayout(seen)
        self._answer_row.addWidget(self.prediction_view, 1)

    def _arrange(self) -> None:
        """Make one column as wide as the pad, in the middle; or, in a wide panel, two."""
        width, height = self.width() - 2 * theme.MARGIN, self.height() - 2 * theme.MARGIN
        selector = self._selector_slot.sizeHint().height()
        body = height - _BUTTON - theme.SPACING - (selector + theme.SPACING if selector else 0)
        is_wide = width > _WIDE * height
        direction = QBoxLayout.Direction
        self._body.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
        self._answer_row.setDirection(direction.BottomToTop if is_wide else direction.LeftToRight)
        if is_wide:
            answer = _between(_ANSWER_WIDTH, width - theme.MARGIN - body)
            self._answer_box.setMinimumSize(answer, 0)
            self._answer_box.setMaximumSize(answer, _UNLIMITED)
            column = min(width, body + theme.MARGIN + answer)
            seen = min(answer, body // 2) - theme.MARGIN
        else:
            answer = _between(_ANSWER_HEIGHT, max(body - theme.MARGIN - width, body * 2 // 9))
            self._answer_box.setMinimumSize(0, answer)
            self._answer_box.setMaximumSize(_UNLIMITED, answer)
            column = min(width, max(_COLUMN, body - theme.MARGIN - answer))
            seen = min(answer - 2 * self.fontMetrics().height(), column // 3)
        self._see(SIZE * max(2, (seen - 2) // SIZE) + 2)
        side_margin = theme.MARGIN + (width - column) // 2
        unused = 0 if is_wide else max(0, body - theme.MARGIN - answer - column)
        self._column.setContentsMargins(side_margin, theme.MARGIN, side_margin, theme.MARGIN + unused)

    def _is_furnished(self) -> bool:
        return hasattr(self, "network_view")

    def _see(self, side: int) -> None:
        """Show what the network sees at this size, as soon as it is shown at all."""
        self._seen_side = side
        if self._is_furnished():
            self.network_view.setFixedSize(side, side)

    # -- reactions ----------------------------------------------------------------------------------------------

    def _update_history(self) -> None:
        self.undo_action.setEnabled(self.pad.can_undo())
        self.redo_action.setEnabled(self.pad.can_redo())
        self.clear_action.setEnabled(not self.pad.is_blank())

    def _paste(self) -> None:
        picture = picture_in(QGuiApplication.clipboard().mimeData())
        if picture is None:
            text = self.tr("There is no picture on the clipboard. Copy one first.")
            QToolTip.showText(self.pad.mapToGlobal(QPoint(theme.MARGIN, theme.MARGIN)), text, self.pad)
        else:
            self.picturePasted.emit(picture)


def _between(limits: tuple[int, int], value: int) -> int:
    low, high = limits
    return min(max(value, low), high)
