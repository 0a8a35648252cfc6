"""Kill a process at each step of each kind of write, one after the other, and check what it leaves.

Run as a program, ``dying.py SCENARIO FOLDER`` prints the number of deaths and the losses. Each time a forked process
dies by SIGKILL: nothing is caught, closed or flushed.
"""

import dataclasses
import functools
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import safetensors.numpy  # noqa: F401 - imported once, not in each process
import tomli_w  # noqa: F401

from core.comparison import result_cache
from core.comparison.job import Job
from core.data import idx, mnist
from core.errors import DigitpadError
from core.files import atomic
from core.nn.network import Network, mlp
from core.recognition import modelfile
from core.recognition.modelfile import Model
from core.runs.run import Broken, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop, recipefile, recipes
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.training_state import TrainingState

CONFIG = TrainConfig(hidden=(4,), batch_size=40, epochs=2)
EXPERIMENT = Experiment.prepare("quick", CONFIG, "synthetic:90", 1)
WRITE_AT = (1, 3)  # batches after which a checkpoint is written


class _Half:
    """A file that writes half of its content, then takes the step at which the process may die, then the rest."""

    def __init__(self, file, step: Callable[[], None]) -> None:
        self._file, self._step = file, step

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        half = len(content) // 2
        self._file.write(content[:half])
        self._file.flush()
        self._step()
        return half + self._file.write(content[half:])


def die_at(number: int) -> None:
    """Kill this process at its ``number``-th step of writing: before, within and after each system call."""
    steps = itertools.count()

    def step() -> None:
        if next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(call):
        @functools.wraps(call)
        def called(*arguments, **options):
            step()
            found = call(*arguments, **options)
            step()
            return found

        return called

    fdopen = os.fdopen
    os.fdopen = lambda *arguments: _Half(fdopen(*arguments), step)
    for name in ("fsync", "replace", "rename", "mkdir", "unlink", "rmdir"):
        setattr(os, name, around(getattr(os, name)))


def deaths(scenario: Callable[[Path], None], folder: Path) -> Iterator[Path]:
    """Yield the folder of each process that died in the scenario, one step later each time, until one survives."""
    for number in itertools.count():
        where = folder / str(number)
        where.mkdir(parents=True)
        if not (child := os.fork()):
            die_at(number)
            scenario(where)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        yield where
        if not os.WIFSIGNALED(status):
            assert status == 0, f"the scenario itself failed: {status}"
            return


# A run from its beginning to its end


def announce(where: Path, word: str) -> None:
    with (where / "announced").open("a") as file:
        print(word, file=file)


def run(where: Path) -> None:
    store = RunStore(where / "runs")
    experiment = dataclasses.replace(EXPERIMENT, state=TrainingState.start(EXPERIMENT.splits, CONFIG))
    with RunRecorder.begin(experiment, store, name="mine") as recorder:
        announce(where, "begun")
        for record in recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG)):
            if record.step in WRITE_AT:
                recorder.write()
                announce(where, str(record.step))
        store.label(recorder.run, name="renamed")
        announce(where, "renamed")
        recorder.write()
        recorder.end(Status.FINISHED, experiment.conclude()[0])
        announce(where, "finished")
    store.delete(recorder.run)
    announce(where, "deleted")
    store.restore(recorder.run.id)


def losses_of_run(where: Path) -> list[str]:
    words = (where / "announced").read_text().split() if (where / "announced").exists() else []
    store = RunStore(where / "runs")
    found = store.runs()
    if any(isinstance(run, Broken) for run in found):
        return [f"after {words}: {found}"]
    if not found:
        trash = list((where / "runs" / ".trash").glob("*"))
        if "finished" in words and trash:
            store.restore(trash[0].name)
            found = store.runs()
    if not found:
        return [f"the run is lost after {words}"] if words else []
    (run,) = found
    if "renamed" in words and run.name != "renamed":
        return ["its name is lost"]
    if run.status is Status.FINISHED:
        return [] if run.model() and run.history().n_evaluations == CONFIG.epochs else ["an evaluation is lost"]
    if "finished" in words:
        return ["its end is lost"]
    step = max([int(word) for word in words if word.isdigit()], default=0)
    with RunRecorder.resume(run) as recorder:
        resumed = recorder.experiment.state.step
        for _ in recorder.follow(loop.fit(recorder.experiment.state, recorder.experiment.splits, CONFIG)):
            pass
        ended = recorder.experiment.state.network.parameters.tobytes()
    lost = [f"it resumes at step {resumed}, though {step} was written"] if resumed < step else []
    return lost + ([] if ended == _whole() else ["it does not end like an uninterrupted run"])


