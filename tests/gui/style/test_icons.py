"""Icons: colour, sharpness, and that those of buttons follow the colour scheme."""

from importlib.resources import files

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QAction, QColor, QIcon
from PySide6.QtWidgets import QToolButton
from shiboken6 import delete

from gui.style import icons, theme

ICONS = sorted(path.name.removesuffix(".svg") for path in (files("assets") / "icons").iterdir())
COLOUR = QColor("#1f2633")


@pytest.fixture(autouse=True)
def light(qapp):
    theme.apply(qapp, dark=False)
    yield
    theme.apply(qapp, dark=False)


def darkest(icon, mode=QIcon.Mode.Normal, size=20, ratio=1.0):
    """Return the colour of the most opaque pixel."""
    image = icon.pixmap(QSize(size, size), ratio, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize("name", ICONS)
def test_each_icon_has_the_colour_and_is_dimmer_when_disabled(name):
    icon = icons.icon(name, COLOUR)
    normal, disabled = darkest(icon), darkest(icon, QIcon.Mode.Disabled)
    assert normal.alpha() > 100
    assert disabled.alpha() < normal.alpha() / 2
    assert abs(normal.lightness() - COLOUR.lightness()) < 8


def test_icons_are_sharp_on_fine_screens():
    pixmap = icons.icon("pen", COLOUR).pixmap(QSize(20, 20), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (40, 2.0)


def test_an_unknown_icon_is_an_error():
    with pytest.raises(FileNotFoundError):
        icons.icon("no such icon", COLOUR)


def test_the_application_s_icon_has_all_sizes():
    sizes = {size.width() for size in icons.app_icon().availableSizes()}
    assert {16, 32, 256} <= sizes
    assert darkest(icons.app_icon(), size=16).alpha() > 200


def test_set_icon_follows_the_scheme_and_forgets_deleted_objects(qapp, qtbot):
    owner = QObject()
    action, button = QAction(owner), QToolButton()
    qtbot.addWidget(button)
    theme.set_icon(action, "play")
    theme.set_icon(action, "pause")
    theme.set_icon(button, "play")
    doomed = QAction()
    theme.set_icon(doomed, "stop")
    del doomed
    destroyed = QAction()
    theme.set_icon(destroyed, "stop")
    delete(destroyed)  # the C++ object is gone, the Python object is not
    theme.set_icon(QAction(owner), "stop")
    theme.apply(qapp, dark=True)
    for icon in (action.icon(), button.icon()):
        assert darkest(icon).lightness() > 200
    targets = [reference() for reference, _ in theme._tinted]
    assert targets.count(action) == 1
    assert destroyed not in targets
    assert None not in targets
