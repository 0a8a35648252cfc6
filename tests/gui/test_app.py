"""The command ``digitpad``, run as a user runs it."""

import os
import subprocess
import sys

import pytest
from PIL import Image


def digitpad(*arguments, **environment):
    variables = {name: value for name, value in (os.environ | environment).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-m", "gui.app", *map(str, arguments)],
        env=variables, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_version():
    from core import __version__

    result = digitpad("--version")
    assert (result.returncode, result.stdout) == (0, f"digitpad {__version__}\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 and Wayland can be missing")
def test_without_a_display_it_says_so_in_one_sentence():
    result = digitpad(DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert result.returncode == 2
    assert result.stderr.startswith("digitpad: there is no display")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 can be missing")
def test_with_a_display_that_does_not_answer_it_says_so():
    result = digitpad(DISPLAY=":987", WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "display" in result.stderr or "libraries" in result.stderr


def test_an_unknown_option_is_one_sentence():
    result = digitpad("--colour")
    assert result.returncode == 2
    assert result.stderr.startswith("digitpad: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("--dark",), ("--scale", "2", "--state", "empty")])
def test_screenshot(tmp_path, home, arguments):
    picture = tmp_path / "window.png"
    result = digitpad("--screenshot", picture, *arguments, DISPLAY=None, QT_QPA_PLATFORM=None, DIGITPAD_DATA=None)
    assert result.returncode == 0, result.stderr
    with Image.open(picture) as image:
        colours = image.convert("RGB").getcolors(2**20)
        assert image.width >= (2 if "2" in arguments else 1) * 700
    assert len(colours) > 100
    background = max(colours)[1]
    assert (sum(background) < 200) == ("--dark" in arguments)
    assert not list(home.iterdir()), "a picture leaves nothing behind"


def test_a_screenshot_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    result = digitpad("--screenshot", tmp_path / "file" / "window.png", "--state", "empty")
    assert result.returncode == 2
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
