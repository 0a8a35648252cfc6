"""What is said at the end of a run: pure functions from a ``RunOutcome`` to sentences."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from core.errors import Remedy
from core.messages import tr, translatable
from core.runs.records import RunOutcome
from gui.style.message import Severity

_ADVICE = {
    "learning_rate": translatable("a smaller learning rate (it was {was:g})"),
    "input_scale": translatable("pixels from 0 to 1"),
    "initializer": translatable("He initialisation"),
    "batch_norm": translatable("batch normalisation"),
}
_RESTARTS = {
    "learning_rate": translatable("Restart with a tenth of the rate"),
    "input_scale": translatable("Restart with scaled pixels"),
    "initializer": translatable("Restart with He initialisation"),
    "batch_norm": translatable("Restart with batch normalisation"),
}


class Storage(NamedTuple):
    """Where a run was to be kept.

    Attributes
    ----------
    folder : Path or None
        The store that the list of runs shows; None where none is shown.
    is_listed : bool
        Whether the kept run is in that store.
    was_failing : bool
        Whether the user was last told that the run cannot be written.
    """

    folder: Path | None
    is_listed: bool
    was_failing: bool


def status(outcome: RunOutcome, seconds: float, *, is_listed: bool) -> str:
    """Return the line that stands in the training panel after a run of so many seconds."""
    if outcome.model is not None:
        return f"{_ended(outcome, seconds)} {_score(outcome)}"
    if outcome.run is not None and not outcome.error:
        if is_listed:
            return tr("The run was left where it stands. Resume it from the list of runs.")
        return tr("The run was left where it stands. It can go on another time.")
    if outcome.run is not None:
        return tr("The run ended without a network. Its curves are kept.")
    if outcome.error:
        return tr("The run ended. Nothing of it was kept.")
    return tr("The run was cancelled.")


def _ended(outcome: RunOutcome, seconds: float) -> str:
    if outcome.error:
        return tr("Ended after {seconds:.1f} s.", seconds=seconds)
    if not outcome.stopped:
        return tr("Done after {seconds:.1f} s.", seconds=seconds)
    if outcome.storage_failure:
        return tr("Stopped after {seconds:.1f} s.", seconds=seconds)
    return tr("Stopped and kept after {seconds:.1f} s.", seconds=seconds)


def _score(outcome: RunOutcome) -> str:
    assert outcome.model is not None
    accuracy = outcome.model.scores.get("test_accuracy")
    if accuracy is None:
        return tr("There are no digits to test it with.")
    return tr("Test accuracy with the best weights: {accuracy:.2f} %.", accuracy=100 * accuracy)


def message(outcome: RunOutcome, storage: Storage) -> tuple[str, Severity]:
    """Return what the message bar says of a run's end: what went wrong, what would help, and where the run is kept.

    The text is empty where all went as usual.
    """
    problem, kept = _problem(outcome), _kept(outcome, storage)
    if problem:
        parts = (problem, advice(outcome.remedies), kept)
        return " ".join(filter(None, parts)), Severity.BAD
    lost = outcome.storage_failure and outcome.model is not None
    return kept, Severity.BAD if lost else Severity.INFO


def _problem(outcome: RunOutcome) -> str:
    if outcome.error:
        return outcome.error[:1].upper() + outcome.error[1:]
    if outcome.constant_prediction is not None:
        digit = outcome.constant_prediction.digit
        return tr("The network predicts {digit} for every image. It has learned nothing else.", digit=digit)
    return ""


def _kept(outcome: RunOutcome, storage: Storage) -> str:
    """Return where the run is kept, if that is not as usual."""
    if outcome.storage_failure and outcome.model is not None:
        return tr("The run could not be kept ({reason}). Save its network.", reason=outcome.storage_failure)
    if outcome.run is not None and not storage.is_listed:
        text = tr("The run is kept in {folder}.", folder=outcome.run.folder)
        if storage.folder is None:
            return text
        moved = tr("The list of runs shows it once that folder has been moved into {store}.", store=storage.folder)
        return f"{text} {moved}"
    if storage.was_failing and not outcome.error:  # the offer to keep it elsewhere has come to nothing
        return tr("The run ended. Nothing of it was kept.")
    return ""


def advice(remedies: Mapping[str, Remedy]) -> str:
    """Return which settings would help, in a sentence, as the form calls them; empty where none is known."""
    parts = [tr(_ADVICE[name], was=remedy.was) for name, remedy in remedies.items()]
    return tr("Try {remedies}.", remedies=tr(", or ").join(parts)) if parts else ""


def restarts(remedies: Mapping[str, Remedy]) -> dict[str, str]:
    """Return at most two settings to restart with, and the words of their buttons.

    Where the step was too large, nothing else helps as surely.
    """
    causes = {"learning_rate", "input_scale"} if "learning_rate" in remedies else remedies.keys()
    return {name: tr(_RESTARTS[name]) for name in [name for name in remedies if name in causes][:2]}
