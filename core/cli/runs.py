"""The command that lists the runs that are kept."""

import argparse

from core.cli import output
from core.cli.arguments import add_json
from core.errors import RunError
from core.runs.run import Broken, Run
from core.runs.run_store import RunStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the runs that are kept."""
    store = RunStore()
    found = store.runs()
    if not found and (reason := store.problem()):
        raise RunError(reason)
    report = {
        "folder": str(store.folder),
        "runs": [run.as_dict() for run in found if isinstance(run, Run)],
        "broken": [{"id": run.id, "reason": run.reason} for run in found if isinstance(run, Broken)],
    }
    text = "\n".join(map(line_of, found)) or f"no runs are kept in {store.folder} as yet"
    output.show(report, text, as_json=options.json)
    return 0


def line_of(run: Run | Broken) -> str:
    """Return the line of the list that describes a run."""
    if isinstance(run, Broken):
        return f"{run.id}  broken: {run.reason}"
    scores = (("validation", run.best_validation), ("test", run.test_accuracy))
    parts = [f"{name} {share:.2%}" for name, share in scores if share is not None]
    return f"{run.id}  {run.name}: {', '.join([run.status.value, *parts, f'{run.seconds:.1f} s'])}"
