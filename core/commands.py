"""The commands of digitpad-lab. Each takes the parsed options and returns an exit code."""

import argparse
import contextlib
import dataclasses
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core import atomic, calibration, canvas, evaluation, modelfile, picture, recipes, threads, training
from core.config import TrainConfig
from core.data import mnist, sources
from core.data.dataset import N_CLASSES
from core.data.sources import Source
from core.errors import DataError, DigitpadError, ModelError, TrainingError
from core.evaluation import Answers
from core.experiment import Experiment, calibration_of
from core.ink import Drawing
from core.modelfile import Model
from core.recognizer import Judgement, Prediction, Recognizer, shipped_model
from core.training import Progress

DEFAULT_OUT = Path("model.safetensors")


def train(options: argparse.Namespace) -> int:
    """Train a network and save it."""
    recipe = recipes.named(options.recipe or recipes.DEFAULT)
    names = ("epochs", "batch_size", "learning_rate", "hidden", "deformation", "seed")
    changes = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    config = dataclasses.replace(recipe.config, **changes)
    n_threads = threads.default(window=False) if options.threads is None else options.threads
    out = _checked_out(options.out)
    with threads.limited(n_threads):
        data = options.data or recipe.data or sources.default()
        test = options.test or (None if options.data else recipe.test)
        experiment = Experiment.prepare(recipe.name, config, data, n_threads, test)
        try:
            seconds, interrupted = _run(experiment)
        except TrainingError as error:
            if not experiment.state.best.step:
                raise
            modelfile.save(experiment.conclude()[0], out)
            raise TrainingError(f"{error} They are saved as {out}.") from None
        with _uninterrupted():
            model, scores = experiment.conclude()
            modelfile.save(dataclasses.replace(model, precision="float16" if options.float16 else "float32"), out)
    report = {
        **scores.as_dict(),
        "seconds": round(seconds, 3),
        "samples_per_second": round(experiment.state.samples / seconds) if seconds else 0,
        "parameters": len(model.network.parameters),
        "epochs": experiment.state.epoch,
        "seed": config.seed,
        "threads": n_threads,
        "data": experiment.source.name,
        "recipe": recipe.name,
        "out": str(out),
        "interrupted": interrupted,
    }
    _print(report, _train_sentence(report), as_json=options.json)
    return 130 if interrupted else 0


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C, also a second one, wait: what was learned is tested and saved first, which takes a second."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _checked_out(out: Path | None) -> Path:
    """Return where the model will go; raise DigitpadError, before anything is trained, if it cannot go there."""
    if out is None and DEFAULT_OUT.exists():
        raise DigitpadError(f"{DEFAULT_OUT} exists already; to overwrite it, say so with --out {DEFAULT_OUT}")
    out = out or DEFAULT_OUT
    if refusal := atomic.refusal(out):
        raise DigitpadError(refusal)
    return out


def _run(experiment: Experiment) -> tuple[float, bool]:
    """Train to the end, or to Ctrl-C; return the seconds that it took and whether it was interrupted."""
    began = time.perf_counter()
    try:
        for _ in _shown(training.fit(experiment.state, experiment.splits, experiment.config)):
            pass
    except KeyboardInterrupt:
        return time.perf_counter() - began, True
    return time.perf_counter() - began, False


