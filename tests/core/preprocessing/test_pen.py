"""The painted pen: its width follows the pressure, the same on the pad and in a file."""

import re
import subprocess
import sys

import numpy as np
import pytest

from core.formats import drawing_file
from core.preprocessing import pen
from core.preprocessing.ink import Drawing


@pytest.mark.parametrize(("pressure", "width"), [(0, 4), (0.5, 7), (1, 10)])
def test_the_width_follows_the_pressure(pressure, width):
    assert pen.width_at(pressure, 10) == pytest.approx(width)


def test_a_file_has_the_width_of_the_pad():
    stroke = np.array([[0, 0, 0.25], [10, 0, 0.25], [20, 5, 0.25]], np.float32)
    (width,) = re.findall(r'stroke-width="([^"]+)"', drawing_file.svg(Drawing((stroke,)), 30, 8))
    assert float(width) == pytest.approx(pen.width_at(0.25, 8))


def test_the_pen_needs_no_numpy():
    code = "import sys, core.preprocessing.pen; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
