"""The command that writes a model for other runtimes."""

import argparse
from pathlib import Path

from core.cli import output
from core.recognition import onnx

SHIPPED = "shipped"
"""The name, among those of files, of the model that comes with the program."""


def export(options: argparse.Namespace) -> int:
    """Write a model as an ONNX file."""
    model = output.asked_model(None if options.model == SHIPPED else Path(options.model))
    onnx.save(model, options.out)
    outputs = list(onnx.outputs(model))
    report = {
        "model": options.model,
        "out": str(options.out),
        "opset": onnx.OPSET,
        "input": "image",
        "outputs": outputs,
    }
    text = f"{options.out}: from image (N, 784) in [0, 1] to {', '.join(outputs)}"
    output.show(report, text, as_json=options.json)
    return 0
