"""One experiment, from the name of its data to the model: the steps that the window and the command line share."""

import dataclasses
import datetime
import math
from dataclasses import dataclass, replace

import numpy as np

import core
from core.data import sources
from core.data.dataset import Dataset
from core.data.mends import LabelsError
from core.data.source_loaders import Source
from core.digits import SIZE
from core.errors import TrainingError
from core.messages import tr
from core.nn.network import Network
from core.recognition import evaluation, metrics
from core.recognition.calibration import Calibration
from core.recognition.metrics import Evaluation
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer
from core.threads import available
from core.training import data_check, diagnosis
from core.training.config import TrainConfig
from core.training.data_check import Finding
from core.training.diagnosis import ConstantPrediction
from core.training.splits import Splits
from core.training.training_state import Best, TrainingState


@dataclass(frozen=True, eq=False)
class Scores:
    """The evaluations of a finished network on the three parts of its data."""

    train: Evaluation
    validation: Evaluation
    test: Evaluation

    def as_dict(self) -> dict[str, float]:
        """Return the accuracies by name, and the loss on the test part if it is finite.

        A part without digits has no accuracy and no loss.
        """
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        accuracies = {f"{name}_accuracy": part.accuracy for name, part in parts.items() if part.n}
        return accuracies | ({"test_loss": self.test.loss} if self.test.n and math.isfinite(self.test.loss) else {})


@dataclass(frozen=True, eq=False)
class Experiment:
    """A configuration, its data, and the state of the run."""

    recipe: str
    config: TrainConfig
    source: Source
    splits: Splits
    state: TrainingState
    threads: int
    test: str = ""
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        """Deform digits ahead in a thread if the matrix products leave a core free."""
        self.state.loader.ahead = available() > self.threads

    @classmethod
    def prepare(
        cls, recipe: str, config: TrainConfig, data: str, threads: int, test: str | None = None
    ) -> "Experiment":
        """Load and split the data, and create the network; raise DigitpadError if that fails.

        ``test`` names another source to test on: then no digits are held out of ``data``, apart from a test part of
        its own. ``findings`` has what is odd about the digits.
        """
        try:
            source = sources.load(data)
            if test is not None:
                source = source.tested_on(sources.load(test, for_test=True))
        except LabelsError as error:
            raise data_check.judged(error) from None
        found = data_check.findings(source)
        source = replace(source, parts=())  # a second copy of the digits
        splits = Splits.of(source, config)
        return cls(recipe, config, source, splits, TrainingState.start(splits, config), threads, test or "", found)

    def begin_with(self, model: Model) -> None:
        """Begin with a model's weights, and a new optimizer; raise TrainingError if its network is another."""
        network = self.state.network
        found, wanted = ({name: t.shape for name, t in each.tensors().items()} for each in (model.network, network))
        if found != wanted:
            then, now = ("-".join(map(str, each.sizes)) for each in (model.network, network))
            raise TrainingError(tr("the model's network is {then}, not {now}, or of other layers", then=then, now=now))
        if not math.isclose(model.input_scale, self.config.input_scale, rel_tol=1e-6):
            text = tr(
                "the model's pixels are multiplied by {then:g}, not by {now:g}",
                then=model.input_scale,
                now=self.config.input_scale,
            )
            raise TrainingError(text)
        network.restore(model.network.view())
        self.state.best = Best(network.snapshot())

    @property
    def n_steps(self) -> int:
        """The number of batches in the whole run."""
        return len(self.state.loader) * self.config.epochs

    def without_source(self) -> "Experiment":
        """Return the experiment without its source's digits: the splits hold a second copy of them."""
        nothing = Dataset.of(np.empty((0, SIZE, SIZE), np.uint8), np.empty(0, np.int64))
        source = replace(self.source, train=nothing, test=nothing, evaluation=nothing, everything=nothing, drawings=())
        return replace(self, source=source)

    def conclude(self) -> tuple[Model, Scores]:
        """Restore the best weights, evaluate all parts, and return the model with its scores.

        The test part is used only here. The model is calibrated on the validation part.
        """
        network, scale = self.state.network, self.config.input_scale
        if not self.state.best.step:  # stopped before the first evaluation: keep what it has learned
            self.state.keep_if_best(metrics.evaluate(network, self.splits.validation, scale))
        network.restore(self.state.best.snapshot)
        parts = (self.splits.train, self.splits.validation, self.splits.test)
        scores = Scores(*(metrics.evaluate(network, part, scale) for part in parts))
        model = Model(
            network=network,
            input_scale=scale,
            recipe=self.recipe,
            seed=self.config.seed,
            data=self.source.name,
            credits=self.source.credits,
            scores=scores.as_dict(),
            settings=dataclasses.asdict(self.config),
            threads=self.threads,
            date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            program=f"digitpad {core.__version__}",
            test=self.test,
            calibration=calibration_of(network, scale, self.splits.validation),
        )
        return model, scores

    def constant_prediction(self, scores: Scores) -> ConstantPrediction | None:
        """Return the diagnosis if the network, concluded with these scores, predicts one digit for everything."""
        state = self.state
        return diagnosis.of_constant_prediction(
            state.network, self.config, self.splits.train, scores.train, state.rate_factor
        )


def calibration_of(network: Network, input_scale: float, data: Dataset) -> Calibration:
    """Return the calibration of a network on digits that it was not trained on."""
    digits = data.digits
    found = evaluation.of_images(Recognizer(network, input_scale), digits.images, digits.labels)
    return Calibration.fit(found.logits, digits.labels)
