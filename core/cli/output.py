"""What the commands print: one strict JSON object, or a text for people."""

import json
from typing import Any


def show(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON (numbers only: NaN is a fault), or its text for people."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)
