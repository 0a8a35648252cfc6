"""The run store: all kept runs (``core.runs.run``), each in a folder of its own.

Beside them, ``.locks`` has a file for each run, locked by the process in which the run goes on and released by the
system if that crashes; ``.trash`` has deleted runs, which can be restored. A folder that makes no sense is listed as
broken, and harms nothing.
"""

import contextlib
import dataclasses
import datetime
import itertools
import json
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from core.errors import RunError, reason_of
from core.files import atomic, locks, paths
from core.messages import tr
from core.runs.run import INFO, LABEL, MAX_NAME, MAX_NOTE, Broken, Run, Status, read_label, versions

TRASH_AGE_S = 24 * 3600.0
"""Deleted runs are kept for so long: another window may still offer to restore them."""
_TRASH, _ASIDE = ".trash", ".begun-"
_LITTER_AGE_S = 3600.0  # a folder that is not complete after so long was left by a killed process


class RunStore:
    """The runs in a folder; without one, in the user's own."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.runs()

    def runs(self) -> list[Run | Broken]:
        """Return all runs, the newest first. A running one whose lock no process holds is an interrupted one."""
        try:
            folders = [path for path in self.folder.iterdir() if not path.name.startswith(".") and path.is_dir()]
        except OSError:
            return []
        found = map(self._found, sorted(folders, key=lambda folder: folder.name, reverse=True))
        return [run for run in found if run is not None]

    def problem(self) -> str:
        """Return why the folder cannot be listed; empty where it can, or where there is none yet."""
        try:
            next(self.folder.iterdir(), None)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return tr("{folder} cannot be listed: {reason}", folder=self.folder, reason=reason_of(error))
        return ""

    def _found(self, folder: Path) -> Run | Broken | None:
        """Return the run in a folder; None where it has been deleted meanwhile."""
        try:
            run = Run.load(folder)
        except RunError:
            try:  # once more: it may have been deleted and restored between being listed and being read
                run = Run.load(folder)
            except RunError as error:
                return Broken(folder, str(error)) if folder.is_dir() else None
        if run.status is Status.RUNNING and not locks.is_held(folder):
            return dataclasses.replace(run, status=Status.INTERRUPTED)
        return run

    def holds(self, folder: Path) -> bool:
        """Return whether a run's folder is in this store."""
        return folder.parent.resolve() == self.folder.resolve()

    def find(self, name: str) -> Run:
        """Return the run with this ID, or the only one of this name, or the one in this folder, in any store.

        Raises
        ------
        RunError
            There is none, or it is broken, or there are several.
        """
        if len(Path(name).parts) > 1 and Path(name).is_dir():
            if not (Path(name) / INFO).exists():
                raise RunError(tr("{folder} is not the folder of a run", folder=name))
            found = self._found(Path(name).absolute())
            if isinstance(found, Run):
                return found
            raise RunError(found.reason if found else tr("{folder} is gone", folder=name))
        runs = [run for run in self.runs() if isinstance(run, Run)]
        named = [run for run in runs if run.id == name] or [run for run in runs if run.name == name]
        if not named:
            self._check_readable()
            raise RunError(tr('there is no run "{name}"; digitpad-lab runs lists them', name=name))
        if len(named) > 1:
            ids = ", ".join(run.id for run in named)
            text = tr('{n} runs are called "{name}"; say which one: {ids}', n=len(named), name=name, ids=ids)
            raise RunError(text)
        return named[0]

    def last_interrupted(self) -> Run:
        """Return the newest interrupted run; raise RunError where there is none."""
        for run in self.runs():
            if isinstance(run, Run) and run.status is Status.INTERRUPTED:
                return run
        self._check_readable()
        raise RunError(tr("there is no run that was interrupted"))

    def _check_readable(self) -> None:
        """Raise RunError if the folder cannot be listed: a run may be there all the same."""
        if problem := self.problem():
            raise RunError(problem)

    def begin(self, **facts: Any) -> Run:
        """Make the folder of a new run, and return the run; raise RunError where that fails."""
        run, lock = self.begin_held(**facts)
        lock.release()
        return run

    def begin_held(self, **facts: Any) -> tuple[Run, locks.Lock]:
        """Make the folder of a new run, and return the run with its lock; raise RunError where that fails.

        The folder is prepared under another name, and locked, before it is listed: no other process finds it without
        run.json, or takes it for an interrupted one.
        """
        now = datetime.datetime.now(datetime.UTC)
        facts["name"] = self._unused(facts["name"])
        run = Run(
            self.folder / f"{now:%Y-%m-%dT%H-%M-%S-%f}-{secrets.token_hex(2)}",
            versions=versions(),
            created=now.isoformat(timespec="seconds"),
            **facts,
        )
        with contextlib.ExitStack() as undo:
            try:
                aside = self.folder / f"{_ASIDE}{run.id}"
                undo.callback(shutil.rmtree, aside, ignore_errors=True)
                aside.mkdir(parents=True)
                atomic.write(aside / INFO, run.as_json())
                lock = locks.hold(run.folder)
                undo.callback(lock.release)
                aside.rename(run.folder)
            except OSError as error:
                text = tr("{folder} cannot be made: {reason}", folder=run.folder, reason=reason_of(error))
                raise RunError(text) from None
            undo.pop_all()
        return run, lock

    def _unused(self, name: str) -> str:
        """Return a name that no run has yet: ``quick``, then ``quick 2``."""
        taken = {run.name for run in self.runs() if isinstance(run, Run)}
        names = itertools.chain([name], (f"{name} {number}" for number in itertools.count(2)))
        return next(candidate for candidate in names if candidate not in taken)

    def label(self, run: Run, *, name: str | None = None, note: str | None = None) -> Run:
        """Give a run another name or note, and return the run; raise RunError where that fails.

        An argument that is None keeps what is on disk, which another process may have changed since ``run`` was read.
        """
        given: dict[str, str] = {}
        if name is not None:
            given["name"] = name.strip()[:MAX_NAME]
        if note is not None:
            given["note"] = note[:MAX_NOTE]
        if given.get("name") == "":
            raise RunError(tr("a run needs a name"))
        path = run.folder / LABEL
        with locks.held(_label_lock(run.folder), tr("the run is being renamed elsewhere: try again")):
            label = {"name": run.name, "note": run.note} | read_label(path) | given
            atomic.write(path, json.dumps(label).encode(), RunError)
        return dataclasses.replace(run, **label)

    def delete(self, run: Run | Broken) -> None:
        """Move a run into the trash, from where ``restore`` brings it back; raise RunError where it is in use."""
        if locks.is_held(run.folder):
            raise RunError(tr("the run goes on, here or in another process: end it first"))
        with locks.held(run.folder):  # or another process might resume it while it is moved
            try:
                (self.folder / _TRASH).mkdir(exist_ok=True)
                run.folder.rename(self.folder / _TRASH / run.id)
            except OSError as error:
                text = tr("{folder} cannot be deleted: {reason}", folder=run.folder, reason=reason_of(error))
                raise RunError(text) from None

    def restore(self, run_id: str) -> None:
        """Move a deleted run back; raise RunError where that fails."""
        try:
            (self.folder / _TRASH / run_id).rename(self.folder / run_id)
        except OSError as error:
            raise RunError(tr("the run cannot be restored: {reason}", reason=reason_of(error))) from None

    def empty_trash(self, age_s: float = 0.0) -> None:
        """Delete for good what has been in the trash for ``age_s`` seconds, and what killed processes have left."""
        for folder in (self.folder / _TRASH).glob("*"):
            with contextlib.suppress(OSError):
                if _age_s(folder) >= age_s:
                    for locked in (self.folder / folder.name, _label_lock(self.folder / folder.name)):
                        locks.path_of(locked).unlink(missing_ok=True)
                    shutil.rmtree(folder, ignore_errors=True)
        for folder in self.folder.glob(f"{_ASIDE}*"):
            with contextlib.suppress(OSError):
                if _age_s(folder) >= _LITTER_AGE_S:
                    shutil.rmtree(folder, ignore_errors=True)


def _label_lock(folder: Path) -> Path:
    """Return the lock for changing a run's label: the lock of the run itself may be held for hours."""
    return folder.with_name(f"{folder.name}.label")


def _age_s(folder: Path) -> float:
    """Return how long a folder has been where it is: moving it changes its ctime."""
    return time.time() - folder.stat().st_ctime
