"""The look: contrast in both schemes, icons that follow them, the system's scheme."""

import dataclasses
import gc
import itertools
from importlib.resources import files

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QToolButton, QWidget
from shiboken6 import delete

from gui import theme

ICONS = sorted(path.name.removesuffix(".svg") for path in (files("assets") / "icons").iterdir())


@pytest.fixture(autouse=True)
def light(qapp):
    theme.apply(qapp, dark=False)
    yield
    theme.apply(qapp, dark=False)


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_text_and_curves_can_be_read(scheme):
    names = ("text", "muted", "accent", "good", "warn", "bad", "training", "validation", "rate", "negative")
    names += ("positive",)
    for ground in (scheme.window, scheme.paper):
        for colour in (*(getattr(scheme, name) for name in names), *scheme.series):
            assert contrast(colour, ground) >= 4.5, colour.name()
        assert contrast(scheme.batches, ground) >= 3  # a line, and no text
    assert contrast(scheme.ink, scheme.paper) >= 12
    assert contrast(scheme.on_accent, scheme.accent) >= 4.5
    assert contrast(scheme.text, scheme.accent_soft) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1: on linear RGB.
EYES = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
}


def oklab(colour, eye):
    """Return a colour in Oklab (Ottosson, 2020), as an eye sees it."""
    parts = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]])
    to_lms = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
    to_lab = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
    return to_lab @ np.cbrt(to_lms @ np.clip(eye @ parts, 0, 1))


@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
@pytest.mark.parametrize("scheme", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_runs_are_told_apart_by_their_colours(scheme, eye):
    places = [oklab(colour, eye) for colour in (scheme.training, scheme.validation, *scheme.series)]
    for one, other in itertools.combinations(places, 2):
        assert np.linalg.norm(one - other) > 0.05


@pytest.mark.parametrize("dark", [False, True])
def test_there_are_ten_colours_for_runs(qapp, dark):
    theme.apply(qapp, dark=dark)
    assert len({colour.name() for colour in theme.run_colours()}) == 10


def test_the_two_schemes_name_different_colours():
    for field in dataclasses.fields(theme.Colours):
        assert getattr(theme.LIGHT, field.name) != getattr(theme.DARK, field.name), field.name


@pytest.mark.parametrize("dark", [False, True])
def test_apply_sets_palette_and_style(qapp, dark):
    theme.apply(qapp, dark=dark)
    assert theme.is_dark() is dark
    assert theme.colours() is (theme.DARK if dark else theme.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.colours().window
    assert qapp.palette().color(QPalette.ColorRole.Text) == theme.colours().text


def test_a_change_of_scheme_reaches_listeners_and_widgets(qapp, qtbot):
    class Painted(QWidget):
        palettes = 0

        def changeEvent(self, event):
            self.palettes += event.type() == QEvent.Type.PaletteChange

    widget = Painted()
    qtbot.addWidget(widget)
    widget.show()
    with qtbot.waitSignal(theme.notifier.changed):
        theme.apply(qapp, dark=True)
    assert widget.palettes > 0
    assert widget.palette().color(QPalette.ColorRole.Window) == theme.DARK.window


def test_the_system_is_followed_only_when_asked_to(qapp, monkeypatch):
    monkeypatch.setattr(theme, "_system_is_dark", lambda: True)
    theme.notifier.follow()
    assert not theme.is_dark()
    theme.apply(qapp, None)
    assert theme.is_dark()
    monkeypatch.setattr(theme, "_system_is_dark", lambda: False)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.is_dark()


def darkest(icon, mode=QIcon.Mode.Normal, size=20, ratio=1.0):
    """The colour of the most opaque pixel."""
    image = icon.pixmap(QSize(size, size), ratio, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize("name", ICONS)
def test_each_icon_has_ink_and_is_dimmer_where_disabled(name):
    icon = theme.icon(name)
    normal, disabled = darkest(icon), darkest(icon, QIcon.Mode.Disabled)
    assert normal.alpha() > 100
    assert disabled.alpha() < normal.alpha() / 2
    assert abs(normal.lightness() - theme.colours().text.lightness()) < 8


def test_icons_are_sharp_on_fine_screens():
    pixmap = theme.icon("pen").pixmap(QSize(20, 20), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (40, 2.0)


def test_an_unknown_icon_is_an_error():
    with pytest.raises(FileNotFoundError):
        theme.icon("no such icon")


def test_set_icon_keeps_to_the_scheme_and_forgets_the_dead(qapp, qtbot):
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
    delete(destroyed)  # Qt's half is gone, Python's is not
    theme.set_icon(QAction(owner), "stop")
    theme.apply(qapp, dark=True)
    for icon in (action.icon(), button.icon()):
        assert darkest(icon).lightness() > 200
    targets = [reference() for reference, _ in theme._tinted]
    assert targets.count(action) == 1
    assert destroyed not in targets
    assert None not in targets


def test_the_application_s_icon_has_all_sizes():
    sizes = {size.width() for size in theme.app_icon().availableSizes()}
    assert {16, 32, 256} <= sizes
    assert darkest(theme.app_icon(), size=16).alpha() > 200


def test_fonts_scale_in_points_and_in_pixels():
    points, pixels = QFont(), QFont()
    points.setPointSizeF(10)
    pixels.setPixelSize(20)
    assert theme.scaled_font(points, 1.5).pointSizeF() == 15
    assert theme.scaled_font(pixels, 0.5).pixelSize() == 10


def test_no_widget_is_collected_while_qt_walks_through_them(qtbot, qapp):
    """Measured: a closed window deleted by the collector inside QApplication.setStyleSheet ends the process."""

    class Watcher(QWidget):
        def changeEvent(self, event):
            seen.append(gc.isenabled())

    seen = []
    watcher = Watcher()
    qtbot.addWidget(watcher)
    theme.apply(qapp, dark=True)
    assert seen
    assert not any(seen)
    assert gc.isenabled()
    gc.disable()
    theme.apply(qapp, dark=False)
    was_off = not gc.isenabled()
    gc.enable()
    assert was_off
