"""The line that each figure of an aim gets, reached or not; and which figure stands for many."""

import math

import numpy as np


def goal(name: str, figure: float, floor: float, *, unit: str = "", at_most: bool = False) -> None:
    """Print whether a figure reaches its floor."""
    met = figure <= floor if at_most else figure >= floor
    print(f"goal {name}: {figure:.4g}{unit}, floor {floor:g}{unit}, {'met' if met else 'not met'}", flush=True)


def percentile(values: list[float], share: float) -> float:
    """Return the value that a share of the values, in per cent, do not exceed; NaN of none."""
    return float(np.percentile(values, share)) if values else math.nan
