"""A process that will be killed: it begins a run, or resumes the one of a killed process, and prints each step."""

import sys
from pathlib import Path

from core.runs import run_recorder
from core.runs.run import Run, Status
from core.runs.run_recorder import RunRecorder
from core.runs.run_store import RunStore
from core.threads import limited
from core.training import loop
from core.training.config import TrainConfig
from core.training.experiment import Experiment

CONFIG = TrainConfig(hidden=(32,), batch_size=8, momentum=0.9, deformation=0.3, epochs=10_000)
DATA = "synthetic:300"


def begun(n_epochs: int, store: RunStore | None, data: str = DATA) -> RunRecorder:
    config = TrainConfig.from_dict(CONFIG.as_dict() | {"epochs": n_epochs})
    return RunRecorder.begin(Experiment.prepare("quick", config, data, 1), store)


def main(folder: Path, n_epochs: int, interval_s: float, data: str) -> None:
    run_recorder.CHECKPOINT_INTERVAL_S = interval_s
    store = RunStore(folder)
    left = [run for run in store.runs() if isinstance(run, Run) and run.status is Status.INTERRUPTED]
    with limited(1), RunRecorder.resume(left[0]) if left else begun(n_epochs, store, data) as recorder:
        experiment = recorder.experiment
        print("step", experiment.state.step, flush=True)
        for record in recorder.follow(loop.fit(experiment.state, experiment.splits, experiment.config)):
            print("step", record.step, flush=True)
        recorder.write()
        recorder.end(Status.FINISHED, experiment.conclude()[0])
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
