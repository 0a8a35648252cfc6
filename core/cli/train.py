"""The command that trains a network and saves it."""

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import threads
from core.cli import output, termination
from core.cli.arguments import add_json
from core.cli.mending import add_mend, warn_of
from core.data import sources
from core.errors import DigitpadError, ModelError, RunError
from core.files import atomic
from core.messages import tr
from core.recognition import modelfile, rescue
from core.recognition.modelfile import Model
from core.runs.execution import Execution
from core.runs.records import End, RunOutcome, RunRequest
from core.runs.run import MODEL, Run, Status
from core.runs.run_store import RunStore
from core.training import diagnosis, recipes
from core.training.loop import Progress
from core.training.recipefile import Recipe

DEFAULT_OUT = Path("model.safetensors")
_MAX_STEM = 100  # letters of a file's name that a number may follow
_SETTINGS = ("epochs", "batch_size", "learning_rate", "hidden", "deformation", "seed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument("--recipe", metavar="NAME", help=tr("a name from digitpad-lab recipes, or FILE.toml"))
    parser.add_argument("--data", metavar="SOURCE", help=tr("see: digitpad-lab data list"))
    parser.add_argument(
        "--test", metavar="SOURCE", help=tr("test on this source, and hold out none of the data for the test")
    )
    add_mend(parser)
    parser.add_argument("--epochs", type=int, metavar="N", help=tr("passes over the training digits"))
    parser.add_argument("--batch-size", type=int, metavar="N", help=tr("training digits per step"))
    parser.add_argument(
        "--learning-rate", type=float, metavar="X", help=tr("factor of each step; the schedule varies it")
    )
    parser.add_argument("--hidden", type=_widths, metavar="256,128", help=tr("widths of the hidden layers"))
    parser.add_argument(
        "--deformation", type=float, metavar="X", help=tr("strength of the random deformations; usually 1")
    )
    parser.add_argument("--seed", type=int, metavar="N", help=tr("of all random numbers: the same seed, the same run"))
    parser.add_argument("--float16", action="store_true", help=tr("save half-precision weights: half the file size"))
    parser.add_argument("--threads", type=int, metavar="N", help=tr("threads for matrix products"))
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=tr("default: model.safetensors, which must not exist yet; with --keep, the run's folder"),
    )
    parser.add_argument("--keep", action="store_true", help=tr("keep the run: see digitpad-lab runs"))
    parser.add_argument(
        "--resume",
        nargs="?",
        const=True,
        metavar="RUN",
        help=tr("resume a kept run; by default the last interrupted one"),
    )
    parser.add_argument(
        "--from",
        dest="parent",
        metavar="RUN|MODEL",
        help=tr("start where a kept run ended, with its settings; or with the weights of a model file"),
    )
    add_json(parser)
    parser.set_defaults(run=run)


def _widths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(width) for width in text.split(",") if width.strip())
    except ValueError:
        message = tr("widths are whole numbers joined by commas, not {text!r}", text=text)
        raise argparse.ArgumentTypeError(message) from None


def run(options: argparse.Namespace) -> int:
    """Train a network and save it."""
    request = _resumed(options) if options.resume is not None else _new(options)
    out = None if options.out is None and (options.keep or request.resumes) else _checked_out(options.out)
    with Execution(request) as execution:
        if request.resumes is None:
            warn_of(execution.experiment.findings)
        _tell_storage(execution)
        _train(execution)
        with termination.waiting():
            outcome = execution.conclude()
            _tell_storage(execution)
            if outcome.status is Status.INTERRUPTED:
                return _leave(execution, _unused(out, options), options)
            return _end(execution, outcome, _unused(out, options), options)


