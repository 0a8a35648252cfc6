"""Windows for the tests: real ones, closed again with every thread ended."""

import dataclasses

import numpy as np
import pytest
from pseudo_language import PseudoTranslator, pseudo
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from threadpoolctl import threadpool_limits

from core import messages
from core.recognition.recognizer import Prediction
from core.training.config import TrainConfig
from core.training.history import Axis, History
from core.training.loop import Progress
from gui.curves.plot import Plot
from gui.main_window import MainWindow
from gui.recognition import unsaved
from gui.recognition.unsaved import Unsaved
from gui.shell.preferences import Preferences
from gui.style import theme
from gui.training import confirmations
from gui.training.confirmations import Closing
from gui.training.session import RunState

SMALL = TrainConfig(hidden=(16,), epochs=3, batch_size=50, learning_rate=0.1, momentum=0.9)


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread():
    """Recognise drawings with one thread, as the program does: on a busy machine, several take ten times as long."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture(autouse=True)
def as_the_program_does(garbage_in_its_thread):
    """Search for garbage where the program does."""


@pytest.fixture
def window(qtbot, monkeypatch):
    """The real window, shown, on a profile of its own."""
    window = MainWindow(Preferences())
    monkeypatch.setattr(confirmations, "ask_before_closing", lambda parent, session: Closing.DISCARD)
    monkeypatch.setattr(confirmations, "ask_before_cancelling", lambda parent, session: Closing.DISCARD)
    monkeypatch.setattr(unsaved, "ask_about_unsaved", lambda parent, name: Unsaved.DISCARD)
    with qtbot.waitExposed(window):
        window.show()
    window.add_curves()
    yield window
    window.close()
    assert not any(thread.isRunning() for thread in window.findChildren(QThread))
    window.deleteLater()


@pytest.fixture
def small_run(window):
    """Return a function that starts a run of a few seconds at most."""

    def start(data="synthetic:600", config=SMALL):
        window.workbench.lab.panel.set_data(data)
        window.workbench.lab.panel.form.set_config(config)
        window.workbench.lab.panel.controls.start_button.click()

    return start


@pytest.fixture
def conclude(qtbot, window):
    """Return a function that waits until the run has ended, and gives its outcome."""

    def wait(timeout=60_000):
        outcomes = []
        window.workbench.session.concluded.connect(outcomes.append)
        qtbot.waitUntil(lambda: bool(outcomes) and window.workbench.session.state is RunState.IDLE, timeout=timeout)
        return outcomes[0]

    return wait


@pytest.fixture
def bring(qtbot):
    """Return a function that calls what brings something to the pad, and waits until that is read."""

    def bring(recognition, act, *arguments):
        act(*arguments)
        qtbot.waitUntil(lambda: not recognition.is_reading)

    return bring


@pytest.fixture
def show_widget(qtbot):
    """Return a function that shows a widget at a size, in the light theme, and returns the widget."""
    theme.apply(QApplication.instance(), dark=False)

    def show(widget, width, height):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    yield show
    theme.apply(QApplication.instance(), dark=False)


@pytest.fixture
def pseudo_language(qapp):
    """The language of ``pseudo_language``, in the window and in ``core``."""
    translator = PseudoTranslator()
    qapp.installTranslator(translator)
    messages.set_translator(pseudo)
    yield
    messages.set_translator(str)
    qapp.removeTranslator(translator)


@pytest.fixture
def make_prediction():
    """Return a function that makes a prediction: ``digit`` with probability ``share``, the others as in ``others``."""

    def make(digit, share=0.98, *, is_digit=True, others=None, grey=0):
        rest = others or {}
        left = (1 - share - sum(rest.values())) / (9 - len(rest))
        probabilities = np.full(10, left, np.float32)
        probabilities[digit] = share
        for other, probability in rest.items():
            probabilities[other] = probability
        return Prediction(probabilities, np.full((28, 28), grey, np.uint8), is_digit=is_digit)

    return make


@pytest.fixture
def plot(show_widget):
    """An empty plot, shown."""
    return show_widget(Plot("Loss"), 400, 200)


@pytest.fixture
def make_history():
    """Return a function that makes the history of a run: 100 batches an epoch, and an evaluation at each end.

    The loss halves with each epoch, validation's is 0.25 at the second; validation's accuracy is 90 %, and 97 % at the
    epoch ``best``.
    """

    def make(n_epochs, best=None, seconds_per_epoch=1.0):
        history = History(Axis(3200, 100))
        best = n_epochs if best is None else best
        for epoch in range(1, n_epochs + 1):
            loss = 1 / 2**epoch
            steps = range(100 * epoch - 99, 100 * epoch + 1)
            records = [Progress(step, 100 * n_epochs, epoch, 32 * step, loss, 0.5, 0.1) for step in steps]
            last = dataclasses.replace(
                records[-1],
                validation_loss=loss,
                validation_accuracy=0.97 if epoch == best else 0.9,
                training_loss=loss / 2,
                training_accuracy=0.99,
            )
            history.add([*records[:-1], last], epoch * seconds_per_epoch)
        return history

    return make


@pytest.fixture
def evaluated_often():
    """Return a function that makes a history of ``n`` batches, each of which was evaluated, always alike."""

    def make(n):
        history = History(Axis(100, 10))
        records = [Progress(i, n, i, 100 * i, 1.0, 0.5, 0.1, 0.3, 0.9, 0.1, 0.95) for i in range(1, n + 1)]
        history.add(records, 1.0)
        return history

    return make
