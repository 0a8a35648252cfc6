"""What is to be run, what is known of it once it is prepared, and how it ended."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import DivergenceError, Remedy
from core.recognition.modelfile import Model
from core.runs.run import Run, Status
from core.runs.run_store import RunStore
from core.training.config import TrainConfig
from core.training.history import Axis

if TYPE_CHECKING:  # the window needs none of them before its first run
    from core.training.data_check import Finding
    from core.training.diagnosis import ConstantPrediction
    from core.training.experiment import Scores
    from core.training.splits import Splits


class End(enum.Enum):
    """How a run is to end before its last step.

    STOP keeps its best weights, CANCEL keeps nothing, LEAVE keeps its state so that it can be resumed.
    """

    STOP = enum.auto()
    CANCEL = enum.auto()
    LEAVE = enum.auto()


@dataclass(frozen=True)
class RunRequest:
    """What is to be run.

    Attributes
    ----------
    test : str or None
        The source to test on, where that is another than the data.
    store : RunStore or None
        Where the run is kept; None keeps it in memory alone.
    resumes : Run or None
        The run to go on with. Recipe, configuration, data and threads are then that run's own.
    parent : Run or None
        The run whose last weights this one begins with, and its optimizer's state.
    model : Model or None
        The model whose weights this one begins with.
    precision : str
        Of the saved weights: "float32" or "float16".
    """

    recipe: str
    config: TrainConfig
    data: str
    threads: int
    test: str | None = None
    store: RunStore | None = None
    resumes: Run | None = None
    parent: Run | None = None
    model: Model | None = None
    precision: str = "float32"

    @classmethod
    def to_resume(cls, run: Run, precision: str = "float32") -> "RunRequest":
        """Return the request to go on with an interrupted run, in the store where it is."""
        store = RunStore(run.folder.parent)
        return cls(run.recipe, run.config(), run.data, run.threads, store=store, resumes=run, precision=precision)


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run once its data are loaded and its network is built.

    Attributes
    ----------
    layers : list of dict
        Description of the network, for ``Network.from_description``.
    splits : Splits
        The digits themselves, which nobody changes: to show those behind a count.
    findings : tuple of Finding
        What is odd about the digits; empty for a run that is resumed.
    """

    layers: list[dict[str, Any]]
    input_scale: float
    n_parameters: int
    n_train: int
    n_validation: int
    n_test: int
    n_steps: int
    n_epochs: int
    threads: int
    axis: Axis
    splits: "Splits"
    findings: "tuple[Finding, ...]" = ()


@dataclass(frozen=True, eq=False)
class RunOutcome:
    """How a run ended.

    Attributes
    ----------
    status : Status or None
        What the run's record says of its end; INTERRUPTED where the run was left to go on another time, None where it
        was cancelled or never began.
    model, scores
        The network of its best weights and its scores, where there is one.
    stopped : bool
        Whether the run ended before its last step, or brought no network.
    error : str
        Why it ended, where that was an error; empty otherwise.
    details : str
        The traceback of a fault of the program; empty otherwise.
    lacks_mnist : bool
        Whether downloading MNIST would mend the error.
    mended : str
        The name of the run's data with the mend that would mend the error; empty where none would.
    divergence : DivergenceError or None
        The error of a run that diverged, with advice.
    constant_prediction : ConstantPrediction or None
        Set where the network of a completed run predicts one digit for every image.
    run : Run or None
        The kept run, wherever it is stored by now.
    storage_failure : str
        Why the run could not be written, or not wholly; empty where it was.
    """

    status: Status | None = None
    model: Model | None = None
    scores: "Scores | None" = None
    stopped: bool = False
    error: str = ""
    details: str = ""
    lacks_mnist: bool = False
    mended: str = ""
    divergence: DivergenceError | None = None
    constant_prediction: "ConstantPrediction | None" = None
    run: Run | None = None
    storage_failure: str = ""

    @property
    def remedies(self) -> Mapping[str, Remedy]:
        """The settings that would help a run that diverged or predicts a constant, by name."""
        cause = self.divergence or self.constant_prediction
        return cause.remedies if cause else {}
