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
from core.errors import ConfigError, DigitpadError, reason_of
from core.files import atomic
from core.messages import tr
from core.training import recipes
from core.training.recipefile import Recipe

DEFAULT_SEEDS = 3
DEFAULT_OUT = Path("comparison")
REPORT = "report"
"""Stands for the experiments of the report, in place of recipes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "recipes",
        nargs="+",
        metavar="RECIPE",
        help=tr('names or files; or "report", for the experiments of the report'),
    )
    parser.add_argument("--seeds", type=int, metavar="K", help=tr("runs per recipe, with seeds 0 to K-1 (default: 3)"))
    parser.add_argument("--data", metavar="SOURCE", help=tr("default: the data of the first recipe, or as for train"))
    parser.add_argument(
        "--epochs", type=int, metavar="N", help=tr("epochs of the first recipe; the others take as many steps")
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, metavar="N", help=tr("parallel runs, one thread each (default: all cores)"))
    where.add_argument("--dask", metavar="ADDRESS", help=tr("run on a Dask cluster, such as tcp://HOST:8786"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=tr("default: comparison; finished runs are kept there"))
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare recipes, or repeat the experiments of the report."""
    as_report = options.recipes == [REPORT]
    if as_report:
        plots.check()  # before hours of training, not after them
    runner, chosen = _runner(options), _recipes(options.recipes)
    n_seeds = DEFAULT_SEEDS if options.seeds is None else options.seeds
    comparison = Comparison.plan(chosen, n_seeds=n_seeds, data=options.data, epochs=options.epochs)
    out = _create_folder(options.out or DEFAULT_OUT)
    results = _run_all(comparison, out / "runs", runner)
    rows = comparison.rows(results)
    report = table.report(comparison, rows, results)
    written = _write_tables(comparison, rows, report, out)
    if as_report:
        written += comparison_report.write(comparison, results, out)
    else:
        written += _draw_plots([Line(recipe.name, comparison.runs(recipe, results)) for recipe in chosen], out)
    text = f"{table.markdown(comparison, rows)}\n{', '.join(map(str, written))}"
    output.show(report | {"files": [str(path) for path in written]}, text, as_json=options.json)
    return 0


def _recipes(names: list[str]) -> tuple[Recipe, ...]:
    if names == [REPORT]:
        return comparison_report.RECIPES
    if REPORT in names:
        raise ConfigError(tr('"{name}" stands for the recipes of the report: add no others', name=REPORT))
    return tuple(recipes.named(name) for name in names)


def _runner(options: argparse.Namespace) -> Runner:
    if options.dask is not None:
        return DaskRunner(options.dask)
    n_at_once = threads.available() if options.jobs is None else options.jobs
    if not 1 <= n_at_once <= threads.MAX_THREADS:
        raise ConfigError(
            tr("the number of parallel jobs must be from 1 to {most}, not {n}", most=threads.MAX_THREADS, n=n_at_once)
        )
    return LocalRunner(n_at_once)


def _create_folder(out: Path) -> Path:
    """Create the folder before the first run; raise DigitpadError if it cannot be created or written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DigitpadError(tr("{path} cannot be created: {reason}", path=out, reason=reason_of(error))) from None
    if problem := atomic.problem(out / "comparison.md"):
        raise DigitpadError(problem)
    return out


def _run_all(comparison: Comparison, kept: Path, runner: Runner) -> dict[Job, Result]:
    """Return the results of all jobs; after Ctrl-C, print how many of them are kept."""
    results: dict[Job, Result] = {}
    n_jobs = len(comparison.jobs())
    try:
        for job, result in _with_progress_bar(comparison.carry_out(kept, runner), n_jobs):
            results[job] = result
    except KeyboardInterrupt:
        sentence = tr(
            "{n} of {n_jobs} runs are kept in {folder}; the same command resumes from there",
            n=len(results),
            n_jobs=n_jobs,
            folder=kept,
        )
        output.warn(sentence)
        raise
    return results


def _with_progress_bar(results: Iterator[tuple[Job, Result]], n_jobs: int) -> Iterator[tuple[Job, Result]]:
    """Yield the results, and show a progress bar if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield from results
        return
    from tqdm import tqdm

    with tqdm(total=n_jobs, unit=" runs", dynamic_ncols=True) as bar:
        for job, result in results:
            accuracy = result["scores"]["test_accuracy"] or 0
            text = tr(
                "{recipe}, seed {seed}: {accuracy:.2%}", recipe=job.recipe, seed=job.config.seed, accuracy=accuracy
            )
            bar.set_postfix_str(text, refresh=False)
            bar.update()
            yield job, result


def _write_tables(comparison: Comparison, rows: Sequence[SummaryRow], report: dict[str, Any], out: Path) -> list[Path]:
    """Write the table in three formats, and return the files."""
    contents = {
        "comparison.md": table.markdown(comparison, rows),
        "comparison.csv": table.csv_text(rows),
        "comparison.json": json.dumps(report, indent=1, allow_nan=False) + "\n",
    }
    for name, content in contents.items():
        atomic.write(out / name, content.encode(), DigitpadError)
    return [out / name for name in contents]


def _draw_plots(lines: Sequence[Line], out: Path) -> list[Path]:
    """Plot the training curves and return the files; without the extra ``report``, warn and return none."""
    try:
        plots.check()
    except DigitpadError as error:
        output.warn(str(error))
        return []
    return plots.draw(lines, out / "training")
