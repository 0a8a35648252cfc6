"""The question about a model that is not saved."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.recognition.unsaved import Unsaved, ask_about_unsaved


@pytest.mark.parametrize(
    ("button", "answer"), [("Save", Unsaved.SAVE), ("Discard", Unsaved.DISCARD), ("Back", Unsaved.STAY)]
)
def test_the_question_names_the_model_and_has_three_answers(qtbot, button, answer):
    parent = QWidget()
    qtbot.addWidget(parent)

    def press():
        box = parent.findChild(QMessageBox)
        assert "“quick, 91%”" in box.text()
        next(each for each in box.buttons() if button in each.text()).click()

    QTimer.singleShot(0, press)
    assert ask_about_unsaved(parent, "quick, 91%") is answer