def _shown(records: Iterator[Progress]) -> Iterator[Progress]:
    """Pass records on, with a progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from records
        return
    from tqdm import tqdm

    with tqdm(unit=" digits", unit_scale=True, dynamic_ncols=True) as bar:
        samples = 0
        for record in records:
            if bar.total is None:
                bar.total = record.samples * record.n_steps
            bar.update(record.samples - samples)
            samples = record.samples
            if record.validation_accuracy is not None:
                bar.set_postfix(epoch=record.epoch, validation=f"{record.validation_accuracy:.2%}")
            yield record


def _train_sentence(report: dict[str, Any]) -> str:
    return (
        f"{report['recipe']} on {report['data']}: {report['test_accuracy']:.2%} on the test set "
        f"(training {report['train_accuracy']:.2%}, validation {report['validation_accuracy']:.2%}) "
        f"in {report['seconds']:.1f} s, {report['samples_per_second']:,} digits a second; saved as {report['out']}"
    )


def evaluate(options: argparse.Namespace) -> int:
    """Test a model on a data source."""
    recognizer = Recognizer.of(_model(options.model))
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
    _print(report, text, as_json=options.json)
    return 0


def _scores_of(answers: Answers) -> dict[str, Any]:
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


def _answers(recognizer: Recognizer, source: Source, options: argparse.Namespace) -> Answers:
    """Return the answers to a source's digits: drawings go the pad's whole way, and stand where the options say."""
    data, drawings = source.evaluation, source.drawings
    if not drawings:
        if options.placement or options.path == "bitmap":
            raise DataError(f"{source.name} is known as images, not as strokes: it has no --placement and no --path")
        return evaluation.of_images(recognizer, data.images, data.labels)
    rng = np.random.default_rng(0)
    size, width = options.placement or (0.6, 0.04)
    if options.placement or options.path == "bitmap":
        drawings = tuple(canvas.placed(drawing, size, rng) for drawing in drawings)
    if options.path == "bitmap":
        return evaluation.of_pictures(recognizer, (canvas.paint(drawing, width) for drawing in drawings), data.labels)
    return evaluation.of_drawings(recognizer, drawings, data.labels)


def predict(options: argparse.Namespace) -> int:
    """Read digits from files."""
    recognizer = Recognizer.of(_model(options.model))
    results = [_prediction(recognizer, path) for path in options.files]
    lines = [f"{result['file']}: {_sentence(result)}" for result in results if "digit" in result]
    if not options.json:
        for result in results:
            if "error" in result:
                print(f"digitpad-lab: {result['error']}", file=sys.stderr)
    _print({"results": results}, "\n".join(lines), as_json=options.json)
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
    return {"digit": prediction.digit, "probabilities": probabilities, "judgement": prediction.judgement.value}


def _read(recognizer: Recognizer, path: Path) -> tuple[Prediction, ...]:
    if path.suffix.lower() == ".json":
        reading = recognizer.read(Drawing.load(path))
        return reading.predictions if reading else ()
    prediction = recognizer.predict_picture(picture.load(path))
    return (prediction,) if prediction else ()


def _sentence(result: dict[str, Any]) -> str:
    """Return "7 (98.2%)", "4 or 9 (61.0%, 35.2%)", "not a digit", or a number with the least sure of its digits."""
    digits = result["digits"]
    refused = sum(digit["judgement"] == Judgement.NOT_A_DIGIT.value for digit in digits)
    if len(digits) > 1:
        least = min(max(digit["probabilities"]) for digit in digits)
        doubt = f", {refused} of them perhaps not a digit" if refused else ""
        return f"{result['number']} ({len(digits)} digits, the least sure {least:.1%}{doubt})"
    probabilities = sorted(result["probabilities"], reverse=True)
    if refused:
        return f"not a digit (if it is one, {result['digit']})"
    if result["judgement"] == Judgement.TWO_CANDIDATES.value:
        second = int(np.argsort(result["probabilities"], kind="stable")[-2])
        return f"{result['digit']} or {second} ({probabilities[0]:.1%}, {probabilities[1]:.1%})"
    return f"{result['digit']} ({probabilities[0]:.1%})"


def list_recipes(options: argparse.Namespace) -> int:
    """List the recipes."""
    report = {
        recipe.name: {"title": recipe.title, "data": recipe.data, "settings": dataclasses.asdict(recipe.config)}
        for recipe in recipes.RECIPES.values()
    }
    width = max(map(len, report))
    lines = [f"{recipe.name:{width}}  {_shape(recipe.config)}: {recipe.title}" for recipe in recipes.RECIPES.values()]
    _print({"recipes": report}, "\n".join(lines), as_json=options.json)
    return 0


def _shape(config: TrainConfig) -> str:
    return "-".join(map(str, (784, *config.hidden, 10)))


def list_data(options: argparse.Namespace) -> int:
    """List the data sources."""
    where = mnist.folder()
    here = f"in {where}" if where else 'not here; get it with "digitpad-lab data get mnist"'
    print(f"mnist              60,000 + 10,000 digits: {here}")
    print("synthetic          20,000 digits drawn by the program (synthetic:N for N of them)")
    print("pen:FILE           a UNIPEN pen file; pen:FILE@1-24,30 for these writers of it")
    print("idx:FOLDER         four IDX files named like MNIST's")
    print("nondigits          20,000 drawings that are no digits (nondigits:N for N of them), made by the program")
    print("omniglot:ZIP       Omniglot's characters, but Latin and Greek, as no digits; @Korean,Balinese for some")
    print("A+B                two sources joined")
    print("3*A                a source that each epoch goes through three times")
    return 0


def get_data(options: argparse.Namespace) -> int:
    """Download MNIST."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=mnist.DOWNLOAD_BYTES, unit="B", unit_scale=True) as bar:
            mnist.download(lambda done, total: bar.update(done - bar.n))
    else:
        mnist.download()
    print(f"MNIST is now in {mnist.cache()}")
    return 0


def show_model(options: argparse.Namespace) -> int:
    """Print what a model says of itself."""
    print(json.dumps(_model(options.file).facts(), indent=2, ensure_ascii=False))
    return 0


def calibrate_model(options: argparse.Namespace) -> int:
    """Give a model another calibration: fitted on a source, or that of another model."""
    model = modelfile.load(options.file)
    if options.like is not None:
        calibrated = modelfile.load(options.like).calibration
    else:
        calibrated = calibration_of(model.network, model.input_scale, sources.load(options.on).evaluation)
    modelfile.save(dataclasses.replace(model, calibration=calibrated), options.out or options.file)
    refusal = "refuses nothing" if calibrated.threshold is None else f"refuses scores below {calibrated.threshold:.3f}"
    print(f"{options.out or options.file}: temperature {calibrated.temperature:.3f}, {refusal}")
    return 0


def _model(path: Path | None) -> Model:
    return shipped_model() if path is None else modelfile.load(path)


def _print(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON (numbers only: NaN is a fault), or its text for people."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)
