"""The commands that list, get, show and calibrate."""

import argparse
import dataclasses
import json
import sys

from core.cli import output
from core.data import mnist, sources
from core.errors import RunError
from core.files import paths
from core.recognition import modelfile
from core.runs.run import Broken, Run
from core.runs.run_store import RunStore
from core.training import recipefile, recipes
from core.training.config import TrainConfig
from core.training.experiment import calibration_of


def list_recipes(options: argparse.Namespace) -> int:
    """List the recipes, the program's and the user's; or copy one to a file of the user's."""
    if options.copy is not None:
        return _copy_recipe(*options.copy, as_json=options.json)
    found, mistakes = recipes.available()
    report = {
        recipe.name: {"title": recipe.title, "data": recipe.data, "settings": dataclasses.asdict(recipe.config)}
        for recipe in found.values()
    }
    width = max(map(len, report))
    lines = [f"{recipe.name:{width}}  {_shape(recipe.config)}: {recipes.title_of(recipe)}" for recipe in found.values()]
    output.show({"recipes": report, "broken": mistakes}, "\n".join(lines), as_json=options.json)
    for mistake in mistakes:
        print(f"digitpad-lab: {mistake}", file=sys.stderr)
    return 0


def _copy_recipe(source: str, target: str, *, as_json: bool) -> int:
    """Write a recipe to a file that can be edited and shared: FILE.toml, or NAME among the user's own."""
    recipe = recipes.named(source)
    if target.endswith(recipefile.SUFFIX):
        path = paths.expanded(target)
        recipefile.save(recipe, path, recipes.RECIPES)
    else:
        path = recipes.save(dataclasses.replace(recipe, name=target))
    output.show({"out": str(path)}, f"{recipe.name} is copied to {path}: edit it there", as_json=as_json)
    return 0


def _shape(config: TrainConfig) -> str:
    return "-".join(map(str, (784, *config.hidden, 10)))


def list_runs(options: argparse.Namespace) -> int:
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
    text = "\n".join(map(_run_line, found)) or f"no runs are kept in {store.folder} as yet"
    output.show(report, text, as_json=options.json)
    return 0


def _run_line(run: Run | Broken) -> str:
    if isinstance(run, Broken):
        return f"{run.id}  broken: {run.reason}"
    scores = (("validation", run.best_validation), ("test", run.test_accuracy))
    parts = [f"{name} {share:.2%}" for name, share in scores if share is not None]
    return f"{run.id}  {run.name}: {', '.join([run.status.value, *parts, f'{run.seconds:.1f} s'])}"


def list_data(options: argparse.Namespace) -> int:
    """List the data sources."""
    where = mnist.folder()
    here = f"in {where}" if where else 'not here; get it with "digitpad-lab data get mnist"'
    print(f"mnist              60,000 + 10,000 digits: {here}")
    print("synthetic          20,000 digits drawn by the program (synthetic:N for N of them)")
    print("pen:FILE           a UNIPEN pen file; pen:FILE@1-24,30 for these writers of it")
    print("idx:FOLDER         four IDX files named like MNIST's")
    print("nondigits          20,000 drawings that are no digits (nondigits:N for N of them), made by the program")
    print("omniglot:ZIP       Omniglot's characters, but Latin and Greek, as no digits; @Korean,Balinese for some")
    print("A+B                two sources joined")
    print("3*A                a source that each epoch goes through three times")
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
    print(json.dumps(output.asked_model(options.file).facts(), indent=2, ensure_ascii=False))
    return 0


def calibrate_model(options: argparse.Namespace) -> int:
    """Give a model another calibration: fitted on a source, or that of another model."""
    model = modelfile.load(options.file)
    if options.like is not None:
        calibrated = modelfile.load(options.like).calibration
    else:
        calibrated = calibration_of(model.network, model.input_scale, sources.load(options.on).evaluation)
    modelfile.save(dataclasses.replace(model, calibration=calibrated), options.out or options.file)
    problem = "refuses nothing" if calibrated.threshold is None else f"refuses scores below {calibrated.threshold:.3f}"
    print(f"{options.out or options.file}: temperature {calibrated.temperature:.3f}, {problem}")
    return 0
