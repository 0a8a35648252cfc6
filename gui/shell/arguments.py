"""The command line of ``digitpad``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import core
from core.cli.arguments import Parser
from core.messages import tr

STATES = (
    *("recognised", "number", "unsure", "refused", "training", "empty"),
    *("runs", "overlaid", "network", "answers", "animated"),
)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; exit on an error, and after ``--help`` or ``--version``."""
    description = tr("Draw a digit and have it recognised; watch a neural network learn.")
    parser = Parser(prog="digitpad", description=description)
    parser.add_argument("--version", action="version", version=f"digitpad {core.__version__}")
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        help=tr("save a screenshot of the window as PNG (animated: WebP), and exit"),
    )
    parser.add_argument("--dark", action="store_true", help=tr("with --screenshot: use the dark colours"))
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="X", help=tr("with --screenshot: pixels per point, such as 2")
    )
    parser.add_argument(
        "--state", choices=STATES, default=STATES[0], help=tr("with --screenshot: what the window shows")
    )
    return parser.parse_args(arguments)


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.5 <= scale <= 4:
        raise argparse.ArgumentTypeError(tr("the scale must be between 0.5 and 4, not {scale}", scale=text))
    return scale
