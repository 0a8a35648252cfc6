"""Engines that train the same network by plain SGD, each in a process of its own.

    python benchmarks/engines.py NAME '{"hidden": [256, 128], "batch_size": 32, "n_rows": 60000, "n_threads": 2}'

reads a number of steps from each line of its standard input, trains, and prints the seconds it took. Each engine needs
its own process, since a library's threads spin while they wait and would slow down the next measurement; an idle engine
waits for a line.

The rows are random bytes: the time does not depend on their content. Libraries get them as float32, scaled beforehand;
digitpad gathers and scales bytes in each step, as in any run.
"""

import itertools
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import threads
from core.data.dataset import Dataset
from core.digits import N_CLASSES, N_PIXELS
from core.nn.losses import log_softmax
from core.training import loop
from core.training.config import TrainConfig
from core.training.splits import Splits
from core.training.training_state import TrainingState

RATE = 0.01

Steps = Callable[[int], None]
"""Trains for a number of steps."""


@dataclass(frozen=True)
class Work:
    """The widths of the hidden layers, the batch size, the number of rows and of threads."""

    hidden: tuple[int, ...]
    batch_size: int
    n_rows: int
    n_threads: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Widths from input to output."""
        return (N_PIXELS, *self.hidden, N_CLASSES)

    def rows(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return images (N, 784) and labels (N,)."""
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (self.n_rows, N_PIXELS), np.uint8)
        return images, rng.integers(0, N_CLASSES, self.n_rows)

    def scaled(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return images (N, 784), in [0, 1], and labels (N,)."""
        images, labels = self.rows()
        return images * np.float32(1 / 255), labels

    def weights(self, dtype: type = np.float32) -> list[NDArray[np.floating]]:
        """Return the initial weights (n_in, n_out) of each layer: He's initializer."""
        rng = np.random.default_rng(1)
        return [
            (rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)).astype(dtype)
            for n_in, n_out in itertools.pairwise(self.sizes)
        ]

    def batches(self) -> Iterator[NDArray[np.int64]]:
        """Yield the row numbers of each whole batch, reshuffled in each epoch."""
        rng = np.random.default_rng(2)
        while True:
            order = rng.permutation(self.n_rows)
            for start in range(0, self.n_rows - self.batch_size + 1, self.batch_size):
                yield order[start : start + self.batch_size]


def digitpad(work: Work) -> Steps:
    """Train by ``fit``, with its records and without a validation set."""
    images, labels = work.rows()
    data = Dataset.of(images, labels)
    empty = data[:0]
    splits = Splits(data, empty, empty)
    config = TrainConfig(
        hidden=work.hidden, batch_size=work.batch_size, learning_rate=RATE, momentum=0.0, epochs=10_000,
        validation_share=0.0,
    )  # fmt: skip
    records = loop.fit(TrainingState.start(splits, config), splits, config)

    def steps(n: int) -> None:
        for _ in itertools.islice(records, n):
            pass

    return steps


def report(work: Work) -> Steps:
    """Train as the report did: in float64, with new arrays in each step."""
    images, labels = work.scaled()
    weights, batches = work.weights(np.float64), work.batches()
    biases = [np.zeros(w.shape[1]) for w in weights]

    def step() -> None:
        rows = next(batches)
        outputs = [images[rows].astype(np.float64)]
        for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            z = outputs[-1] @ weight + bias
            outputs.append(np.maximum(z, 0) if i < len(weights) - 1 else z)
        grad = np.exp(log_softmax(outputs[-1]))
        grad[np.arange(len(rows)), labels[rows]] -= 1
        grad /= len(rows)
        for i in reversed(range(len(weights))):
            weight_grad, bias_grad = outputs[i].T @ grad, grad.sum(axis=0)
            if i:
                grad = (grad @ weights[i].T) * (outputs[i] > 0)
            weights[i] -= RATE * weight_grad
            biases[i] -= RATE * bias_grad

    return lambda n: _repeat(step, n)


