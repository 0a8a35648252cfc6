"""The window fits its screen: before it is shown, at the place of the last time, and with its frame."""

import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.preprocessing.ink import Drawing
from gui import main_window
from gui.main_window import SIZE, MainWindow, fitted
from gui.shell.preferences import Preferences
from gui.style.message import Message, Severity

FREE = {
    "1366 × 768 at 125 %": QRect(0, 26, 1093, 588),
    "1024 × 700": QRect(0, 32, 1024, 668),
    "1280 × 720 at 150 %": QRect(0, 21, 853, 459),
}
"""What a panel of 32 px leaves of three screens, in logical pixels."""
LEAST = QSize(780, 420)


@pytest.fixture(params=FREE.values(), ids=FREE.keys())
def free(request, monkeypatch):
    """A small screen, with a panel that reserves space."""
    monkeypatch.setattr(QScreen, "availableGeometry", lambda screen: request.param)
    monkeypatch.setattr(QScreen, "geometry", lambda screen: QRect(0, 0, 4000, 4000))
    return request.param


@pytest.fixture
def open_window(qtbot):
    """Return a function that opens a window that remembers."""
    windows = []

    def open_():
        window = MainWindow(Preferences())
        qtbot.addWidget(window)
        windows.append(window)
        with qtbot.waitSignal(window.completed):
            window.show()
        return window

    yield open_
    for window in windows:
        window.close()


