"""The output of the commands: one strict JSON object or a text on standard output, warnings on standard error."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
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


@contextlib.contextmanager
def without_library_messages() -> Iterator[None]:
    """Discard what C libraries print on standard error: libtiff prints a line there beside each error it reports."""
    try:
        kept = os.dup(2)
    except OSError:  # standard error is closed
        yield
        return
    try:
        with open(os.devnull, "wb") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
