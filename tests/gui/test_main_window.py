"""The window as a whole, on small runs: how its parts work together, and invalid input."""

import itertools
import json
import os

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QMessageBox
from waiting import happens

from core.errors import DivergenceError, Remedy
from core.files import paths
from core.preprocessing.ink import Drawing
from core.recognition import modelfile
from core.runs.records import RunOutcome
from core.runs.run_store import RunStore
from core.training import recipes
from core.training.config import TrainConfig
from gui.main_window import MainWindow
from gui.recognition.active_model import ModelChoice
from gui.style import theme
from gui.style.images import image_of
from gui.style.message import Message, Severity
from gui.style.palettes import LIGHT
from gui.training.events import Progressed, SnapshotTaken
from gui.training.session import RunState

LONG = TrainConfig(hidden=(16,), epochs=5000, batch_size=50, learning_rate=0.05)
SEVEN = [(60, 60), (200, 60), (120, 240)]

needs_clipboard = pytest.mark.skipif(
    os.environ.get("DIGITPAD_TEST_PLATFORM") == "wayland", reason="a compositor without a seat has no clipboard"
)


def panel(window):
    return window.workbench.lab.panel


def bar(window):
    return window.workbench.lab.message_bar


def answer(window):
    return window.pad_panel.prediction_view.accessibleName()


def drag(pad, points):
    points = [QPoint(*point) for point in points]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
    for start, stop in itertools.pairwise(points):
        for share in np.linspace(0, 1, 12)[1:]:
            QTest.mouseMove(pad, start + (stop - start) * float(share))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])


def test_a_seven_is_recognised_while_it_is_drawn(window):
    answers = []
    window.pad_panel.pad.changed.connect(QApplication.processEvents)  # as between two samples of a hand
    window.recognition.predicted.connect(lambda: answers.append(answer(window)))
    drag(window.pad_panel.pad, SEVEN)
    window.pad_panel.pad.changed.disconnect(QApplication.processEvents)
    assert answer(window).startswith("7, ")
    assert len(answers) > 20
    assert len(set(answers)) >= 3  # the answer follows the pen
    window.pad_panel.tools.clear.trigger()
    assert answer(window) == "No answer yet"
    window.pad_panel.tools.undo.trigger()
    assert answer(window).startswith("7, ")


def test_the_input_of_the_network_is_shown(window):
    drag(window.pad_panel.pad, SEVEN)
    assert window.pad_panel.input_view.accessibleDescription() == "A digit of 28 × 28 pixels"


def test_a_run_is_shown_and_stored(window, small_run, conclude):
    small_run()
    outcome = conclude()
    assert outcome.model is not None
    assert len(window.workbench.lab.curves.history.loss) > 10
    assert window.workbench.lab.curves.history.n_evaluations == 3
    assert "Test accuracy with the best weights: " in panel(window).progress.text
    assert window.active_model.has(ModelChoice.OWN)
    (kept,) = RunStore().runs()
    assert (kept.name, kept.test_accuracy) == ("quick", outcome.model.scores["test_accuracy"])


def test_buttons_follow_the_run(qtbot, window, small_run, conclude):
    assert panel(window).controls.start_button.isVisible()
    assert not panel(window).controls.stop_button.isVisible()
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    assert not panel(window).controls.start_button.isVisible()
    assert not panel(window).form.isEnabled()
    panel(window).controls.pause_button.click()
    assert window.workbench.session.state is RunState.PAUSED
    assert panel(window).controls.pause_button.text() == "Resume"
    panel(window).controls.pause_button.click()
    assert window.workbench.session.state is RunState.RUNNING
    panel(window).controls.stop_button.click()
    assert conclude().stopped
    assert panel(window).controls.start_button.isVisible()
    assert panel(window).form.isEnabled()


def test_a_paused_network_answers(qtbot, window, small_run):
    drag(window.pad_panel.pad, SEVEN)
    with happens(qtbot, window.workbench.session, SnapshotTaken) as taken:
        small_run(config=LONG)
    first = taken.args[0].snapshot
    with happens(qtbot, window.workbench.session, Progressed):
        pass
    panel(window).controls.pause_button.click()
    qtbot.wait(100)  # queued events have arrived
    assert panel(window).progress.text.startswith("Paused. Epoch")
    assert panel(window).progress.text.count("Paused") == 1
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        window.active_model.choose(ModelChoice.TRAINING)
    assert (window.active_model.recognizer.network.parameters != first.parameters).any()
    panel(window).controls.cancel_button.click()


