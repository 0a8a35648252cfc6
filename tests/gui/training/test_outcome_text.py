"""The sentences at the end of a run: status, message, advice, and restarts. No window and no Qt is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import DivergenceError, Remedy
from core.nn.network import Network, mlp
from core.recognition.modelfile import Model
from core.runs.records import RunOutcome
from core.runs.run import Run, Status
from core.training.diagnosis import ConstantPrediction
from gui.style.message import Severity
from gui.training import outcome_text
from gui.training.outcome_text import Storage

STORE = Path("/the/store")
LISTED = Storage(STORE, is_listed=True, was_failing=False)
UNLISTED = Storage(STORE, is_listed=False, was_failing=False)
MODEL = Model(Network(mlp((784, 2, 10))), scores={"test_accuracy": 0.9625})
UNTESTED = Model(MODEL.network)
RUN = Run(STORE / "2026-01-01", name="quick")
ELSEWHERE = Run(Path("/elsewhere/2026-01-01"), name="quick")
FULL = "No space left on device"
RATE = {"learning_rate": Remedy(100.0, 10.0)}
REMEDIES = {
    "learning_rate": Remedy(100.0, 10.0),
    "input_scale": Remedy(1.0, 1 / 255),
    "initializer": Remedy("normal", "he_normal"),
    "batch_norm": Remedy(False, True),
}
DIVERGENCE = DivergenceError("the run diverged at step 3.", "", RATE)
CONSTANT = ConstantPrediction(8, {"initializer": Remedy("normal", "he_normal")})


def test_the_module_needs_no_qt_application():
    """It is imported and used in a process without one; Qt's widgets are not even loaded."""
    program = (
        "import sys\nfrom core.runs.records import RunOutcome\nfrom gui.training import outcome_text\n"
        "print(outcome_text.status(RunOutcome(stopped=True), 1.0, is_listed=True))\n"
        "sys.exit('PySide6.QtWidgets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "The run was cancelled.\n"), done.stderr


# -- the status --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "how"),
    [
        (RunOutcome(Status.FINISHED, MODEL, run=RUN), "Done after 5.0 s."),
        (RunOutcome(Status.STOPPED, MODEL, stopped=True, run=RUN), "Stopped and kept after 5.0 s."),
        (RunOutcome(Status.STOPPED, MODEL, stopped=True, storage_failure=FULL), "Stopped after 5.0 s."),
        (RunOutcome(Status.DIVERGED, MODEL, error="it diverged", run=RUN), "Ended after 5.0 s."),
        (RunOutcome(Status.DIVERGED, MODEL, stopped=True, error="it diverged", run=RUN), "Ended after 5.0 s."),
    ],
    ids=["finished", "stopped", "stopped and not kept", "diverged", "stopped and diverged"],
)
def test_the_status_of_a_run_with_a_network(outcome, how):
    text = outcome_text.status(outcome, 5.04, is_listed=True)
    assert text == f"{how} Test accuracy with the best weights: 96.25 %."


def test_the_status_without_test_digits():
    text = outcome_text.status(RunOutcome(Status.FINISHED, UNTESTED, run=RUN), 5.0, is_listed=True)
    assert text == "Done after 5.0 s. There are no digits to test it with."


@pytest.mark.parametrize(
    ("outcome", "is_listed", "text"),
    [
        (
            RunOutcome(Status.INTERRUPTED, stopped=True, run=RUN),
            True,
            "The run was left where it stands. Resume it from the list of runs.",
        ),
        (
            RunOutcome(Status.INTERRUPTED, stopped=True, run=ELSEWHERE),
            False,
            "The run was left where it stands. It can go on another time.",
        ),
        (
            RunOutcome(Status.DIVERGED, stopped=True, error="it diverged", run=RUN),
            True,
            "The run ended without a network. Its curves are kept.",
        ),
        (RunOutcome(error="the file is damaged"), False, "The run ended. Nothing of it was kept."),
        (RunOutcome(stopped=True), False, "The run was cancelled."),
    ],
    ids=["left", "left elsewhere", "diverged at once", "failed", "cancelled"],
)
def test_the_status_of_a_run_without_a_network(outcome, is_listed, text):
    assert outcome_text.status(outcome, 5.0, is_listed=is_listed) == text


# -- the message -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "outcome",
    [
        RunOutcome(Status.FINISHED, MODEL, run=RUN),
        RunOutcome(Status.STOPPED, MODEL, stopped=True, run=RUN),
        RunOutcome(Status.INTERRUPTED, stopped=True, run=RUN),
        RunOutcome(stopped=True),
    ],
    ids=["finished", "stopped", "left", "cancelled"],
)
def test_there_is_no_message_after_a_usual_end(outcome):
    assert outcome_text.message(outcome, LISTED) == ("", Severity.INFO)


def test_an_error_is_a_sentence():
    text, severity = outcome_text.message(RunOutcome(error="the file is damaged"), LISTED)
    assert (text, severity) == ("The file is damaged", Severity.BAD)


