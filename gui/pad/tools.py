"""The pad's tools: actions with a button each, which the window's menus share."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QToolTip, QWidget

from gui.pad.pad import PEN_WIDTHS, Pad, Tool
from gui.style import theme

_Shortcut = QKeySequence.StandardKey | str | None
_Slot = Callable[[], None] | None
_Row = tuple[str, str, str, _Shortcut, _Slot]  # icon, text, tip, shortcut, slot
_OF_THE_PANEL: tuple[_Shortcut, ...] = (
    "P", "E", "R", QKeySequence.StandardKey.Delete, QKeySequence.StandardKey.Copy
)  # fmt: skip


class PadTools(QWidget):
    """A row of buttons, in three groups.

    Its actions: ``pen``, ``eraser``, ``undo``, ``redo``, ``clear``, ``paste``, ``copy``; ``random_digit``,
    ``open_picture``, ``save`` and ``copy_number``, which others connect; and ``width_menu``, whose actions are in
    ``widths`` by their share of the pad's side, or None for the automatic one. ``copy``, ``copy_number``
    and ``save`` have no buttons. ``open_picture`` has no shortcut: the window may set one. A shortcut of one plain key,
    and that of ``copy``, works only in the widgets that have the action: elsewhere in the window, such keys are for
    typing, and for copying what is there.
    """

    def __init__(self, pad: Pad, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pad, self._side = pad, side
        self.widths: dict[float | None, QAction] = {}
        self.setFixedHeight(side)
        self._make_actions()
        self._make_width_menu()
        self._lay_out()
        self._follow_history()
        pad.historyChanged.connect(self._follow_history)

    def set_pen_width(self, share: float | None) -> None:
        """Set the pen's width, a share of the pad's side or None, and check the nearest one in the menu."""
        self._pad.set_pen_width(share)
        choice = None if share is None else min(PEN_WIDTHS, key=lambda width: abs(width - share))
        self.widths[choice].setChecked(True)

    # -- parts --------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        tools = QActionGroup(self)
        self.pen, self.eraser, self.undo, self.redo, self.clear = (self._action(*row) for row in self._editing())
        self.random_digit, self.open_picture, self.paste = (self._action(*row) for row in self._pictures())
        self.copy, self.copy_number, self.save = (self._action(*row) for row in self._exports())
        for action in (self.pen, self.eraser):
            action.setCheckable(True)
            tools.addAction(action)
        self.pen.setChecked(True)
        self.copy_number.setEnabled(False)

    def _editing(self) -> "tuple[_Row, ...]":
        """Return the actions that change the drawing."""
        tr, pad, key = self.tr, self._pad, QKeySequence.StandardKey
        return (
            ("pen", tr("Pen"), tr("Draw with the pen"), "P", partial(pad.set_tool, Tool.PEN)),
            ("eraser", tr("Eraser"), tr("Remove the strokes that you touch"), "E", partial(pad.set_tool, Tool.ERASER)),
            ("undo", tr("Undo"), tr("Undo the last step"), key.Undo, pad.undo),
            ("redo", tr("Redo"), tr("Redo the step that was undone last"), key.Redo, pad.redo),
            ("clear", tr("Clear"), tr("Empty the pad"), key.Delete, pad.clear),
        )

    def _pictures(self) -> "tuple[_Row, ...]":
        """Return the actions that put something else on the pad."""
        tr = self.tr
        random = tr("Show a test digit, which the network has not seen in training")
        paste = tr("Paste a picture or a drawing from the clipboard")
        return (
            ("dice", tr("Random test digit"), random, "R", None),
            ("picture", tr("Open picture…"), tr("Open a picture of a digit"), None, None),
            ("paste", tr("Paste picture"), paste, QKeySequence.StandardKey.Paste, self._paste_picture),
        )

    def _exports(self) -> "tuple[_Row, ...]":
        """Return the actions that take the drawing, or its number, to other programs."""
        tr = self.tr
        copy = tr(
            "Copy the drawing as a picture, SVG and ink JSON. Where the number has the focus, it is copied instead"
        )
        save = tr("Save the drawing as a picture, SVG or ink JSON")
        return (
            ("copy", tr("Copy drawing"), copy, QKeySequence.StandardKey.Copy, self._copy),
            ("", tr("Copy number"), tr("Copy the number that was read, as text"), "Ctrl+Shift+C", None),
            ("save", tr("Save drawing…"), save, "Ctrl+Shift+S", None),
        )

    def _action(self, icon: str, text: str, tip: str, shortcut: _Shortcut, slot: _Slot) -> QAction:
        action = QAction(text, self)
        if icon:
            theme.set_icon(action, icon)
        if isinstance(shortcut, QKeySequence.StandardKey):
            action.setShortcuts(shortcut)
        elif shortcut is not None:
            action.setShortcut(QKeySequence(shortcut))
        if shortcut in _OF_THE_PANEL:
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
        group = QActionGroup(self)
        names = (self.tr("Automatic"), self.tr("Fine"), self.tr("Medium"), self.tr("Broad"), self.tr("Very broad"))
        for name, share in zip(names, (None, *PEN_WIDTHS), strict=True):
            action = self.width_menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(share is None)
            action.triggered.connect(partial(self._pad.set_pen_width, share))
            group.addAction(action)
            self.widths[share] = action

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
            button.setToolTip(
                self.tr(
                    "Width of the pen on the screen; the network always sees the same width. "
                    "The automatic one is thinner for small writing"
                )
            )
        return button

    # -- slots --------------------------------------------------------------------------------------------------

    def _follow_history(self) -> None:
        self.undo.setEnabled(self._pad.can_undo())
        self.redo.setEnabled(self._pad.can_redo())
        for action in (self.clear, self.copy, self.save):
            action.setEnabled(not self._pad.is_blank())

    def _copy(self) -> None:
        from gui.pad.drawing_export import DrawingExport  # not before the first frame

        DrawingExport(self._pad).copy()

    def _paste_picture(self) -> None:
        if not self._pad.paste():
            text = self.tr("There is no picture on the clipboard. Copy one first.")
            QToolTip.showText(self._pad.mapToGlobal(QPoint(theme.MARGIN, theme.MARGIN)), text, self._pad)
