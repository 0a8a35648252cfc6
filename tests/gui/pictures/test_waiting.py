"""Runs for pictures are waited for, but not for ever."""

import dataclasses

import pytest

from core.errors import TrainingError
from core.training.config import TrainConfig
from gui.pictures import waiting
from gui.training.events import Progressed

SMALL = TrainConfig(hidden=(16,), epochs=3, batch_size=50)


@pytest.fixture
def training(window):
    """The training controller of a window with small settings."""
    window.workbench.lab.panel.set_data("synthetic:600")
    window.workbench.lab.panel.form.set_config(SMALL)
    return window.workbench.lab.training


def test_it_waits_for_the_end(window, training):
    waiting.train(window, training.start, lambda event: False)
    assert not window.workbench.session.is_active
    assert window.workbench.session.live.history.n_evaluations == SMALL.epochs


def test_it_waits_for_an_event(window, training):
    window.workbench.lab.panel.form.set_config(dataclasses.replace(SMALL, epochs=10_000))
    waiting.train(window, training.start, lambda event: isinstance(event, Progressed))
    assert window.workbench.session.is_active
    assert len(window.workbench.session.live.history.learning_rate.means[1]) > 0


def test_a_run_that_hangs_is_an_error(window, monkeypatch):
    monkeypatch.setattr(waiting, "_LIMIT_S", 0)
    with pytest.raises(TrainingError, match="longer than 0 s"):
        waiting.train(window, lambda: None, lambda event: False)
