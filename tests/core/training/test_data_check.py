"""The check of digits: what is odd is found, with the mends that help; what is as it should be is not."""

import numpy as np
import pytest

from core.data import idx, sources
from core.data.dataset import Dataset
from core.data.sources import Source
from core.digits import NOT_A_DIGIT
from core.errors import MendableError, ModelError
from core.runs.execution import Execution
from core.runs.records import End, RunRequest
from core.runs.run_store import RunStore
from core.synthetic import synthetic
from core.training import data_check
from core.training.config import TrainConfig

CONFIG = TrainConfig(hidden=(16,), epochs=3, batch_size=20)


@pytest.fixture(scope="module")
def digits():
    images, labels = synthetic.draw(120, np.random.default_rng(0))
    return images.reshape(-1, 28, 28), labels.astype(np.int64)


@pytest.fixture
def source(tmp_path):
    """Return a function that writes images and labels as IDX files, and returns the name of the source."""

    def write(images, labels, n_test=0):
        for part, rows in (("train", slice(n_test, None)), ("t10k", slice(n_test))):
            if len(labels[rows]):
                idx.write(tmp_path / f"{part}-images-idx3-ubyte", np.ascontiguousarray(images[rows]))
                idx.write(tmp_path / f"{part}-labels-idx1-ubyte", labels[rows].astype(np.uint8))
        return f"idx:{tmp_path}"

    return write


def findings(name):
    return data_check.findings(sources.load(name))


def mends(name):
    return tuple(mend for finding in findings(name) for mend in finding.mends)


def test_digits_as_they_should_be(digits, source):
    assert findings(source(*digits, n_test=20)) == ()


