"""The command that recognises digits in files."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.digits import Verdict
from core.errors import DigitpadError
from core.messages import tr
from core.preprocessing import picture
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Prediction, Recognizer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    chosen_model.add_option(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recognise digits in files."""
    recognizer = Recognizer.of(chosen_model.load(options.model))
    results = [_result(recognizer, path) for path in options.files]
    lines = [f"{result['file']}: {_text(result)}" for result in results if "digit" in result]
    if not options.json:
        for result in results:
            if "error" in result:
                output.warn(result["error"])
    output.show({"results": results}, "\n".join(lines), as_json=options.json)
    return 2 if any("error" in result for result in results) else 0


def _result(recognizer: Recognizer, path: Path) -> dict[str, Any]:
    """Return the result for one file: ``digits``, ``number`` and the first digit's prediction, or ``error``."""
    try:
        predictions = _predictions(recognizer, path)
    except DigitpadError as error:
        return {"file": str(path), "error": str(error)}
    if not predictions:
        return {"file": str(path), "error": tr("{path}: nothing is drawn there", path=path)}
    digits = [_as_dict(prediction) for prediction in predictions]
    number = "".join(str(prediction.digit) for prediction in predictions)
    return {"file": str(path), **digits[0], "digits": digits, "number": number}


def _as_dict(prediction: Prediction) -> dict[str, Any]:
    probabilities = [round(float(p), 6) for p in prediction.probabilities]
    return {"digit": prediction.digit, "probabilities": probabilities, "judgement": prediction.verdict.value}


def _predictions(recognizer: Recognizer, path: Path) -> tuple[Prediction, ...]:
    if path.suffix.lower() == ".json":
        reading = recognizer.read(Drawing.load(path))
        return reading.predictions if reading else ()
    reading = recognizer.read_picture(picture.load(path))
    return reading.predictions if reading else ()


def _text(result: dict[str, Any]) -> str:
    """Return "7 (98.2%)", "4 or 9 (61.0%, 35.2%)", "not a digit…", or a number with its lowest probability."""
    if len(result["digits"]) > 1:
        return _number_text(result)
    first, second = sorted(result["probabilities"], reverse=True)[:2]
    if result["judgement"] == Verdict.NOT_A_DIGIT.value:
        return tr("not a digit (if it is one, {digit})", digit=result["digit"])
    if result["judgement"] == Verdict.TWO_CANDIDATES.value:
        other = int(np.argsort(result["probabilities"], kind="stable")[-2])
        return tr(
            "{digit} or {other} ({first:.1%}, {second:.1%})",
            digit=result["digit"],
            other=other,
            first=first,
            second=second,
        )
    return f"{result['digit']} ({first:.1%})"


def _number_text(result: dict[str, Any]) -> str:
    digits = result["digits"]
    least = min(max(digit["probabilities"]) for digit in digits)
    rejected = sum(digit["judgement"] == Verdict.NOT_A_DIGIT.value for digit in digits)
    if rejected:
        return tr(
            "{number} ({n} digits, the least sure {least:.1%}, {rejected} of them perhaps not a digit)",
            number=result["number"],
            n=len(digits),
            least=least,
            rejected=rejected,
        )
    return tr("{number} ({n} digits, the least sure {least:.1%})", number=result["number"], n=len(digits), least=least)
