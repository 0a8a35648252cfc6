"""Evaluation: predictions for many digits, and their metrics."""

import numpy as np
import pytest

from core.digits import NOT_A_DIGIT
from core.preprocessing import ink
from core.preprocessing.ink import Drawing
from core.recognition import evaluation
from core.recognition.calibration import Calibration
from core.recognition.evaluation import Predictions
from core.recognition.recognizer import Recognizer, shipped_model
from core.synthetic import synthetic


def predictions(
    labels: list[int], digits: list[int], p: float = 0.9, rejected: tuple[int, ...] = (), split: tuple[int, ...] = ()
) -> Predictions:
    """Return predictions ``digits`` of probability ``p``."""
    n = len(labels)
    probabilities = np.full((n, 10), (1 - p) / 9, np.float32)
    probabilities[np.arange(n), np.array(digits, np.int64)] = p
    accepted, is_split = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    accepted[list(rejected)], is_split[list(split)] = False, True
    return Predictions(
        np.array(labels, np.int64), np.log(probabilities), probabilities, np.zeros(n), accepted, is_split
    )


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    """Return a recognizer with the shipped model."""
    return Recognizer.of(shipped_model())


def test_accuracy_counts_correct_predictions_accepted_or_not() -> None:
    found = predictions([1, 2, 3, 4], [1, 2, 3, 9], rejected=(0,))
    assert (found.correct, found.accuracy, found.rejected) == (3, 0.75, 1)
    assert found.accuracy_accepted == pytest.approx(2 / 3)
    low, high = found.interval
    assert low < 0.75 < high


def test_a_drawing_split_into_several_digits_counts_as_wrong() -> None:
    assert predictions([1, 2], [1, 2], split=(1,)).correct == 1


def test_the_loss_is_the_cross_entropy_of_the_label() -> None:
    assert predictions([1, 1], [1, 2]).loss == pytest.approx(-(np.log(0.9) + np.log(0.1 / 9)) / 2, rel=1e-5)


def test_confusion_counts_labels_by_predictions() -> None:
    confusion = predictions([1, 1, 2, NOT_A_DIGIT], [1, 7, 2, 3]).confusion
    assert (confusion[1, 1], confusion[1, 7], confusion[2, 2], confusion.sum()) == (1, 1, 1, 3)


def test_calibration_error() -> None:
    assert predictions([1] * 10, [1] * 9 + [2]).calibration_error == pytest.approx(0, abs=1e-6)
    assert predictions([1] * 10, [1] * 5 + [2] * 5).calibration_error == pytest.approx(0.4)


def test_no_predictions() -> None:
    nothing = predictions([], [])
    assert (nothing.accuracy, nothing.rejected, nothing.accuracy_accepted, nothing.loss) == (0, 0, 0, 0)
    assert nothing.calibration_error == 0
    assert nothing.interval == (0, 1)


def test_drawings_are_processed_as_on_the_pad(recognizer: Recognizer) -> None:
    drawings, labels = synthetic.drawings(40, np.random.default_rng(3))
    found = evaluation.of_drawings(recognizer, drawings, labels.astype(np.int64))
    for number, drawing in enumerate(drawings):
        reading = recognizer.read(drawing)
        assert reading is not None
        assert (len(reading.parts) > 1) == found.split[number]
        if not found.split[number]:
            assert reading.predictions[0].digit == found.probabilities[number].argmax()
            assert reading.predictions[0].score == pytest.approx(float(found.scores[number]), rel=1e-4)
    assert found.accuracy > 0.8


def test_two_digits_side_by_side_are_split_and_count_as_wrong(recognizer: Recognizer) -> None:
    one, other = synthetic.drawings(2, np.random.default_rng(0))[0]
    apart = Drawing((*one.strokes, *(stroke + np.float32([3, 0, 0]) for stroke in other.strokes)))
    found = evaluation.of_drawings(recognizer, [apart], np.array([7]))
    assert found.split[0]
    assert found.correct == 0


def test_pictures_of_the_canvas(recognizer: Recognizer) -> None:
    drawing = synthetic.drawings(1, np.random.default_rng(0))[0][0]
    picture = np.kron(255 - ink.render(drawing), np.ones((10, 10), np.uint8))
    blank = np.full((50, 50), 255, np.uint8)
    found = evaluation.of_pictures(recognizer, [picture, blank], np.array([0, 1]))
    assert found.probabilities[0].argmax() == recognizer.predict_image(ink.render(drawing)).digit
    np.testing.assert_allclose(found.logits[1], recognizer.logits(np.zeros((1, 28, 28), np.uint8))[0], rtol=1e-4)


def test_rejection_follows_the_threshold(recognizer: Recognizer) -> None:
    images, labels = synthetic.draw(50, np.random.default_rng(0))
    scores = evaluation.of_images(recognizer, images, labels.astype(np.int64)).scores
    strict = Recognizer(recognizer.network, recognizer.input_scale, Calibration(1.0, float(np.median(scores))))
    assert evaluation.of_images(strict, images, labels.astype(np.int64)).rejected == 25
