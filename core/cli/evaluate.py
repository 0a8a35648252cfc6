"""The command that tests a model on a source of digits."""

import argparse
import math
from typing import Any

import numpy as np

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.data import sources
from core.data.sources import Source
from core.digits import N_CLASSES
from core.errors import DataError, ModelError
from core.messages import tr
from core.preprocessing import canvas
from core.recognition import calibration, evaluation
from core.recognition.evaluation import Predictions
from core.recognition.recognizer import Recognizer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    chosen_model.add_option(parser)
    parser.add_argument("--data", required=True, metavar="SOURCE")
    parser.add_argument(
        "--placement",
        type=_placement,
        metavar="SIZE,WIDTH",
        help=tr("draw each somewhere on a 280-pixel canvas, this large and with this pen, as shares of its height"),
    )
    parser.add_argument("--path", choices=["strokes", "bitmap"], default="strokes", help=tr("bitmap: read the canvas"))
    parser.add_argument("--digits", metavar="SOURCE", help=tr("compare with these: how well scores tell both apart"))
    add_json(parser)
    parser.set_defaults(run=run)


def _placement(text: str) -> tuple[float, float]:
    try:
        size, width = (float(number) for number in text.split(","))
    except ValueError:
        message = tr("a size and a pen width joined by a comma, not {text!r}", text=text)
        raise argparse.ArgumentTypeError(message) from None
    if not (0.1 <= size <= 1 and 0 < width <= 0.5 * size):
        message = tr("a size from 0.1 to 1, and a pen of at most half of it, not {text!r}", text=text)
        raise argparse.ArgumentTypeError(message)
    return size, width


def run(options: argparse.Namespace) -> int:
    """Test a model on a data source."""
    recognizer = Recognizer.of(chosen_model.load(options.model))
    answers = _answers(recognizer, sources.load(options.data), options)
    if not math.isfinite(float(answers.logits.sum(dtype=np.float64))):
        raise ModelError("the model's answers are not numbers: its weights are too large")
    report: dict[str, Any] = {"n": len(answers), "rejected": answers.rejected, "data": options.data}
    text = f"{answers.rejected:,} of {len(answers):,} refused ({answers.rejected / len(answers):.2%})"
    if (answers.labels < N_CLASSES).all():
        report |= _scores_of(answers)
        text = (
            f"{answers.correct:,} of {len(answers):,} right ({answers.accuracy:.2%}, 95 % interval "
            f"{report['interval'][0]:.2%} to {report['interval'][1]:.2%}), loss {answers.loss:.4f}\n"
            f"{answers.rejected:,} refused; of the others {answers.accuracy_accepted:.2%} right; "
            f"calibration error {answers.calibration_error:.2%}"
        )
    if options.digits is not None:
        digits = _answers(recognizer, sources.load(options.digits), options)
        report["auroc"] = calibration.area_under_roc(digits.scores, answers.scores)
        text += f"; area under the ROC curve against {options.digits}: {report['auroc']:.4f}"
    output.show(report, text, as_json=options.json)
    return 0


def _scores_of(answers: Predictions) -> dict[str, Any]:
    return {
        "correct": answers.correct,
        "accuracy": answers.accuracy,
        "interval": list(answers.interval),
        "accuracy_accepted": answers.accuracy_accepted,
        "ece": answers.calibration_error,
        "loss": answers.loss,
        "split": int(answers.split.sum()),
        "confusion": answers.confusion.tolist(),
    }


def _answers(recognizer: Recognizer, source: Source, options: argparse.Namespace) -> Predictions:
    """Return the answers to a source's digits: drawings go the pad's whole way, and stand where the options say."""
    data, drawings = source.evaluation, source.drawings
    if not drawings:
        if options.placement or options.path == "bitmap":
            raise DataError(f"{source.name} is known as images, not as strokes: it has no --placement and no --path")
        return evaluation.of_images(recognizer, data.images, data.labels)
    rng = np.random.default_rng(0)
    size, width = options.placement or (0.6, 0.04)
    if options.placement or options.path == "bitmap":
        drawings = tuple(canvas.placed(drawing, size, rng, pen_width=width) for drawing in drawings)
    if options.path == "bitmap":
        return evaluation.of_pictures(recognizer, (canvas.paint(drawing, width) for drawing in drawings), data.labels)
    return evaluation.of_drawings(recognizer, drawings, data.labels)
