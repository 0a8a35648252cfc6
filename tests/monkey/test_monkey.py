"""A monkey test of the window: no exception, no stuck state, no thread left, no run lost.

It takes a minute in all, with fixed seeds. With DIGITPAD_MONKEY it takes so many seconds, with new seeds or with
DIGITPAD_MONKEY_SEED.
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

from core.data import mnist, source_loaders
from core.runs.run import Broken
from core.runs.run_store import RunStore
from core.training import config

N_MONKEYS = 3
ASKED_S = os.environ.get("DIGITPAD_MONKEY")
SECONDS = float(ASKED_S or 60) / N_MONKEYS
WAIT_MS = 120_000


@pytest.fixture
def cage(monkeypatch, tmp_path, no_data):
    """Keep the monkey from the network, from other folders than its own, and from long runs."""

    def fetch(url, path, report):
        for done in range(0, 100_000, 1000):
            report(done)
        raise OSError("there is no network in here")

    monkeypatch.chdir(tmp_path)
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(tmp_path))
    monkeypatch.setattr(mnist, "_fetch_url", fetch)
    count = source_loaders._count
    monkeypatch.setattr(source_loaders, "_count", lambda name, argument: min(count(name, argument), 300))
    monkeypatch.setattr(config, "MAX_WEIGHTS", 2_000_000)
    return tmp_path


def pythons_threads():
    """Return Python's own threads; a thread of Qt that ran Python code once stays listed as a dummy."""
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


@pytest.mark.timeout(SECONDS + 400)
@pytest.mark.parametrize("number", range(N_MONKEYS))
def test_a_monkey(number, qtbot, qtlog, monkeypatch, cage, tell):
    asked = os.environ.get("DIGITPAD_MONKEY_SEED")
    seed = int(asked) + number if asked else random.SystemRandom().getrandbits(31) if ASKED_S else number
    print(f"seed {seed}")
    threads = pythons_threads()
    monkey = Monkey(seed, cage / "inputs", lambda: [(record.log_type_name, record.message) for record in qtlog.records])
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
    assert pythons_threads() == threads
    assert not [each for each in gc.get_objects() if isinstance(each, QThread) and isValid(each) and each.isRunning()]
    assert not [entry for entry in RunStore().runs() if isinstance(entry, Broken)]
    print(f"{len(monkey.done):,} steps, {monkey.n_runs} runs, {monkey.n_windows} windows: {dict(monkey.kinds)}")
    tell(actions=len(monkey.done), runs=monkey.n_runs, windows=monkey.n_windows, losses=0)
