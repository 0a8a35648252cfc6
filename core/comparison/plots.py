"""Plots of training runs: loss and accuracy over the steps, as SVG and PNG. They need the extra ``report``.

A line is the mean over the seeds that reached a step, the band goes from their smallest to their largest value. The
same runs give the same SVG, byte by byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.comparison.job import Result
from core.errors import DigitpadError
from core.files import atomic
from core.messages import tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_LINES = 12
# Okabe and Ito's palette for the colour-blind (2008), without the yellow, which is faint on white.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
_STYLES: tuple[Any, ...] = ("-", "--", "-.", (0, (1, 1)))
_LOOK: dict[str, Any] = {
    "svg.hashsalt": "digitpad",  # otherwise the SVG's identifiers differ each time
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
}


@dataclass(frozen=True)
class Line:
    """A recipe's runs, and their label in the legend."""

    label: str
    runs: Sequence[Result]


def check() -> None:
    """Raise DigitpadError if the extra is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise DigitpadError(tr('plots need the extra "report": pip install "digitpad[report]"')) from None


def draw(lines: Sequence[Line], stem: Path) -> list[Path]:
    """Plot loss and accuracy of each line's runs into ``stem``.svg and .png, and return these files.

    Only the first ``MAX_LINES`` lines are drawn.

    Raises
    ------
    DigitpadError
        The extra is not installed, or a file cannot be written.
    """
    check()
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_LOOK):
        # A figure without pyplot: no window, and no back end that depends on the installation.
        figure = Figure(figsize=(9, 3.6), layout="constrained", facecolor="white")
        loss, accuracy = figure.subplots(1, 2)
        for number, line in enumerate(lines[:MAX_LINES]):
            look = {"color": _COLOURS[number % len(_COLOURS)], "linestyle": _STYLES[number % len(_STYLES)]}
            _add(loss, line, "loss", look)
            _add(accuracy, line, "validation_accuracy", look, scale=100)
        _finish(loss, tr("training loss (mean cross-entropy)"))
        loss.set_yscale("log")
        _finish(accuracy, tr("validation accuracy (%)"))
        loc = "outside upper center"  # not shown
        figure.legend(*loss.get_legend_handles_labels(), loc=loc, ncols=min(len(lines), 4))
        return _saved(figure, stem)


def _add(axes: "Axes", line: Line, name: str, look: dict[str, Any], *, scale: float = 1.0) -> None:
    """Add the mean and the range of one curve over the runs."""
    steps, values = _on_one_axis([run["curves"][name] for run in line.runs])
    if not len(steps):  # all runs diverged before the first value
        axes.plot([], [], label=line.label, **look)
        return
    axes.plot(steps, scale * np.nanmean(values, axis=0), label=line.label, linewidth=1.6, **look)
    low, high = scale * np.nanmin(values, axis=0), scale * np.nanmax(values, axis=0)
    axes.fill_between(steps, low, high, color=look["color"], alpha=0.15, linewidth=0)


def _on_one_axis(curves: Sequence[dict[str, list[float]]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the steps (S,) of the longest curve, and all values (runs, S) at them: NaN after a divergence."""
    curves = [curve for curve in curves if curve["step"]]
    if not curves:
        return np.empty(0), np.empty((0, 0))
    steps = np.array(max((curve["step"] for curve in curves), key=lambda steps: steps[-1]))
    values = [np.interp(steps, curve["step"], curve["value"], right=np.nan) for curve in curves]
    return steps, np.array(values)


def _finish(axes: "Axes", label: str) -> None:
    axes.set_xlabel(tr("steps"))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", integer=True, nbins=6)
    axes.set_ylabel(label)
    axes.set_xlim(left=0)


def _saved(figure: "Figure", stem: Path) -> list[Path]:
    paths = []
    for suffix, options in ((".svg", {"metadata": {"Date": None}}), (".png", {"dpi": 150})):
        path = stem.with_name(stem.name + suffix)
        with atomic.writing(path, DigitpadError) as file:
            figure.savefig(file, format=suffix[1:], **options)
        paths.append(path)
    return paths
