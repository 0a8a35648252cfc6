"""From the pen to the answer: rejections that wait for the pen, numbers, and the selected digit."""

import dataclasses
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from shiboken6 import delete
from waiting import complains

from core.data.examples import Example
from core.digits import Verdict
from core.nn.network import Network, mlp
from core.preprocessing.ink import Drawing
from core.recognition.calibration import Calibration
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer
from gui.pad.pad import UNIT
from gui.pad.pen_idle import IDLE_MS
from gui.pad.pen_width import DEFAULT_PEN_WIDTH
from gui.pad.stroke import fitted
from gui.pictures import specimens
from gui.recognition.active_model import ActiveModel, ModelChoice
from gui.recognition.pad_panel import PadPanel
from gui.recognition.recognition_controller import RecognitionController

LEFT = Qt.MouseButton.LeftButton
ALL, NONE = 1e6, -1e6  # thresholds that reject everything, and nothing
TWO = specimens.two()
NUMBER = specimens.number()


@pytest.fixture
def set_threshold(active_model, model):
    """Return a function that gives the model another threshold."""

    def set_threshold(threshold):
        active_model.set_shipped(dataclasses.replace(model, calibration=Calibration(threshold=threshold)))

    return set_threshold


@pytest.fixture
def panel(show_widget):
    return show_widget(PadPanel(), 400, 640)


@pytest.fixture
def recognition(panel, active_model):
    recognition = RecognitionController(panel, active_model)
    yield recognition
    recognition.shut_down()


def answer(panel):
    return panel.prediction_view.accessibleName()


def spots(panel, drawing):
    """The strokes of a drawing as positions on the pad's widget, centred on the sheet."""
    pad, sheet = panel.pad, panel.pad.sheet_rect()
    scale = sheet.width() / UNIT
    return [
        [pad.rect().topLeft() + (sheet.topLeft() + QPointF(x, y) * scale).toPoint() for x, y in stroke[:, :2].tolist()]
        for stroke in fitted(drawing.strokes)
    ]


def press(panel, positions):
    """Draw a stroke, and do not lift the pen."""
    QTest.mousePress(panel.pad, LEFT, pos=positions[0])
    for start, stop in itertools.pairwise(positions):
        QTest.mouseMove(panel.pad, (start + stop) / 2)
        QTest.mouseMove(panel.pad, stop)


def draw(panel, drawing):
    for positions in spots(panel, drawing):
        press(panel, positions)
        QTest.mouseRelease(panel.pad, LEFT, pos=positions[-1])


# -- rejections ------------------------------------------------------------------------------------------------------


def test_the_pen_is_idle_after_300_ms(recognition):
    assert recognition.pen_idle.timer.interval() == IDLE_MS == 300


def test_a_rejection_comes_when_the_pen_is_idle(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    names = []
    panel.pad.changed.connect(lambda: names.append(answer(panel)))
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, TWO)
        names.append(answer(panel))
    assert len(names) > 20
    assert not any("Not" in name for name in names)
    assert names[-1].startswith("2, ")
    assert answer(panel) == "Not a digit"


def test_two_candidates_are_named_when_the_pen_is_idle(qtbot, panel, recognition, active_model):
    shares = np.linspace(0, 1, 41)
    drawings = [specimens.four_or_nine(float(share)) for share in shares]
    between = min(drawings, key=lambda drawing: active_model.recognizer.predict(drawing).probabilities.max())
    assert active_model.recognizer.predict(between).verdict is Verdict.TWO_CANDIDATES
    panel.pad.set_drawing(between, fit=True)
    panel.pad.changed.emit()
    assert answer(panel)[1] == ","
    with qtbot.waitSignal(recognition.pen_idle.idled):
        pass
    assert sorted(answer(panel)[:6].split(" or ")) == ["4", "9"]


