"""The command that recognises digits in files."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.cli import chosen_model, output
from core.cli.arguments import add_json
from core.digits import Verdict
from core.messages import tr
from core.recognition.file_reading import FileReading, csv_text, read_file
from core.recognition.recognizer import Prediction, Recognizer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    chosen_model.add_option(parser)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    form = parser.add_mutually_exclusive_group()
    add_json(form)
    form.add_argument("--csv", action="store_true", help=tr("print a table of comma-separated values, one file a row"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recognise digits in files."""
    recognizer = Recognizer.of(chosen_model.load(options.model))
    # Without the pixels, which are needed no more: there may be thousands of files.
    with output.without_library_messages():
        readings = [replace(read_file(recognizer, path), pixels=None) for path in options.files]
    results = [_as_result(reading) for reading in readings]
    if options.csv:
        sys.stdout.write(csv_text(readings))
    else:
        if not options.json:
            for reading in filter(lambda reading: reading.error, readings):
                output.warn(reading.error)
        lines = [f"{result['file']}: {_text(result)}" for result in results if "digit" in result]
        output.show({"results": results}, "\n".join(lines), as_json=options.json)
    return 2 if any(reading.error for reading in readings) else 0


def _as_result(reading: FileReading) -> dict[str, Any]:
    """Return the result for one file, or its ``error``.

    ``digits`` has all parts in reading order, symbols included, ``numbers`` the number of each line, ``number`` all of
    them; beside them is the prediction for the first digit, or for the first symbol where there are only symbols.
    """
    if reading.error:
        return {"file": str(reading.path), "error": reading.error}
    digits = [_as_dict(prediction) for prediction in reading.predictions]
    numbers = list(reading.numbers)
    first = next((digit for digit in digits if digit["kind"] == "digit"), digits[0])
    return {"file": str(reading.path), **first, "digits": digits, "number": reading.number, "numbers": numbers}


def _as_dict(prediction: Prediction) -> dict[str, Any]:
    probabilities = [round(float(p), 6) for p in prediction.probabilities]
    return {
        "digit": prediction.digit,
        "probabilities": probabilities,
        "judgement": prediction.verdict.value,
        "kind": "symbol" if prediction.is_symbol else "digit",
    }


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