def test_undo_restores_a_test_digit(qtbot, window, real_data):
    window.pad_panel.tools.random_digit.trigger()
    image = window.recognition.shown.image
    said = window.pad_panel.prediction_view.accessibleDescription()
    window.pad_panel.tools.random_digit.trigger()
    with qtbot.waitSignal(window.recognition.pen_idle.idled):  # a rejection is shown only then
        window.pad_panel.tools.undo.trigger()
    np.testing.assert_array_equal(window.recognition.shown.image, image)
    assert window.pad_panel.prediction_view.accessibleDescription() == said


def test_cancel_discards_the_run(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    panel(window).controls.cancel_button.click()
    assert window.workbench.session.state is RunState.IDLE
    assert not window.active_model.has(ModelChoice.OWN)
    assert panel(window).controls.start_button.isVisible()


def test_the_network_in_training_can_be_active(qtbot, window, small_run, conclude):
    drag(window.pad_panel.pad, SEVEN)
    with happens(qtbot, window.workbench.session, SnapshotTaken):
        small_run(config=LONG)
    window.active_model.choose(ModelChoice.TRAINING)
    first = window.active_model.recognizer.network.snapshot()
    for _ in range(3):
        with happens(qtbot, window.workbench.session, SnapshotTaken):
            pass
    assert (first.parameters != window.active_model.recognizer.network.parameters).any()
    assert answer(window)[0].isdigit()
    panel(window).controls.stop_button.click()
    conclude()
    assert window.active_model.choice is ModelChoice.OWN


def test_a_saved_and_opened_model_predicts_the_same(window, small_run, conclude, tmp_path):
    small_run()
    conclude()
    window.active_model.choose(ModelChoice.OWN)
    drag(window.pad_panel.pad, SEVEN)
    before = window.active_model.recognizer.predict(window.pad_panel.pad.drawing()).probabilities
    window.workbench.models.save(tmp_path / "mine.safetensors")
    assert "Saved" in bar(window).text
    window.active_model.choose(ModelChoice.SHIPPED)
    window.workbench.models.open(tmp_path / "mine.safetensors")
    assert window.active_model.choice is ModelChoice.OWN
    np.testing.assert_array_equal(
        window.active_model.recognizer.predict(window.pad_panel.pad.drawing()).probabilities, before
    )


@pytest.mark.parametrize("damage", ["truncated", "foreign", "folder", "missing"])
def test_a_model_that_cannot_be_read_changes_nothing(window, tmp_path, damage):
    path = tmp_path / "model.safetensors"
    modelfile.save(window.active_model.model, path)
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "foreign":
        path.write_text("hello")
    elif damage == "folder":
        path = tmp_path
    else:
        path = tmp_path / "none.safetensors"
    model = window.active_model.model
    window.workbench.models.open(path)
    assert str(path) in bar(window).text
    assert window.active_model.model is model
    assert window.active_model.choice is ModelChoice.SHIPPED


def test_a_path_that_cannot_be_written_is_reported(window, small_run, conclude, tmp_path):
    small_run()
    conclude()
    (tmp_path / "file").write_text("in the way")
    window.workbench.models.save(tmp_path / "file" / "model.safetensors")
    assert str(tmp_path / "file") in bar(window).text
    assert window.active_model.own_model() is not None


def test_a_run_that_could_not_be_kept_is_reported(window, small_run, conclude):
    paths.runs().parent.mkdir(parents=True, exist_ok=True)
    paths.runs().write_text("a file where the folder should be")
    small_run()
    conclude()
    assert "Save its network" in bar(window).text
    assert window.active_model.own_model() is not None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.png", b"this is no picture"),
        ("empty.png", b""),
        ("cut.png", None),
        ("ink.json", b"[1, 2"),
        ("nan.json", b'{"strokes": [[[NaN, 1]]]}'),
        ("missing.png", ...),
    ],
)
def test_pictures_and_ink_that_cannot_be_read_change_nothing(window, bring, tmp_path, name, content):
    path = tmp_path / name
    if content is None:
        Image.new("L", (300, 300), 255).save(path)
        path.write_bytes(path.read_bytes()[:60])
    elif content is not ...:
        path.write_bytes(content)
    drag(window.pad_panel.pad, SEVEN)
    bring(window.recognition, window.recognition.open, path)
    assert name in bar(window).text
    assert answer(window).startswith("7, ")


