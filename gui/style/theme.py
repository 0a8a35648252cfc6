"""The current theme: the colour scheme in use (``gui.style.palettes``), sizes, fonts, and icons in its colours.

The palette is set explicitly, because ``QStyleHints.setColorScheme`` has no effect without a platform theme. Widgets
that paint themselves read ``colours()`` in their paint event and repaint on ``QEvent.PaletteChange``, which each change
of scheme sends; objects that keep pens (a plot) connect to ``notifier.changed``.
"""

import os
import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from gui.style.palettes import DARK, LIGHT, Colours, palette, style_sheet

if TYPE_CHECKING:  # PySide6 creates a class and its enumerations at its first import: not before the first frame
    from PySide6.QtGui import QAction, QIcon
    from PySide6.QtWidgets import QAbstractButton

STYLE, STYLE_VARIABLE = "Fusion", "QT_STYLE_OVERRIDE"
"""The style, and the environment variable that sets it at start-up: ``setStyle`` returns the style object, for which
PySide6 creates a hundred Python enumerations before the first frame."""
SPACING = 8
"""Space between neighbours, in logical pixels; between groups, a multiple of it."""
MARGIN = 16
RADIUS = 8
ICON_SIZE = QSize(20, 20)


class Notifier(QObject):
    """Signals a change of colour scheme; follows the system's scheme if ``follows_system``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dark = False
        self.follows_system = False
        self.app: QApplication | None = None

    def follow(self) -> None:
        """Switch to the system's scheme if it has changed and is to be followed."""
        app = QApplication.instance()
        if self.follows_system and isinstance(app, QApplication) and _system_is_dark() != self.dark:
            _set_scheme(app, _system_is_dark())


notifier = Notifier()
_tinted: "list[tuple[weakref.ref[QAction | QAbstractButton], str]]" = []


def apply(app: QApplication, dark: bool | None = None) -> None:
    """Set the application's style (Fusion) and colour scheme.

    Parameters
    ----------
    app
        The application; its scheme may be changed at any time.
    dark
        Whether to use the dark scheme; None follows the system, now and when it changes.
    """
    if notifier.app is app and notifier.follows_system == (dark is None) and dark in (None, notifier.dark):
        return  # a call takes 20 ms once the window is complete
    notifier.app, notifier.follows_system = app, dark is None
    hints = app.styleHints()
    # With a platform theme, frames and native dialogs follow the hint; everything else follows the palette.
    if dark is None:
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    hints.colorSchemeChanged.connect(notifier.follow, Qt.ConnectionType.UniqueConnection)
    if os.environ.get(STYLE_VARIABLE) != STYLE:
        app.setStyle(STYLE)
    _set_scheme(app, _system_is_dark() if dark is None else dark)


def is_dark() -> bool:
    """Return whether the current scheme is the dark one."""
    return notifier.dark


def colours() -> Colours:
    """Return the colours of the current scheme; copy one (``QColor(c)``) before you change it."""
    return DARK if notifier.dark else LIGHT


def run_colours() -> tuple[QColor, ...]:
    """Return ten colours for overlaid runs, the most distinct ones first.

    They remain distinct without red or green vision, and differ from the colours of the live run. Each has the same hue
    in both schemes.
    """
    return colours().series


def set_icon(target: "QAction | QAbstractButton", name: str) -> None:
    """Give an action or button an icon that follows the colour scheme."""
    _tinted[:] = [entry for entry in _tinted if entry[0]() is not None and entry[0]() is not target]
    _tinted.append((weakref.ref(target), name))
    target.setIcon(_icon(name))


def scaled_font(font: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return a copy of a font, scaled and with a weight; the size of ``font`` may be in points or in pixels."""
    result = QFont(font)
    if font.pointSizeF() > 0:
        result.setPointSizeF(font.pointSizeF() * factor)
    else:
        result.setPixelSize(max(1, round(font.pixelSize() * factor)))
    result.setWeight(weight)
    return result


def _set_scheme(app: QApplication, dark: bool) -> None:
    notifier.dark = dark
    app.setPalette(palette(colours()))
    app.setStyleSheet(style_sheet(colours()))
    for reference, name in list(_tinted):
        target = reference()
        if target is None or not isValid(target):
            _tinted.remove((reference, name))
        else:
            target.setIcon(_icon(name))
    notifier.changed.emit()


def _icon(name: str) -> "QIcon":
    """Return an icon in the current scheme's colour."""
    from gui.style import icons  # not before the first frame

    return icons.icon(name, colours().text)


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
