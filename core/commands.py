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

from core import atomic, modelfile, picture, recipes, threads, training
from core.config import TrainConfig
from core.data import mnist, sources
from core.errors import DigitpadError, ModelError, TrainingError
from core.experiment import Experiment
from core.ink import Drawing
from core.modelfile import Model
from core.recognizer import Prediction, Recognizer, shipped_model
from core.training import Progress

DEFAULT_OUT = Path("model.safetensors")


def train(options: argparse.Namespace) -> int:
    """Train a network and save it."""
    recipe = recipes.named(options.recipe or recipes.DEFAULT)
    names = ("epochs", "batch_size", "learning_rate", "hidden", "seed")
    changes = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    config = dataclasses.replace(recipe.config, **changes)
    n_threads = threads.default(window=False) if options.threads is None else options.threads
    out = _checked_out(options.out)
    with threads.limited(n_threads):
        experiment = Experiment.prepare(
            recipe.name, config, options.data or recipe.data or sources.default(), n_threads
        )
        try:
            seconds, interrupted = _run(experiment)
        except TrainingError as error:
            if not experiment.state.best.step:
                raise
            modelfile.save(experiment.conclude()[0], out)
            raise TrainingError(f"{error} They are saved as {out}.") from None
        with _uninterrupted():
            model, scores = experiment.conclude()
            modelfile.save(model, out)
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
    model = _model(options.model)
    evaluation = training.evaluate(model.network, sources.load(options.data).evaluation, model.input_scale)
    if not math.isfinite(evaluation.loss):
        raise ModelError("the model's answers are not numbers: its weights are too large")
    report = {
        "n": evaluation.n,
        "correct": evaluation.correct,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss,
        "confusion": evaluation.confusion.tolist(),
        "data": options.data,
    }
    text = f"{evaluation.correct:,} of {evaluation.n:,} right ({evaluation.accuracy:.2%}), loss {evaluation.loss:.4f}"
    _print(report, text, as_json=options.json)
    return 0


def predict(options: argparse.Namespace) -> int:
    """Read digits from files."""
    recognizer = Recognizer.of(_model(options.model))
    results = [_prediction(recognizer, path) for path in options.files]
    lines = [
        f"{result['file']}: {result.get('digit', '')}{_sureness(result)}" for result in results if "digit" in result
    ]
    if not options.json:
        for result in results:
            if "error" in result:
                print(f"digitpad-lab: {result['error']}", file=sys.stderr)
    _print({"results": results}, "\n".join(lines), as_json=options.json)
    return 2 if any("error" in result for result in results) else 0


def _prediction(recognizer: Recognizer, path: Path) -> dict[str, Any]:
    """Return the result for one file: ``digit`` and ``probabilities``, or ``error``."""
    try:
        prediction = _read(recognizer, path)
    except DigitpadError as error:
        return {"file": str(path), "error": str(error)}
    if prediction is None:
        return {"file": str(path), "error": f"{path}: nothing is drawn there"}
    probabilities = [round(float(p), 6) for p in prediction.probabilities]
    return {"file": str(path), "digit": prediction.digit, "probabilities": probabilities}


def _read(recognizer: Recognizer, path: Path) -> Prediction | None:
    if path.suffix.lower() == ".json":
        return recognizer.predict(Drawing.load(path))
    return recognizer.predict_picture(picture.load(path))


def _sureness(result: dict[str, Any]) -> str:
    return f" ({max(result['probabilities']):.1%})"


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
    print("A+B                two sources joined")
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


def _model(path: Path | None) -> Model:
    return shipped_model() if path is None else modelfile.load(path)


def _print(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON (numbers only: NaN is a fault), or its text for people."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)