def test_nothing_is_rejected_while_the_pen_is_down(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    recognition.pen_idle.timer.setInterval(20)
    positions = spots(panel, TWO)[0]
    with qtbot.waitSignal(recognition.pen_idle.timer.timeout):
        press(panel, positions)
    assert answer(panel)[0].isdigit()
    with qtbot.waitSignal(recognition.pen_idle.idled):
        QTest.mouseRelease(panel.pad, LEFT, pos=positions[-1])
    assert answer(panel) == "Not a digit"


def test_a_new_stroke_revokes_the_rejection(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    recognition.pen_idle.timer.setInterval(20)
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, TWO)
    with qtbot.waitSignal(recognition.predicted):
        QTest.mousePress(panel.pad, LEFT, pos=spots(panel, TWO)[0][8])
    assert answer(panel)[0].isdigit()


@pytest.mark.parametrize("action", ["undo", "redo", "clear"])
def test_verdicts_wait_after_undo_redo_and_clear(qtbot, panel, recognition, set_threshold, action):
    set_threshold(ALL)
    panel.pad.set_drawing(TWO, fit=True)
    if action == "redo":
        panel.pad.undo()
    elif action == "undo":
        panel.pad.clear()
    recognition.predict()
    with qtbot.waitSignal(recognition.pen_idle.idled):
        getattr(panel.tools, action).trigger()
        assert answer(panel) == "No answer yet" if action == "clear" else answer(panel).startswith("2, ")
    assert answer(panel) == ("No answer yet" if action == "clear" else "Not a digit")


def test_the_eraser_counts_as_a_pen(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    recognition.pen_idle.timer.setInterval(20)
    panel.pad.set_drawing(NUMBER, fit=True)
    recognition.predict()
    assert answer(panel).startswith("????")
    panel.tools.eraser.trigger()
    on_the_six = spots(panel, NUMBER)[3][6]
    with qtbot.waitSignal(recognition.pen_idle.timer.timeout):
        QTest.mousePress(panel.pad, LEFT, pos=on_the_six)
    assert answer(panel).startswith("202.")
    with qtbot.waitSignal(recognition.pen_idle.idled):
        QTest.mouseRelease(panel.pad, LEFT, pos=on_the_six)
    assert answer(panel).startswith("???.")


def test_verdicts_wait_after_a_cancelled_stroke(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    recognition.pen_idle.timer.setInterval(20)
    panel.pad.set_drawing(TWO, fit=True)
    recognition.predict()
    press(panel, [panel.pad.rect().center(), panel.pad.rect().center() * 1.2])
    with qtbot.waitSignal(recognition.pen_idle.idled):
        QTest.keyClick(panel.pad, Qt.Key.Key_Escape)
    assert answer(panel) == "Not a digit"


def test_verdicts_wait_again_after_a_cancelled_eraser_that_touched_nothing(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    recognition.pen_idle.timer.setInterval(20)
    draw(panel, TWO)
    panel.tools.eraser.trigger()
    with qtbot.waitSignal(recognition.pen_idle.timer.timeout):
        QTest.mousePress(panel.pad, LEFT, pos=panel.pad.sheet_rect().topLeft().toPoint() + QPoint(5, 5))
    assert answer(panel).startswith("2, ")
    with qtbot.waitSignal(recognition.pen_idle.idled):
        QTest.keyClick(panel.pad, Qt.Key.Key_Escape)
    assert answer(panel) == "Not a digit"


def test_content_that_was_not_drawn_just_now_may_be_rejected_at_once(
    panel, recognition, set_threshold, bring, tmp_path
):
    set_threshold(ALL)
    draw(panel, TWO)
    assert answer(panel).startswith("2, ")  # while it waits, a file is opened
    (tmp_path / "two.json").write_text(TWO.to_json())
    bring(recognition, recognition.open, tmp_path / "two.json")
    assert answer(panel) == "Not a digit"
    picture = QImage(60, 60, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    for y in range(10, 50):
        picture.setPixelColor(30, y, Qt.GlobalColor.black)
    bring(recognition, recognition.show_pasted, picture)
    assert answer(panel) == "Not a digit"
    recognition.show_example(Example(label=1, number=5, image=np.eye(28, dtype=np.uint8) * 255))
    assert answer(panel) == "Not a digit"


def test_a_new_network_does_not_end_the_wait(qtbot, panel, recognition, set_threshold):
    set_threshold(ALL)
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, TWO)
        set_threshold(ALL + 1)
        assert answer(panel).startswith("2, ")
    set_threshold(ALL)
    assert answer(panel) == "Not a digit"
    set_threshold(NONE)
    assert answer(panel).startswith("2, ")


def test_a_network_in_training_rejects_nothing(qtbot, panel, recognition, active_model, set_threshold):
    set_threshold(ALL)
    network = Network(mlp((784, 8, 11)))  # with an eleventh output, "not a digit", and without a threshold
    network.parameters[-1] = 100  # its probability is almost 1
    active_model.watch(SimpleNamespace(layers=network.description(), input_scale=1 / 255))
    active_model.take(network.snapshot())
    active_model.choose(ModelChoice.TRAINING)
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, TWO)
    assert "Not" not in answer(panel)
    assert recognition.shown.prediction.probabilities.shape == (10,)
    assert "guess" in panel.prediction_view.accessibleDescription()


def test_a_model_with_an_eleventh_output_shows_ten_bars_and_rejects(qtbot, panel, recognition, active_model):
    network = Network(mlp((784, 11)))
    network.parameters[-1] = 100
    network.parameters[-11 + 3] = 5
    active_model.set_shipped(Model(network, calibration=Calibration(threshold=0.0)))
    recognition.pen_idle.timer.setInterval(20)
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, TWO)
        assert answer(panel).startswith("3, 94")
    assert answer(panel) == "Not a digit"


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_2026_is_recognised_as_a_number(panel, recognition):
    draw(panel, NUMBER)
    assert answer(panel).startswith("2026. Digit 4 of 4: 6, ")
    assert [mark.label for mark in panel.pad.marks] == ["2", "0", "2", "6"]
    assert [mark.is_selected for mark in panel.pad.marks] == [False, False, False, True]
    for mark, stroke in zip(panel.pad.marks, panel.pad.drawing().strokes, strict=True):
        np.testing.assert_allclose(mark.box, [*stroke[:, :2].min(axis=0), *stroke[:, :2].max(axis=0)])


def test_boxes_follow_the_pen_while_it_is_down(qtbot, panel, recognition):
    first, second, *_ = spots(panel, NUMBER)
    press(panel, first)
    QTest.mouseRelease(panel.pad, LEFT, pos=first[-1])
    assert panel.pad.marks == ()  # one digit needs no box
    widths = []
    QTest.mousePress(panel.pad, LEFT, pos=second[0])
    for spot in second[1:]:
        with qtbot.waitSignal(recognition.predicted):
            QTest.mouseMove(panel.pad, spot)
        widths.extend(m.box[2] - m.box[0] for m in panel.pad.marks if m.is_selected)
    assert len(panel.pad.marks) == 2
    assert len(set(widths)) > 5
    assert widths[-1] > widths[0]


def test_boxes_are_neither_ink_nor_picture(panel, recognition):
    draw(panel, NUMBER)
    assert panel.pad.marks
    strokes = panel.pad.drawing()
    without = panel.pad.grab().toImage()
    panel.pad.set_marks(())
    assert panel.pad.grab().toImage() != without
    panel.pad.set_drawing(Drawing())
    panel.pad.set_drawing(strokes)
    bare = panel.pad.grab().toImage()
    panel.pad.undo()
    panel.pad.undo()
    panel.pad.set_marks(())
    assert panel.pad.grab().toImage() == bare


def test_the_digits_of_a_picture_have_boxes_around_their_ink(panel, recognition, bring):
    panel.pad.set_pen_width(DEFAULT_PEN_WIDTH)  # the same for the drawing and its picture
    draw(panel, NUMBER)
    panel.pad.set_marks(())
    picture = panel.pad.grab().toImage()
    recognition.predict()
    drawn = [mark.box for mark in panel.pad.marks]
    bring(recognition, recognition.show_pasted, picture)
    assert [mark.label for mark in panel.pad.marks] == ["2", "0", "2", "6"]
    assert answer(panel).startswith("2026. Digit 1 of 4: 2, ")
    # The window is wider than the sheet, which lies in its middle, so the picture is shown smaller.
    scale = panel.pad.sheet_rect().width() / max(panel.pad.width(), panel.pad.height())
    for mark, box in zip(panel.pad.marks, drawn, strict=True):
        size = np.subtract(mark.box[2:], mark.box[:2])
        np.testing.assert_allclose(size, np.subtract(box[2:], box[:2]) * scale, atol=15)


def test_a_digit_of_a_picture_can_be_selected_and_a_new_network_reads_it_again(panel, recognition, bring, active_model):
    draw(panel, NUMBER)
    panel.pad.set_marks(())
    bring(recognition, recognition.show_pasted, panel.pad.grab().toImage())
    digits = panel.prediction_view.number_view
    QTest.mouseClick(digits, LEFT, pos=digits.cells()[1].center().toPoint())
    assert answer(panel).startswith("2026. Digit 2 of 4: 0, ")
    active_model.changed.emit()
    assert [mark.is_selected for mark in panel.pad.marks] == [False, True, False, False]


def test_a_picture_of_one_digit_has_no_boxes(panel, recognition):
    recognition.show_digit(np.zeros((28, 28), np.uint8), "nothing")
    assert panel.pad.marks == ()
    assert answer(panel) == "Not a digit", "all but black"


def test_a_click_on_a_digit_shows_its_bars_and_its_input(panel, recognition):
    draw(panel, NUMBER)
    before = panel.input_view.grab().toImage()
    digits = panel.prediction_view.number_view
    QTest.mouseClick(digits, LEFT, pos=digits.cells()[1].center().toPoint())
    assert answer(panel).startswith("2026. Digit 2 of 4: 0, ")
    assert panel.input_view.grab().toImage() != before
    assert [mark.is_selected for mark in panel.pad.marks] == [False, True, False, False]
    QTest.keyClick(digits, Qt.Key.Key_Left)
    assert answer(panel).startswith("2026. Digit 1 of 4: 2, ")


def test_the_selection_stays_with_its_digit_until_the_next_change(panel, recognition, set_threshold):
    draw(panel, NUMBER)
    panel.prediction_view.number_view.digitSelected.emit(1)
    set_threshold(NONE)
    assert "Digit 2 of 4" in answer(panel)
    panel.tools.undo.trigger()
    assert answer(panel).startswith("202. Digit 3 of 3")


def test_the_digit_drawn_last_is_selected_at_any_position(panel, recognition):
    order = [3, 1, 2, 0]
    strokes = NUMBER.strokes
    draw(panel, Drawing(tuple(strokes[index] for index in order)))
    assert answer(panel).startswith("2026. Digit 1 of 4")


def test_in_a_number_a_rejected_part_is_a_question_mark(qtbot, panel, recognition, set_threshold, active_model):
    star = specimens.doodles()[1].strokes[0] * np.float32([1, 1, 1]) + np.float32([110, 0, 0])
    scores = [active_model.recognizer.predict(Drawing((s,))).score for s in (TWO.strokes[0], star)]
    assert scores[1] < scores[0]
    set_threshold(sum(scores) / 2)
    recognition.pen_idle.timer.setInterval(20)
    with qtbot.waitSignal(recognition.pen_idle.idled):
        draw(panel, Drawing((TWO.strokes[0], star)))
        assert answer(panel)[:2].isdigit()
    assert answer(panel) == "2?. Digit 2 of 2: Not a digit"
    assert [mark.label for mark in panel.pad.marks] == ["2", "?"]


def test_without_a_network_its_input_is_shown(qtbot, panel):
    recognition = RecognitionController(panel, ActiveModel())
    draw(panel, TWO)
    assert recognition.shown.image.any()
    assert answer(panel) == "No answer yet"
    panel.tools.clear.trigger()
    assert recognition.shown.image is None


def test_a_number_of_twelve_can_be_drawn_and_painted(panel, recognition):
    strokes = [stroke * np.float32(0.3) + np.float32([105 * i, 0, 0]) for i in range(3) for stroke in NUMBER.strokes]
    panel.pad.set_drawing(Drawing(tuple(strokes)), fit=True)
    recognition.predict()
    assert len(recognition.shown) == 12
    assert len(panel.pad.marks) == 12
    QApplication.processEvents()
    assert answer(panel).startswith("2026" * 3)


# The pace of the pen


def test_one_reading_serves_all_samples_that_have_arrived(qtbot, panel, recognition):
    readings = []
    recognition.predicted.connect(lambda: readings.append(panel.pad.drawing().n_points))
    first, *_ = spots(panel, NUMBER)
    with qtbot.waitSignal(recognition.predicted):
        press(panel, first)  # a press and all its moves, before the window has been heard
    assert readings == [panel.pad.drawing().n_points]
    QTest.mouseRelease(panel.pad, LEFT, pos=first[-1])


def test_the_ink_is_painted_before_its_answer(qtbot, panel, recognition):
    order = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                order.append("ink")
            return False

    watch = Watch()
    first, *_ = spots(panel, NUMBER)
    QTest.mousePress(panel.pad, LEFT, pos=first[0])
    QApplication.processEvents()
    panel.pad.installEventFilter(watch)
    recognition.predicted.connect(lambda: order.append("answer"))
    with qtbot.waitSignal(recognition.predicted):
        QTest.mouseMove(panel.pad, first[8])
    assert order[:2] == ["ink", "answer"]
    panel.pad.removeEventFilter(watch)
    QTest.mouseRelease(panel.pad, LEFT, pos=first[-1])


def test_a_stroke_is_read_to_its_end_when_the_pen_is_lifted(panel, recognition):
    first, *_ = spots(panel, NUMBER)
    press(panel, first)
    QTest.mouseRelease(panel.pad, LEFT, pos=first[-1])
    assert answer(panel)[0].isdigit()  # without another turn of the event loop


def test_training_waits_from_a_sample_until_its_answer_is_painted(qtbot, panel, recognition):
    assert recognition.settled.is_set()
    first, *_ = spots(panel, NUMBER)
    QTest.mousePress(panel.pad, LEFT, pos=first[0])
    assert not recognition.settled.is_set()
    qtbot.waitUntil(recognition.settled.is_set)
    QTest.mouseRelease(panel.pad, LEFT, pos=first[0])
    qtbot.waitUntil(recognition.settled.is_set)


def test_training_does_not_wait_for_an_answer_that_fails(qtbot, panel, recognition, monkeypatch):
    def fail(recognizer, drawing):
        raise RuntimeError("a fault")

    first, *_ = spots(panel, NUMBER)
    QTest.mousePress(panel.pad, LEFT, pos=first[0])
    monkeypatch.setattr(Recognizer, "read", fail)
    with qtbot.captureExceptions() as faults:
        qtbot.waitUntil(lambda: bool(faults))
        qtbot.waitUntil(recognition.settled.is_set)
    monkeypatch.undo()
    QTest.mouseRelease(panel.pad, LEFT, pos=first[0])


def test_a_panel_that_is_gone_gets_no_answer(qtbot, active_model):
    panel = PadPanel()
    panel.resize(400, 640)
    with qtbot.waitExposed(panel):
        panel.show()
    recognition = RecognitionController(panel, active_model)
    recognition.pen_idle.timer.setInterval(0)
    draw(panel, TWO)
    later = QTimer(singleShot=True, interval=20)
    with qtbot.captureExceptions() as faults, qtbot.waitSignal(later.timeout):
        delete(panel)
        later.start()
    assert faults == []


# Files


def test_the_dialog_offers_every_format_that_is_read(panel, recognition, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: asked.append(a[3]) or ("", ""))
    recognition.choose()
    for suffix in ("*.png", "*.jpeg", "*.bmp", "*.webp", "*.tif", "*.tiff", "*.gif", "*.json"):
        assert suffix in asked[0].split(")")[0].replace("(", " ").split()


@pytest.mark.parametrize("name", ["folder", "photo.heic"])
def test_what_is_no_picture_is_named_and_changes_nothing(qtbot, panel, recognition, tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    draw(panel, TWO)
    with complains(qtbot, recognition) as told:
        recognition.open(tmp_path / name)
    expected = {"folder": "choose a picture in it", "photo.heic": "save or export it as JPEG"}
    assert told.args[0].text.endswith(expected[name])
    assert panel.pad.drawing()
