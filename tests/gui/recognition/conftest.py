"""The shipped network, as the one that answers."""

import pytest

from core.recognition.recognizer import shipped_model
from gui.recognition.active_model import ActiveModel


@pytest.fixture(scope="module")
def model():
    return shipped_model()


@pytest.fixture
def active_model(qtbot, model):
    active_model = ActiveModel()
    active_model.set_shipped(model)
    return active_model
