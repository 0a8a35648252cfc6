"""Saves the drawing on the pad a moment after each change, and restores it at the next start."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from core.errors import DrawingError, RunError
from core.files import atomic, locks
from core.preprocessing.ink import Drawing
from gui.pad.pad import Pad
from gui.shell.error_reporting import log

_DELAY_MS = 1000  # after the last change: never while the user draws
_BLANK = Drawing().to_json()
_MAX_WINDOWS = 9


class PadAutosave(QObject):
    """Saves the strokes on a pad in a file of ink JSON, and the strokes that they replaced in a second file.

    Strokes that a picture replaced count as the strokes on the pad. The picture itself is not saved: it already has its
    own file, or is a digit of the test set. Each window has its own files: if another window uses ``path``, the file
    name gets a number.
    """

    def __init__(self, pad: Pad, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pad = pad
        self._path, self._lock = _free_file(path)
        self._saved: dict[Path, str] = {}
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self.keep)
        pad.historyChanged.connect(self._timer.start)

    @property
    def path(self) -> Path:
        """The file of the strokes on the pad."""
        return self._path

    @property
    def _path_before(self) -> Path:
        return self._path.with_suffix(".before.json")

    def restore(self) -> None:
        """If the pad is still blank, show the last drawing and have it recognised; Undo shows the strokes before it."""
        if not self._pad.is_blank():
            return
        before, drawing = (self._read(path) for path in (self._path_before, self._path))
        self._pad.set_drawing(before)
        self._pad.set_drawing(drawing)
        if drawing:
            self._pad.changed.emit()

    def _read(self, path: Path) -> Drawing:
        if not path.is_file():
            return Drawing()
        try:
            drawing = Drawing.load(path)
        except DrawingError as error:
            log.warning("the saved drawing cannot be read: %s", error)
            return Drawing()
        self._saved[path] = drawing.to_json()
        return drawing

    def keep(self) -> None:
        """Write the files if the drawing has changed; a write error is logged, and drawing goes on."""
        if self._is_closed:
            return
        if self._pad.is_pen_down():
            self._timer.start()
            return
        own = self._pad.own_drawings()
        if own is None:
            return
        drawing, before = own
        self._write(self._path_before, before)  # first, so that replaced strokes are always in one of the files
        self._write(self._path, drawing)

    def _write(self, path: Path, drawing: Drawing) -> None:
        text = drawing.to_json()
        if text == self._saved.get(path, _BLANK):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, text.encode())
        except OSError as error:
            log.warning("the drawing cannot be saved: %s", error)
        else:
            self._saved[path] = text

    def close(self) -> None:
        """Stop saving, and release the files for other windows."""
        self._is_closed = True
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _free_file(path: Path) -> tuple[Path, locks.Lock | None]:
    """Return a file that no other window uses, and its lock: the first that has a drawing, or else the first.

    If no file can be locked, or very many windows are open, return ``path`` without a lock.
    """
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in range(2, _MAX_WINDOWS + 1))
    for candidate in sorted((path, *numbered), key=_has_drawing, reverse=True):  # a stable sort
        try:
            return candidate, locks.hold(candidate, patience_s=0.0)
        except RunError:
            continue
    return path, None


def _has_drawing(path: Path) -> bool:
    try:
        return path.stat().st_size > len(_BLANK)
    except OSError:
        return False
