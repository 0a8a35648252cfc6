"""The left panel: its tools, its layout, and the views of the answer."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton, QToolTip, QVBoxLayout, QWidget

from core.digits import SIZE
from core.preprocessing.ink import Drawing
from gui.pad.pad import PEN_WIDTHS, Tool
from gui.pad.sheet import picture_in
from gui.recognition.answer import Answer
from gui.recognition.pad_panel import PadPanel
from gui.style import theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(show_widget):
    return show_widget(PadPanel(), 400, 640)


def draw(panel):
    pad = panel.pad
    centre = pad.rect().center()
    QTest.mousePress(pad, LEFT, pos=centre)
    QTest.mouseMove(pad, centre + QPoint(20, 30))
    QTest.mouseRelease(pad, LEFT, pos=centre + QPoint(20, 30))


def button(panel, action):
    return next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is action)


def click(panel, action):
    QTest.mouseClick(button(panel, action), LEFT)


def actions(panel):
    return [
        panel.tools.pen,
        panel.tools.eraser,
        panel.tools.undo,
        panel.tools.redo,
        panel.tools.clear,
        panel.tools.random_digit,
        panel.tools.open_picture,
        panel.tools.paste,
    ]


def test_tools_and_answer_are_added_once(panel):
    tools, buttons = panel.tools, panel.findChildren(QToolButton)
    panel.furnish()
    assert panel.tools is tools
    assert panel.findChildren(QToolButton) == buttons


@pytest.mark.parametrize("size", [(360, 560), (900, 560), (960, 1000)])
def test_the_input_view_has_cells_of_whole_pixels(panel, size):
    panel.resize(*size)
    QApplication.processEvents()
    side = panel.input_view.width()
    assert panel.input_view.height() == side
    assert (side - 2) % SIZE == 0


def test_drawing_changes_the_pad(panel, qtbot):
    with qtbot.waitSignal(panel.pad.changed):
        draw(panel)
    assert len(panel.pad.drawing().strokes) == 1


def test_undo_redo_and_clear_are_enabled_when_they_can_be_used(panel):
    def usable():
        return tuple(a.isEnabled() for a in (panel.tools.undo, panel.tools.redo, panel.tools.clear))

    assert usable() == (False, False, False)
    draw(panel)
    assert usable() == (True, False, True)
    click(panel, panel.tools.undo)
    assert panel.pad.is_blank()
    assert usable() == (False, True, False)
    click(panel, panel.tools.redo)
    click(panel, panel.tools.clear)
    assert panel.pad.is_blank()
    assert usable() == (True, False, False)
    panel.pad.set_drawing(Drawing.from_points([[(1, 1)]]))
    assert usable() == (True, False, True)


def test_the_undo_shortcut_cancels_the_first_stroke_while_it_is_drawn(panel):
    centre = panel.pad.rect().center()
    QTest.mousePress(panel.pad, LEFT, pos=centre)
    QTest.mouseMove(panel.pad, centre + QPoint(20, 30))
    QTest.keySequence(panel.pad, QKeySequence(QKeySequence.StandardKey.Undo))
    assert panel.pad.is_blank()
    assert not panel.tools.undo.isEnabled()
    assert not panel.tools.clear.isEnabled()
    QTest.mouseRelease(panel.pad, LEFT, pos=centre + QPoint(20, 30))
    assert panel.pad.is_blank()


def test_pen_and_eraser_exclude_each_other(panel):
    assert panel.tools.pen.isChecked()
    click(panel, panel.tools.eraser)
    assert not panel.tools.pen.isChecked()
    assert panel.pad.tool() is Tool.ERASER
    click(panel, panel.tools.pen)
    assert panel.pad.tool() is Tool.PEN


def test_the_menu_sets_the_pen_width(panel):
    automatic, *widths = panel.tools.width_menu.actions()
    assert automatic.isChecked()
    assert not any(action.isChecked() for action in widths)
    for action, share in zip(widths, PEN_WIDTHS, strict=True):
        action.trigger()
        assert panel.pad.chosen_pen_width() == share
        assert panel.pad.pen_width() == share
        assert [a for a in panel.tools.width_menu.actions() if a.isChecked()] == [action]
    automatic.trigger()
    assert panel.pad.chosen_pen_width() is None
    assert [a for a in panel.tools.width_menu.actions() if a.isChecked()] == [automatic]


@pytest.mark.parametrize(("share", "nearest"), [(PEN_WIDTHS[0], 0), (0.04, 1), (PEN_WIDTHS[3], 3), (0.5, 3), (0, 0)])
def test_a_stored_pen_width_is_checked_in_the_menu_silently(panel, share, nearest):
    emitted = []
    panel.pad.changed.connect(lambda: emitted.append("changed"))
    panel.pad.historyChanged.connect(lambda: emitted.append("history"))
    for action in panel.tools.width_menu.actions():
        action.triggered.connect(lambda: emitted.append("triggered"))
    for _ in range(2):
        panel.tools.set_pen_width(share)
        assert panel.pad.pen_width() == share
        assert [a.isChecked() for a in panel.tools.width_menu.actions()].index(True) == nearest + 1
    assert not emitted


def test_the_buttons_for_pictures_trigger_their_actions(panel, qtbot):
    for action in (panel.tools.random_digit, panel.tools.open_picture):
        with qtbot.waitSignal(action.triggered):
            click(panel, action)


def test_a_pasted_picture_or_file_is_emitted(panel, tmp_path):
    pasted = []
    panel.pad.pictureGiven.connect(pasted.append)
    picture = QImage(5, 5, QImage.Format.Format_RGB32)
    picture.fill(0x336699)
    QGuiApplication.clipboard().setImage(picture)
    click(panel, panel.tools.paste)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "7.png"))])
    QGuiApplication.clipboard().setMimeData(data)
    click(panel, panel.tools.paste)
    assert pasted[0].pixelColor(2, 2) == picture.pixelColor(2, 2)
    assert pasted[1:] == [tmp_path / "7.png"]


def test_pasting_something_else_shows_a_tip(panel, qtbot):
    pasted = []
    panel.pad.pictureGiven.connect(pasted.append)
    QGuiApplication.clipboard().setText("seven")
    click(panel, panel.tools.paste)
    assert not pasted
    assert "clipboard" in QToolTip.text()


def test_a_clipboard_without_data_has_no_picture():
    assert picture_in(None) is None


def test_actions_have_the_platform_s_shortcuts(panel):
    key = QKeySequence.StandardKey
    for action, standard in (
        (panel.tools.undo, key.Undo),
        (panel.tools.redo, key.Redo),
        (panel.tools.paste, key.Paste),
    ):
        assert action.shortcuts() == QKeySequence.keyBindings(standard)
    assert panel.tools.open_picture.shortcut().isEmpty()


def test_undo_works_by_its_shortcut(panel):
    draw(panel)
    QTest.keySequence(panel.pad, QKeySequence(QKeySequence.StandardKey.Undo))
    assert panel.pad.is_blank()


def test_plain_keys_belong_to_the_panel_only(panel, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    elsewhere = QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(panel)
    layout.addWidget(elsewhere)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    elsewhere.setFocus()
    QTest.keyClick(elsewhere, Qt.Key.Key_E)
    assert elsewhere.text() == "e"
    assert panel.pad.tool() is Tool.PEN
    panel.pad.setFocus()
    QTest.keyClick(panel.pad, Qt.Key.Key_E)
    assert panel.pad.tool() is Tool.ERASER
    window.layout().removeWidget(panel)
    panel.setParent(None)


def test_every_control_has_a_name_a_tip_and_the_keyboard_focus(panel):
    buttons = panel.findChildren(QToolButton)
    assert len(buttons) == 9
    for tool in buttons:
        assert tool.accessibleName()
        assert tool.toolTip()
        assert not tool.icon().isNull()
        assert tool.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert len({tool.toolTip() for tool in buttons}) == 9
    assert panel.pad.accessibleName()
    assert panel.pad.accessibleDescription()


def test_the_views_show_an_answer(panel, make_prediction):
    panel.show_answer(Answer((make_prediction(7, 1.0),), caption="from the trained network"))
    assert panel.prediction_view.accessibleName() == "7, 100 percent"
    assert "trained" in panel.prediction_view.accessibleDescription()
    described = panel.input_view.accessibleDescription()
    panel.show_answer(Answer())
    assert panel.input_view.accessibleDescription() != described


def test_the_input_is_shown_even_without_a_network(panel):
    panel.show_answer(Answer())
    nothing = panel.input_view.accessibleDescription()
    panel.show_answer(Answer(unpredicted=np.zeros((28, 28), np.uint8)))
    assert panel.input_view.accessibleDescription() != nothing
    assert panel.prediction_view.accessibleName() == "No answer yet"


def test_a_click_on_a_number_s_digit_selects_it(panel, qtbot, make_prediction):
    boxes = ((100, 400, 200, 600), (300, 400, 400, 600))
    panel.show_answer(Answer((make_prediction(4), make_prediction(2)), boxes, selected=1))
    digits = panel.prediction_view.number_view
    with qtbot.waitSignal(digits.digitSelected) as signal:
        QTest.mouseClick(digits, LEFT, pos=digits.cells()[0].center().toPoint())
    assert signal.args == [0]


def test_the_selector_is_between_tools_and_pad_and_can_be_replaced(panel):
    first, second = QComboBox(), QComboBox()
    panel.set_selector(first)
    panel.set_selector(first)
    panel.set_selector(second)
    QApplication.processEvents()
    assert first.parent() is None
    assert second.isVisible()
    assert button(panel, panel.tools.pen).geometry().bottom() < second.geometry().top()
    assert second.geometry().bottom() < panel.pad.geometry().top()
    panel.set_selector(None)
    assert second.parent() is None


def visible_parts(panel):
    parts = [panel.pad, panel.input_view, panel.prediction_view, *panel.findChildren(QToolButton)]
    return [part.rect().translated(part.mapTo(panel, QPoint())) for part in parts]


@pytest.mark.parametrize(
    "size", [(360, 560), (360, 480), (380, 900), (520, 800), (900, 560), (960, 1000), (1900, 1000)]
)
def test_from_small_to_full_screen_nothing_overlaps_or_leaves_the_panel(panel, size):
    panel.set_selector(QComboBox())
    panel.resize(*size)
    QApplication.processEvents()
    assert panel.size() == QSize(*size)
    parts = visible_parts(panel)
    for i, part in enumerate(parts):
        assert panel.rect().contains(part)
        assert not any(part.intersects(other) for other in parts[i + 1 :])
    sheet = min(panel.pad.width(), panel.pad.height())
    assert sheet >= 0.4 * min(size)
    assert panel.prediction_view.height() >= panel.prediction_view.minimumHeight()


def test_after_full_screen_it_becomes_small_again(panel):
    panel.resize(1900, 1000)
    QApplication.processEvents()
    panel.resize(360, 560)
    QApplication.processEvents()
    assert panel.size() == QSize(360, 560)
    assert all(panel.rect().contains(part) for part in visible_parts(panel))


def test_icons_follow_the_colour_scheme(panel):
    def lightness():
        image = panel.tools.pen.icon().pixmap(20, 20).toImage()
        pixels = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
        return max(pixels, key=lambda c: c.alpha()).lightness()

    theme.apply(QApplication.instance(), dark=False)
    assert lightness() < 80
    theme.apply(QApplication.instance(), dark=True)
    assert lightness() > 180
