"""The option that mends digits, and the sentences on digits that need it."""

import argparse
from collections.abc import Sequence

from core.cli import output
from core.data import mends
from core.messages import tr
from core.training.data_check import Finding


def add_mend(parser: argparse.ArgumentParser) -> None:
    """Add the option that mends digits."""
    parser.add_argument(
        "--mend",
        type=_mends,
        action="extend",
        default=[],
        metavar="WHAT",
        help=tr("mend the digits of --data: {names}, or several joined by commas", names=", ".join(mends.NAMES)),
    )


def _mends(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if wrong := [name for name in names if name not in mends.NAMES]:
        message = tr("a mend is one of {names}, not {text!r}", names=", ".join(mends.NAMES), text=wrong[0])
        raise argparse.ArgumentTypeError(message)
    return names


def warn_of(findings: Sequence[Finding]) -> None:
    """Say what is odd about the digits, and which option would mend it."""
    for finding in findings:
        output.warn(" ".join(filter(None, (finding.text, advice(finding.mends)))))


def advice(names: Sequence[str]) -> str:
    """Return how to mend digits, in a sentence; empty where no mend helps."""
    if not names:
        return ""
    factor = "".join(f"{name}*" for name in names)
    return tr("Mend it with --mend {names}, or {factor} before the source.", names=",".join(names), factor=factor)
