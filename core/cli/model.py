"""The commands that show and calibrate a model."""

import argparse
import dataclasses
import json
from pathlib import Path

from core.cli import chosen_model
from core.data import sources
from core.messages import tr
from core.recognition import modelfile
from core.training.experiment import calibration_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two commands to the parser."""
    commands = parser.add_subparsers(required=True, metavar="show|calibrate")
    command = commands.add_parser("show", help=tr("print what a model says of itself"))
    command.add_argument("file", nargs="?", type=Path, metavar="FILE", help=tr("default: the model that comes along"))
    command.set_defaults(run=show)
    command = commands.add_parser("calibrate", help=tr("fit how sure a model is, and what it refuses"))
    command.add_argument("file", type=Path, metavar="FILE")
    how = command.add_mutually_exclusive_group(required=True)
    how.add_argument("--on", metavar="SOURCE", help=tr("fit both on these digits"))
    how.add_argument("--like", type=Path, metavar="FILE", help=tr("take both over from another model"))
    command.add_argument("--out", type=Path, metavar="FILE", help=tr("default: the file itself"))
    command.set_defaults(run=calibrate)


def show(options: argparse.Namespace) -> int:
    """Print what a model says of itself."""
    print(json.dumps(chosen_model.load(options.file).facts(), indent=2, ensure_ascii=False))
    return 0


def calibrate(options: argparse.Namespace) -> int:
    """Give a model another calibration: fitted on a source, or that of another model."""
    model = modelfile.load(options.file)
    if options.like is not None:
        calibrated = modelfile.load(options.like).calibration
    else:
        calibrated = calibration_of(model.network, model.input_scale, sources.load(options.on).evaluation)
    modelfile.save(dataclasses.replace(model, calibration=calibrated), options.out or options.file)
    problem = "refuses nothing" if calibrated.threshold is None else f"refuses scores below {calibrated.threshold:.3f}"
    print(f"{options.out or options.file}: temperature {calibrated.temperature:.3f}, {problem}")
    return 0
