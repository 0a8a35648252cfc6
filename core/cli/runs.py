"""The command that lists the kept runs."""

import argparse

from core.cli import output
from core.cli.arguments import add_json
from core.errors import RunError
from core.messages import tr
from core.runs.run import Broken, Run
from core.runs.run_store import RunStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the kept runs."""
    store = RunStore()
    found = store.runs()
    if not found and (reason := store.problem()):
        raise RunError(reason)
    report = {
        "folder": str(store.folder),
        "runs": [each.as_dict() for each in found if isinstance(each, Run)],
        "broken": [{"id": each.id, "reason": each.reason} for each in found if isinstance(each, Broken)],
    }
    text = "\n".join(map(line_of, found)) or tr("no runs are kept in {folder} yet", folder=store.folder)
    output.show(report, text, as_json=options.json)
    return 0


def line_of(run: Run | Broken) -> str:
    """Return the line that the list shows for a run."""
    if isinstance(run, Broken):
        return tr("{id}  broken: {reason}", id=run.id, reason=run.reason)
    parts = [run.status.value]
    if run.best_validation is not None:
        parts.append(tr("validation {share:.2%}", share=run.best_validation))
    if run.test_accuracy is not None:
        parts.append(tr("test {share:.2%}", share=run.test_accuracy))
    return f"{run.id}  {run.name}: {', '.join([*parts, f'{run.seconds:.1f} s'])}"
