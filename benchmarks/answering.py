"""Time of a prediction by the shipped network: of an image, and of a drawing with its rendering."""

import numpy as np
from goals import goal, percentile
from program import milliseconds

from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Recognizer, shipped_model

_N = 2000


def prediction(name: str) -> None:
    """Measure the prediction of an image and of a drawing."""
    recognizer = Recognizer.of(shipped_model())
    angles = np.linspace(0, 2 * np.pi, 90)
    drawing = Drawing.from_points([np.column_stack([200 * np.cos(angles), 300 * np.sin(angles)])])
    image = ink.render(drawing)
    for what, act, floor in (
        ("prediction", lambda: recognizer.predict_image(image), 0.5),
        ("drawing", lambda: recognizer.read(drawing), 2.5),
    ):
        milliseconds(act)
        times = milliseconds(act, _N)
        print(f"{name}: {what}: median {percentile(times, 50):.3f} ms, maximum {max(times):.2f} ms")
        goal(f"{name}-{what}-p99", percentile(times, 99), floor, unit=" ms", at_most=True)
