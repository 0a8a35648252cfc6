"""The command that trains a network and saves it."""

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import threads
from core.cli import output, termination
from core.data import sources
from core.errors import DigitpadError, DivergenceError, ModelError, RunError
from core.files import atomic
from core.recognition import modelfile, rescue
from core.recognition.modelfile import Model
from core.runs import checkpoint
from core.runs.run import MODEL, STATE, Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import diagnosis, loop, recipes
from core.training.experiment import Experiment, Scores
from core.training.loop import Progress
from core.training.recipefile import Recipe

DEFAULT_OUT = Path("model.safetensors")
_MAX_STEM = 100  # letters of a file's name that a number may follow
_SETTINGS = ("epochs", "batch_size", "learning_rate", "hidden", "deformation", "seed")


def train(options: argparse.Namespace) -> int:
    """Train a network and save it."""
    if options.resume is not None:
        return _resume(options)
    parent = None if options.parent is None else RunStore().find(options.parent)
    start = _start(options, parent)
    changes = {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    config = dataclasses.replace(start.config, **changes)
    n_threads = options.threads
    if n_threads is None:
        n_threads = threads.default(window=False, deforms=config.deformation > 0)
    out = None if options.keep and options.out is None else _checked_out(options.out)
    data = options.data if options.data is not None else start.data or sources.default()
    with threads.limited(n_threads):
        experiment = Experiment.prepare(start.name, config, data, n_threads, options.test or start.test_for(data))
        if parent is not None:
            checkpoint.begin_from(parent.folder / STATE, experiment)
        store = RunStore() if options.keep else None
        with RunRecorder.begin(experiment, store, parent=parent.id if parent else "") as recorder:
            return _train(recorder, out, options)


def _start(options: argparse.Namespace, parent: Run | None) -> Recipe:
    """Return what is trained by: the recipe that was asked for, or what another run was trained by."""
    if parent is None:
        return recipes.named(recipes.DEFAULT if options.recipe is None else options.recipe)
    if options.recipe is not None:
        raise DigitpadError("--recipe does not go with --from: it begins with the settings that the run had")
    return Recipe(parent.recipe, parent.name, parent.config(), parent.data, parent.test or None)


def _resume(options: argparse.Namespace) -> int:
    """Go on with a kept run that was interrupted."""
    given = [
        name
        for name in (*_SETTINGS, "recipe", "data", "test", "threads", "parent")
        if getattr(options, name) is not None
    ]
    if given:
        option = {"parent": "from"}.get(given[0], given[0].replace("_", "-"))
        raise DigitpadError(f"a run goes on as it began: --{option} does not go with --resume")
    store = RunStore()
    run = store.last_interrupted() if options.resume is True else store.find(options.resume)
    if run.status is not Status.INTERRUPTED:
        raise DigitpadError(f"{run.name} ({run.id}) is {run.status.value}: only one that was interrupted can go on")
    out = None if options.out is None else _checked_out(options.out)
    with threads.limited(run.threads), RunRecorder.resume(run) as recorder:
        return _train(recorder, out, options)


def _train(recorder: RunRecorder, out: Path | None, options: argparse.Namespace) -> int:
    """Train to the end, save what was learned, and report."""
    try:
        interrupted = _run(recorder)
    except DivergenceError as error:
        _end_diverged(recorder, error, _place(out, options))
        raise
    out = _place(out, options)
    with termination.waiting():
        if interrupted and recorder.run and not recorder.failure:
            return _leave_interrupted(recorder, out, options)
        model, scores = _concluded(recorder.experiment, options)
        # A run that was ended early may yet have learned to tell digits apart.
        constant_prediction = None if interrupted else recorder.experiment.constant_prediction(scores)
        status = Status.STOPPED if interrupted else Status.FINISHED
        where, failure = _save(recorder, model, out, status, constant_prediction.fact if constant_prediction else "")
        if failure:
            raise RunError(f"{failure}. The network is saved as {where}")
    report = _report(recorder, scores, where, interrupted=interrupted)
    sentence = _train_sentence(report)
    if constant_prediction:
        report |= {"only_answer": constant_prediction.answer, "advice": diagnosis.advice(constant_prediction.remedies)}
        fact = f"{constant_prediction.fact[:1].upper()}{constant_prediction.fact[1:]}."
        sentence = " ".join(filter(None, (f"{sentence}.", fact, report["advice"])))
    output.show(report, sentence, as_json=options.json)
    return 130 if interrupted else 0


def _place(out: Path | None, options: argparse.Namespace) -> Path | None:
    """Return where the network goes by now: where no file was named, never over one that has come meanwhile."""
    if out is None or options.out is not None or not out.exists():
        return out
    return rescue.unused(out.parent, out.stem)


def _concluded(experiment: Experiment, options: argparse.Namespace) -> tuple[Model, Scores]:
    model, scores = experiment.conclude()
    return dataclasses.replace(model, precision="float16" if options.float16 else "float32"), scores


def _leave_interrupted(recorder: RunRecorder, out: Path | None, options: argparse.Namespace) -> int:
    """Leave a kept run as it stands, to be taken up again; its network so far goes where it was to go."""
    assert recorder.run is not None
    name, state = recorder.run.id, recorder.experiment.state
    facts: dict[str, Any] = {"run": name, "step": state.step, "epochs": state.epoch, "interrupted": True}
    go_on, saved = f"go on with: digitpad-lab train --resume {name}", ""
    if out is not None:
        try:
            modelfile.save(_concluded(recorder.experiment, options)[0], out)
        except ModelError as error:
            raise RunError(f"interrupted; {error}. Nothing is lost; {go_on}") from None
        facts["out"], saved = str(out), f"its network so far is saved as {out}; "
    if options.json:
        output.show(facts, "", as_json=True)
    print(f"digitpad-lab: interrupted; {saved}{go_on}", file=sys.stderr)
    return 130


def _end_diverged(recorder: RunRecorder, error: DivergenceError, out: Path | None) -> None:
    """Save the best weights of a run that diverged, if it has any; the error goes on, and says where they are."""
    if not recorder.experiment.state.best.step:
        recorder.end(Status.DIVERGED, None, error.fact)
        return
    model, _ = recorder.experiment.conclude()
    where, failure = _save(recorder, model, out, Status.DIVERGED, error.fact)
    if failure:
        failure = f" {failure[:1].upper()}{failure[1:]}."
    if failure or out is not None:
        error.args = (f"{error}{failure} The weights are saved as {where}.",)


def _save(recorder: RunRecorder, model: Model, out: Path | None, status: Status, error: str = "") -> tuple[Path, str]:
    """Save what a run has learned, and end it; return the network's file, and what could not be written, if anything.

    Where that is all there was to write, the network goes to another place.

    Raises
    ------
    RunError
        The network can be saved nowhere.
    """
    failures: list[str] = []
    where = None
    if out is not None:
        try:
            modelfile.save(model, out)
            where = out
        except ModelError as problem:
            failures.append(str(problem))
    recorder.end(status, model, error)
    if recorder.failure:
        failures.append(f"the run could not be kept: {recorder.failure}")
    elif where is None and recorder.run:
        where = recorder.run.folder / MODEL
    if where is None:
        try:
            where = rescue.save(model, recorder.run.id if recorder.run else (out or DEFAULT_OUT).stem[:_MAX_STEM])
        except ModelError as problem:
            raise RunError("; ".join([*failures, f"nor could the network be saved elsewhere: {problem}"])) from None
    return where, "; ".join(failures)


def _report(recorder: RunRecorder, scores: Scores, out: Path, *, interrupted: bool) -> dict[str, Any]:
    experiment, seconds = recorder.experiment, recorder.seconds
    where = {"out": str(out)} | ({"run": recorder.run.id} if recorder.run else {})
    return {
        **scores.as_dict(),
        "seconds": round(seconds, 3),
        "samples_per_second": round(experiment.state.samples / seconds) if seconds else 0,
        "parameters": len(experiment.state.network.parameters),
        "epochs": experiment.state.epoch,
        "seed": experiment.config.seed,
        "threads": experiment.threads,
        "data": experiment.source.name,
        "recipe": experiment.recipe,
        **where,
        "interrupted": interrupted,
    }


def _checked_out(out: Path | None) -> Path:
    """Return where the model will go; raise DigitpadError, before anything is trained, if it cannot go there."""
    if out is None and DEFAULT_OUT.exists():
        raise DigitpadError(f"{DEFAULT_OUT} exists already; to overwrite it, say so with --out {DEFAULT_OUT}")
    out = out or DEFAULT_OUT
    if problem := atomic.problem(out):
        raise DigitpadError(problem)
    return out


def _run(recorder: RunRecorder) -> bool:
    """Train to the end, or to Ctrl-C; return whether it was interrupted. Where it stands is kept in either case."""
    experiment = recorder.experiment
    with termination.noted() as asked:
        for _ in _shown(recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config))):
            _tell(recorder)
            if asked.is_set():
                break
        recorder.write()
        _tell(recorder)
        return asked.is_set()


def _tell(recorder: RunRecorder) -> None:
    """Say when a run begins to be lost, and not only at its end; and when it is kept again."""
    news = recorder.news()
    if news is not None:
        lost = f"the run goes on, but cannot be kept at present: {news}"
        print(f"digitpad-lab: {lost if news else 'the run is kept again'}", file=sys.stderr)


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
    test, train, validation = (
        f"{report[name]:.2%}" if (name := f"{part}_accuracy") in report else "nothing"
        for part in ("test", "train", "validation")
    )
    return (
        f"{report['recipe']} on {report['data']}: {test} on the test set "
        f"(training {train}, validation {validation}) "
        f"in {report['seconds']:.1f} s, {report['samples_per_second']:,} digits a second; saved as {report['out']}"
    )
