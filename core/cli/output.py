"""The output of the commands: one strict JSON object or a text on standard output, warnings on standard error."""

import json
import sys
from typing import Any


def show(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON, or its text for people; raise ValueError for NaN or infinity in JSON."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)


def warn(sentence: str) -> None:
    """Print a sentence on standard error, after the program's name."""
    print(f"digitpad-lab: {sentence}", file=sys.stderr)
