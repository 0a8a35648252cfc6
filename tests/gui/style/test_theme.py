"""The current theme: palette, fonts, the system's scheme, and the signal of a change."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QWidget

from gui.style import theme
from gui.style.palettes import DARK, LIGHT


@pytest.fixture(autouse=True)
def light(qapp):
    theme.apply(qapp, dark=False)
    yield
    theme.apply(qapp, dark=False)


@pytest.mark.parametrize("dark", [False, True])
def test_there_are_ten_colours_for_runs(qapp, dark):
    theme.apply(qapp, dark=dark)
    assert len({colour.name() for colour in theme.run_colours()}) == 10


@pytest.mark.parametrize("dark", [False, True])
def test_apply_sets_palette_and_style(qapp, dark):
    theme.apply(qapp, dark=dark)
    assert theme.is_dark() is dark
    assert theme.colours() is (DARK if dark else LIGHT)
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
    assert widget.palette().color(QPalette.ColorRole.Window) == DARK.window


def test_the_system_is_followed_only_if_asked_to(qapp, monkeypatch):
    monkeypatch.setattr(theme, "_system_is_dark", lambda: True)
    theme.notifier.follow()
    assert not theme.is_dark()
    theme.apply(qapp, None)
    assert theme.is_dark()
    monkeypatch.setattr(theme, "_system_is_dark", lambda: False)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.is_dark()


def test_fonts_scale_in_points_and_in_pixels():
    points, pixels = QFont(), QFont()
    points.setPointSizeF(10)
    pixels.setPixelSize(20)
    assert theme.scaled_font(points, 1.5).pointSizeF() == 15
    assert theme.scaled_font(pixels, 0.5).pixelSize() == 10
