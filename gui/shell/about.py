"""About digitpad: what it is, which versions run, whom to thank."""

import platform

import numpy as np
import PySide6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

import core
from core.recognition.modelfile import Model
from gui.style import icons


def show_about(parent: QWidget, model: Model | None) -> None:
    """Show the dialog; ``model`` is the one whose origin is told."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("About digitpad"))
    box.setIconPixmap(icons.app_icon().pixmap(64, 64))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(
        _tr("digitpad {0}\nDraw a digit and have it recognised; watch a neural network learn.").format(core.__version__)
    )
    box.setInformativeText("\n\n".join(_paragraphs(model)))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _paragraphs(model: Model | None) -> list[str]:
    versions = _tr("Python {0}, NumPy {1}, Qt for Python {2}, on {3}").format(
        platform.python_version(), np.__version__, PySide6.__version__, platform.system()
    )
    licence = _tr("The program is free software under the MIT licence.")
    if model is None:
        return [versions, licence]
    accuracy = model.scores.get("test_accuracy")
    origin = _tr("The model that answers: recipe {0}, trained on {1}, {2} right on its test set.").format(
        model.recipe, model.data, f"{accuracy:.2%}" if accuracy is not None else "?"
    )
    return [versions, origin, *model.credits, licence]


def _tr(text: str) -> str:
    return QCoreApplication.translate("About", text)