def seven_png(path, ink=0, background=255):
    image = Image.new("L", (120, 200), background)
    for x in range(20, 101):
        for y in range(20, 32):
            image.putpixel((x, y), ink)
    for y in range(20, 181):
        centre = 94 - (y - 20) * 50 // 160
        for x in range(centre - 6, centre + 7):
            image.putpixel((x, y), ink)
    image.save(path)


@pytest.mark.parametrize("ink", [0, 255])
def test_a_picture_is_read_dark_on_light_and_light_on_dark(window, bring, tmp_path, ink):
    seven_png(tmp_path / "seven.png", ink, 255 - ink)
    bring(window.recognition, window.recognition.open, tmp_path / "seven.png")
    assert answer(window).startswith("7, ")
    assert window.pad_panel.pad.picture() is not None


@needs_clipboard
def test_a_pasted_picture_is_read(window, bring, tmp_path):
    seven_png(tmp_path / "seven.png")
    QGuiApplication.clipboard().setImage(QImage(str(tmp_path / "seven.png")))
    bring(window.recognition, window.pad_panel.tools.paste.trigger)
    assert answer(window).startswith("7, ")


@pytest.mark.parametrize("suffix", ["bmp", "webp", "tif", "gif", "jpg"])
def test_every_format_is_read_opened_dropped_and_pasted(window, bring, tmp_path, suffix):
    seven_png(tmp_path / "seven.png")
    path = tmp_path / f"seven.{suffix}"
    with Image.open(tmp_path / "seven.png") as image:
        image.save(path)
        pasted = QImage(image.tobytes(), image.width, image.height, image.width, QImage.Format.Format_Grayscale8)
    answers = []
    for show in (
        lambda: window.recognition.open(path),
        lambda: window.workbench.open_given(path),
        lambda: window.workbench.open_given(pasted),
    ):
        window.pad_panel.pad.clear()
        bring(window.recognition, show)
        answers.append(answer(window))
    assert all(text.startswith("7, ") for text in answers)
    assert answers[0] == answers[1]


def test_several_dropped_files_are_listed_and_one_is_put_on_the_pad(qtbot, window, bring, tmp_path):
    seven_png(tmp_path / "seven.png")
    (tmp_path / "text.png").write_text("seven")
    with qtbot.waitSignal(window.workbench.pictures.ended):
        window.workbench.open_given((tmp_path / "text.png", tmp_path / "seven.png"))
    assert window.pad_panel.pad.is_blank()
    table = window.workbench.pictures.dialog.table
    assert [table.item(row, 1).text() for row in range(2)] == ["", "7"]
    bring(window.recognition, table.cellDoubleClicked.emit, 1, 0)
    assert answer(window).startswith("7, ")


def test_white_ink_on_nothing_can_be_seen_on_the_pad(window):
    pixels = np.full((200, 200, 4), 255, np.uint8)
    pixels[..., 3] = 0
    pixels[60:140, 60:140, 3] = 255
    window.pad_panel.pad.show_picture(image_of(pixels))
    shown = window.pad_panel.pad.grab().toImage()
    sheet = window.pad_panel.pad.sheet_rect()
    inside, beside = (
        shown.pixelColor((sheet.topLeft() + QPointF(x, x)).toPoint()) for x in (sheet.width() / 2, sheet.width() / 8)
    )
    assert inside.lightness() - beside.lightness() > 60


def test_an_empty_picture_is_reported(window, bring):
    blank = QImage(50, 50, QImage.Format.Format_RGB32)
    blank.fill(Qt.GlobalColor.white)
    bring(window.recognition, window.workbench.open_given, blank)
    assert "no digit" in bar(window).text


@needs_clipboard
@pytest.mark.parametrize("link", ["https://example.org/seven.png", "https://example.org/" + 5000 * "7"])
def test_a_link_is_told_with_what_to_do_instead(window, link):
    drag(window.pad_panel.pad, SEVEN)
    QGuiApplication.clipboard().setText(link)
    window.pad_panel.tools.paste.trigger()
    text = bar(window).text
    assert text.startswith("“https://example.org/")
    assert text.endswith("save the picture and open its file, or copy the picture itself and paste it.")
    assert len(text) < 250
    assert answer(window).startswith("7, ")


@needs_clipboard
def test_the_address_of_a_picture_file_opens_it(window, bring, tmp_path):
    seven_png(tmp_path / "seven.png")
    QGuiApplication.clipboard().setText(f"file://{tmp_path}/seven.png")
    bring(window.recognition, window.pad_panel.tools.paste.trigger)
    assert answer(window).startswith("7, ")


