"""What can be said on digitpad's command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import core
from core.cli.arguments import Parser

STATES = (
    *("recognised", "number", "unsure", "refused", "training", "empty"),
    *("runs", "overlaid", "network", "answers"),
)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was said; end the program where it was not understood, or asked for help alone."""
    parser = Parser(prog="digitpad", description="Draw a digit and have it recognised; watch a neural network learn.")
    parser.add_argument("--version", action="version", version=f"digitpad {core.__version__}")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save a picture of the window as PNG, and exit")
    parser.add_argument("--dark", action="store_true", help="with --screenshot: in dark colours")
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="X", help="with --screenshot: pixels a point, such as 2"
    )
    parser.add_argument("--state", choices=STATES, default=STATES[0], help="with --screenshot: what the window shows")
    return parser.parse_args(arguments)


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.5 <= scale <= 4:
        raise argparse.ArgumentTypeError(f"a scale goes from 0.5 to 4, not {text}")
    return scale
