"""Fuzz tests of model files, curves and states: safetensors with any header, facts and tensors, and valid checksums."""

import contextlib
import dataclasses
import hashlib
import itertools
import json
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import mutated, odd, text_of
from safetensors.numpy import load as from_bytes
from safetensors.numpy import save as to_bytes

from core.errors import DivergenceError, ModelError, RunError
from core.files import tensorfile
from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.recognition.recognizer import Recognizer
from core.runs import checkpoint
from core.runs import run as runs
from core.runs.run import Run
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.training_state import TrainingState

MODEL = Model(
    Network(mlp((784, 4, 10), batch_norm=True, dropout=0.1)), credits=("a", "b"), scores={"test_accuracy": 0.5}
)
CONFIG = TrainConfig(hidden=(4,), batch_size=16, epochs=2, momentum=0.9)
_ARRAYS = st.sampled_from(
    [
        np.zeros(0),
        np.full(6, np.nan),
        np.full((5, 2), 1e308),
        np.zeros((2, 2), np.int8),
        np.full(2, -1),
        np.zeros((3, 9)),
    ]
)


class Parts(NamedTuple):
    """A file of tensors and facts: the key of the facts in its metadata, the facts, and the tensors."""

    key: str
    facts: dict
    tensors: dict[str, np.ndarray]


def parts(content: bytes) -> Parts:
    """Return the parts of a file."""
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    (key,) = metadata.keys() - {"sha256"}
    return Parts(key, json.loads(metadata[key]), from_bytes(content))


def sealed(key: str, tensors: dict[str, np.ndarray], text: str) -> bytes:
    """Return a file with facts of this text and a valid checksum."""
    checksum = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return to_bytes(tensors, metadata={key: text, "sha256": checksum})


@st.composite
def forged(draw: st.DrawFn, whole: Parts) -> bytes:
    """Draw a changed file with valid checksums."""
    tensors = whole.tensors
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(tensors)))
        values = draw(_ARRAYS)
        how = draw(st.integers(0, 3))
        own = tensors[name]
        with np.errstate(all="ignore"):
            changed = [values, values.astype(own.dtype), own[:-1], np.resize(values, own.shape).astype(own.dtype)][how]
        tensors = {**tensors, name: np.ascontiguousarray(changed)}
    facts = whole.facts | {"sha256": tensorfile.digest(tensors)}
    text = text_of(draw(odd(facts))) if draw(st.integers(0, 3)) else json.dumps(facts)
    return sealed(whole.key, tensors, text)


@pytest.fixture(scope="module")
def model_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "m"
    modelfile.save(MODEL, path)
    return path.read_bytes()


def use(model):
    """Use a model like the program."""
    (prediction,) = Recognizer.of(model).predict_images(np.full((1, 28, 28), 200, np.uint8))
    assert 0 <= prediction.digit <= 9
    assert np.isfinite(prediction.probabilities).all()
    json.dumps(model.facts(), indent=2, allow_nan=False)


@given(data=st.data())
def test_model_bytes(attack, model_bytes, data):
    model = attack(modelfile.load, ModelError, data.draw(mutated(model_bytes, head=2500)))
    assert model is None or use(model) is None


@given(data=st.data())
def test_model_forged(attack, model_bytes, data):
    model = attack(modelfile.load, ModelError, data.draw(forged(parts(model_bytes))))
    assert model is None or use(model) is None


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A run interrupted in its second epoch, and its experiment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DIGITPAD_DATA", raising=False)
        experiment = Experiment.prepare("quick", CONFIG, "synthetic:60", 1)
    with RunRecorder.begin(experiment, RunStore(tmp_path_factory.mktemp("runs"))) as recorder:
        for _ in itertools.islice(recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG)), 5):
            pass
        recorder.write()
        return recorder.run, experiment


def read_curve(path):
    return Run(path.parent, "x").history()


def use_curve(history):
    """Use curves like the plots."""
    assert history.best is None or 0 <= history.best < history.n_evaluations
    for curve in (history.loss, history.accuracy, history.learning_rate):
        samples, values = curve.raw
        assert np.isfinite(samples).all()
        assert np.isfinite(values).all()
        assert np.isfinite(history.along(samples, "steps")).all()
    assert all(np.isfinite(mark).all() for mark in history.marks)
    history.along(np.array([1.0]), "seconds")
    history.loss.append(1e6, 1.0)


@given(data=st.data())
def test_curve_bytes(attack, interrupted, data):
    whole = (interrupted[0].folder / runs.CURVE).read_bytes()
    history = attack(read_curve, RunError, data.draw(mutated(whole, head=2500)), runs.CURVE)
    assert history is None or use_curve(history) is None


@given(data=st.data())
def test_curve_forged(attack, interrupted, data):
    content = data.draw(forged(parts((interrupted[0].folder / runs.CURVE).read_bytes())))
    history = attack(read_curve, RunError, content, runs.CURVE)
    assert history is None or use_curve(history) is None


def resumed(experiment):
    """Return a function that reads a state into a new experiment and trains it for one batch."""

    def read(path):
        fresh = dataclasses.replace(experiment, state=TrainingState.start(experiment.splits, CONFIG))
        history, seconds = checkpoint.load(path, fresh)
        use_curve(history)
        assert 0 <= seconds < float("inf")
        with contextlib.suppress(DivergenceError):  # any run may diverge, and forged weights often do
            next(loop.fit(fresh.state, fresh.splits, CONFIG), None)
        return True

    return read


@given(data=st.data())
def test_state_bytes(attack, interrupted, data):
    run, experiment = interrupted
    attack(resumed(experiment), RunError, data.draw(mutated((run.folder / runs.STATE).read_bytes(), head=3500)))


@given(data=st.data())
def test_state_forged(attack, interrupted, data):
    run, experiment = interrupted
    content = data.draw(forged(parts((run.folder / runs.STATE).read_bytes())))
    attack(resumed(experiment), RunError, content)
