"""The line that each figure of an aim gets, reached or not; which figure stands for many; and how a script ends."""

import math
import os
import sys
from collections.abc import Callable

import numpy as np

from core.errors import DigitpadError


def goal(name: str, figure: float, floor: float, *, unit: str = "", at_most: bool = False) -> None:
    """Print whether a figure reaches its floor."""
    met = figure <= floor if at_most else figure >= floor
    print(f"goal {name}: {figure:.4g}{unit}, floor {floor:g}{unit}, {'met' if met else 'not met'}", flush=True)


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of the values, in per cent, do not exceed; NaN of none."""
    return float(np.percentile(values, share)) if values else math.nan


def script(main: Callable[[], int | None]) -> None:
    """Do a script's work, and end with its exit code: 2, and a sentence, where what it needs is not there."""
    try:
        code = main()
    except DigitpadError as error:
        given = os.environ.get("DIGITPAD_DATA")
        where = f"is {given}" if given else "is not set"
        print(f"{error} (DIGITPAD_DATA, the folder with mnist/, pen/ and omniglot/, {where})", file=sys.stderr)
        code = 2
    sys.exit(code)