SPOILED = {
    ("turn",): lambda a: a.transpose(0, 2, 1),
    ("left",): lambda a: np.rot90(a, -1, (1, 2)),
    ("right",): lambda a: np.rot90(a, 1, (1, 2)),
    ("over",): lambda a: a[:, ::-1, ::-1],
    ("mirror",): lambda a: a[:, :, ::-1],
    ("over", "mirror"): lambda a: a[:, ::-1],
    ("over", "turn"): lambda a: a[:, ::-1, ::-1].transpose(0, 2, 1),
    ("invert",): lambda a: 255 - a,
    ("scale",): lambda a: (a > 127).astype(np.uint8),
    ("scale", "turn"): lambda a: (a // 16).transpose(0, 2, 1),
    ("invert", "turn"): lambda a: 255 - a.transpose(0, 2, 1),
    ("scale", "invert"): lambda a: (a < 128).astype(np.uint8),
}


@pytest.mark.parametrize("names", SPOILED, ids=" ".join)
def test_what_was_done_to_images_is_found_and_gone_once_mended(digits, source, names):
    images, labels = digits
    name = source(SPOILED[names](images), labels)
    assert mends(name) == names
    mended = data_check.mended(name, findings(name))
    assert findings(mended) == ()


@pytest.mark.parametrize("n", [20, 40])
def test_few_digits_show_how_they_lie(digits, source, n):
    images, labels = digits
    assert mends(source(images[:n].transpose(0, 2, 1), labels[:n])) == ("turn",)


def test_too_few_digits_show_nothing(digits, source):
    images, labels = digits
    assert mends(source(images[:9].transpose(0, 2, 1), labels[:9])) == ()


def test_labels_that_are_one_too_large(digits, source):
    images, labels = digits
    few = labels < 9
    assert mends(source(images[few], labels[few] + 1)) == ("shift",)


@pytest.mark.parametrize(("mend", "stored"), [("ten", lambda x: np.where(x == 0, 10, x)), ("shift", lambda x: x + 1)])
@pytest.mark.parametrize("turned", [False, True])
def test_what_labels_from_1_to_10_mean(digits, source, mend, stored, turned):
    images, labels = digits
    name = source(images.transpose(0, 2, 1) if turned else images, stored(labels))
    with pytest.raises(MendableError) as caught:
        sources.load(name)
    judged = data_check.judged(caught.value)
    assert (judged.mend, judged.mended) == (mend, f"{mend}*{name}")
    assert mends(judged.mended) == (("turn",) if turned else ())


def test_a_single_class(digits, source):
    images, labels = digits
    (finding,) = findings(source(images[labels == 3], labels[labels == 3]))
    assert finding.text.endswith("are a 3: there is nothing to tell apart.")
    assert finding.mends == ()


def test_test_digits_that_are_training_digits_too(digits, source):
    images, labels = (np.concatenate([part, part[:7]]) for part in digits)
    (finding,) = findings(source(images, labels, n_test=30))
    assert "too: 7 of 30." in finding.text


def test_empty_images_are_no_duplicates(digits, source):
    images, labels = digits
    images = images.copy()
    images[:5] = images[40:50] = 0
    assert findings(source(images, labels, n_test=30)) == ()


def test_noise_is_not_judged(source):
    rng = np.random.default_rng(0)
    assert findings(source(rng.integers(256, size=(200, 28, 28), dtype=np.uint8), rng.integers(10, size=200))) == ()


def test_what_the_program_knows_is_not_checked(digits):
    images, labels = digits
    data = Dataset.of(images.transpose(0, 2, 1).copy(), labels)
    assert data_check.findings(Source("mnist", data, data, data, data)) == ()


def test_a_part_of_a_join_is_mended(digits, source):
    images, labels = digits
    name = f"synthetic:20+2*{source(images.transpose(0, 2, 1), labels)}"
    assert data_check.mended(name, findings(name)) == name.replace("2*", "2*turn*")


def test_the_test_source_is_checked_too(digits, source):
    images, labels = digits
    name = source(images.transpose(0, 2, 1), labels)
    found = data_check.findings(sources.load("synthetic:50").tested_on(sources.load(name, for_test=True)))
    assert [finding.part for finding in found if finding.mends] == [name]


def test_a_damaged_judge_judges_nothing(digits, source, monkeypatch):
    def damaged():
        raise ModelError("damaged")

    monkeypatch.setattr(data_check, "shipped_model", damaged)
    data_check._judge.cache_clear()
    images, labels = digits
    assert mends(source(images.transpose(0, 2, 1), labels)) == ()
    data_check._judge.cache_clear()


def test_empty_data_and_non_digits(tmp_path):
    nothing = Dataset.of(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64))
    assert data_check.findings(Source("idx:x", nothing, nothing, nothing, nothing)) == ()
    no_digits = Dataset.of(np.ones((3, 28, 28), np.uint8), np.full(3, NOT_A_DIGIT))
    assert data_check.findings(Source("pen:x", no_digits, nothing, no_digits, no_digits)) == ()


@pytest.mark.real_data
def test_mnist_as_idx_files_is_as_it_should_be(real_data):
    assert findings(f"idx:{real_data / 'mnist'}") == ()


def test_a_run_is_told_of_what_is_odd_and_one_that_is_resumed_is_not(digits, source):
    images, labels = digits
    name = source(images.transpose(0, 2, 1), labels, n_test=20)
    request = RunRequest("mine", CONFIG, name, 1, store=RunStore())
    with Execution(request) as execution:
        assert [finding.mends for finding in execution.facts().findings] == [("turn",)]
        assert execution.experiment.source.parts == ()
        next(execution.train())
        execution.request_end(End.LEAVE)
        run = execution.conclude().run
    with Execution(RunRequest.to_resume(run)) as execution:
        assert execution.facts().findings == ()


def test_a_run_that_is_resumed_mends_its_digits_again(digits, source):
    images, labels = digits
    name = f"turn*{source(images.transpose(0, 2, 1), labels, n_test=20)}"
    with Execution(RunRequest("mine", CONFIG, name, 1, store=RunStore())) as execution:
        digest = execution.experiment.splits.digest
        next(execution.train())
        execution.request_end(End.LEAVE)
        run = execution.conclude().run
    with Execution(RunRequest.to_resume(run)) as execution:
        assert execution.experiment.splits.digest == digest
        assert execution.experiment.source.name == name
        test = execution.experiment.splits.test
        np.testing.assert_array_equal(test.images.reshape(-1, 28, 28), images[:20])
