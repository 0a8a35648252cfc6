"""The pad's tools: actions, each with a button, for the window's menus too."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QToolTip, QWidget

from gui.pad.pad import DEFAULT_PEN_WIDTH, PEN_WIDTHS, Pad, Tool
from gui.pad.sheet import picture_in
from gui.style import theme

_Shortcut = QKeySequence.StandardKey | str | None
_Slot = Callable[[], None] | SignalInstance


class PadTools(QWidget):
    """A row of buttons, in three groups.

    Its actions: ``pen``, ``eraser``, ``undo``, ``redo``, ``clear``, ``random_digit``, ``open_picture`` (without a
    shortcut, for the window to choose), ``paste``; and ``width_menu``. Those whose shortcut is a plain key are heard
    where they have been added, and not in the rest of the window, where such keys are for typing.
    """

    randomDigitRequested = Signal()
    openPictureRequested = Signal()
    picturePasted = Signal(object)
    """A QImage, or the pathlib.Path of a file."""

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
        """Take a pen of this width, a share of the pad's side, and mark the nearest one on offer in the menu."""
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
            ("undo", self.tr("Undo"), self.tr("Take the last step back"), key.Undo, self._pad.undo),
            ("redo", self.tr("Redo"), self.tr("Do again what was taken back"), key.Redo, self._pad.redo),
            ("clear", self.tr("Clear"), self.tr("Empty the pad"), key.Delete, self._pad.clear),
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
            button.setToolTip(self.tr("Width of the pen, for the eye only: the network sees one width"))
        return button

    # -- reactions ----------------------------------------------------------------------------------------------

    def _follow_history(self) -> None:
        self.undo.setEnabled(self._pad.can_undo())
        self.redo.setEnabled(self._pad.can_redo())
        self.clear.setEnabled(not self._pad.is_blank())

    def _paste_picture(self) -> None:
        picture = picture_in(QGuiApplication.clipboard().mimeData())
        if picture is None:
            text = self.tr("There is no picture on the clipboard. Copy one first.")
            QToolTip.showText(self._pad.mapToGlobal(QPoint(theme.MARGIN, theme.MARGIN)), text, self._pad)
        else:
            self.picturePasted.emit(picture)
