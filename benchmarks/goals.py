"""The line for each target, a percentile, and the exit code of a script."""

import math
import os
import sys
from collections.abc import Callable

import numpy as np

from core.errors import DigitpadError


def goal(name: str, figure: float, floor: float, *, unit: str = "", at_most: bool = False) -> None:
    """Print whether a figure reaches its floor, or stays below its ceiling."""
    met = figure <= floor if at_most else figure >= floor
    print(f"goal {name}: {figure:.4g}{unit}, floor {floor:g}{unit}, {'met' if met else 'not met'}", flush=True)


def percentile(values: list[float], percent: float) -> float:
    """Return a percentile of the values; NaN if there are none."""
    return float(np.percentile(values, percent)) if values else math.nan


def script(main: Callable[[], int | None]) -> None:
    """Run a script and exit with its code; print a DigitpadError and exit with 2."""
    try:
        code = main()
    except DigitpadError as error:
        given = os.environ.get("DIGITPAD_DATA")
        where = f"is {given}" if given else "is not set"
        print(f"{error} (DIGITPAD_DATA, the folder with mnist/, pen/ and omniglot/, {where})", file=sys.stderr)
        code = 2
    sys.exit(code)
