"""How long one answer takes through the network that ships, alone and with the rendering of what was drawn."""

import numpy as np
from goals import goal, percentile
from program import milliseconds

from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Recognizer, shipped_model

_N = 2000


def prediction(name: str) -> None:
    """Measure an image's answer, and a drawing's."""
    recognizer = Recognizer.of(shipped_model())
    turns = np.linspace(0, 2 * np.pi, 90)
    drawing = Drawing.from_points([np.column_stack([200 * np.cos(turns), 300 * np.sin(turns)])])
    image = ink.render(drawing)
    for what, act, floor in (
        ("prediction", lambda: recognizer.predict_image(image), 0.5),
        ("drawing", lambda: recognizer.read(drawing), 2.5),
    ):
        milliseconds(act)
        times = milliseconds(act, _N)
        print(f"{name}: {what}: {percentile(times, 50):.3f} ms in the middle, {max(times):.2f} at most")
        goal(f"{name}-{what}-p99", percentile(times, 99), floor, unit=" ms", at_most=True)