def in_window(widget: QWidget) -> QRect:
    """Return a widget's rectangle in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def assert_in_view(window, *widgets):
    for widget in widgets:
        assert widget.isVisible()
        assert window.rect().contains(in_window(widget)), widget
        assert widget.visibleRegion().boundingRect() == widget.rect(), widget


@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        (QRect(50, 60, 400, 300), QRect(50, 60, 410, 330)),
        (QRect(0, 0, 400, 300), QRect(10, 32, 410, 330)),
        (QRect(700, 500, 400, 300), QRect(600, 302, 410, 330)),
        (QRect(-300, 5000, 1120, 740), QRect(10, 32, 1000, 600)),
    ],
)
def test_a_rectangle_is_made_smaller_and_moved(window, wanted):
    assert fitted(window, QRect(10, 32, 1000, 600), QSize(10, 30)) == wanted


def test_the_first_window_fits_before_it_is_shown(qtbot, free):
    window = MainWindow(Preferences(), in_steps=True)
    qtbot.addWidget(window)
    assert window.width() + 16 <= free.width()
    assert window.height() + 48 <= free.height()
    assert window.minimumSizeHint().width() <= LEAST.width()
    assert window.minimumSizeHint().height() <= LEAST.height()
    window.close()


def test_on_a_large_screen_the_first_window_has_its_own_size(qtbot, monkeypatch):
    monkeypatch.setattr(QScreen, "availableGeometry", lambda screen: QRect(0, 0, 2560, 1400))
    monkeypatch.setattr(QScreen, "geometry", lambda screen: QRect(0, 0, 2560, 1440))
    window = MainWindow()
    qtbot.addWidget(window)
    assert window.size() == SIZE
    window.close()


def test_pad_and_answer_are_in_view_at_once_and_during_a_run(qtbot, free, open_window):
    window = open_window()
    view, panel = window.pad_panel, window.workbench.lab.panel
    view.pad.set_drawing(Drawing.from_points([[(60, 60), (200, 60), (120, 240)]]), fit=True)
    window.recognition.predict()
    assert view.prediction_view.accessibleName().startswith("7, ")
    assert_in_view(window, view.pad, view.prediction_view, view.input_view, panel.controls.start_button)
    assert min(view.pad.width(), view.pad.height()) >= 140
    panel.set_data("synthetic:600")
    panel.controls.start_button.click()
    qtbot.waitUntil(lambda: window.workbench.session.live.facts is not None, timeout=60_000)
    assert window.width() <= free.width() - 16, "a run makes the window no wider"
    assert window.workbench.lab.horizontalScrollBar().maximum() == 0
    controls = panel.controls
    assert_in_view(window, view.prediction_view, controls.pause_button, controls.stop_button, controls.cancel_button)
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        controls.stop_button.click()


def test_what_does_not_fit_is_scrolled_to(free, open_window):
    window = open_window()
    lab = window.workbench.lab
    lab.panel.fold_button.setChecked(True)
    QApplication.processEvents()
    for widget in (lab.panel.form.threads, lab.panel.progress, lab.tabs):
        lab.panel.settings_area.ensureWidgetVisible(lab.panel.form.threads)
        lab.ensureWidgetVisible(widget, 0, 0)
        assert not widget.visibleRegion().isEmpty()
    assert lab.tabs.height() >= lab.tabs.minimumSizeHint().height()
    parts = (lab.panel, lab.tabs)
    assert all(not a.geometry().intersects(b.geometry()) for a, b in itertools.combinations(parts, 2))


def test_a_message_is_scrolled_to(qtbot, free, open_window):
    window = open_window()
    lab = window.workbench.lab
    lab.panel.fold_button.setChecked(True)
    lab.message_bar.show_message(Message("A message that is long enough to be wrapped. " * 4, Severity.BAD))
    qtbot.waitUntil(lambda: lab.message_bar.visibleRegion().boundingRect() == lab.message_bar.rect())


def test_the_place_of_a_larger_screen_is_fitted(free, open_window, monkeypatch):
    with monkeypatch.context() as larger:
        larger.setattr(QScreen, "availableGeometry", lambda screen: QRect(0, 0, 4000, 3000))
        window = open_window()
        window.setGeometry(600, 500, 3000, 2000)
        window.close()
    again = open_window()
    assert free.contains(again.frameGeometry())


def test_a_frame_larger_than_was_thought_is_fitted_once_it_is_known(free, open_window, monkeypatch):
    frame = QSize(30, 90)
    monkeypatch.setattr(
        MainWindow, "frameGeometry", lambda window: QRect(window.pos(), window.geometry().size() + frame)
    )
    window = open_window()
    assert free.contains(window.frameGeometry())


def test_a_window_that_was_resized_meanwhile_stays(qtbot, free):
    window = MainWindow(Preferences(), in_steps=True)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.completed):
        window.show()
        window.resize(2000, 1000)
    assert window.size() == QSize(2000, 1000)
    window.close()


def test_on_wayland_room_is_left_for_panels_that_cannot_be_seen(qtbot, free, monkeypatch):
    class Wayland:
        @staticmethod
        def platformName():
            return "wayland"

    monkeypatch.setattr(main_window, "QGuiApplication", Wayland)
    window = MainWindow(Preferences(), in_steps=True)
    qtbot.addWidget(window)
    assert window.width() <= free.width() - 72
    assert window.height() + 48 <= max(free.height() - 48, LEAST.height())
    window.close()


def test_the_wheel_over_a_list_scrolls_and_changes_nothing(open_window):
    window = open_window()
    lab = window.workbench.lab
    for widget in (lab.panel.choices.recipe_box, lab.panel.choices.data_box, lab.tabs.tabBar()):
        before = lab.panel.recipe, lab.panel.data, lab.tabs.currentIndex()
        wheel(widget)
        assert (lab.panel.recipe, lab.panel.data, lab.tabs.currentIndex()) == before


def wheel(widget):
    """Turn the wheel over the middle of a widget, as the system does."""
    window = widget.window()
    QTest.wheelEvent(window.windowHandle(), QPointF(in_window(widget).center()), QPoint(0, -120))
    QApplication.processEvents()


def test_the_wheel_over_a_plot_scrolls_a_low_window(qtbot, free, open_window):
    window = open_window()
    lab = window.workbench.lab
    lab.panel.fold_button.setChecked(True)
    lab.panel.mnist_bar.show()
    bar, plot = lab.verticalScrollBar(), lab.curves.loss.plot
    lab.message_bar.show_message(Message("A message that is long enough to be wrapped. " * 9, Severity.BAD))

    def is_reached():
        bar.setValue(bar.maximum() - 5)
        return bar.value() > 0 and window.rect().contains(in_window(plot).center())

    qtbot.waitUntil(is_reached)
    before = bar.value()
    wheel(plot)
    assert bar.value() > before
