"""Icons from ``assets``, rendered from SVG in a given colour and at the screen's pixel density."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SIDES = (16, 20)  # in a menu and on a button, in logical pixels
_DISABLED_OPACITY = 0.35


def icon(name: str, colour: QColor) -> QIcon:
    """Return ``assets/icons/NAME.svg`` in a colour, dimmed when disabled."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour.name()).encode()))
    result = QIcon()
    for size in _SIDES:
        for ratio in sorted({1.0, 2.0, _device_pixel_ratio()}):
            pixmap = _render(renderer, size, ratio)
            result.addPixmap(pixmap, QIcon.Mode.Normal)
            result.addPixmap(_dimmed(pixmap), QIcon.Mode.Disabled)
    return result


def app_icon() -> QIcon:
    """Return the application's icon, at the sizes that window managers ask for."""
    renderer = QSvgRenderer(QByteArray((_assets() / "icon.svg").read_bytes()))
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_render(renderer, size, 1.0))
    return result


def _device_pixel_ratio() -> float:
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


@cache
def _source(name: str) -> str:
    return (_assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _assets() -> "Traversable":
    return files("assets")


def _render(renderer: QSvgRenderer, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _dimmed(pixmap: QPixmap) -> QPixmap:
    """Return a paler copy of a rendered pixmap; lines drawn with opacity one by one would show where they cross."""
    result = QPixmap(pixmap.size())
    result.setDevicePixelRatio(pixmap.devicePixelRatio())
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return result
