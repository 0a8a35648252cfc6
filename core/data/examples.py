"""Single digits to try a network with: MNIST's test part, or new synthetic digits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import mnist
from core.digits import SIZE
from core.preprocessing.ink import Drawing


@dataclass(frozen=True, eq=False)
class Example:
    """A labelled digit: an image (28, 28), or a drawing if its strokes are known.

    ``number`` is its index in MNIST's test part, from 0.
    """

    label: int
    image: NDArray[np.uint8] | None = None
    drawing: Drawing | None = None
    number: int = 0


class Examples:
    """Chooses digits at random. MNIST's test part is read at the first call.

    Parameters
    ----------
    rng
        None for a generator of its own, made at the first call: ``numpy.random`` is imported with it.
    """

    def __init__(self, rng: "np.random.Generator | None" = None) -> None:
        self._rng = rng
        self._images: NDArray[np.uint8] | None = None
        self._labels: NDArray[np.int64] | None = None

    def draw(self) -> Example:
        """Return a digit; raise DataError where MNIST is present but damaged."""
        self._rng = rng = self._rng or np.random.default_rng()
        if self._images is None and mnist.folder() is not None:
            test = mnist.load_test()
            self._images, self._labels = test.images, test.labels
        if self._images is None or self._labels is None:
            from core.synthetic import synthetic

            drawings, labels = synthetic.drawings(1, rng)
            return Example(int(labels[0]), drawing=drawings[0])
        number = int(rng.integers(len(self._labels)))
        return Example(int(self._labels[number]), self._images[number].reshape(SIZE, SIZE), number=number)
