"""Check whether a window can be opened, before Qt tries to: without a display, Qt aborts the process."""

import os
import sys
from pathlib import Path

from core.messages import tr

_WITHOUT_SCREEN = {"offscreen", "minimal", "minimalegl", "vnc", "linuxfb", "eglfs", "vkkhrdisplay"}
_X_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}


def problem() -> str | None:
    """Return, as a sentence, why no window can be opened; None if no reason is known."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if not sys.platform.startswith("linux") or platform in _WITHOUT_SCREEN:
        return None
    if platform != "xcb" and _wayland_answers():
        return None
    if not os.environ.get("DISPLAY"):
        return tr(
            "there is no display to open a window on (DISPLAY is not set, and no Wayland compositor answers); "
            "digitpad-lab does the same work without a window"
        )
    if missing := [package for library, package in _X_LIBRARIES.items() if not _loads(library)]:
        return tr(
            "Qt needs system libraries that are missing; on Debian and Ubuntu: sudo apt-get install {packages}",
            packages=" ".join(missing),
        )
    if not _x_server_answers():
        return tr("no window can be opened: the display {display} does not answer", display=os.environ["DISPLAY"])
    return None


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    import socket  # here, like ctypes below: most starts need neither before the first frame

    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name))
        except OSError:
            return False
    return True


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    import ctypes

    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
