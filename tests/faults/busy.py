"""A process that uses a run store at random: it trains, renames, deletes, restores and lists runs.

Each line that it prints is a promise: its content is on disk.
"""

import dataclasses
import random
import sys
from pathlib import Path

from core.errors import RunError
from core.runs.run import Broken, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment
from core.training.training_state import TrainingState

CONFIG = TrainConfig(hidden=(4,), batch_size=40, epochs=2)
EXPERIMENT = Experiment.prepare("quick", CONFIG, "synthetic:90", 1)


class Busy:
    """One of several users of a store."""

    def __init__(self, store: RunStore, seed: int) -> None:
        self.store, self.seed, self.rng = store, seed, random.Random(seed)
        self.mine: list = []

    def train(self) -> None:
        experiment = dataclasses.replace(EXPERIMENT, state=TrainingState.start(EXPERIMENT.splits, CONFIG))
        with RunRecorder.begin(experiment, self.store, name=f"of {self.seed}") as recorder:
            self.finish(recorder)

    def finish(self, recorder: RunRecorder) -> None:
        experiment = recorder.experiment
        for _ in recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG)):
            recorder.write()
        recorder.end(Status.FINISHED, experiment.conclude()[0])
        assert not recorder.failure, recorder.failure
        self.mine.append(recorder.run)
        self.tell("finished", recorder.run.id)

    def leave(self) -> None:
        """Leave a run unfinished, for any process to resume."""
        experiment = dataclasses.replace(EXPERIMENT, state=TrainingState.start(EXPERIMENT.splits, CONFIG))
        with RunRecorder.begin(experiment, self.store, name=f"left by {self.seed}") as recorder:
            next(recorder.follow(loop.fit(experiment.state, experiment.splits, CONFIG)))
            recorder.write()
            assert not recorder.failure, recorder.failure
            self.tell("left", recorder.run.id)

    def resume(self) -> None:
        """Resume an unfinished run of any process; another may be faster."""
        with RunRecorder.resume(self.store.last_interrupted()) as recorder:
            self.tell("taken", recorder.run.id)
            self.finish(recorder)

    def name(self) -> None:
        run = self.rng.choice(self.mine)
        word = "name" if self.seed % 2 else "note"  # one process renames runs, the other writes notes
        for named in (run, self.store.find(self.store.runs()[0].id)):
            text = f"{word} {self.rng.random()}"
            self.store.label(named, **{word: text})
            self.tell(word, named.id, text)

    def delete(self) -> None:
        run = self.rng.choice(self.mine)
        self.store.delete(run)
        self.tell("deleted", run.id)
        if self.rng.random() < 0.7:
            self.store.restore(run.id)
            self.tell("restored", run.id)
        else:
            self.mine.remove(run)

    def look(self) -> None:
        broken = [{run.id for run in self.store.runs() if isinstance(run, Broken)} for _ in range(2)]
        assert not set.intersection(*broken), "a run may be broken once, while it is being deleted, but not twice"

    def tell(self, *words: str) -> None:
        print(*words, sep="\t", flush=True)


def main(folder: Path, seed: int, n: int) -> None:
    busy = Busy(RunStore(folder), seed)
    busy.train()
    for _ in range(n):
        deed = busy.rng.choice([busy.train, busy.leave, busy.resume, busy.name, busy.name, busy.delete, busy.look])
        try:
            deed()
        except (RunError, IndexError) as error:  # another process was faster, or there is no run for this
            busy.tell("refused", str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
