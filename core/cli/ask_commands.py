"""The commands that ask a model: about a source of digits, or about files."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from core.cli import output
from core.data import sources
from core.data.sources import Source
from core.digits import N_CLASSES, Verdict
from core.errors import DataError, DigitpadError, ModelError
from core.preprocessing import canvas, picture
from core.preprocessing.ink import Drawing
from core.recognition import calibration, evaluation
from core.recognition.evaluation import Predictions
from core.recognition.recognizer import Prediction, Recognizer


def evaluate(options: argparse.Namespace) -> int:
    """Test a model on a data source."""
    recognizer = Recognizer.of(output.asked_model(options.model))
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


def predict(options: argparse.Namespace) -> int:
    """Read digits from files."""
    recognizer = Recognizer.of(output.asked_model(options.model))
    results = [_prediction(recognizer, path) for path in options.files]
    lines = [f"{result['file']}: {_sentence(result)}" for result in results if "digit" in result]
    if not options.json:
        for result in results:
            if "error" in result:
                print(f"digitpad-lab: {result['error']}", file=sys.stderr)
    output.show({"results": results}, "\n".join(lines), as_json=options.json)
    return 2 if any("error" in result for result in results) else 0


def _prediction(recognizer: Recognizer, path: Path) -> dict[str, Any]:
    """Return the result for one file: its ``digits`` and ``number``, and the first digit's answer, or ``error``."""
    try:
        predictions = _read(recognizer, path)
    except DigitpadError as error:
        return {"file": str(path), "error": str(error)}
    if not predictions:
        return {"file": str(path), "error": f"{path}: nothing is drawn there"}
    digits = [_answer(prediction) for prediction in predictions]
    number = "".join(str(prediction.digit) for prediction in predictions)
    return {"file": str(path), **digits[0], "digits": digits, "number": number}


def _answer(prediction: Prediction) -> dict[str, Any]:
    probabilities = [round(float(p), 6) for p in prediction.probabilities]
    return {"digit": prediction.digit, "probabilities": probabilities, "judgement": prediction.verdict.value}


def _read(recognizer: Recognizer, path: Path) -> tuple[Prediction, ...]:
    if path.suffix.lower() == ".json":
        reading = recognizer.read(Drawing.load(path))
        return reading.predictions if reading else ()
    prediction = recognizer.predict_picture(picture.load(path))
    return (prediction,) if prediction else ()


def _sentence(result: dict[str, Any]) -> str:
    """Return "7 (98.2%)", "4 or 9 (61.0%, 35.2%)", "not a digit", or a number with the least sure of its digits."""
    digits = result["digits"]
    refused = sum(digit["judgement"] == Verdict.NOT_A_DIGIT.value for digit in digits)
    if len(digits) > 1:
        least = min(max(digit["probabilities"]) for digit in digits)
        doubt = f", {refused} of them perhaps not a digit" if refused else ""
        return f"{result['number']} ({len(digits)} digits, the least sure {least:.1%}{doubt})"
    probabilities = sorted(result["probabilities"], reverse=True)
    if refused:
        return f"not a digit (if it is one, {result['digit']})"
    if result["judgement"] == Verdict.TWO_CANDIDATES.value:
        second = int(np.argsort(result["probabilities"], kind="stable")[-2])
        return f"{result['digit']} or {second} ({probabilities[0]:.1%}, {probabilities[1]:.1%})"
    return f"{result['digit']} ({probabilities[0]:.1%})"
