"""Texts that are 40 % longer: nothing is clipped in the window, its tabs and its dialogs, and nothing untranslated."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from core.messages import tr
from gui.curves.legend import LegendEntry
from gui.main_window import SIZE, MainWindow
from gui.recognition.unsaved import ask_about_unsaved
from gui.shell import about
from gui.style.message import Message, Offer, Severity

pytestmark = pytest.mark.usefixtures("pseudo_language")
SLACK = 2  # px: rounding of font metrics
ARROW = 24  # px: of a list


@pytest.fixture
def window(pseudo_language, qtbot):
    """The window at its default size, in the longer language."""
    window = MainWindow()
    window.resize(SIZE)  # the screen of the tests is smaller
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.add_curves()
    return window


def is_clipped(widget: QWidget) -> bool:
    """Return whether a widget shows less than all of its text."""
    if isinstance(widget, QLabel):
        if not widget.text() or (not widget.pixmap().isNull()):
            return False
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + SLACK
        return widget.sizeHint().width() > widget.width() + SLACK
    if isinstance(widget, QTabBar):
        return widget.sizeHint().width() > widget.width() + SLACK
    if isinstance(widget, QComboBox):
        return widget.fontMetrics().horizontalAdvance(widget.currentText()) > widget.width() - ARROW
    if isinstance(widget, LegendEntry):  # where there is no room it leaves its text out
        return False
    if isinstance(widget, QAbstractButton) and widget.text():
        shows_text = not isinstance(widget, QToolButton) or widget.toolButtonStyle().name != "ToolButtonIconOnly"
        return shows_text and widget.sizeHint().width() > widget.width() + SLACK
    return False


def clipped(root: QWidget) -> list[str]:
    """Return the texts that are clipped in a window or dialog."""
    widgets = [root, *root.findChildren(QWidget)]
    return [
        f"{type(widget).__name__}: {getattr(widget, 'text', lambda: '')()}"
        for widget in widgets
        if widget.isVisible() and is_clipped(widget)
    ]


def test_the_language_is_longer_and_keeps_fields_and_mnemonics():
    from pseudo_language import pseudo

    text = pseudo("&Open {n:,} <b>files</b>")
    assert text.startswith("&Óp")
    assert "{n:,}" in text
    assert "<b>" in text
    assert len(text) >= 1.3 * len("&Open {n:,} <b>files</b>") - 6
    assert tr("{n} files", n=3).startswith("3")


@pytest.mark.parametrize("customise", [False, True])
def test_nothing_is_clipped_on_any_tab(window, qtbot, customise):
    lab = window.workbench.lab
    lab.panel.fold_button.setChecked(customise)
    for index in range(lab.tabs.count()):
        lab.tabs.setCurrentIndex(index)
        QApplication.processEvents()
        assert clipped(window) == [], lab.tabs.tabText(index)


def test_nothing_is_clipped_during_a_run(window, qtbot):
    panel = window.workbench.lab.panel
    panel.set_data("synthetic:600")
    panel.controls.start_button.click()
    qtbot.waitUntil(lambda: window.workbench.session.live.facts is not None, timeout=60_000)
    QApplication.processEvents()
    assert clipped(window) == []
    with qtbot.waitSignal(window.workbench.session.concluded, timeout=60_000):
        panel.controls.stop_button.click()
    QApplication.processEvents()
    assert clipped(window) == []


def test_a_long_message_with_offers_is_not_clipped(window):
    text = tr("The run goes on in memory, but cannot be kept at present: {reason}.", reason=tr("the disk is full"))
    offers = {tr("Keep it elsewhere…"): Offer(lambda: None), tr("Save model…"): Offer(lambda: None)}
    window.workbench.lab.message_bar.show_message(Message(text, Severity.BAD, "details", offers))
    QApplication.processEvents()
    assert clipped(window) == []


@pytest.mark.parametrize("ask", [about.show_about, ask_about_unsaved])
def test_nothing_is_clipped_in_a_dialog(window, qtbot, ask):
    found = []

    def look():
        dialog = next(box for box in window.findChildren(QDialog) if box.isVisible())
        found.append((type(dialog), clipped(dialog)))
        dialog.reject()

    QTimer.singleShot(200, look)
    ask(window, window.active_model.model if ask is about.show_about else "quick, 91 %")
    qtbot.waitUntil(lambda: bool(found))
    assert [texts for _, texts in found] == [[]]
    assert issubclass(found[0][0], QMessageBox | QDialog)


def test_all_that_is_shown_is_translated(window):
    shown = [
        widget.text()
        for widget in window.findChildren(QAbstractButton) + window.findChildren(QLabel)
        if widget.isVisible() and any(letter.isalpha() for letter in widget.text())
    ]
    menus = [action.text() for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()]
    texts = [text for text in shown + menus if len([letter for letter in text if letter.isalpha()]) > 2]
    assert texts
    assert [text for text in texts if "~" not in text] == []
