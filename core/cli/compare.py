"""The command that compares recipes."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core import threads
from core.cli import output
from core.cli.arguments import add_json
from core.comparison import plots, table
from core.comparison import report as comparison_report
from core.comparison.comparison import Comparison, Runner, SummaryRow
from core.comparison.dask_runner import DaskRunner
from core.comparison.job import Job, Result
from core.comparison.local_runner import LocalRunner
from core.comparison.plots import Line
from core.errors import ConfigError, DigitpadError
from core.files import atomic
from core.messages import tr
from core.training import recipes
from core.training.recipefile import Recipe

DEFAULT_SEEDS = 3
DEFAULT_OUT = Path("comparison")
REPORT = "report"
"""Stands for the report's experiments, in place of recipes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "recipes", nargs="+", metavar="RECIPE", help=tr("names or files; or report, for its experiments")
    )
    parser.add_argument("--seeds", type=int, metavar="K", help=tr("runs of each, with seeds 0 to K-1 (default: 3)"))
    parser.add_argument("--data", metavar="SOURCE", help=tr("default: the first recipe's own, or as with train"))
    parser.add_argument(
        "--epochs", type=int, metavar="N", help=tr("of the first recipe; the others take as many steps")
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help=tr("runs at once, one thread each (default: all cores)"))
    where.add_argument("--dask", metavar="ADDRESS", help=tr("do the runs on a Dask cluster, such as tcp://HOST:8786"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=tr("default: comparison; finished runs are kept there"))
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare recipes, or make the report's experiments anew."""
    as_report = options.recipes == [REPORT]
    if as_report:
        plots.check()  # not after hours of training
    runner, chosen = _runner(options), _recipes(options.recipes)
    n_seeds = DEFAULT_SEEDS if options.seeds is None else options.seeds
    comparison = Comparison.plan(chosen, n_seeds=n_seeds, data=options.data, epochs=options.epochs)
    out = _made(options.out or DEFAULT_OUT)
    results = _carried_out(comparison, out / "runs", runner)
    rows = comparison.rows(results)
    report = table.report(comparison, rows, results)
    written = _tables(comparison, rows, report, out)
    if as_report:
        written += comparison_report.write(comparison, results, out)
    else:
        written += _plots([Line(recipe.name, comparison.runs(recipe, results)) for recipe in chosen], out)
    text = f"{table.markdown(comparison, rows)}\n{', '.join(map(str, written))}"
    output.show(report | {"files": [str(path) for path in written]}, text, as_json=options.json)
    return 0


def _recipes(names: list[str]) -> tuple[Recipe, ...]:
    if names == [REPORT]:
        return comparison_report.RECIPES
    if REPORT in names:
        raise ConfigError(f'"{REPORT}" stands for the report\'s recipes, and takes no others beside it')
    return tuple(recipes.named(name) for name in names)


def _runner(options: argparse.Namespace) -> Runner:
    if options.dask is not None:
        return DaskRunner(options.dask)
    n_at_once = threads.available() if options.jobs is None else options.jobs
    if not 1 <= n_at_once <= threads.MAX_THREADS:
        raise ConfigError(f"the number of jobs at once goes from 1 to {threads.MAX_THREADS}, not {n_at_once}")
    return LocalRunner(n_at_once)


def _made(out: Path) -> Path:
    """Make the folder before anything is trained; raise DigitpadError where it cannot be made or written into."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DigitpadError(f"{out} cannot be made: {error.strerror or error}") from None
    if problem := atomic.problem(out / "comparison.md"):
        raise DigitpadError(problem)
    return out


def _carried_out(comparison: Comparison, kept: Path, runner: Runner) -> dict[Job, Result]:
    """Return all results; where Ctrl-C ends that, say what is kept."""
    results: dict[Job, Result] = {}
    n_jobs = len(comparison.jobs())
    try:
        for job, result in _shown(comparison.carry_out(kept, runner), n_jobs):
            results[job] = result
    except KeyboardInterrupt:
        sentence = f"{len(results)} of {n_jobs} runs are kept in {kept}; the same command goes on from there"
        print(f"digitpad-lab: {sentence}", file=sys.stderr)
        raise
    return results


def _shown(results: Iterator[tuple[Job, Result]], n_jobs: int) -> Iterator[tuple[Job, Result]]:
    """Pass results on, with a progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from results
        return
    from tqdm import tqdm

    with tqdm(total=n_jobs, unit=" runs", dynamic_ncols=True) as bar:
        for job, result in results:
            accuracy = result["scores"]["test_accuracy"]
            bar.set_postfix_str(f"{job.recipe}, seed {job.config.seed}: {accuracy or 0:.2%}", refresh=False)
            bar.update()
            yield job, result


def _tables(comparison: Comparison, rows: Sequence[SummaryRow], report: dict[str, Any], out: Path) -> list[Path]:
    """Write the table in its three forms, and return the files."""
    contents = {
        "comparison.md": table.markdown(comparison, rows),
        "comparison.csv": table.csv_text(rows),
        "comparison.json": json.dumps(report, indent=1, allow_nan=False) + "\n",
    }
    for name, content in contents.items():
        try:
            atomic.write(out / name, content.encode())
        except OSError as error:
            raise DigitpadError(f"{out / name} cannot be written: {error.strerror or error}") from None
    return [out / name for name in contents]


def _plots(lines: Sequence[Line], out: Path) -> list[Path]:
    """Plot the training process; where the extra for that is missing, say so, and do without: the table is there."""
    try:
        plots.check()
    except DigitpadError as error:
        print(f"digitpad-lab: {error}", file=sys.stderr)
        return []
    return plots.draw(lines, out / "training")