@functools.cache
def _whole() -> bytes:
    experiment = Experiment.prepare("quick", CONFIG, "synthetic:90", 1)
    for _ in loop.fit(experiment.state, experiment.splits, CONFIG):
        pass
    return experiment.state.network.parameters.tobytes()


# Single files, each written twice


def model_of(number: int) -> Model:
    network = Network(mlp((784, 2, 10)))
    network.parameters[:] = number
    return Model(network)


def job() -> Job:
    return Job("quick", CONFIG, "synthetic:90", None, 4, "f" * 64)


def files(where: Path) -> None:
    for number in (1, 2):
        modelfile.save(model_of(number), where / "model")
        idx.write(where / "images.gz", np.full((number, 28, 28), number, np.uint8))
        result_cache.save(where, job(), {"number": number})
        recipe = dataclasses.replace(recipes.RECIPES["quick"], title=str(number))
        recipefile.save(recipe, where / f"r{number}.toml", recipes.RECIPES)
        announce(where, str(number))


def losses_of_files(where: Path) -> list[str]:
    written = len((where / "announced").read_text().split()) if (where / "announced").exists() else 0
    readers = {
        "model": lambda path: modelfile.load(path).network.parameters[0],
        "images.gz": lambda path: len(idx.read(path)),
        "r1.toml": lambda path: int(recipefile.load(path, recipes.RECIPES).title),
        "r2.toml": lambda path: int(recipefile.load(path, recipes.RECIPES).title),
        result_cache.path(where, job()).name: lambda path: result_cache.load(where, job())["number"],
    }
    try:
        found = {name: read(where / name) for name, read in readers.items() if (where / name).exists()}
    except (DigitpadError, TypeError) as error:
        return [f"damaged: {error}"]
    least = {name: 1 if name == "r1.toml" else written for name in found if name != "r2.toml"}
    lost = [f"{name} is of {found[name]}, though {n} was written" for name, n in least.items() if found[name] < n]
    return lost + ([f"{found} of {written}"] if written and len(found) < len(readers) - 1 else [])


def naively(where: Path) -> None:
    """Write the same files without atomic writes, to show that losses are detected."""

    def write(path: Path, content: bytes, error: type[DigitpadError] | None = None) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
            file.write(content)

    atomic.write = write
    files(where)


# The files of a download


def download(where: Path) -> None:
    os.environ["DIGITPAD_HOME"] = str(where)
    mnist.store(dict.fromkeys(mnist.SHA256, idx.dump(np.zeros((3, 28, 28), np.uint8))))
    announce(where, "kept")


def losses_of_download(where: Path) -> list[str]:
    os.environ["DIGITPAD_HOME"] = str(where)
    if mnist.folder() is None:
        return ["MNIST is lost"] if (where / "announced").exists() else []
    return [] if all(len(idx.read(path)) == 3 for path in mnist.cache().glob("*.gz")) else ["a part is damaged"]


SCENARIOS = {
    "run": (run, losses_of_run),
    "files": (files, losses_of_files),
    "download": (download, losses_of_download),
    "naively": (naively, losses_of_files),
}


def main(name: str, folder: Path) -> None:
    os.environ.pop("DIGITPAD_DATA", None)
    scenario, losses_of = SCENARIOS[name]
    n, losses = -1, []
    for where in deaths(scenario, folder):
        n += 1
        losses += [f"death {n}: {loss}" for loss in losses_of(where)]
    print(json.dumps({"deaths": n, "losses": losses}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
