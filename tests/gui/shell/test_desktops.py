"""``digitpad``'s window on desktops with small screens: X with a window manager and a panel, and Wayland.

It opens, is drawn on, trains, and lies on the screen with its answer. Wayland tells no program where its window is: a
picture of the whole screen shows it.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from PIL import Image

_X_TOOLS = ("Xvfb", "openbox", "xprop")
_WAYLAND_TOOLS = ("weston", "weston-screenshooter")
SCREENS = [(1366, 768, 1.25), (1024, 700, 1.0), (1280, 720, 1.5), (1366, 768, 1.0)]
"""Width and height in pixels, and the scale."""
PANEL = 32
MARK = 8  # logical pixels
COLOURS = [(255, 0, 250), (255, 0, 251), (255, 0, 252), (255, 0, 253), (255, 0, 254)]

_PROGRAM = """
import json, os, sys
from gui import app
sys.excepthook = lambda *error: (sys.__excepthook__(*error), os._exit(1))
application = app.create_application()
from PySide6.QtCore import QPoint, QSocketNotifier, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from gui.main_window import MainWindow

window = MainWindow(in_steps=True)

def draw():
    pad = window.pad_panel.pad
    side = min(pad.width(), pad.height())
    points = [pad.rect().center() + QPoint(round(x * side), round(y * side)) for x, y in
              ((-.15, -.3), (.2, -.3), (.1, 0), (0, .3))]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
    for start, stop in zip(points, points[1:]):
        for part in range(1, 9):
            QTest.mouseMove(pad, start + (stop - start) * part / 8)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])

def train():
    draw()
    panel = window.workbench.lab.panel
    window.workbench.session.concluded.connect(end)
    panel.set_data("synthetic:300")
    panel.controls.start_button.click()

def rectangle(widget):
    corner = widget.mapToGlobal(QPoint(0, 0))
    return [corner.x(), corner.y(), widget.width(), widget.height()]

def end():
    view = window.pad_panel.prediction_view
    size = {mark}
    places = [(window, -1, -1), (window, 0, -1), (view, 0, 0), (view, -1, 0), (view, -1, -1)]
    for (widget, right, bottom), colour in zip(places, {colours}):
        mark = QWidget(window)
        mark.setStyleSheet("background: rgb(%d, %d, %d)" % colour)
        corner = QPoint(-right * (widget.width() - size), -bottom * (widget.height() - size))
        mark.setGeometry(*widget.mapTo(window, corner).toTuple(), size, size)
        mark.show()
        mark.raise_()
    screen = application.primaryScreen()
    print(json.dumps(dict(
        platform=application.platformName(),
        frame=list(window.frameGeometry().getRect()),
        answer=rectangle(view),
        said=view.accessibleName(),
        status=window.workbench.lab.panel.progress.text,
        scrolled=window.workbench.lab.horizontalScrollBar().maximum(),
    )), flush=True)

def close(*_):
    window.close()
    application.quit()

window.completed.connect(train)
notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
notifier.activated.connect(close)
window.show()
sys.exit(application.exec())
"""
_PANEL = """
import subprocess, sys
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication(["panel"])
panel = QWidget()
panel.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeDock)
panel.setGeometry(0, 0, {width}, {height})
name = str(int(panel.winId()))
subprocess.run(["xprop", "-id", name, "-f", "_NET_WM_STRUT", "32c", "-set", "_NET_WM_STRUT", "0,0,{height},0"])
panel.show()
sys.exit(application.exec())
"""


@contextlib.contextmanager
def process(command, **arguments):
    """Start a process; end it at the end."""
    with subprocess.Popen(command, **arguments) as started:
        try:
            yield started
        finally:
            started.kill()


def wait_for(condition, timeout_s=60.0):
    """Ask a program outside again and again, since it sends no signals; return its first answer that is true."""
    end = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.1)
    return found


@contextlib.contextmanager
def window_on(platform, scale, **variables):
    """Open the window, draw and train; give what it says of itself."""
    environment = {**os.environ, "QT_QPA_PLATFORM": platform, "QT_SCALE_FACTOR": str(scale), **variables}
    program = _PROGRAM.replace("{mark}", str(MARK)).replace("{colours}", str(COLOURS))
    command = [sys.executable, "-c", program]
    with process(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        told = json.loads(started.stdout.readline())
        assert told["platform"] == platform
        yield told
        started.stdin.close()
        assert started.wait(60) == 0


def check(told):
    """Check that the window could be used."""
    assert told["said"].startswith("7, "), told
    assert "Test accuracy" in told["status"], told
    assert told["scrolled"] == 0, "nothing is cut off at the right"


@pytest.mark.skipif(not all(map(shutil.which, _X_TOOLS)), reason=f"not all of {', '.join(_X_TOOLS)} are installed")
@pytest.mark.parametrize(("width", "height", "scale"), SCREENS)
def test_on_x_the_window_lies_with_its_frame_beside_the_panel(home, width, height, scale):
    reading, writing = os.pipe()
    screen = f"{width}x{height}x24"
    server = ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(process(server, pass_fds=[writing], stderr=subprocess.DEVNULL))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            name = f":{pipe.readline().strip()}"
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        stack.enter_context(process(["openbox"], env=environment, stderr=subprocess.DEVNULL))
        panel = _PANEL.format(width=width, height=PANEL)
        stack.enter_context(process([sys.executable, "-c", panel], env=environment))

        def has_panel():
            root = subprocess.run(["xprop", "-root", "_NET_WORKAREA"], env=environment, capture_output=True, text=True)
            return f"= 0, {PANEL}, {width}, {height - PANEL}" in root.stdout

        wait_for(has_panel)
        with window_on("xcb", scale, DISPLAY=name) as told:
            check(told)
            for left, top, wide, high in (told["frame"], told["answer"]):
                assert left >= 0
                assert top >= PANEL / scale - 1
                assert left + wide <= width / scale + 1
                assert top + high <= height / scale + 1


@pytest.mark.skipif(not all(map(shutil.which, _WAYLAND_TOOLS)), reason="weston is not installed")
@pytest.mark.parametrize(("width", "height", "scale"), SCREENS)
def test_on_wayland_the_window_and_its_answer_are_on_the_screen(home, tmp_path, width, height, scale):
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    variables = {"XDG_RUNTIME_DIR": str(runtime), "WAYLAND_DISPLAY": "digitpad-test"}
    command = ["weston", "--backend=headless-backend.so", "--use-pixman", f"--width={width}", f"--height={height}"]
    command += ["--socket=digitpad-test", "--idle-time=0", "--no-config", "--debug"]
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with process(command, env={**os.environ, **variables}, **output):
        wait_for((runtime / "digitpad-test").exists)
        with window_on("wayland", scale, **variables) as told:
            check(told)
            wait_for(lambda: all(n >= 0.75 * (MARK * scale) ** 2 for n in seen_marks(tmp_path, variables)))


def seen_marks(folder, variables):
    """Return how many pixels of the screen have the colour of each mark."""
    for old in folder.glob("*.png"):
        old.unlink()
    subprocess.run(["weston-screenshooter"], cwd=folder, env={**os.environ, **variables}, timeout=60, check=True)
    (path,) = folder.glob("*.png")
    with Image.open(path) as picture:
        counts = {colour: n for n, colour in picture.convert("RGB").getcolors(1 << 24)}
    return [counts.get(colour, 0) for colour in COLOURS]