def test_a_dropped_model_becomes_active(window, tmp_path):
    modelfile.save(window.active_model.model, tmp_path / "m.safetensors")
    window.workbench.open_given(tmp_path / "m.safetensors")
    assert window.active_model.choice is ModelChoice.OWN


def test_an_ink_file_is_drawn(window, bring, tmp_path):
    (tmp_path / "seven.json").write_text(json.dumps({"strokes": [SEVEN]}))
    bring(window.recognition, window.recognition.open, tmp_path / "seven.json")
    assert answer(window).startswith("7, ")
    assert window.pad_panel.pad.drawing()


@pytest.mark.usefixtures("no_data")
def test_a_random_digit_without_mnist_is_drawn_by_the_program(window):
    window.pad_panel.tools.random_digit.trigger()
    assert window.pad_panel.pad.drawing()
    assert window.recognition.shown.predictions


def test_undo_after_a_picture_restores_the_drawing_and_its_answer(window, bring, tmp_path):
    drag(window.pad_panel.pad, [(150, 40), (150, 250)])
    before = answer(window)
    seven_png(tmp_path / "seven.png")
    bring(window.recognition, window.recognition.open, tmp_path / "seven.png")
    window.pad_panel.tools.undo.trigger()
    assert answer(window) == before
    window.pad_panel.tools.redo.trigger()
    assert answer(window).startswith("7, ")


def test_invalid_settings_are_reported_and_start_nothing(window):
    panel(window).form.editor("hidden").setText("many")
    panel(window).controls.start_button.click()
    assert "hidden" in bar(window).text
    assert window.workbench.session.state is RunState.IDLE


def test_a_divergence_is_one_message_and_the_curve_stays(window, small_run, conclude):
    small_run(config=TrainConfig(learning_rate=1000.0, weight_decay=1.0, input_scale=1.0, batch_size=50))
    conclude()
    assert "a smaller learning rate" in bar(window).text
    assert len(window.workbench.lab.curves.history.loss) > 0
    assert panel(window).controls.start_button.isVisible()


def test_a_damaged_pen_file_is_reported(window, small_run, conclude, tmp_path):
    (tmp_path / "pen.unipen").write_text('.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 x\n')
    small_run(data=f"pen:{tmp_path / 'pen.unipen'}")
    conclude()
    assert "line 3" in bar(window).text


def test_the_window_opens_with_a_damaged_shipped_model(qtbot, monkeypatch):
    from core.errors import ModelError
    from core.recognition import recognizer
    from gui.recognition import models_controller

    def fail():
        raise ModelError("model.safetensors is damaged")

    for module in (recognizer, models_controller):
        monkeypatch.setattr(module, "shipped_model", fail)
    window = MainWindow()
    qtbot.addWidget(window)
    assert "is damaged" in bar(window).text
    drag(window.pad_panel.pad, SEVEN)
    assert answer(window) == "No answer yet"
    window.close()


# -- accessibility and looks -------------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_a_tooltip(window):
    panel(window).fold_button.click()
    for kind in (QAbstractButton, QComboBox, QAbstractSpinBox):
        for control in window.findChildren(kind):
            if control.objectName().startswith("qt_") or control.parent().inherits("QTabBar"):
                continue
            assert control.accessibleName() or control.property("text"), control
            assert control.toolTip(), (control, control.accessibleName())


def test_the_tab_key_reaches_every_control(window):
    panel(window).fold_button.click()
    reached, widget = set(), window
    for _ in range(300):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            reached.add(widget)
    for control in (
        panel(window).controls.start_button,
        panel(window).fold_button,
        window.pad_panel.pad,
        panel(window).form.editor("learning_rate"),
    ):
        assert control in reached


def test_the_dialogs_to_open_and_save_a_model(window, monkeypatch, tmp_path):
    modelfile.save(window.active_model.model, tmp_path / "m.safetensors")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(tmp_path / "m.safetensors"), ""))
    window.workbench.models.choose()
    assert window.active_model.choice is ModelChoice.OWN
    seen = []

    def accept(dialog):
        dialog.selectFile(str(tmp_path / "copy"))
        seen.append((dialog.windowTitle(), dialog.selectedFiles()))
        return True

    monkeypatch.setattr(QFileDialog, "exec", accept)
    window.workbench.models.choose_save_path()
    # The dialog itself adds the suffix, so that it can ask before a file is replaced.
    assert seen == [("Save your model: m.safetensors", [str(tmp_path / "copy.safetensors")])]
    assert (tmp_path / "copy.safetensors").exists()


