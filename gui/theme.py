"""The look of the program in one place: colours, palette, sizes and icons, light and dark.

A palette is set by hand, because ``QStyleHints.setColorScheme`` does nothing where there is no platform theme. Widgets
that paint themselves read ``colours()`` in their paint event and repaint on ``QEvent.PaletteChange``, which each change
of scheme sends; whoever keeps pens (a plot) listens to ``notifier.changed``.
"""

import gc
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication
from shiboken6 import isValid

if TYPE_CHECKING:  # what only icons need comes with the first of them: they are not in the first frame
    from importlib.resources.abc import Traversable

    from PySide6.QtSvg import QSvgRenderer

STYLE, STYLE_VARIABLE = "Fusion", "QT_STYLE_OVERRIDE"
"""The style, and the variable of the environment by which Qt takes it from the beginning: ``setStyle`` gives the style
back, and with it come a hundred of Python's enumerations, which the first frame would wait for."""
SPACING = 8
"""Between neighbours, in logical pixels; multiples of it between groups."""
MARGIN = 16
RADIUS = 8
ICON = 20
ICON_SIZE = QSize(ICON, ICON)
_ICON_SIZES = (16, ICON)
_DISABLED_OPACITY = 0.35


@dataclass(frozen=True)
class Colours:
    """The named colours of one scheme; every text and curve colour has a contrast of 4.5:1 or more to ``window``."""

    window: QColor
    paper: QColor
    ink: QColor
    text: QColor
    muted: QColor
    line: QColor  # frames and separators
    track: QColor  # the empty part of a bar
    hover: QColor
    accent: QColor
    accent_soft: QColor  # behind a chosen tool
    on_accent: QColor
    good: QColor
    warn: QColor
    bad: QColor
    batches: QColor  # a line under the others: 3:1
    training: QColor
    validation: QColor
    rate: QColor
    negative: QColor  # the ends of a scale whose middle is paper; told apart also by those who see no red or no green
    positive: QColor
    series: tuple[QColor, ...]  # runs that are laid beside the live one


LIGHT = Colours(
    window=QColor("#f5f6f8"),
    paper=QColor("#ffffff"),
    ink=QColor("#1c2333"),
    text=QColor("#1f2633"),
    muted=QColor("#5a6474"),
    line=QColor("#d3d8e0"),
    track=QColor("#e4e7ed"),
    hover=QColor("#e6e9ef"),
    accent=QColor("#2b5fd0"),
    accent_soft=QColor("#d9e4fb"),
    on_accent=QColor("#ffffff"),
    good=QColor("#1a7544"),
    warn=QColor("#8a5800"),
    bad=QColor("#b3261e"),
    batches=QColor("#5f86dd"),
    training=QColor("#2b5fd0"),
    validation=QColor("#b8480b"),
    rate=QColor("#0b7268"),
    negative=QColor("#1f55c0"),
    positive=QColor("#b8480b"),
    series=tuple(
        map(
            QColor,
            (
                "#7b1fac",
                "#35771a",
                "#c00d69",
                "#106e89",
                "#504a03",
                "#5d1512",
                "#261f51",
                "#286c52",
                "#860757",
                "#36377d",
            ),
        )
    ),
)
DARK = Colours(
    window=QColor("#1c1f26"),
    paper=QColor("#12141a"),
    ink=QColor("#eef0f5"),
    text=QColor("#e6e9ef"),
    muted=QColor("#a0a8b6"),
    line=QColor("#383e4a"),
    track=QColor("#2b303a"),
    hover=QColor("#2a2f39"),
    accent=QColor("#82aaff"),
    accent_soft=QColor("#2c3d63"),
    on_accent=QColor("#0e1524"),
    good=QColor("#62cd90"),
    warn=QColor("#e9b653"),
    bad=QColor("#ff8d83"),
    batches=QColor("#5b7cc4"),
    training=QColor("#82aaff"),
    validation=QColor("#ffa266"),
    rate=QColor("#5fcabf"),
    negative=QColor("#6fa0ff"),
    positive=QColor("#ff9a55"),
    series=tuple(
        map(
            QColor,
            (
                "#bc7bcf",
                "#cdff64",
                "#feb5cf",
                "#54e1ff",
                "#f3cb34",
                "#c78d58",
                "#8972ff",
                "#72cc97",
                "#e65585",
                "#b8a4c7",
            ),
        )
    ),
)


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
_tinted: list[tuple[weakref.ref[QAction | QAbstractButton], str]] = []


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
    with _widgets_kept():
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


