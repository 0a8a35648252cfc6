"""Named configurations. A recipe is data: a new one is one entry here, and shows up in the window and the commands."""

from dataclasses import replace
from pathlib import Path

from core.errors import ConfigError
from core.files import paths
from core.training import recipefile
from core.training.config import TrainConfig
from core.training.recipefile import Recipe as Recipe

PEN_FILE = "pen:pen/pen-train.unipen"
OMNIGLOT_FILE = "omniglot:omniglot/strokes_background_small1.zip"

# The experiments of the report that the program comes from. Its pixels were not scaled, and its rate of 3e-5 was of a
# sum over batches of 32: of the mean, it is 32 times that. It names neither sigma nor the epochs: of 40 and sigma 0.1,
# 0.15, 0.2 (one seed each), 0.15 comes near its baseline's row, and 40 near its He row. It learned from all 60,000
# digits: here, 2 % are spared, to have a curve of digits that are not learned from.
#
# The 3e-3 of its best run is taken as one of the mean. Of the sum, it leaves the network at chance; of the mean, it
# learns slowly (88 % on validation after 40 epochs); with 3e-5 of the sum, 200 epochs come near its row (a loss of
# 0.00003, 99.97 % and 96.15 %; one seed each).
REPORT = TrainConfig(
    initializer="normal",
    sigma=0.15,
    learning_rate=32 * 3e-5,
    input_scale=1.0,
    validation_share=0.02,
    epochs=40,
)
REPORT_BEST = replace(
    REPORT,
    initializer="he_normal",
    learning_rate=3e-3,
    schedule="step_decay",
    decay_steps=50_000,
    weight_decay=1e-5,
    epochs=200,
)
SCALED_RATE = 0.2
"""With pixels of 0 to 1. On validation, 0.1, 0.2 and 0.3 lie no further apart than their seeds: it is the middle."""

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "quick",
            "98 % of MNIST in seconds: He weights, Nesterov momentum, one-cycle rate",
            TrainConfig(
                learning_rate=0.1, momentum=0.9, nesterov=True, schedule="one_cycle", batch_size=128, epochs=10
            ),
        ),
        Recipe(
            "accurate",
            "Wider, with batch-norm and dropout, AdamW and smoothed labels: slower, and better",
            TrainConfig(
                hidden=(512, 512),
                batch_norm=True,
                dropout=0.3,
                label_smoothing=0.05,
                optimizer="adamw",
                weight_decay=0.02,
                learning_rate=4e-3,
                schedule="one_cycle",
                batch_size=256,
                epochs=40,
            ),
        ),
        Recipe(
            "shipped",
            "The network that ships: real and drawn digits, deformed, and what is no digit",
            TrainConfig(
                hidden=(1024, 1024),
                batch_norm=True,
                label_smoothing=0.02,
                optimizer="adamw",
                weight_decay=0.02,
                learning_rate=3e-3,
                schedule="one_cycle",
                batch_size=256,
                epochs=40,
                deformation=1.0,
                deformation_end=0.25,
                validation_share=0.0,
            ),
            data=f"3*mnist+14*{PEN_FILE}+synthetic:10000+nondigits:40000+6*{OMNIGLOT_FILE}@Balinese,Korean",
            test="mnist",
        ),
        Recipe(
            "synthetic",
            "Digits that the program draws, and nothing else: no data needed",
            TrainConfig(
                hidden=(512, 256),
                batch_norm=True,
                label_smoothing=0.02,
                optimizer="adamw",
                weight_decay=0.02,
                learning_rate=3e-3,
                schedule="one_cycle",
                batch_size=256,
                epochs=10,
                deformation=0.5,
                validation_share=0.02,
            ),
            data="synthetic:200000",
        ),
        Recipe(
            "deep",
            "Ten hidden layers, which only batch-norm makes trainable at this rate",
            TrainConfig(
                hidden=(128,) * 10,
                batch_norm=True,
                learning_rate=0.2,
                momentum=0.9,
                schedule="one_cycle",
                batch_size=128,
                epochs=10,
            ),
        ),
        Recipe(
            "report-baseline",
            "Where it began: plain normal weights, plain SGD, constant rate, pixels of 0 to 255 left unscaled",
            REPORT,
        ),
        Recipe("report-he", "The baseline, but with He weights", replace(REPORT, initializer="he_normal")),
        Recipe("report-weighted", "The baseline, but rare digits count for more", replace(REPORT, class_weights=True)),
        Recipe("report-decay", "The baseline, but a rate that sinks", replace(REPORT, schedule="step_decay")),
        Recipe("report-l2", "The baseline, but with L2 of 1e-5", replace(REPORT, weight_decay=1e-5)),
        Recipe("report-best", "The best of that time: He weights, a larger rate that sinks, L2", REPORT_BEST),
        Recipe("report-scaled", "The baseline, but with pixels of 0 to 1", replace(REPORT, input_scale=1 / 255)),
        Recipe(
            "report-best-scaled",
            "The best of that time, but with pixels of 0 to 1, and with the larger rate that they allow",
            replace(REPORT_BEST, input_scale=1 / 255, learning_rate=SCALED_RATE, epochs=40),
        ),
    )
}
DEFAULT = "quick"


def named(name: str) -> Recipe:
    """Return a recipe by its name, the program's or the user's, or by the path of its file, which ends in .toml.

    Raises
    ------
    ConfigError
        There is none, and those that there are are listed; or its file says what no recipe can say.
    """
    if name in RECIPES:
        return RECIPES[name]
    if name.endswith(recipefile.SUFFIX):
        return recipefile.load(paths.expanded(name), RECIPES)
    files = {path.stem: path for path in _files()}
    if name not in files:
        raise ConfigError(f'there is no recipe "{name}"; there are {", ".join((*RECIPES, *files))}')
    return recipefile.load(files[name], RECIPES)


def available() -> tuple[dict[str, Recipe], list[str]]:
    """Return all recipes by name, the program's and the user's, and a sentence on each of the user's that is broken."""
    found, mistakes = dict(RECIPES), []
    for path in _files():
        try:
            found[path.stem] = recipefile.load(path, RECIPES)
        except ConfigError as error:
            mistakes.append(str(error))
    return found, mistakes


def save(recipe: Recipe) -> Path:
    """Keep a recipe among the user's own and return its file; raise ConfigError where that fails."""
    recipefile.check_name(recipe.name, RECIPES)  # before a folder is made: a name is no path
    path = paths.recipes() / f"{recipe.name}{recipefile.SUFFIX}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{path.parent} cannot be made: {error.strerror or error}") from None
    recipefile.save(recipe, path, RECIPES)
    return path


def _files() -> list[Path]:
    """Return the files of the user's recipes; none where they cannot be listed."""
    try:
        return sorted(paths.recipes().glob(f"*{recipefile.SUFFIX}"))
    except OSError:  # of a name that is too long
        return []
