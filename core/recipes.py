"""Named configurations. A recipe is data: a new one is one entry here, and shows up in the window and the commands."""

from dataclasses import dataclass

from core.config import TrainConfig
from core.errors import ConfigError


@dataclass(frozen=True)
class Recipe:
    """A configuration with a name, a sentence on what it is for, and, where it needs them, its own data sources."""

    name: str
    title: str
    config: TrainConfig
    data: str | None = None
    test: str | None = None

    def test_for(self, data: str) -> str | None:
        """Return the source to test on, where ``data`` are what the recipe is meant for; else None."""
        return self.test if data == self.data else None


PEN_FILE = "pen:pen/pen-train.unipen"
OMNIGLOT_FILE = "omniglot:omniglot/strokes_background_small1.zip"

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
                validation_share=0.02,
            ),
            data=f"2*mnist+8*{PEN_FILE}+synthetic:20000+nondigits:40000+6*{OMNIGLOT_FILE}@Balinese,Korean",
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
            TrainConfig(initializer="normal", learning_rate=9.6e-4, input_scale=1.0, epochs=10),
        ),
    )
}
DEFAULT = "quick"


def named(name: str) -> Recipe:
    """Return the recipe of that name; raise ConfigError, listing them, where there is none."""
    if name not in RECIPES:
        raise ConfigError(f'there is no recipe "{name}"; there are {", ".join(RECIPES)}')
    return RECIPES[name]
