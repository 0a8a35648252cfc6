"""The pad's tools: actions with a button each, which the window's menus share."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QToolTip, QWidget

from gui.pad.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS, Pad, Tool
from gui.style import theme

_Shortcut = QKeySequence.StandardKey | str | None
_Slot = Callable[[], None] | None


class PadTools(QWidget):
    """A row of buttons, in three groups.

    Its actions: ``pen``, ``eraser``, ``undo``, ``redo``, ``clear``, ``paste``; ``random_digit`` and ``open_picture``,
    which the window connects; and ``width_menu``. ``open_picture`` has no shortcut: the window may set one. A shortcut
    of one plain key works only in the widgets that have the action: elsewhere in the window, such keys are for typing.
    """

    def __init__(self, pad: Pad, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pad, self._side = pad, side
        self.setFixedHeight(side)
        self._make_actions()
        self._make_width_menu()
        self._lay_out()
        self._follow_history()
        pad.historyChanged.connect(self._follow_history)

    def set_pen_width(self, share: float) -> None:
        """Set the pen's width, a share of the pad's side, and check the nearest one in the menu."""
        self._pad.set_pen_width(share)
        nearest = min(range(len(PEN_WIDTHS)), key=lambda i: abs(PEN_WIDTHS[i] - share))
        self.width_menu.actions()[nearest].setChecked(True)

    # -- parts --------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        tools = QActionGroup(self)
        key = QKeySequence.StandardKey
        table: tuple[tuple[str, str, str, _Shortcut, _Slot], ...] = (
            ("pen", self.tr("Pen"), self.tr("Draw with the pen"), "P", partial(self._pad.set_tool, Tool.PEN)),
            (
                "eraser",
                self.tr("Eraser"),
                self.tr("Remove the strokes that you touch"),
                "E",
                partial(self._pad.set_tool, Tool.ERASER),
            ),
            ("undo", self.tr("Undo"), self.tr("Undo the last step"), key.Undo, self._pad.undo),
            ("redo", self.tr("Redo"), self.tr("Redo the step that was undone last"), key.Redo, self._pad.redo),
            ("clear", self.tr("Clear"), self.tr("Empty the pad"), key.Delete, self._pad.clear),
            (
                "dice",
                self.tr("Random test digit"),
                self.tr("Show a test digit, which the network has not seen in training"),
                "R",
                None,
            ),
            (
                "picture",
                self.tr("Open picture…"),
                self.tr("Open a picture of a digit"),
                None,
                None,
            ),
            (
                "paste",
                self.tr("Paste picture"),
                self.tr("Paste a picture from the clipboard"),
                key.Paste,
                self._paste_picture,
            ),
        )
        actions = [self._action(*row) for row in table]
        self.pen, self.eraser, self.undo, self.redo = actions[:4]
        self.clear, self.random_digit, self.open_picture, self.paste = actions[4:]
        for action in (self.pen, self.eraser):
            action.setCheckable(True)
            tools.addAction(action)
        self.pen.setChecked(True)

    def _action(self, icon: str, text: str, tip: str, shortcut: _Shortcut, slot: _Slot) -> QAction:
        action = QAction(text, self)
        theme.set_icon(action, icon)
        if isinstance(shortcut, QKeySequence.StandardKey):
            action.setShortcuts(shortcut)
        elif shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        if isinstance(shortcut, str) or shortcut == QKeySequence.StandardKey.Delete:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)
        action.setStatusTip(tip)
        if slot is not None:
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
            action.triggered.connect(partial(self._pad.set_pen_width, share))
            widths.addAction(action)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        groups: tuple[tuple[QAction, ...], ...] = (
            (self.pen, self.eraser, self.width_menu.menuAction()),
            (self.undo, self.redo, self.clear),
            (self.random_digit, self.open_picture, self.paste),
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
        button.setFixedSize(self._side, self._side)
        button.setIconSize(theme.ICON_SIZE)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action is self.width_menu.menuAction():
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolTip(self.tr("Width of the pen on the screen; the network always sees the same width"))
        return button

    # -- slots --------------------------------------------------------------------------------------------------

    def _follow_history(self) -> None:
        self.undo.setEnabled(self._pad.can_undo())
        self.redo.setEnabled(self._pad.can_redo())
        self.clear.setEnabled(not self._pad.is_blank())

    def _paste_picture(self) -> None:
        if not self._pad.paste():
            text = self.tr("There is no picture on the clipboard. Copy one first.")
            QToolTip.showText(self._pad.mapToGlobal(QPoint(theme.MARGIN, theme.MARGIN)), text, self._pad)