def test_a_divergence_comes_with_advice():
    outcome = RunOutcome(Status.DIVERGED, MODEL, error=DIVERGENCE.fact, divergence=DIVERGENCE, run=RUN)
    text, severity = outcome_text.message(outcome, LISTED)
    assert text == "The run diverged at step 3. Try a smaller learning rate (it was 100)."
    assert severity is Severity.BAD


def test_a_constant_prediction_comes_with_advice():
    outcome = RunOutcome(Status.FINISHED, MODEL, constant_prediction=CONSTANT, run=RUN)
    text, severity = outcome_text.message(outcome, LISTED)
    assert text == ("The network predicts 8 for every image. It has learned nothing else. Try He initialisation.")
    assert severity is Severity.BAD


@pytest.mark.parametrize("status", [Status.FINISHED, Status.STOPPED])
def test_a_network_that_could_not_be_kept_is_to_be_saved(status):
    outcome = RunOutcome(status, MODEL, stopped=status is Status.STOPPED, storage_failure=FULL)
    text, severity = outcome_text.message(outcome, UNLISTED)
    assert text == f"The run could not be kept ({FULL}). Save its network."
    assert severity is Severity.BAD


def test_a_divergence_that_could_not_be_kept_says_both():
    outcome = RunOutcome(Status.DIVERGED, MODEL, error=DIVERGENCE.fact, divergence=DIVERGENCE, storage_failure=FULL)
    text, severity = outcome_text.message(outcome, UNLISTED)
    assert text == (
        "The run diverged at step 3. Try a smaller learning rate (it was 100). "
        f"The run could not be kept ({FULL}). Save its network."
    )
    assert severity is Severity.BAD


def test_a_run_in_another_store_is_said_to_be_there_and_how_to_list_it():
    outcome = RunOutcome(Status.STOPPED, MODEL, stopped=True, run=ELSEWHERE)
    text, severity = outcome_text.message(outcome, UNLISTED)
    assert text == (
        f"The run is kept in {ELSEWHERE.folder}. "
        f"The list of runs shows it once that folder has been moved into {STORE}."
    )
    assert severity is Severity.INFO


def test_where_no_store_is_listed_only_the_folder_is_named():
    outcome = RunOutcome(Status.STOPPED, MODEL, stopped=True, run=ELSEWHERE)
    storage = Storage(None, is_listed=False, was_failing=False)
    assert outcome_text.message(outcome, storage) == (f"The run is kept in {ELSEWHERE.folder}.", Severity.INFO)


def test_a_cancelled_run_that_could_not_be_kept_replaces_the_offer_to_keep_it():
    storage = Storage(STORE, is_listed=False, was_failing=True)
    text, severity = outcome_text.message(RunOutcome(stopped=True), storage)
    assert (text, severity) == ("The run ended. Nothing of it was kept.", Severity.INFO)


def test_an_error_replaces_it_by_itself():
    storage = Storage(STORE, is_listed=False, was_failing=True)
    text, _ = outcome_text.message(RunOutcome(error="the file is damaged"), storage)
    assert text == "The file is damaged"


# -- advice and restarts -----------------------------------------------------------------------------------------------


def test_without_remedies_there_is_no_advice():
    assert outcome_text.advice({}) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("learning_rate", "Try a smaller learning rate (it was 100)."),
        ("input_scale", "Try pixels from 0 to 1."),
        ("initializer", "Try He initialisation."),
        ("batch_norm", "Try batch normalisation."),
    ],
)
def test_the_advice_of_each_remedy(name, text):
    assert outcome_text.advice({name: REMEDIES[name]}) == text


def test_the_advice_of_several_remedies_is_one_sentence():
    assert outcome_text.advice(REMEDIES) == (
        "Try a smaller learning rate (it was 100), or pixels from 0 to 1, or He initialisation, or batch normalisation."
    )


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        ((), {}),
        (("learning_rate",), {"learning_rate": "Restart with a tenth of the rate"}),
        (
            ("learning_rate", "input_scale", "initializer", "batch_norm"),
            {
                "learning_rate": "Restart with a tenth of the rate",
                "input_scale": "Restart with scaled pixels",
            },
        ),
        (("learning_rate", "initializer"), {"learning_rate": "Restart with a tenth of the rate"}),
        (
            ("initializer", "batch_norm"),
            {
                "initializer": "Restart with He initialisation",
                "batch_norm": "Restart with batch normalisation",
            },
        ),
        (
            ("input_scale", "initializer", "batch_norm"),
            {
                "input_scale": "Restart with scaled pixels",
                "initializer": "Restart with He initialisation",
            },
        ),
    ],
    ids=["none", "rate", "rate and scale", "rate alone helps", "vanishing activations", "two at most"],
)
def test_which_restarts_are_offered(names, texts):
    remedies = {name: REMEDIES[name] for name in names}
    assert outcome_text.restarts(remedies) == texts
    assert list(outcome_text.restarts(remedies)) == list(texts)
