"""The README's animation, with few frames and a small network."""

import numpy as np
import pytest
from PIL import Image

from core.errors import TrainingError
from core.training.config import TrainConfig
from gui.pad.stroke import UNIT, fitted
from gui.pictures import animation, specimens
from gui.pictures.animation import Script
from gui.recognition.active_model import ModelChoice

SHORT = Script(blank=1, answered=1, to_start=2, run=6, end=1)
SMALL = TrainConfig(hidden=(16,), epochs=20, batch_size=20, learning_rate=0.1, momentum=0.9)


def frames_of(path):
    """Return the frames of a picture (N, H, W, 3)."""
    with Image.open(path) as picture:
        assert (picture.format, picture.is_animated) == ("WEBP", True)
        found = []
        for index in range(picture.n_frames):
            picture.seek(index)
            found.append(np.asarray(picture.convert("RGB")))
    return np.stack(found)


def test_a_digit_is_drawn_and_a_network_learns(window, tmp_path):
    panel = window.workbench.lab.panel
    panel.set_data("synthetic:600")
    panel.form.set_config(SMALL)
    choices = []
    window.active_model.choicesChanged.connect(lambda: choices.append(window.active_model.choice))
    path = tmp_path / "window.webp"
    path.write_bytes(animation.record(window, SHORT))

    frames = frames_of(path)
    assert len(frames) > 5
    assert frames.shape[1:] == (window.height(), window.width(), 3)
    assert (frames[0] != frames[-1]).any()

    (drawn,), (wanted,) = window.pad_panel.pad.drawing().strokes, fitted(specimens.two().strokes)
    assert abs(drawn[0, :2] - wanted[0, :2]).max() < UNIT / 100
    assert abs(drawn[-1, :2] - wanted[-1, :2]).max() < UNIT / 100
    assert ModelChoice.TRAINING in choices, "the network in training has answered"
    assert window.active_model.choice is ModelChoice.OWN
    assert window.workbench.session.live.history.n_evaluations == SMALL.epochs


def test_a_run_that_fails_is_an_error(window, tmp_path):
    window.workbench.lab.panel.set_data(f"pen:{tmp_path / 'missing'}")
    with pytest.raises(TrainingError, match="missing"):
        animation.record(window, SHORT)
