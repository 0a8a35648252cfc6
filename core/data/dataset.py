"""Dataset and DataLoader: images in memory as bytes, handed to the network batch by batch as float32."""

import itertools
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.data.augment import Augmenter, Deformation
from core.digits import N_CLASSES, N_PIXELS, NOT_A_DIGIT


@dataclass(frozen=True, eq=False)
class Dataset:
    """Digit images with their labels.

    Attributes
    ----------
    images : (N, 784) uint8
        Rows of 28 × 28 pixels; 0 is paper, 255 ink. They stay bytes: MNIST takes 55 MB, and would take 220 as float32.
    labels : (N,) int64
        The digits, 0 to 9, or ``NOT_A_DIGIT``.
    writers : (N,) int64
        Who wrote each digit; 0 where that is unknown.
    times : (N,) int64
        How often an epoch of training shows each image.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    writers: NDArray[np.int64]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, images: NDArray[np.uint8], labels: NDArray[Any], writers: NDArray[Any] | None = None) -> Self:
        """Make a dataset of images (N, 28, 28) or (N, 784)."""
        n = len(images)
        if len(labels) != n:
            raise ValueError(f"{n} images, but {len(labels)} labels")
        known = np.zeros(n, np.int64) if writers is None else writers.astype(np.int64)
        return cls(images.reshape(n, N_PIXELS), labels.astype(np.int64), known, np.ones(n, np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, rows: slice | NDArray[Any]) -> "Dataset":
        return Dataset(self.images[rows], self.labels[rows], self.writers[rows], self.times[rows])

    @property
    def digits(self) -> "Dataset":
        """The rows that are digits."""
        return self if self.n_labels == N_CLASSES else self[self.labels < N_CLASSES]

    @property
    def n_labels(self) -> int:
        """How many outputs a network needs: ten, or one more where there is what is not a digit."""
        return N_CLASSES + int((self.labels == NOT_A_DIGIT).any())

    def repeated(self, times: int) -> "Dataset":
        """Return the same images, each shown ``times`` as often in an epoch of training."""
        return replace(self, times=self.times * times)

    def split(self, share: float, rng: np.random.Generator) -> tuple["Dataset", "Dataset"]:
        """Return (the rest, a random share of the rows); at least one row stays in the rest."""
        order = rng.permutation(len(self))
        n = min(round(share * len(self)), max(len(self) - 1, 0))
        return self[np.sort(order[n:])], self[np.sort(order[:n])]

    def split_by_writer(self, share: float) -> tuple["Dataset", "Dataset"]:
        """Return (the rest, the digits of the last share of the writers, at least one of them)."""
        writers = np.unique(self.writers)
        held_out = writers[-max(round(share * len(writers)), 1) :]
        chosen = np.isin(self.writers, held_out)
        return self[~chosen], self[chosen]


def concatenate(datasets: Sequence[Dataset]) -> Dataset:
    """Join datasets, one below the other."""
    return Dataset(
        np.concatenate([dataset.images for dataset in datasets]),
        np.concatenate([dataset.labels for dataset in datasets]),
        np.concatenate([dataset.writers for dataset in datasets]),
        np.concatenate([dataset.times for dataset in datasets]),
    )


class DataLoader:
    """Iterates over a dataset's batches, in an order drawn anew for each epoch; the last one may be short.

    An iteration that was left half-way goes on where it was left: ``permutation`` and ``position`` say where that is,
    ``epoch`` which one it is, from 1.

    Parameters
    ----------
    rng
        The generator that draws the orders.
    input_scale
        What pixels are multiplied with: 1/255 brings them to [0, 1].
    deformation
        How images are deformed, if they are: a function of the epochs done, fractions included.
    seed
        Of the deformations. Each batch has a generator of its own, of seed, epoch and position: what a digit looks like
        then depends on nothing that went before.

    Attributes
    ----------
    ahead : bool
        Whether a thread deforms the next batch while this one is learned from. It makes no difference to what comes
        out; it is for free where a core is idle, and a loss where none is.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        rng: np.random.Generator,
        input_scale: float = 1 / 255,
        *,
        deformation: Callable[[float], Deformation] | None = None,
        seed: int = 0,
    ) -> None:
        self.dataset, self.batch_size, self.rng, self.input_scale = dataset, batch_size, rng, input_scale
        self.permutation: NDArray[np.int64] = np.empty(0, np.int64)
        self.position = self.epoch = 0
        self.ahead = False
        self._rows = np.repeat(np.arange(len(dataset)), dataset.times)
        self._deformation = deformation
        self._augmenter = None if deformation is None else Augmenter(deformation(0.0))
        self._seed = seed
        n_rows = min(batch_size, len(self._rows))
        self._bytes = np.empty((n_rows, N_PIXELS), np.uint8)
        self._floats = tuple(np.empty((n_rows, N_PIXELS), np.float32) for _ in range(2 if deformation else 1))

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self._rows) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        """Yield images (B, 784), in a buffer that is used again, and labels (B,)."""
        if self.position >= len(self.permutation):
            self.permutation, self.position = self.rng.permutation(self._rows), 0
            self.epoch += 1
        with closing(self._batches()) as batches:
            for images in batches:
                rows = self.permutation[self.position : self.position + len(images)]
                self.position += len(rows)
                yield images, self.dataset.labels[rows]

    @property
    def n_rows(self) -> int:
        """How many images an epoch shows."""
        return len(self._rows)

    def restore(self, permutation: NDArray[np.int64], position: int, epoch: int) -> None:
        """Go on where an iteration was left; raise ValueError where that is no place in this data."""
        if permutation.size and not np.array_equal(np.sort(permutation), self._rows):
            raise ValueError("the order of the digits is not one of these digits")
        if not 0 <= position <= len(permutation) or epoch < 0:
            raise ValueError("the place in the order of the digits makes no sense")
        self.permutation, self.position, self.epoch = permutation.astype(np.int64), position, epoch

    def _batches(self) -> Generator[NDArray[np.float32], None, None]:
        """Yield the images of what is left of the epoch, batch by batch."""
        starts = range(self.position, len(self.permutation), self.batch_size)
        buffers = itertools.cycle(self._floats)
        if self._augmenter is None or not self.ahead:
            yield from map(self._images, starts, buffers)
            return
        with ThreadPoolExecutor(1) as thread:
            made: deque[Future[NDArray[np.float32]]] = deque()
            for start, floats in zip(starts, buffers, strict=False):
                made.append(thread.submit(self._images, start, floats))
                if len(made) == len(self._floats):
                    yield made.popleft().result()
            while made:
                yield made.popleft().result()

    def _images(self, start: int, floats: NDArray[np.float32]) -> NDArray[np.float32]:
        """Write the batch that begins at a place of the order into a buffer, and return its part of it."""
        rows = self.permutation[start : start + self.batch_size]
        floats = floats[: len(rows)]
        # mode="clip" lets take() write straight into the buffer; with "raise" it goes through a copy.
        gathered = np.take(self.dataset.images, rows, axis=0, out=self._bytes[: len(rows)], mode="clip")
        if self._augmenter is None or self._deformation is None:
            floats[...] = gathered  # one product of bytes and a float32 would go through NumPy's small buffers
        else:
            self._augmenter.deformation = self._deformation(self.epoch - 1 + start / len(self._rows))
            self._augmenter.deform(gathered, np.random.default_rng([self._seed, self.epoch, start]), floats)
        floats *= np.float32(self.input_scale)
        return floats
