"""``digitpad`` as a process on a real X server: events sent through X, and a clean exit."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

TOOLS = ("Xvfb", "xdotool")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"no virtual X server here: {' and '.join(TOOLS)} are not installed"
)


@pytest.fixture
def display():
    """Start an X server on a free display; return the display's name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()  # written when the server is ready
    yield f":{number}"
    server.terminate()
    server.wait(30)


def xdotool(display, *arguments):
    command = ["xdotool", *map(str, arguments)]
    result = subprocess.run(command, env={**os.environ, "DISPLAY": display}, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_the_window_opens_takes_a_drawing_and_quits(display, home):
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    program = subprocess.Popen([sys.executable, "-m", "gui.app"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        window = xdotool(display, "search", "--sync", "--onlyvisible", "--name", "^digitpad$")[0]
        xdotool(display, "windowfocus", "--sync", window)
        xdotool(display, "mousemove", "--sync", 200, 300, "mousedown", 1)
        for share in np.linspace(0, 1, 20):
            xdotool(display, "mousemove", round(200 + 100 * share), round(300 + 200 * share))
        xdotool(display, "mouseup", 1)
        assert program.poll() is None
        xdotool(display, "key", "ctrl+q")
        _, errors = program.communicate(timeout=60)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, errors
    assert errors == ""
    assert (home / "settings" / "digitpad.ini").exists()
