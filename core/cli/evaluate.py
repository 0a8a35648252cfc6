"""The command that tests a model on a data source."""

import argparse
import math
from typing import Any

import numpy as np

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.cli.mending import add_mend, warn_of
from core.data import sources
from core.data.mends import LabelsError
from core.data.source_loaders import Source
from core.digits import N_CLASSES
from core.errors import DataError, ModelError
from core.messages import tr
from core.preprocessing import canvas
from core.recognition import calibration, evaluation
from core.recognition.evaluation import Predictions
from core.recognition.recognizer import Recognizer
from core.training import data_check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    chosen_model.add_option(parser)
    parser.add_argument("--data", required=True, metavar="SOURCE", help=tr("see: digitpad-lab data list"))
    add_mend(parser)
    parser.add_argument(
        "--placement",
        type=_placement,
        metavar="SIZE,WIDTH",
        help=tr(
            "draw each digit at a random position on a 280-pixel canvas, with this size and pen width, as shares of "
            "the canvas's height"
        ),
    )
    parser.add_argument(
        "--path", choices=["strokes", "bitmap"], default="strokes", help=tr("bitmap: recognise the painted canvas")
    )
    parser.add_argument(
        "--digits", metavar="SOURCE", help=tr("also measure how well the scores separate --data from these digits")
    )
    add_json(parser)
    parser.set_defaults(run=run)


def _placement(text: str) -> tuple[float, float]:
    try:
        size, width = (float(number) for number in text.split(","))
    except ValueError:
        message = tr("a size and a pen width joined by a comma, not {text!r}", text=text)
        raise argparse.ArgumentTypeError(message) from None
    if not (0.1 <= size <= 1 and 0 < width <= 0.5 * size):
        message = tr("a size from 0.1 to 1, and a pen width of at most half of it, not {text!r}", text=text)
        raise argparse.ArgumentTypeError(message)
    return size, width


def run(options: argparse.Namespace) -> int:
    """Test a model on a data source."""
    recognizer = Recognizer.of(chosen_model.load(options.model))
    name = sources.with_mends(options.data, options.mend)
    source = _loaded(name)
    predictions = _predictions(recognizer, source, options)
    if not math.isfinite(float(predictions.logits.sum(dtype=np.float64))):
        raise ModelError(tr("the outputs of the model are not numbers: its weights are too large"))
    report: dict[str, Any] = {"n": len(predictions), "rejected": predictions.rejected, "data": name}
    if (predictions.labels < N_CLASSES).all():
        report |= _scores(predictions)
        text = _scores_text(predictions)
    else:
        n, rejected = len(predictions), predictions.rejected
        text = tr("{rejected:,} of {n:,} rejected ({share:.2%})", rejected=rejected, n=n, share=rejected / n)
    if options.digits is not None:
        digits = _predictions(recognizer, _loaded(options.digits), options)
        report["auroc"] = calibration.area_under_roc(digits.scores, predictions.scores)
        text = tr(
            "{text}; area under the ROC curve against {digits}: {auroc:.4f}",
            text=text,
            digits=options.digits,
            auroc=report["auroc"],
        )
    warn_of(data_check.findings(source))
    output.show(report, text, as_json=options.json)
    return 0


def _loaded(name: str) -> Source:
    try:
        return sources.load(name, for_test=True)
    except LabelsError as error:
        raise data_check.judged(error) from None


def _scores(predictions: Predictions) -> dict[str, Any]:
    return {
        "correct": predictions.correct,
        "accuracy": predictions.accuracy,
        "interval": list(predictions.interval),
        "accuracy_accepted": predictions.accuracy_accepted,
        "ece": predictions.calibration_error,
        "loss": predictions.loss,
        "split": int(predictions.split.sum()),
        "confusion": predictions.confusion.tolist(),
    }


def _scores_text(predictions: Predictions) -> str:
    low, high = predictions.interval
    return tr(
        "{correct:,} of {n:,} right ({accuracy:.2%}, 95 % interval {low:.2%} to {high:.2%}), loss {loss:.4f}\n"
        "{rejected:,} rejected; of the others {accepted:.2%} right; calibration error {ece:.2%}",
        correct=predictions.correct,
        n=len(predictions),
        accuracy=predictions.accuracy,
        low=low,
        high=high,
        loss=predictions.loss,
        rejected=predictions.rejected,
        accepted=predictions.accuracy_accepted,
        ece=predictions.calibration_error,
    )


def _predictions(recognizer: Recognizer, source: Source, options: argparse.Namespace) -> Predictions:
    """Return the predictions for a source; drawings are placed as the options say and preprocessed as on the pad."""
    data, drawings = source.evaluation, source.drawings
    if not drawings:
        if options.placement or options.path == "bitmap":
            message = tr("{source} has images, not strokes: --placement and --path do not apply", source=source.name)
            raise DataError(message)
        return evaluation.of_images(recognizer, data.images, data.labels)
    rng = np.random.default_rng(0)
    size, width = options.placement or (0.6, 0.04)
    if options.placement or options.path == "bitmap":
        drawings = tuple(canvas.placed(drawing, size, rng, pen_width=width) for drawing in drawings)
    if options.path == "bitmap":
        return evaluation.of_pictures(recognizer, (canvas.paint(drawing, width) for drawing in drawings), data.labels)
    return evaluation.of_drawings(recognizer, drawings, data.labels)
