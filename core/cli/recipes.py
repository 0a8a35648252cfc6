"""The command that lists recipes, or copies one."""

import argparse
import dataclasses
import sys

from core.cli import output
from core.cli.arguments import add_json
from core.files import paths
from core.messages import tr
from core.training import recipefile, recipes
from core.training.config import TrainConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "--copy", nargs=2, metavar=("RECIPE", "NAME"), help=tr("into NAME of your own, or into FILE.toml")
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
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
