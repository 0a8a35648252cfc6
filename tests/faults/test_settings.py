"""The window's settings: a process that is killed while it writes them leaves the old settings or the new ones."""

import os
import random
import signal
import subprocess
import sys

import pytest

from gui.shell.preferences import Preferences

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")

N_KILLS = max(int(os.environ.get("DIGITPAD_KILLS", "0")), 5)
WRITES = """
import itertools
from gui.shell.preferences import Preferences
preferences = Preferences()
for number in itertools.count(int(preferences.text("number", "0")) + 1):
    preferences.set("number", str(number))
    preferences.set("long", "x" * 100_000)
    assert preferences.save()
    print(number, flush=True)
"""


@pytest.mark.timeout(60 + 10 * N_KILLS)
def test_settings_survive_being_killed(home, tell):
    rng = random.Random(0)
    number = 0
    for _ in range(N_KILLS):
        with subprocess.Popen([sys.executable, "-c", WRITES], stdout=subprocess.PIPE, text=True) as process:
            for _ in range(rng.randrange(1, 30)):
                number = int(process.stdout.readline())
            process.kill()
            said = process.stdout.read().split()
        number = max([number, *map(int, said)])
        found = Preferences()
        assert number <= int(found.text("number")) <= number + 1
        assert found.text("long") == "x" * 100_000
        assert found.save()
    assert number >= N_KILLS  # each process continues from the killed one: no lock of that one remains
    tell(kills=N_KILLS, losses=0)
