"""The look that is shown: the palette in use (``gui.style.palettes``), sizes, fonts, and icons in its colours.

A palette is set by hand, because ``QStyleHints.setColorScheme`` does nothing where there is no platform theme. Widgets
that paint themselves read ``colours()`` in their paint event and repaint on ``QEvent.PaletteChange``, which each change
of scheme sends; whoever keeps pens (a plot) listens to ``notifier.changed``.
"""

import os
import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from gui.style.palettes import DARK, LIGHT, Colours, palette, style_sheet

if TYPE_CHECKING:  # each of them is made, with its enumerations, where it is first named; no frame waits for these
    from PySide6.QtGui import QAction, QIcon
    from PySide6.QtWidgets import QAbstractButton

STYLE, STYLE_VARIABLE = "Fusion", "QT_STYLE_OVERRIDE"
"""The style, and the variable of the environment by which Qt takes it from the beginning: ``setStyle`` gives the style
back, and with it come a hundred of Python's enumerations, which the first frame would wait for."""
SPACING = 8
"""Between neighbours, in logical pixels; multiples of it between groups."""
MARGIN = 16
RADIUS = 8
ICON_SIZE = QSize(20, 20)


class Notifier(QObject):
    """Says that the scheme has changed, and follows the system's where it was asked to."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.dark = False
        self.follows_system = False
        self.dressed: QApplication | None = None

    def follow(self) -> None:
        """Take over the system's scheme, if it is to be followed and is another one."""
        app = QApplication.instance()
        if self.follows_system and isinstance(app, QApplication) and _system_is_dark() != self.dark:
            _set_scheme(app, _system_is_dark())


notifier = Notifier()
_tinted: "list[tuple[weakref.ref[QAction | QAbstractButton], str]]" = []


def apply(app: QApplication, dark: bool | None = None) -> None:
    """Dress the application: Fusion style, a light or a dark palette.

    Parameters
    ----------
    app
        The application; may be dressed again at any time.
    dark
        None follows the system, now and when it changes.
    """
    if notifier.dressed is app and notifier.follows_system == (dark is None) and dark in (None, notifier.dark):
        return  # each time takes 20 ms with a whole window
    notifier.dressed, notifier.follows_system = app, dark is None
    hints = app.styleHints()
    # Frames and native dialogs follow the hint where there is a platform theme; all else follows the palette.
    if dark is None:
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    hints.colorSchemeChanged.connect(notifier.follow, Qt.ConnectionType.UniqueConnection)
    if os.environ.get(STYLE_VARIABLE) != STYLE:
        app.setStyle(STYLE)
    _set_scheme(app, _system_is_dark() if dark is None else dark)


def is_dark() -> bool:
    """Return whether the dark scheme is shown."""
    return notifier.dark


def colours() -> Colours:
    """Return the colours of the scheme that is shown; copy one (``QColor(c)``) before changing it."""
    return DARK if notifier.dark else LIGHT


def run_colours() -> tuple[QColor, ...]:
    """Return ten colours for runs in one plot, the first ones the least alike.

    They differ also for who sees no red or no green, and from what the live run is drawn with; each has the same hue in
    both schemes.
    """
    return colours().series


def set_icon(target: "QAction | QAbstractButton", name: str) -> None:
    """Give an action or button an icon that keeps to the scheme, also after a change."""
    _tinted[:] = [entry for entry in _tinted if entry[0]() is not None and entry[0]() is not target]
    _tinted.append((weakref.ref(target), name))
    target.setIcon(_icon(name))


def scaled_font(font: QFont, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return a font of another size and weight; ``font`` may have its size in points or in pixels."""
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
    """Return an icon as the scheme has it now."""
    from gui.style import icons  # with the first of them: they are not in the first frame

    return icons.icon(name, colours().text)


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
