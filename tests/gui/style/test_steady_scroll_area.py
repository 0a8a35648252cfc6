"""The scroll area that comes to rest."""

import subprocess
import sys

PROGRAM = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from gui.style.steady_scroll_area import SteadyScrollArea

class Content(QWidget):
    # Each of its two heights leads to the other.
    def minimumSizeHint(self):
        return QSize(0, 400 if self.height() < 300 else 250)

app = QApplication([])
area = {area}()
area.setWidgetResizable(True)
area.setFrameShape(area.Shape.NoFrame)
area.setWidget(Content())
area.resize(300, 200)
area.show()
app.processEvents()
area.resize(300, 201)
app.processEvents()
print(area.widget().size().toTuple())
"""


def run(area):
    return subprocess.run([sys.executable, "-c", PROGRAM.format(area=area)], capture_output=True, text=True, timeout=60)


def test_a_content_of_two_heights_does_not_overflow_the_stack():
    assert run("SteadyScrollArea").returncode == 0


def test_qts_own_area_does():
    assert run("QScrollArea").returncode != 0
