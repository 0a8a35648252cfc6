"""Random actions at the window: no exception, no stuck state, no thread left, no run lost.

By default a minute in all, with fixed seeds. DIGITPAD_MONKEY sets the seconds and draws new seeds; DIGITPAD_MONKEY_SEED
sets the first seed.
"""

import gc
import os
import random
import sys
import threading

import pytest
from monkey import Monkey
from PySide6.QtCore import QSettings, QThread
from PySide6.QtWidgets import QFileDialog, QInputDialog
from shiboken6 import isValid

from core.data import mnist, sources
from core.runs.run import Broken
from core.runs.run_store import RunStore
from core.training import config

N_MONKEYS = 3
GIVEN_S = os.environ.get("DIGITPAD_MONKEY")
SECONDS = float(GIVEN_S or 60) / N_MONKEYS
WAIT_MS = 120_000


@pytest.fixture
def own_folder(monkeypatch, tmp_path, no_data):
    """Keep the monkey from the network, from other folders, and from long runs; return its folder."""

    def fetch(url, path, report):
        for done in range(0, 100_000, 1000):
            report(done)
        raise OSError("there is no network in this test")

    monkeypatch.chdir(tmp_path)
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(tmp_path))
    monkeypatch.setattr(mnist, "_fetch_url", fetch)
    monkeypatch.setattr(sources, "_count", lambda name, argument, count=sources._count: min(count(name, argument), 300))
    monkeypatch.setattr(config, "MAX_WEIGHTS", 2_000_000)
    return tmp_path


def python_threads():
    """Return the threads that Python started; it lists Qt's threads that once ran Python for ever."""
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


@pytest.mark.timeout(SECONDS + 400)
@pytest.mark.parametrize("number", range(N_MONKEYS))
def test_a_monkey(number, qtbot, qtlog, monkeypatch, own_folder, tell):
    given_seed = os.environ.get("DIGITPAD_MONKEY_SEED")
    seed = int(given_seed) + number if given_seed else random.SystemRandom().getrandbits(31) if GIVEN_S else number
    print(f"seed {seed}")
    threads = python_threads()
    monkey = Monkey(
        seed, own_folder / "inputs", lambda: [(record.log_type_name, record.message) for record in qtlog.records]
    )
    monkeypatch.setattr(sys, "excepthook", monkey.catch)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", monkey.file_to_open)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", monkey.file_to_save)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", monkey.folder)
    monkeypatch.setattr(QInputDialog, "getText", monkey.words)
    monkeypatch.setattr(QInputDialog, "getMultiLineText", monkey.words)
    try:
        monkey.play(SECONDS)
        monkey.rest(lambda condition: qtbot.waitUntil(condition, timeout=WAIT_MS))
    finally:
        monkey.end()
    assert python_threads() == threads
    assert not [each for each in gc.get_objects() if isinstance(each, QThread) and isValid(each) and each.isRunning()]
    assert not [entry for entry in RunStore().runs() if isinstance(entry, Broken)]
    print(f"{len(monkey.done):,} actions, {monkey.n_runs} runs, {monkey.n_windows} windows: {dict(monkey.kinds)}")
    tell(actions=len(monkey.done), runs=monkey.n_runs, windows=monkey.n_windows, losses=0)