def icon(name: str) -> QIcon:
    """Return ``assets/icons/NAME.svg`` in the scheme's text colour, dimmer where it is disabled.

    The icon keeps its colour when the scheme changes; ``set_icon`` renews it.
    """
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colours().text.name()).encode()))
    result = QIcon()
    for size in _ICON_SIZES:
        for ratio in sorted({1.0, 2.0, _device_pixel_ratio()}):
            pixmap = _render(renderer, size, ratio)
            result.addPixmap(pixmap, QIcon.Mode.Normal)
            result.addPixmap(_dimmed(pixmap), QIcon.Mode.Disabled)
    return result


def set_icon(target: QAction | QAbstractButton, name: str) -> None:
    """Give an action or button an icon that keeps to the scheme, also after a change."""
    _tinted[:] = [entry for entry in _tinted if entry[0]() is not None and entry[0]() is not target]
    _tinted.append((weakref.ref(target), name))
    target.setIcon(icon(name))


def app_icon() -> QIcon:
    """Return the application's own icon, at the sizes that window managers ask for."""
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray((_assets() / "icon.svg").read_bytes()))
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_render(renderer, size, 1.0))
    return result


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
    with _widgets_kept():
        app.setPalette(_palette(colours()))
        app.setStyleSheet(_style_sheet(colours()))
    for reference, name in list(_tinted):
        target = reference()
        if target is None or not isValid(target):
            _tinted.remove((reference, name))
        else:
            target.setIcon(icon(name))
    notifier.changed.emit()


@contextmanager
def _widgets_kept() -> Iterator[None]:
    """Let no widget be collected meanwhile.

    Qt walks through a copy of the list of all widgets, and each may call into Python (``changeEvent``), where a garbage
    collection can set in: a closed window of which nothing is left but a cycle would be deleted under Qt's feet.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _device_pixel_ratio() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


@cache
def _source(name: str) -> str:
    return (_assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _assets() -> "Traversable":
    from importlib.resources import files

    return files("assets")


def _render(renderer: "QSvgRenderer", size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _dimmed(pixmap: QPixmap) -> QPixmap:
    """Return the finished picture paler: lines drawn paler one by one would show where they cross."""
    result = QPixmap(pixmap.size())
    result.setDevicePixelRatio(pixmap.devicePixelRatio())
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return result


def _palette(c: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(c.window)  # derives the shades of frames and buttons
    for names, colour in (
        ((role.Window, role.Button), c.window),
        ((role.Base, role.ToolTipBase), c.paper),
        ((role.AlternateBase,), c.hover),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), c.text),
        ((role.PlaceholderText,), c.muted),
        ((role.Link, role.Highlight, role.Accent), c.accent),
        ((role.LinkVisited,), c.rate),
        ((role.HighlightedText,), c.on_accent),
        ((role.BrightText,), c.bad),
        ((role.Mid,), c.line),
    ):
        for name in names:
            palette.setColor(name, colour)
    faint = QColor(c.muted)
    faint.setAlphaF(0.6)
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, c.line)
    return palette


def _style_sheet(c: Colours) -> str:
    """Return the little that the palette cannot say; a button with the property ``primary`` is filled."""
    return f"""
        QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; }}
        QToolButton:hover {{ background: {c.hover.name()}; }}
        QToolButton:pressed, QToolButton:checked {{ background: {c.accent_soft.name()}; }}
        QToolButton:focus {{ border-color: {c.accent.name()}; }}
        QToolButton::menu-indicator {{ image: none; }}
        QCheckBox::indicator:unchecked, QTableView::indicator:unchecked {{ width: 12px; height: 12px;
            border: 1px solid {c.muted.name()}; border-radius: 3px; background: {c.paper.name()}; }}
        QToolTip {{ color: {c.text.name()}; background: {c.paper.name()}; border: 1px solid {c.line.name()};
            padding: 4px; }}
        QPushButton[primary="true"] {{ color: {c.on_accent.name()}; background: {c.accent.name()}; border-radius: 6px;
            border: 1px solid {c.accent.name()}; padding: 5px 14px; font-weight: 600; }}
        QPushButton[primary="true"]:hover {{ background: {c.accent.lighter(112).name()}; }}
        QPushButton[primary="true"]:pressed {{ background: {c.accent.darker(112).name()}; }}
        QPushButton[primary="true"]:focus {{ border-color: {c.text.name()}; }}
        QPushButton[primary="true"]:disabled {{ color: {c.muted.name()}; background: {c.track.name()};
            border-color: {c.track.name()}; }}
    """
