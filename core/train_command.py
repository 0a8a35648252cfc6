"""The command that trains a network and saves it."""

import argparse
import contextlib
import dataclasses
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import atomic, modelfile, output, recipes, threads, training
from core.data import sources
from core.errors import DigitpadError, TrainingError
from core.experiment import Experiment
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
        experiment = Experiment.prepare(recipe.name, config, data, n_threads, options.test or recipe.test_for(data))
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
    output.show(report, _train_sentence(report), as_json=options.json)
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
