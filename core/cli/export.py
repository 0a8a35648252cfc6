"""The command that exports a model for other runtimes."""

import argparse
from pathlib import Path

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.messages import tr
from core.recognition import onnx

SHIPPED = "shipped"
"""Stands for the model that ships with the program, in place of a file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "model", metavar="MODEL", help=tr('a model file, or "shipped" for the model that ships with the program')
    )
    parser.add_argument("out", type=Path, metavar="OUT", help=tr("a file whose name ends in .onnx"))
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export a model as an ONNX file."""
    model = chosen_model.load(None if options.model == SHIPPED else Path(options.model))
    onnx.save(model, options.out)
    outputs = list(onnx.outputs(model))
    report = {
        "model": options.model,
        "out": str(options.out),
        "opset": onnx.OPSET,
        "input": "image",
        "outputs": outputs,
    }
    text = tr("{out}: from image (N, 784) in [0, 1] to {outputs}", out=options.out, outputs=", ".join(outputs))
    output.show(report, text, as_json=options.json)
    return 0
