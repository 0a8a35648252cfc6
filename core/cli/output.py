"""What the commands print: one strict JSON object, or a text for people; and the model that they ask."""

import json
from pathlib import Path
from typing import Any

from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.recognition.recognizer import shipped_model


def asked_model(path: Path | None) -> Model:
    """Load the model that a command was given, or the one that ships."""
    return shipped_model() if path is None else modelfile.load(path)


def show(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON (numbers only: NaN is a fault), or its text for people."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)
