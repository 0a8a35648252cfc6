"""The check of digits: what is odd is found, with the mends that help; what is as it should be is not."""

import numpy as np
import pytest
from odd_digits import SPOILED

from core.data import sources
from core.data.dataset import Dataset
from core.data.source_loaders import Source
from core.digits import NOT_A_DIGIT
from core.errors import MendableError, ModelError
from core.runs.execution import Execution
from core.runs.records import End, RunRequest
from core.runs.run_store import RunStore
from core.training import data_check
from core.training.config import TrainConfig

CONFIG = TrainConfig(hidden=(16,), epochs=3, batch_size=20)


def findings(name):
    return data_check.findings(sources.load(name))


def mends(name):
    return tuple(mend for finding in findings(name) for mend in finding.mends)


def test_digits_as_they_should_be(drawn_digits, write_source):
    assert findings(write_source(*drawn_digits, n_test=20)) == ()


@pytest.mark.parametrize("names", SPOILED, ids=" ".join)
def test_what_was_done_to_images_is_found_and_gone_once_mended(drawn_digits, write_source, names):
    images, labels = drawn_digits
    name = write_source(SPOILED[names](images), labels)
    assert mends(name) == names
    mended = data_check.mended(name, findings(name))
    assert findings(mended) == ()


@pytest.mark.parametrize("n", [20, 40])
def test_few_digits_show_how_they_lie(drawn_digits, write_source, n):
    images, labels = drawn_digits
    assert mends(write_source(images[:n].transpose(0, 2, 1), labels[:n])) == ("turn",)


def test_too_few_digits_show_nothing(drawn_digits, write_source):
    images, labels = drawn_digits
    assert mends(write_source(images[:9].transpose(0, 2, 1), labels[:9])) == ()


def test_labels_that_are_one_too_large(drawn_digits, write_source):
    images, labels = drawn_digits
    few = labels < 9
    assert mends(write_source(images[few], labels[few] + 1)) == ("shift",)


@pytest.mark.parametrize(("mend", "stored"), [("ten", lambda x: np.where(x == 0, 10, x)), ("shift", lambda x: x + 1)])
@pytest.mark.parametrize("turned", [False, True])
def test_what_labels_from_1_to_10_mean(drawn_digits, write_source, mend, stored, turned):
    images, labels = drawn_digits
    name = write_source(images.transpose(0, 2, 1) if turned else images, stored(labels))
    with pytest.raises(MendableError) as caught:
        sources.load(name)
    judged = data_check.judged(caught.value)
    assert (judged.mend, judged.mended) == (mend, f"{mend}*{name}")
    assert mends(judged.mended) == (("turn",) if turned else ())


def test_a_single_class(drawn_digits, write_source):
    images, labels = drawn_digits
    (finding,) = findings(write_source(images[labels == 3], labels[labels == 3]))
    assert finding.text.endswith("are a 3: there is nothing to tell apart.")
    assert finding.mends == ()


def test_test_digits_that_are_training_digits_too(drawn_digits, write_source):
    images, labels = (np.concatenate([part, part[:7]]) for part in drawn_digits)
    (finding,) = findings(write_source(images, labels, n_test=30))
    assert "too: 7 of 30." in finding.text


def test_empty_images_are_no_duplicates(drawn_digits, write_source):
    images, labels = drawn_digits
    images = images.copy()
    images[:5] = images[40:50] = 0
    assert findings(write_source(images, labels, n_test=30)) == ()


def test_noise_is_not_judged(write_source):
    rng = np.random.default_rng(0)
    assert (
        findings(write_source(rng.integers(256, size=(200, 28, 28), dtype=np.uint8), rng.integers(10, size=200))) == ()
    )


def test_what_the_program_knows_is_not_checked(drawn_digits):
    images, labels = drawn_digits
    data = Dataset.of(images.transpose(0, 2, 1).copy(), labels)
    assert data_check.findings(Source("mnist", data, data, data, data)) == ()


def test_a_part_of_a_join_is_mended(drawn_digits, write_source):
    images, labels = drawn_digits
    name = f"synthetic:20+2*{write_source(images.transpose(0, 2, 1), labels)}"
    assert data_check.mended(name, findings(name)) == name.replace("2*", "2*turn*")


def test_the_test_source_is_checked_too(drawn_digits, write_source):
    images, labels = drawn_digits
    name = write_source(images.transpose(0, 2, 1), labels)
    found = data_check.findings(sources.load("synthetic:50").tested_on(sources.load(name, for_test=True)))
    assert [finding.part for finding in found if finding.mends] == [name]


def test_a_damaged_judge_judges_nothing(drawn_digits, write_source, monkeypatch):
    def damaged():
        raise ModelError("damaged")

    monkeypatch.setattr(data_check, "shipped_model", damaged)
    data_check.judge.cache_clear()
    images, labels = drawn_digits
    assert mends(write_source(images.transpose(0, 2, 1), labels)) == ()
    data_check.judge.cache_clear()


def test_empty_data_and_non_digits(tmp_path):
    nothing = Dataset.of(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64))
    assert data_check.findings(Source("idx:x", nothing, nothing, nothing, nothing)) == ()
    no_digits = Dataset.of(np.ones((3, 28, 28), np.uint8), np.full(3, NOT_A_DIGIT))
    assert data_check.findings(Source("pen:x", no_digits, nothing, no_digits, no_digits)) == ()


@pytest.mark.real_data
def test_mnist_as_idx_files_is_as_it_should_be(real_data):
    assert findings(f"idx:{real_data / 'mnist'}") == ()


def test_a_run_is_told_of_what_is_odd_and_one_that_is_resumed_is_not(drawn_digits, write_source):
    images, labels = drawn_digits
    name = write_source(images.transpose(0, 2, 1), labels, n_test=20)
    request = RunRequest("mine", CONFIG, name, 1, store=RunStore())
    with Execution(request) as execution:
        assert [finding.mends for finding in execution.facts().findings] == [("turn",)]
        assert execution.experiment.source.parts == ()
        next(execution.train())
        execution.request_end(End.LEAVE)
        run = execution.conclude().run
    with Execution(RunRequest.to_resume(run)) as execution:
        assert execution.facts().findings == ()


def test_a_run_that_is_resumed_mends_its_digits_again(drawn_digits, write_source):
    images, labels = drawn_digits
    name = f"turn*{write_source(images.transpose(0, 2, 1), labels, n_test=20)}"
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
