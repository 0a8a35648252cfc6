"""A comparison: several recipes, each with the same seeds, on the same data, for the same number of steps.

Each recipe and seed is a job; a runner (``local_runner``, ``dask_runner``) runs the jobs without a cached result; the
results are summarised in one row per recipe.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.comparison import result_cache
from core.comparison.intervals import Estimate, paired
from core.comparison.job import Job, Result, fingerprint
from core.data import sources
from core.errors import ConfigError
from core.messages import tr
from core.training.recipefile import Recipe
from core.training.splits import Splits

MAX_SEEDS = 1000

Runner = Callable[[Sequence[Job]], Iterator[tuple[Job, Result]]]
Results = Mapping[Job, Result]


@dataclass(frozen=True)
class Comparison:
    """The plan of a comparison: recipes, data, number of steps, and the seeds 0 to ``n_seeds`` - 1.

    ``n_steps`` are ``epochs`` epochs of the first recipe.
    """

    recipes: tuple[Recipe, ...]
    data: str
    test: str | None
    epochs: int
    n_steps: int
    n_seeds: int
    fingerprint: str

    @classmethod
    def plan(
        cls, chosen: Sequence[Recipe], *, n_seeds: int, data: str | None = None, epochs: int | None = None
    ) -> Self:
        """Plan a comparison; raise DigitpadError if it is not possible.

        The first recipe sets the defaults: the data, if it has its own, and the number of steps of all recipes,
        whatever their batch size: its epochs times its batches per epoch.
        """
        if not 1 <= n_seeds <= MAX_SEEDS:
            raise ConfigError(tr("the number of seeds is from 1 to {limit:,}, not {n:,}", limit=MAX_SEEDS, n=n_seeds))
        names = [recipe.name for recipe in chosen]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ConfigError(tr("two of the recipes are called {name}", name=twice[0]))
        first = chosen[0]
        config = first.config if epochs is None else dataclasses.replace(first.config, epochs=epochs)
        data = data or first.data or sources.default()
        source, test = sources.load(data), first.test_for(data)
        if test is not None:
            source = source.tested_on(sources.load(test))
        n_rows = int(Splits.of(source, config).train.times.sum())
        n_steps = math.ceil(n_rows / config.batch_size) * config.epochs
        return cls(tuple(chosen), data, test, config.epochs, n_steps, n_seeds, fingerprint(source))

    def job(self, recipe: Recipe, seed: int) -> Job:
        """Return the job of a recipe and a seed."""
        config = dataclasses.replace(recipe.config, seed=seed)
        return Job(recipe.name, config, self.data, self.test, self.n_steps, self.fingerprint)

    def jobs(self) -> list[Job]:
        """Return all jobs, seed by seed: half of them already compare all recipes."""
        return [self.job(recipe, seed) for seed in range(self.n_seeds) for recipe in self.recipes]

    def carry_out(self, folder: Path, runner: Runner) -> Iterator[tuple[Job, Result]]:
        """Yield each job and its result: first the cached ones, then the others, which are cached at once."""
        missing = []
        for job in self.jobs():
            result = result_cache.load(folder, job)
            if result is None:
                missing.append(job)
            else:
                yield job, result
        for job, result in runner(missing):
            result_cache.save(folder, job, result)
            yield job, result

    def rows(self, results: Results) -> tuple["SummaryRow", ...]:
        """Return one row per recipe, in their order."""
        return tuple(self.row(recipe, results) for recipe in self.recipes)

    def row(self, recipe: Recipe, results: Results) -> "SummaryRow":
        """Return the summary of a recipe's runs, with the difference to the first recipe's runs of the same seeds."""
        runs = self.runs(recipe, results)
        first = recipe is self.recipes[0]
        return SummaryRow(
            recipe=recipe.name,
            title=recipe.title,
            difference=None if first else self.difference(recipe, self.recipes[0], results),
            **{name: Estimate.of([run["scores"][name] for run in runs]) for name in SCORES},
            seconds=Estimate.of([run["seconds"] for run in runs]),
            parameters=runs[0]["parameters"],
            diverged=sum(run["diverged"] is not None for run in runs),
            n=len(runs),
        )

    def runs(self, recipe: Recipe, results: Results) -> list[Result]:
        """Return the results of a recipe, by seed."""
        return [results[self.job(recipe, seed)] for seed in range(self.n_seeds)]

    def difference(
        self, recipe: Recipe, other: Recipe, results: Results, score: str = "test_accuracy"
    ) -> Estimate | None:
        """Estimate the difference in a score between two recipes, paired by seed."""
        pairs = ([run["scores"][score] for run in self.runs(which, results)] for which in (recipe, other))
        return paired(*pairs)


SCORES = ("test_accuracy", "train_accuracy", "train_loss", "test_loss")


@dataclass(frozen=True)
class SummaryRow:
    """The summary of a recipe's runs. A score is None if one of the runs has none.

    Attributes
    ----------
    test_accuracy, train_accuracy : Estimate
        Shares of correct predictions.
    train_loss, test_loss : Estimate
        Mean cross-entropy without class weights and penalties, so that recipes can be compared.
    difference : Estimate
        Test accuracy minus the first recipe's, paired by seed; None for the first recipe.
    seconds : Estimate
        Duration of the training, without loading and evaluation.
    diverged, n : int
        The number of runs that diverged, and of all runs.
    """

    recipe: str
    title: str
    difference: Estimate | None
    test_accuracy: Estimate | None
    train_accuracy: Estimate | None
    train_loss: Estimate | None
    test_loss: Estimate | None
    seconds: Estimate | None
    parameters: int
    diverged: int
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Return the row as JSON values: each estimate as mean, low and high."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: _as_dict(value) if isinstance(value, Estimate) else value for name, value in values.items()}


def _as_dict(estimate: Estimate) -> dict[str, float | None]:
    low, high = estimate.interval or (None, None)
    return {"mean": estimate.mean, "low": low, "high": high}