def _new(options: argparse.Namespace) -> RunRequest:
    """Return the request for a new run, perhaps with the weights and settings that another ended with."""
    store = RunStore()
    model = modelfile.load(Path(options.parent)) if (options.parent or "").endswith(modelfile.SUFFIX) else None
    parent = None if options.parent is None or model is not None else store.find(options.parent)
    start = _start(options, parent)
    changes = {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    config = dataclasses.replace(start.config, **changes)
    n_threads = options.threads
    if n_threads is None:
        n_threads = threads.default(window=False, deforms=config.deformation > 0)
    data = options.data if options.data is not None else start.data or sources.default()
    test = options.test or start.test_for(data)
    data = sources.with_mends(data, options.mend)
    return RunRequest(
        start.name,
        config,
        data,
        n_threads,
        test,
        store if options.keep else None,
        parent=parent,
        model=model,
        precision=_precision(options),
    )


def _start(options: argparse.Namespace, parent: Run | None) -> Recipe:
    """Return the recipe that was asked for, or what another run was trained by."""
    if parent is None:
        return recipes.named(recipes.DEFAULT if options.recipe is None else options.recipe)
    if options.recipe is not None:
        raise DigitpadError(tr("--recipe does not go with --from: it begins with the settings that the run had"))
    return Recipe(parent.recipe, parent.name, parent.config(), parent.data, parent.test or None)


def _resumed(options: argparse.Namespace) -> RunRequest:
    """Return the request to go on with an interrupted run."""
    fixed = (*_SETTINGS, "recipe", "data", "test", "threads", "parent")
    given = [name for name in fixed if getattr(options, name) is not None] + (["mend"] if options.mend else [])
    if given:
        option = {"parent": "from"}.get(given[0], given[0].replace("_", "-"))
        raise DigitpadError(tr("a run goes on as it began: --{option} does not go with --resume", option=option))
    store = RunStore()
    run = store.last_interrupted() if options.resume is True else store.find(options.resume)
    if run.status is not Status.INTERRUPTED:
        text = tr(
            "{name} ({id}) is {status}: only one that was interrupted can go on",
            name=run.name,
            id=run.id,
            status=run.status.value,
        )
        raise DigitpadError(text)
    return RunRequest.to_resume(run, _precision(options))


def _precision(options: argparse.Namespace) -> str:
    return "float16" if options.float16 else "float32"


# -- training ----------------------------------------------------------------------------------------------------------


def _train(execution: Execution) -> None:
    """Train to the end, or to Ctrl-C: a run that is kept is then left, to be resumed."""
    with termination.noted() as asked:
        for _ in _shown(execution.train()):
            _tell_storage(execution)
            if asked.is_set():
                execution.request_end(End.LEAVE)
        if asked.is_set():  # after the last step, too
            execution.request_end(End.LEAVE)


def _tell_storage(execution: Execution) -> None:
    """Say when the run can no longer be written, and not only at its end; and when it can again."""
    reason = execution.storage_news()
    if reason:
        text = tr("the run goes on, but cannot be kept at present: {reason}", reason=reason)
        print(f"digitpad-lab: {text}", file=sys.stderr)
    elif reason is not None:
        print("digitpad-lab:", tr("the run is kept again"), file=sys.stderr)


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


# -- the end -----------------------------------------------------------------------------------------------------------


def _leave(execution: Execution, out: Path | None, options: argparse.Namespace) -> int:
    """Report a run that was left to be resumed; its network so far is saved where the network was to go."""
    assert execution.run is not None
    name, state = execution.run.id, execution.experiment.state
    facts: dict[str, Any] = {"run": name, "step": state.step, "epochs": state.epoch, "interrupted": True}
    go_on = tr("go on with: digitpad-lab train --resume {run}", run=name)
    saved = ""
    if out is not None:
        try:
            modelfile.save(execution.network_so_far(), out)
        except ModelError as error:
            raise RunError(tr("interrupted; {error}. Nothing is lost; {go_on}", error=error, go_on=go_on)) from None
        facts["out"], saved = str(out), tr("its network so far is saved as {path}; ", path=out)
    if options.json:
        output.show(facts, "", as_json=True)
    print(f"digitpad-lab: {tr('interrupted')}; {saved}{go_on}", file=sys.stderr)
    return 130


def _end(execution: Execution, outcome: RunOutcome, out: Path | None, options: argparse.Namespace) -> int:
    """Save the network, and report how good it is; a run that diverged ends with its error."""
    divergence = outcome.divergence
    if outcome.model is None:
        assert divergence is not None
        raise divergence
    path, failure = _save(outcome.model, outcome, out)
    if divergence is not None:
        parts = [str(divergence)]
        if failure:
            parts.append(f"{failure[:1].upper()}{failure[1:]}.")
        if failure or out is not None:
            parts.append(tr("The weights are saved as {path}.", path=path))
        divergence.args = (" ".join(parts),)
        raise divergence
    if failure:
        raise RunError(tr("{failure}. The network is saved as {path}", failure=failure, path=path))
    interrupted = outcome.stopped
    report = _report(execution, outcome, path, interrupted=interrupted)
    sentence = _train_sentence(report)
    if (constant := outcome.constant_prediction) is not None:
        report |= {"only_answer": constant.digit, "advice": diagnosis.advice(constant.remedies)}
        fact = f"{constant.fact[:1].upper()}{constant.fact[1:]}."
        sentence = " ".join(filter(None, (f"{sentence}.", fact, report["advice"])))
    output.show(report, sentence, as_json=options.json)
    return 130 if interrupted else 0


def _save(model: Model, outcome: RunOutcome, out: Path | None) -> tuple[Path, str]:
    """Save a network; return its file, and what could not be written, if anything.

    Where neither ``out`` nor the run's own folder can be written, the network goes to another place.

    Raises
    ------
    RunError
        The network can be saved nowhere.
    """
    failures: list[str] = []
    path = None
    if out is not None:
        try:
            modelfile.save(model, out)
            path = out
        except ModelError as error:
            failures.append(str(error))
    if outcome.storage_failure:
        failures.append(tr("the run could not be kept: {reason}", reason=outcome.storage_failure))
    elif path is None and outcome.run:
        path = outcome.run.folder / MODEL
    if path is None:
        try:
            path = rescue.save(model, outcome.run.id if outcome.run else (out or DEFAULT_OUT).stem[:_MAX_STEM])
        except ModelError as error:
            failures.append(tr("nor could the network be saved elsewhere: {reason}", reason=error))
            raise RunError("; ".join(failures)) from None
    return path, "; ".join(failures)


def _report(execution: Execution, outcome: RunOutcome, path: Path, *, interrupted: bool) -> dict[str, Any]:
    experiment, seconds = execution.experiment, execution.seconds
    assert outcome.scores is not None
    return {
        **outcome.scores.as_dict(),
        "seconds": round(seconds, 3),
        "samples_per_second": round(experiment.state.samples / seconds) if seconds else 0,
        "parameters": len(experiment.state.network.parameters),
        "epochs": experiment.state.epoch,
        "seed": experiment.config.seed,
        "threads": experiment.threads,
        "data": experiment.source.name,
        "recipe": experiment.recipe,
        "out": str(path),
        **({"findings": [finding.text for finding in experiment.findings]} if experiment.findings else {}),
        **({"run": outcome.run.id} if outcome.run else {}),
        "interrupted": interrupted,
    }


def _unused(out: Path | None, options: argparse.Namespace) -> Path | None:
    """Return where the network goes by now: where no file was named, never over one that has come meanwhile."""
    if out is None or options.out is not None or not out.exists():
        return out
    return rescue.unused(out.parent, out.stem)


def _checked_out(out: Path | None) -> Path:
    """Return the path of the network's file; raise DigitpadError, before anything is trained, if it is of no use."""
    if out is None and DEFAULT_OUT.exists():
        text = tr("{path} exists already; to overwrite it, say so with --out {path}", path=DEFAULT_OUT)
        raise DigitpadError(text)
    out = out or DEFAULT_OUT
    if problem := atomic.problem(out):
        raise DigitpadError(problem)
    return out


def _train_sentence(report: dict[str, Any]) -> str:
    test, train, validation = (
        f"{report[name]:.2%}" if (name := f"{part}_accuracy") in report else tr("nothing")
        for part in ("test", "train", "validation")
    )
    return tr(
        "{recipe} on {data}: {test} on the test set (training {train}, validation {validation}) "
        "in {seconds:.1f} s, {samples_per_second:,} digits a second; saved as {out}",
        **{name: report[name] for name in ("recipe", "data", "seconds", "samples_per_second", "out")},
        test=test,
        train=train,
        validation=validation,
    )
