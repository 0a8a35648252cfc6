"""Model files, curves and states: safetensors whose header, facts and tensors say anything, with checksums that fit."""

import contextlib
import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import grown, odd, text_of
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


def sealed(kind: tensorfile.Kind, tensors: tensorfile.Tensors, text: str) -> bytes:
    """Return a file whose checksums fit whatever it says."""
    return to_bytes(dict(tensors), metadata={kind.key: text, "sha256": tensorfile._sha256(text)})


@st.composite
def forged(draw: st.DrawFn, kind: tensorfile.Kind, tensors: tensorfile.Tensors, facts: dict) -> bytes:
    """Draw a file that was changed by somebody who knows of the checksums."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(tensors)))
        values = draw(_ARRAYS)
        how = draw(st.integers(0, 3))
        own = tensors[name]
        with np.errstate(all="ignore"):
            changed = [values, values.astype(own.dtype), own[:-1], np.resize(values, own.shape).astype(own.dtype)][how]
        tensors = {**tensors, name: np.ascontiguousarray(changed)}
    facts = facts | {"sha256": tensorfile.digest(tensors)}
    return sealed(kind, tensors, text_of(draw(odd(facts))) if draw(st.integers(0, 3)) else json.dumps(facts))


@pytest.fixture(scope="module")
def model_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "m"
    modelfile.save(MODEL, path)
    return path.read_bytes()


def use(model):
    """Do with a model what the program does with one."""
    (answer,) = Recognizer.of(model).predict_images(np.full((1, 28, 28), 200, np.uint8))
    assert 0 <= answer.digit <= 9
    assert np.isfinite(answer.probabilities).all()
    json.dumps(model.facts(), indent=2, allow_nan=False)


@given(data=st.data())
def test_model_bytes(attack, model_bytes, data):
    model = attack(modelfile.load, ModelError, data.draw(grown(model_bytes, head=2500)))
    assert model is None or use(model) is None


@given(data=st.data())
def test_model_forged(attack, data):
    tensors = MODEL.network.tensors()
    model = attack(modelfile.load, ModelError, data.draw(forged(modelfile._KIND, tensors, MODEL.facts())))
    assert model is None or use(model) is None


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A run that was left in its second epoch, and an experiment like it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DIGITPAD_DATA", raising=False)
        experiment = Experiment.prepare("quick", CONFIG, "synthetic:60", 1)
    with RunRecorder.begin(experiment, RunStore(tmp_path_factory.mktemp("shelf"))) as recorder:
        for _ in itertools.islice(recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG)), 5):
            pass
        recorder.write()
        return recorder.run, experiment


def parts(path, kind):
    content = tensorfile.parse(path.read_bytes(), kind, {"format": 1})
    return content.tensors(), content.facts


def read_curve(path):
    return Run(path.parent, "x").history()


def use_curve(history):
    """Do with curves what the plots do with them."""
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
def test_curve_bytes(attack, kept, data):
    whole = (kept[0].folder / runs.CURVE).read_bytes()
    history = attack(read_curve, RunError, data.draw(grown(whole, head=2500)), runs.CURVE)
    assert history is None or use_curve(history) is None


@given(data=st.data())
def test_curve_forged(attack, kept, data):
    content = data.draw(forged(runs._CURVE, *parts(kept[0].folder / runs.CURVE, runs._CURVE)))
    history = attack(read_curve, RunError, content, runs.CURVE)
    assert history is None or use_curve(history) is None


def resumed(experiment):
    """Return what reads a state into a fresh experiment, and goes on with it for a batch."""

    def read(path):
        fresh = dataclasses.replace(experiment, state=TrainingState.start(experiment.splits, CONFIG))
        history, seconds = checkpoint.load(path, fresh)
        use_curve(history)
        assert 0 <= seconds < float("inf")
        with contextlib.suppress(DivergenceError):  # as a run may; with weights that somebody made up, all the more
            next(loop.fit(fresh.state, fresh.splits, CONFIG), None)
        return True

    return read


@given(data=st.data())
def test_state_bytes(attack, kept, data):
    run, experiment = kept
    attack(resumed(experiment), RunError, data.draw(grown((run.folder / runs.STATE).read_bytes(), head=3500)))


@given(data=st.data())
def test_state_forged(attack, kept, data):
    run, experiment = kept
    content = data.draw(forged(checkpoint._KIND, *parts(run.folder / runs.STATE, checkpoint._KIND)))
    attack(resumed(experiment), RunError, content)
