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
    """Return the result for one file, or its ``error``.

    ``digits`` has all parts in reading order, symbols included, ``numbers`` the number of each line, ``number`` all of
    them; beside them is the prediction for the first part.
    """
    try:
        predictions, numbers = _predictions(recognizer, path)
    except DigitpadError as error:
        return {"file": str(path), "error": str(error)}
    if not predictions:
        return {"file": str(path), "error": tr("{path}: nothing is drawn there", path=path)}
    digits = [_as_dict(prediction) for prediction in predictions]
    return {"file": str(path), **digits[0], "digits": digits, "number": " ".join(numbers), "numbers": list(numbers)}


def _as_dict(prediction: Prediction) -> dict[str, Any]:
    probabilities = [round(float(p), 6) for p in prediction.probabilities]
    return {
        "digit": prediction.digit,
        "probabilities": probabilities,
        "judgement": prediction.verdict.value,
        "kind": "symbol" if prediction.is_symbol else "digit",
    }


def _predictions(recognizer: Recognizer, path: Path) -> tuple[tuple[Prediction, ...], tuple[str, ...]]:
    """Return the predictions for a file's parts, and the number of each line."""
    if path.suffix.lower() == ".json":
        reading = recognizer.read(Drawing.load(path))
    else:
        reading = recognizer.read_picture(picture.load(path))
    return (reading.predictions, reading.numbers) if reading else ((), ())


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
    """Return "350 (3 digits, the least sure 98.1%, 1 symbol left out)"."""
    digits = [digit for digit in result["digits"] if digit["kind"] == "digit"]
    least = min(max(digit["probabilities"]) for digit in digits)
    rejected = sum(digit["judgement"] == Verdict.NOT_A_DIGIT.value for digit in digits)
    n_symbols = len(result["digits"]) - len(digits)
    notes = [tr("1 digit") if len(digits) == 1 else tr("{n} digits", n=len(digits))]
    notes.append(tr("the least sure {least:.1%}", least=least))
    if rejected:
        notes.append(tr("{rejected} of them perhaps not a digit", rejected=rejected))
    if n_symbols:
        notes.append(tr("1 symbol left out") if n_symbols == 1 else tr("{n} symbols left out", n=n_symbols))
    return f"{result['number']} ({', '.join(notes)})"
