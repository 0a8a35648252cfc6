"""The *About* dialog: versions, the active model's origin, credits and licence."""

import platform

import numpy as np
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

import core
from core.messages import tr
from core.recognition.modelfile import Model
from gui.style import icons


def show_about(parent: QWidget, model: Model | None) -> None:
    """Show the dialog, with the origin of ``model``, the active one."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("About digitpad"))
    box.setIconPixmap(icons.app_icon().pixmap(64, 64))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(
        tr(
            "digitpad {version}\nDraw a digit and have it recognised; watch a neural network learn.",
            version=core.__version__,
        )
    )
    box.setInformativeText("\n\n".join(_paragraphs(model)))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _paragraphs(model: Model | None) -> list[str]:
    versions = tr(
        "Python {python}, NumPy {numpy}, Qt for Python {qt}, on {system}",
        python=platform.python_version(),
        numpy=np.__version__,
        qt=PySide6.__version__,
        system=platform.system(),
    )
    licence = tr("The program is free software under the MIT licence.")
    if model is None:
        return [versions, licence]
    origin = tr("Active model: recipe {recipe}, trained on {data}.", recipe=model.recipe, data=model.data)
    if (accuracy := model.scores.get("test_accuracy")) is not None:
        origin = tr(
            "Active model: recipe {recipe}, trained on {data}, test accuracy {accuracy:.2f} %.",
            recipe=model.recipe,
            data=model.data,
            accuracy=100 * accuracy,
        )
    return [versions, origin, *model.credits, licence]
