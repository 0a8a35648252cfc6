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
    command = commands.add_parser("show", help=tr("print a model's metadata as JSON"))
    command.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help=tr("default: the model that ships with the program")
    )
    command.set_defaults(run=show)
    command = commands.add_parser("calibrate", help=tr("fit a model's temperature and rejection threshold"))
    command.add_argument("file", type=Path, metavar="FILE")
    how = command.add_mutually_exclusive_group(required=True)
    how.add_argument("--on", metavar="SOURCE", help=tr("fit both on these digits"))
    how.add_argument("--like", type=Path, metavar="FILE", help=tr("copy both from another model"))
    command.add_argument("--out", type=Path, metavar="FILE", help=tr("default: the file itself"))
    command.set_defaults(run=calibrate)


def show(options: argparse.Namespace) -> int:
    """Print the metadata of a model as JSON."""
    print(json.dumps(chosen_model.load(options.file).facts(), indent=2, ensure_ascii=False))
    return 0


def calibrate(options: argparse.Namespace) -> int:
    """Replace the calibration of a model: fit it on a source, or copy it from another model."""
    model = modelfile.load(options.file)
    if options.like is not None:
        calibrated = modelfile.load(options.like).calibration
    else:
        calibrated = calibration_of(
            model.network, model.input_scale, sources.load(options.on, for_test=True).evaluation
        )
    out = options.out or options.file
    modelfile.save(dataclasses.replace(model, calibration=calibrated), out)
    if calibrated.threshold is None:
        text = tr("{out}: temperature {temperature:.3f}, rejects nothing", out=out, temperature=calibrated.temperature)
    else:
        text = tr(
            "{out}: temperature {temperature:.3f}, rejects scores below {threshold:.3f}",
            out=out,
            temperature=calibrated.temperature,
            threshold=calibrated.threshold,
        )
    print(text)
    return 0
