"""The model that a command uses: a file, or the model that ships with the program."""

import argparse
from pathlib import Path

from core.messages import tr
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.recognition.recognizer import shipped_model


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the model's file."""
    parser.add_argument("--model", type=Path, metavar="FILE", help=tr("default: the model that ships with the program"))


def load(path: Path | None) -> Model:
    """Load the model from a file; without one, the model that ships with the program."""
    return shipped_model() if path is None else modelfile.load(path)
