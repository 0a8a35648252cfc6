"""Windows for the tests: real ones, closed again with every thread ended."""

import numpy as np
import pytest
from PySide6.QtCore import QThread

from core.config import TrainConfig
from core.recognizer import Prediction
from gui import main_window
from gui.closing import Closing
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.training_session import RunState

SMALL = TrainConfig(hidden=(16,), epochs=3, batch_size=50, learning_rate=0.1, momentum=0.9)


@pytest.fixture
def window(qtbot, monkeypatch):
    """The real window, shown, on a profile of its own."""
    window = MainWindow(Preferences())
    monkeypatch.setattr(main_window, "ask_before_closing", lambda parent: Closing.DISCARD)
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
        window.training_panel.set_data(data)
        window.training_panel.form.set_config(config)
        window.training_panel.start_button.click()

    return start


@pytest.fixture
def conclude(qtbot, window):
    """Return a function that waits until the run has ended, and gives its outcome."""

    def wait(timeout=60_000):
        outcomes = []
        window.session.concluded.connect(outcomes.append)
        qtbot.waitUntil(lambda: bool(outcomes) and window.session.state is RunState.IDLE, timeout=timeout)
        return outcomes[0]

    return wait


@pytest.fixture
def said():
    """Return a function that makes a prediction: ``digit`` with probability ``share``, the others by what is given."""

    def make(digit, share=0.98, *, is_digit=True, others=None, grey=0):
        rest = others or {}
        left = (1 - share - sum(rest.values())) / (9 - len(rest))
        probabilities = np.full(10, left, np.float32)
        probabilities[digit] = share
        for other, probability in rest.items():
            probabilities[other] = probability
        return Prediction(probabilities, np.full((28, 28), grey, np.uint8), is_digit=is_digit)

    return make