def products(work: Work) -> Steps:
    """Do only the matrix products of a step, in buffers: the upper bound of NumPy's speed."""
    weights = work.weights()
    outputs = [np.random.default_rng(0).random((work.batch_size, n), np.float32) for n in work.sizes]
    grads = [np.zeros_like(weight) for weight in weights]

    def step() -> None:
        for i, weight in enumerate(weights):
            np.matmul(outputs[i], weight, out=outputs[i + 1])
        for i in reversed(range(len(weights))):
            np.matmul(outputs[i].T, outputs[i + 1], out=grads[i])
            if i:
                np.matmul(outputs[i + 1], weights[i].T, out=outputs[i])

    return lambda n: _repeat(step, n)


def scikit_learn(work: Work) -> Steps:
    """Train scikit-learn's MLPClassifier by ``partial_fit`` on the rows of all the steps."""
    from sklearn.neural_network import MLPClassifier

    images, labels = work.scaled()
    model = MLPClassifier(
        work.hidden, solver="sgd", alpha=0.0, batch_size=work.batch_size, learning_rate_init=RATE, momentum=0.0
    )
    model.partial_fit(images[: work.batch_size], labels[: work.batch_size], classes=range(N_CLASSES))

    def steps(n: int) -> None:
        rows = n * work.batch_size
        while rows > 0:
            model.partial_fit(images[:rows], labels[:rows])
            rows -= work.n_rows

    return steps


def pytorch(work: Work) -> Steps:
    """Train PyTorch's network in eager mode."""
    return _pytorch(work, compiled=False)


def pytorch_compiled(work: Work) -> Steps:
    """Train PyTorch's network, the loss compiled by ``torch.compile``."""
    return _pytorch(work, compiled=True)


def _pytorch(work: Work, *, compiled: bool) -> Steps:
    import torch
    from torch import nn

    torch.set_num_threads(work.n_threads)
    images, labels = map(torch.from_numpy, work.scaled())
    layers: list[nn.Module] = []
    for n_in, n_out in itertools.pairwise(work.sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    batches = work.batches()

    def loss_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(network(x), y)

    function = torch.compile(loss_of) if compiled else loss_of

    def step() -> None:
        rows = torch.from_numpy(next(batches))
        optimizer.zero_grad()
        function(images[rows], labels[rows]).backward()
        optimizer.step()

    return lambda n: _repeat(step, n)


def jax(work: Work) -> Steps:
    """Train with JAX: a whole step, with the gathering of its rows, is one compiled function."""
    from functools import partial

    import jax
    import jax.numpy as jnp

    images, labels = map(jnp.asarray, work.scaled())
    parameters = [(jnp.asarray(w), jnp.zeros(w.shape[1], jnp.float32)) for w in work.weights()]
    batches = work.batches()

    def loss(parameters: list, x: jax.Array, y: jax.Array) -> jax.Array:
        for weight, bias in parameters[:-1]:
            x = jax.nn.relu(x @ weight + bias)
        weight, bias = parameters[-1]
        log_p = jax.nn.log_softmax(x @ weight + bias)
        return -jnp.take_along_axis(log_p, y[:, None], axis=1).mean()

    @partial(jax.jit, donate_argnums=0)
    def step(parameters: list, images: jax.Array, labels: jax.Array, rows: jax.Array) -> list:
        grads = jax.grad(loss)(parameters, images[rows], labels[rows])
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, grads)

    def steps(n: int) -> None:
        nonlocal parameters
        for _ in range(n):
            parameters = step(parameters, images, labels, next(batches))
        jax.block_until_ready(parameters)

    return steps


def _repeat(step: Callable[[], None], n: int) -> None:
    for _ in range(n):
        step()


ENGINES: dict[str, Callable[[Work], Steps]] = {
    "report": report,
    "scikit-learn": scikit_learn,
    "PyTorch": pytorch,
    "torch.compile": pytorch_compiled,
    "JAX": jax,
    "digitpad": digitpad,
    "products": products,
}


def main() -> None:
    """Train for each number of steps from stdin; print the seconds and the peak resident memory in MB."""
    name, arguments = sys.argv[1:]
    fields = json.loads(arguments)
    work = Work(**fields | {"hidden": tuple(fields["hidden"])})
    with threads.limited(work.n_threads):
        steps = ENGINES[name](work)
        steps(3)
        print("ready", flush=True)
        for line in sys.stdin:
            began = time.perf_counter()
            steps(int(line))
            seconds = time.perf_counter() - began
            print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


if __name__ == "__main__":
    main()
