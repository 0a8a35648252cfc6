"""digitpad-lab: the laboratory without a window.

Exit codes: 0; 2 for a user's mistake, with one sentence; 130 after Ctrl-C, with the best weights so far saved; 1 for a
fault of the program. With ``--json`` standard output is one JSON object and nothing else.
"""

import argparse
import dataclasses
import io
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import core
from core import atomic, modelfile, picture, recipes, threads, training
from core.arguments import Parser
from core.config import TrainConfig
from core.data import mnist, sources
from core.errors import DigitpadError, ModelError, TrainingError
from core.experiment import Experiment
from core.ink import Drawing
from core.modelfile import Model
from core.recognizer import Prediction, Recognizer, shipped_model
from core.training import Progress

_DEFAULT_OUT = Path("model.safetensors")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may hold what cannot be shown
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        print(end="", flush=True)  # here, and not at exit, a reader that has gone is noticed in time
        return code
    except DigitpadError as error:
        print(f"digitpad-lab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("digitpad-lab: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="digitpad-lab", description="digitpad's laboratory without a window")
    parser.add_argument("--version", action="version", version=f"digitpad-lab {core.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    command = commands.add_parser("train", help="train a network and save it")
    command.add_argument("--recipe", default=recipes.DEFAULT, metavar="NAME", help="see: digitpad-lab recipes")
    command.add_argument("--data", metavar="SOURCE", help="see: digitpad-lab data list")
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--batch-size", type=int, metavar="N")
    command.add_argument("--learning-rate", type=float, metavar="X")
    command.add_argument("--hidden", type=_widths, metavar="256,128", help="widths of the hidden layers")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--threads", type=int, metavar="N", help="threads of the matrix products")
    command.add_argument("--out", type=Path, metavar="FILE", help=f"default: {_DEFAULT_OUT}, unless it exists")
    command.set_defaults(run=_train)

    command = commands.add_parser("evaluate", help="test a model on a data source")
    command.add_argument("--model", type=Path, metavar="FILE", help="default: the model that comes with the program")
    command.add_argument("--data", required=True, metavar="SOURCE")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("predict", help="read digits from PNG, JPEG or ink JSON files")
    command.add_argument("--model", type=Path, metavar="FILE", help="default: the model that comes with the program")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.set_defaults(run=_predict)

    commands.add_parser("recipes", help="list the recipes").set_defaults(run=_recipes)

    data = commands.add_parser("data", help="list or get data").add_subparsers(required=True, metavar="list|get")
    data.add_parser("list", help="list the data sources").set_defaults(run=_data_list)
    command = data.add_parser("get", help="download MNIST (11 MB)")
    command.add_argument("name", choices=["mnist"])
    command.set_defaults(run=_data_get)

    model = commands.add_parser("model", help="look into a model file").add_subparsers(required=True, metavar="show")
    command = model.add_parser("show", help="print what a model file says of itself")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_model_show)

    for name in ("train", "evaluate", "predict", "recipes"):
        commands.choices[name].add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.split(",") if width.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"widths are whole numbers joined by commas, not {text!r}") from None


def _train(options: argparse.Namespace) -> int:
    recipe = recipes.named(options.recipe)
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
        try:
            model, scores = experiment.conclude()
        except KeyboardInterrupt:  # while the result was being tested: it is kept all the same
            interrupted = True
            model, scores = experiment.conclude()
    modelfile.save(model, out)
    report = {
        **scores.as_dict(),
        "seconds": round(seconds, 3),
        "samples_per_second": round(experiment.state.samples / seconds) if seconds else 0,
        "parameters": len(model.network.parameters),
        "epochs": config.epochs,
        "seed": config.seed,
        "threads": n_threads,
        "data": experiment.source.name,
        "recipe": recipe.name,
        "out": str(out),
        "interrupted": interrupted,
    }
    _print(report, _train_sentence(report), as_json=options.json)
    return 130 if interrupted else 0


def _checked_out(out: Path | None) -> Path:
    """Return where the model will go; raise DigitpadError, before anything is trained, if it cannot go there."""
    if out is None and _DEFAULT_OUT.exists():
        raise DigitpadError(f"{_DEFAULT_OUT} exists already; to overwrite it, say so with --out {_DEFAULT_OUT}")
    out = out or _DEFAULT_OUT
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


def _evaluate(options: argparse.Namespace) -> int:
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


def _predict(options: argparse.Namespace) -> int:
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


def _recipes(options: argparse.Namespace) -> int:
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


def _data_list(options: argparse.Namespace) -> int:
    where = mnist.folder()
    here = f"in {where}" if where else 'not here; get it with "digitpad-lab data get mnist"'
    print(f"mnist              60,000 + 10,000 digits: {here}")
    print("synthetic          20,000 digits drawn by the program (synthetic:N for N of them)")
    print("pen:FILE           a UNIPEN pen file; pen:FILE@1-24,30 for these writers of it")
    print("idx:FOLDER         four IDX files named like MNIST's")
    print("A+B                two sources joined")
    return 0


def _data_get(options: argparse.Namespace) -> int:
    if sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=mnist.DOWNLOAD_BYTES, unit="B", unit_scale=True) as bar:
            mnist.download(lambda done, total: bar.update(done - bar.n))
    else:
        mnist.download()
    print(f"MNIST is now in {mnist.folder()}")
    return 0


def _model_show(options: argparse.Namespace) -> int:
    print(json.dumps(modelfile.load(options.file).facts(), indent=2, ensure_ascii=False))
    return 0


def _model(path: Path | None) -> Model:
    return shipped_model() if path is None else modelfile.load(path)


def _print(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a report as strict JSON (numbers only: NaN is a fault), or its text for people."""
    if as_json:
        print(json.dumps(report, allow_nan=False))
    elif text:
        print(text)


if __name__ == "__main__":
    sys.exit(main())
