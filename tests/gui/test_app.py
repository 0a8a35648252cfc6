"""The command ``digitpad``, run in a process of its own."""

import os
import subprocess
import sys

import pytest
from PIL import Image

from gui import app
from gui.shell import display


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
def test_a_missing_display_is_one_sentence():
    result = digitpad(DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert result.returncode == 2
    assert result.stderr.startswith("digitpad: there is no display")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 can be missing")
def test_a_display_that_does_not_answer_is_one_sentence():
    result = digitpad(DISPLAY=":987", WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "display" in result.stderr or "libraries" in result.stderr


@pytest.mark.parametrize("asked", [None, "3"])
def test_numpy_uses_one_thread_unless_the_environment_sets_another_number(monkeypatch, asked):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked or "")
    if asked is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setattr(display, "problem", lambda: "there is no display")
    assert app.main([]) == 2
    assert os.environ["OPENBLAS_NUM_THREADS"] == (asked or "1")


def test_an_unknown_option_is_one_sentence():
    result = digitpad("--colour")
    assert result.returncode == 2
    assert result.stderr.startswith("digitpad: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--dark",),
        ("--scale", "2", "--state", "empty"),
        ("--state", "number"),
        ("--scale", "2", "--dark", "--state", "unsure"),
        ("--state", "refused"),
        ("--state", "overlaid"),
        ("--state", "network", "--dark"),
    ],
)
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
    assert not list(home.iterdir()), "a screenshot leaves no files"


def test_a_screenshot_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    result = digitpad("--screenshot", tmp_path / "file" / "window.png", "--state", "empty")
    assert result.returncode == 2
    assert f"there is no folder {tmp_path / 'file'}" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_animation_that_is_to_be_another_format_is_one_sentence(tmp_path):
    result = digitpad("--screenshot", tmp_path / "window.png", "--state", "animated")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "does not end in .webp" in result.stderr
    assert not (tmp_path / "window.png").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has Wayland")
def test_a_wayland_display_that_is_gone_is_one_sentence():
    result = digitpad(DISPLAY=None, WAYLAND_DISPLAY="gone", QT_QPA_PLATFORM=None)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("scale", ["0", "nan", "-1", "100", "large"])
def test_an_invalid_scale_is_one_sentence(tmp_path, scale):
    result = digitpad("--screenshot", tmp_path / "window.png", "--scale", scale)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "window.png").exists()


def test_a_screenshot_of_a_run_that_fails_is_one_sentence(tmp_path):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "train-images-idx3-ubyte").write_bytes(b"damaged")
    result = digitpad("--screenshot", tmp_path / "window.png", DIGITPAD_DATA=str(tmp_path))
    assert result.returncode == 2
    assert "train-images-idx3-ubyte" in result.stderr
    assert not (tmp_path / "window.png").exists()


@pytest.mark.parametrize("exists", [True, False])
def test_pyside_reads_no_source_at_an_import(exists):
    """PySide6 searches the source of each module; if its function for that is missing, nothing is patched."""
    script = f"""
import linecache
from gui.app import hasten_imports
if not {exists}:
    import PySide6.QtCore, shibokensupport.feature as features
    del features._mod_uses_pyside, features.feature_imported
    features.feature_imported = lambda module: None
hasten_imports()
linecache.clearcache()
import pyqtgraph
from PySide6.QtCore import QObject
print(len(linecache.cache), QObject().objectName)
"""
    variables = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=variables)
    assert done.stdout.startswith("0 <built-in method objectName") or not exists