def test_about_shows_versions_and_credits(window):
    window.workbench.menus.actions_by_name["about"].trigger()
    box = window.findChild(QMessageBox)
    assert "NumPy" in box.informativeText()
    assert "MNIST" in box.informativeText()
    box.close()


def test_light_and_dark(window):
    dark = next(action for action in window.workbench.menus.schemes.actions() if action.data() == "dark")
    dark.trigger()
    assert theme.is_dark()
    light = next(action for action in window.workbench.menus.schemes.actions() if action.data() == "light")
    light.trigger()
    assert not theme.is_dark()
    assert QApplication.instance().palette().window().color() == LIGHT.window


def test_a_drawing_survives_a_resize(window):
    window.pad_panel.pad.set_drawing(Drawing.from_points([SEVEN]), fit=True)
    window.recognition.predict()
    before = answer(window)
    window.resize(1500, 900)
    window.resize(900, 600)
    middle = window.pad_panel.pad.rect().center()
    drag(window.pad_panel.pad, [(middle.x(), middle.y()), (middle.x(), middle.y() + 1)])
    window.pad_panel.tools.undo.trigger()
    assert answer(window) == before


def test_nothing_overlaps_in_the_smallest_window(window):
    panel(window).fold_button.click()
    panel(window).show_status("A line that is long enough to be wrapped. " * 3)
    bar(window).show_message(Message("A message that is long enough to be wrapped. " * 4, Severity.INFO))
    window.resize(window.minimumSize())
    QApplication.processEvents()
    above, below = panel(window).settings_area.geometry(), panel(window).progress.geometry()
    assert above.bottom() < below.top()
    assert below.bottom() <= panel(window).height()


def test_a_recipe_for_certain_digits_chooses_them(window):
    box = panel(window).choices.recipe_box
    box.setFocus()
    while panel(window).recipe != "synthetic":
        before = panel(window).recipe
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert panel(window).recipe != before, "the recipe is not in the list"
    assert panel(window).data == recipes.RECIPES["synthetic"].data


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_progress_has_latin_digits_in_every_language(qtbot):
    before = QLocale()
    QLocale.setDefault(QLocale("ar_EG"))
    try:
        window = MainWindow()
        qtbot.addWidget(window)
        panel(window).mnist_bar.show_progress(1, 2)
        assert "50" in panel(window).mnist_bar.progress_bar.text()
        window.close()
    finally:
        QLocale.setDefault(before)


def test_a_wrong_number_keeps_a_run_from_starting_and_is_said(window):
    panel(window).form.editor("validation_share").lineEdit().setText("0.95")
    panel(window).controls.start_button.click()
    assert bar(window).text == "Validation share is a number from 0 to 0.5, not 0.95"
    assert window.workbench.session.state is RunState.IDLE
    panel(window).form.set_config(TrainConfig())
    panel(window).form.threads.lineEdit().setText("0,5")
    panel(window).controls.start_button.click()
    assert bar(window).text.startswith("Threads is a whole number from 1 to ")
    assert window.workbench.session.state is RunState.IDLE


def test_a_wrong_factor_of_the_rate_is_said_and_changes_nothing(qtbot, window, small_run):
    with happens(qtbot, window.workbench.session, Progressed):
        small_run(config=LONG)
    rate, heard = panel(window).controls.rate, []
    rate.valueChanged.connect(heard.append)
    for text, said in (("5000", "from 0.001 to 1,000, not 5000"), ("-1", "not -1"), ("x", "not x")):
        rate.lineEdit().setText(text)
        QTest.keyClick(rate.lineEdit(), Qt.Key.Key_Return)
        assert bar(window).text.endswith(said)
    assert heard == []
    rate.lineEdit().setText("0,5")
    QTest.keyClick(rate.lineEdit(), Qt.Key.Key_Return)
    assert heard == [0.5]
    panel(window).controls.cancel_button.click()


def test_a_remedy_waits_until_a_wrong_number_is_mended(window):
    panel(window).form.editor("batch_size").lineEdit().setText("3.5")
    remedies = {"learning_rate": Remedy(100.0, 0.01)}
    divergence = DivergenceError("it diverged.", "", remedies)
    window.workbench.session.concluded.emit(RunOutcome(error=str(divergence), divergence=divergence))
    bar(window).offer_buttons[0].click()
    assert bar(window).text.endswith("without point or comma, not 3.5")
    assert window.workbench.session.state is RunState.IDLE
    assert panel(window).form.editor("batch_size").text() == "3.5"
