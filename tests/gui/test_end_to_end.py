"""The real window on real digits: train, watch, draw, recognise, save, open, close."""

import collections

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication
from waiting import happens

from core.data import unipen
from gui.recognition.active_model import ModelChoice
from gui.training.events import Progressed
from gui.training.worker import Worker

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PRESS, MOVE, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
TABLET = {PRESS: QEvent.Type.TabletPress, MOVE: QEvent.Type.TabletMove, RELEASE: QEvent.Type.TabletRelease}
SIZES = (0.25, 0.5, 0.9)  # of the pad's side
POSITIONS = ((0, 0), (0.5, 0.5), (1, 1))  # corner, middle, corner
PER_CLASS = 20


def send_mouse(pad, kind, position):
    changed, held = (NONE, LEFT) if kind == MOVE else (LEFT, LEFT if kind == PRESS else NONE)
    where = QPointF(pad.mapToGlobal(position))
    event = QMouseEvent(kind, position, where, changed, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(pad, event)


def tablet_sender():
    capabilities = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
    pen = QPointingDevice(
        "pen", 3, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen, capabilities, 1, 3, "",
        QPointingDeviceUniqueId(),
    )  # fmt: skip

    def send(pad, kind, position):
        changed, held = (NONE, LEFT) if kind == MOVE else (LEFT, LEFT if kind == PRESS else NONE)
        pressure = 0.0 if kind == RELEASE else 0.6
        event = QTabletEvent(
            TABLET[kind], pen, position, QPointF(pad.mapToGlobal(position)), pressure, 0.0, 0.0, 0.0, 0.0, 0.0,
            Qt.KeyboardModifier.NoModifier, changed, held,
        )  # fmt: skip
        QApplication.sendEvent(pad, event)
        if not event.isAccepted():  # then Qt sends a mouse event instead
            send_mouse(pad, kind, position)

    return send


def draw(pad, digit, send, size, position, *, whole_pixels):
    """Draw a pen digit by events: ``size`` is its longer side, ``position`` its share of the free space."""
    points = np.concatenate([stroke[:, :2] for stroke in digit.drawing.strokes])
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    side, margin = min(pad.width(), pad.height()), 8
    corner = np.array([pad.width() - side, pad.height() - side]) / 2 + margin
    room = side - 2 * margin
    scale = size * room / extent.max()
    origin = corner + np.array(position) * (room - extent * scale)
    for stroke in digit.drawing.strokes:
        path = (stroke[:, :2] - low) * scale + origin
        if whole_pixels:
            path = np.rint(path)
        spots = [QPointF(float(x), float(y)) for x, y in path]
        send(pad, PRESS, spots[0])
        for spot in spots[1:]:
            send(pad, MOVE, spot)
        send(pad, RELEASE, spots[-1])


def shown_digit(window):
    """Return the likeliest digit in the window, from its accessible name; -1 if there are several digits."""
    name = window.pad_panel.prediction_view.accessibleName()
    return int(name.split(",")[0]) if name[1] == "," else -1


def chosen_digits(pen_file, per_class):
    """Return ``per_class`` digits of each class by writers 25 to 30, spread over the writers."""
    by_class = collections.defaultdict(list)
    for digit in unipen.read(pen_file, range(25, 31)):
        by_class[digit.label].append(digit)
    return [digits[i * len(digits) // per_class] for _, digits in sorted(by_class.items()) for i in range(per_class)]


def draw_all(window, digits, send, *, whole_pixels):
    """Draw and clear each digit, at sizes and positions in turn; return the digits that the window shows."""
    pad, predicted = window.pad_panel.pad, []
    for number, digit in enumerate(digits):
        position, size = POSITIONS[number % 3], SIZES[number // 3 % 3]
        draw(pad, digit, send, size, position, whole_pixels=whole_pixels)
        predicted.append(shown_digit(window))
        window.pad_panel.tools.clear.trigger()
    return np.array(predicted)


def accuracy(predicted, digits):
    return float(np.mean(predicted == [digit.label for digit in digits]))


def test_train_draw_save_and_open(qtbot, window, conclude, pen_file, tmp_path):
    panel = window.workbench.lab.panel
    panel.set_recipe("quick")
    panel.set_data("mnist")
    panel.form.editor("epochs").setValue(200)
    panel.controls.start_button.click()
    qtbot.waitUntil(lambda: window.workbench.lab.curves.history.n_evaluations >= 2, timeout=120_000)
    losses = window.workbench.lab.curves.history.loss.smoothed[1]
    assert len(losses) > 100
    assert losses[-1] < 0.3 * losses[0]
    assert window.workbench.lab.curves.loss.live.smooth.yData is not None
    assert len(window.workbench.lab.curves.loss.live.smooth.yData) > 10  # painted, not only recorded

    # During the run, draw 200 digits with the mouse; the shipped model is active.
    digits = chosen_digits(pen_file, PER_CLASS)
    assert len(digits) == 200
    predicted = draw_all(window, digits, send_mouse, whole_pixels=True)
    share = accuracy(predicted, digits)
    print(f"\naccuracy on {len(digits)} pen digits, drawn with the mouse: {share:.1%}")
    assert share >= 0.85
    assert window.workbench.session.is_active

    qtbot.waitUntil(
        lambda: window.workbench.lab.curves.history.evaluations["validation_accuracy"].max() > 0.96, timeout=120_000
    )
    panel.controls.stop_button.click()
    outcome = conclude()
    assert outcome.stopped
    assert outcome.model.scores["test_accuracy"] > 0.95

    window.active_model.choose(ModelChoice.OWN)
    own = draw_all(window, digits[::10], send_mouse, whole_pixels=True)
    window.workbench.models.save(tmp_path / "mine.safetensors")
    window.active_model.choose(ModelChoice.SHIPPED)
    window.workbench.models.open(tmp_path / "mine.safetensors")
    np.testing.assert_array_equal(draw_all(window, digits[::10], send_mouse, whole_pixels=True), own)
    assert accuracy(own, digits[::10]) >= 0.7


def test_draw_with_a_stylus(window, pen_file):
    digits = chosen_digits(pen_file, PER_CLASS)
    predicted = draw_all(window, digits, tablet_sender(), whole_pixels=False)
    assert accuracy(predicted, digits) >= 0.85


def test_a_stylus_adds_each_point_once(window, pen_file):
    digit = chosen_digits(pen_file, 1)[3]
    draw(window.pad_panel.pad, digit, tablet_sender(), 0.8, (0.5, 0.5), whole_pixels=False)
    drawn = window.pad_panel.pad.drawing()
    assert len(drawn.strokes) == len(digit.drawing.strokes)
    assert drawn.n_points <= digit.drawing.n_points


def test_close_during_a_run_on_real_digits(qtbot, window):
    if not window.workbench.lab.panel.mnist_bar.isHidden():
        pytest.skip("no real data: MNIST is not here")
    window.workbench.lab.panel.set_data("mnist")
    window.workbench.lab.panel.controls.start_button.click()
    with happens(qtbot, window.workbench.session, Progressed):
        pass
    worker = window.workbench.session.findChild(Worker)
    assert window.close()
    assert worker.isFinished()
    assert not window.isVisible()
