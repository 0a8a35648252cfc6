"""The command that lists the recipes, or copies one."""

import argparse
import dataclasses

from core.cli import output
from core.cli.arguments import add_json
from core.files import paths
from core.messages import tr
from core.training import recipefile, recipes
from core.training.config import TrainConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    parser.add_argument(
        "--copy", nargs=2, metavar=("RECIPE", "NAME"), help=tr("copy to NAME among your own recipes, or to FILE.toml")
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the program's and the user's recipes; or copy one to a file of the user's."""
    if options.copy is not None:
        return _copy(*options.copy, as_json=options.json)
    found, mistakes = recipes.available()
    report = {
        recipe.name: {"title": recipe.title, "data": recipe.data, "settings": dataclasses.asdict(recipe.config)}
        for recipe in found.values()
    }
    width = max(map(len, report))
    lines = [f"{recipe.name:{width}}  {_shape(recipe.config)}: {recipes.title_of(recipe)}" for recipe in found.values()]
    output.show({"recipes": report, "broken": mistakes}, "\n".join(lines), as_json=options.json)
    for mistake in mistakes:
        output.warn(mistake)
    return 0


def _copy(source: str, target: str, *, as_json: bool) -> int:
    """Write a recipe to a file that can be edited and shared: FILE.toml, or NAME among the user's recipes."""
    recipe = recipes.named(source)
    if target.endswith(recipefile.SUFFIX):
        path = paths.expanded(target)
        recipefile.save(recipe, path, recipes.RECIPES)
    else:
        path = recipes.save(dataclasses.replace(recipe, name=target))
    text = tr("{recipe} is copied to {path}: edit it there", recipe=recipe.name, path=path)
    output.show({"out": str(path)}, text, as_json=as_json)
    return 0


def _shape(config: TrainConfig) -> str:
    return "-".join(map(str, (784, *config.hidden, 10)))
