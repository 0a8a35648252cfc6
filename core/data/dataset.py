"""Dataset and DataLoader: images stay in memory as bytes, and reach the network as float32, batch by batch."""

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
        Rows of 28 × 28 pixels; 0 is background, 255 ink. As bytes, MNIST takes 55 MB; as float32 it would take 220 MB.
    labels : (N,) int64
        The digits, 0 to 9, or ``NOT_A_DIGIT``.
    writers : (N,) int64
        The number of each digit's writer; 0 where it is unknown.
    times : (N,) int64
        How many times an epoch shows each image.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    writers: NDArray[np.int64]
    times: NDArray[np.int64]

    @classmethod
    def of(cls, images: NDArray[np.uint8], labels: NDArray[Any], writers: NDArray[Any] | None = None) -> Self:
        """Make a dataset from images (N, 28, 28) or (N, 784)."""
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
        """The rows whose label is a digit."""
        return self if self.n_labels == N_CLASSES else self[self.labels < N_CLASSES]

    @property
    def n_labels(self) -> int:
        """The number of outputs a network needs: ten, or eleven where some rows are not digits."""
        return N_CLASSES + int((self.labels == NOT_A_DIGIT).any())

    def repeated(self, times: int) -> "Dataset":
        """Return the same images, each shown ``times`` times as often in an epoch."""
        return replace(self, times=self.times * times)

    def split(self, share: float, rng: "np.random.Generator") -> tuple["Dataset", "Dataset"]:
        """Return (the rest, a random share of the rows); the rest has at least one row."""
        order = rng.permutation(len(self))
        n = min(round(share * len(self)), max(len(self) - 1, 0))
        return self[np.sort(order[n:])], self[np.sort(order[:n])]

    def split_by_writer(self, share: float) -> tuple["Dataset", "Dataset"]:
        """Return (the rest, all rows of the last share of the writers, at least one writer)."""
        writers = np.unique(self.writers)
        held_out = writers[-max(round(share * len(writers)), 1) :]
        chosen = np.isin(self.writers, held_out)
        return self[~chosen], self[chosen]


def concatenate(datasets: Sequence[Dataset]) -> Dataset:
    """Return the rows of all datasets, in their order."""
    return Dataset(
        np.concatenate([dataset.images for dataset in datasets]),
        np.concatenate([dataset.labels for dataset in datasets]),
        np.concatenate([dataset.writers for dataset in datasets]),
        np.concatenate([dataset.times for dataset in datasets]),
    )


class DataLoader:
    """Iterates over a dataset's batches, in a new random order each epoch; the last batch may be shorter.

    An interrupted iteration is resumed by the next one: ``permutation`` is the order, ``position`` the next row in it,
    ``epoch`` counts from 1.

    Parameters
    ----------
    rng
        Draws the order of each epoch.
    input_scale
        Factor for the pixels: 1/255 scales them to [0, 1].
    deformation
        Augmentation as a function of the epochs done, a fraction included; None for none.
    seed
        Seed of the augmentation. Each batch has its own generator, seeded with seed, epoch and position, so that its
        images do not depend on earlier batches.

    Attributes
    ----------
    ahead : bool
        Whether a thread deforms the next batch while the current one is used for training. The images are the same. It
        costs nothing on an idle core, and slows training down where no core is idle.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        rng: "np.random.Generator",
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
        """Yield images (B, 784), in a buffer that is reused, and labels (B,)."""
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
        """The number of images in an epoch."""
        return len(self._rows)

    def restore(self, permutation: NDArray[np.int64], position: int, epoch: int) -> None:
        """Continue from a saved state; raise ValueError where it does not fit this data."""
        if permutation.size and not np.array_equal(np.sort(permutation), self._rows):
            raise ValueError("the saved order is not a permutation of these digits")
        if not 0 <= position <= len(permutation) or epoch < 0:
            raise ValueError("the position in the saved order is out of range")
        self.permutation, self.position, self.epoch = permutation.astype(np.int64), position, epoch

    def _batches(self) -> Generator[NDArray[np.float32], None, None]:
        """Yield the images of the remaining batches of the epoch."""
        starts = range(self.position, len(self.permutation), self.batch_size)
        buffers = itertools.cycle(self._floats)
        if self._augmenter is None or not self.ahead:
            yield from map(self._images, starts, buffers)
            return
        with ThreadPoolExecutor(1) as thread:
            pending: deque[Future[NDArray[np.float32]]] = deque()
            for start, floats in zip(starts, buffers, strict=False):
                pending.append(thread.submit(self._images, start, floats))
                if len(pending) == len(self._floats):
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

    def _images(self, start: int, floats: NDArray[np.float32]) -> NDArray[np.float32]:
        """Write the batch at position ``start`` of the permutation into a buffer, and return the part used."""
        rows = self.permutation[start : start + self.batch_size]
        floats = floats[: len(rows)]
        # mode="clip" lets take() write straight into the buffer; "raise" makes a copy first.
        gathered = np.take(self.dataset.images, rows, axis=0, out=self._bytes[: len(rows)], mode="clip")
        if self._augmenter is None or self._deformation is None:
            floats[...] = gathered  # a product of bytes and a float32 would go through NumPy's small buffers
        else:
            self._augmenter.deformation = self._deformation(self.epoch - 1 + start / len(self._rows))
            self._augmenter.deform(gathered, np.random.default_rng([self._seed, self.epoch, start]), floats)
        floats *= np.float32(self.input_scale)
        return floats
