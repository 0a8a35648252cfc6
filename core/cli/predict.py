"""The command that reads digits from files."""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.digits import Verdict
from core.errors import DigitpadError
from core.preprocessing import picture
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Prediction, Recognizer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    chosen_model.add_option(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read digits from files."""
    recognizer = Recognizer.of(chosen_model.load(options.model))
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
