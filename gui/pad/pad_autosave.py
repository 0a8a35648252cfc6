"""What is drawn on the pad, from one time to the next: kept in files a moment after each change."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from core.errors import DrawingError, RunError
from core.files import atomic, locks
from core.preprocessing.ink import Drawing
from gui.pad.pad import Pad
from gui.shell.error_reporting import log

_REST_MS = 1000  # after the last change: not while somebody draws
_BLANK = Drawing().to_json()
_MAX_WINDOWS = 9


class PadAutosave(QObject):
    """Keeps the strokes on a pad in a file of ink JSON, and in another those that they have taken the place of.

    Strokes that a picture has taken the place of count as those on the pad. The picture itself is not kept: it has a
    file of its own already, or is a digit of the test set. Of several windows each has files of its own: where
    ``path`` is another's, they have a number.
    """

    def __init__(self, pad: Pad, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pad = pad
        self._path, self._lock = _own(path)
        self._kept: dict[Path, str] = {}
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.keep)
        pad.historyChanged.connect(self._timer.start)

    @property
    def _path_before(self) -> Path:
        return self._path.with_suffix(".before.json")

    def restore(self) -> None:
        """Bring back what was drawn the last time, if the pad is still blank, and read it; what was before, by Undo."""
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
            log.warning("what was on the pad cannot be read: %s", error)
            return Drawing()
        self._kept[path] = drawing.to_json()
        return drawing

    def keep(self) -> None:
        """Write down what is drawn, unless that is done; where nothing can be written, drawing goes on."""
        if self._is_closed:
            return
        if self._pad.is_pen_down():
            self._timer.start()
            return
        own = self._pad.own_drawings()
        if own is None:
            return
        drawing, before = own
        self._write(self._path_before, before)  # first: what is replaced is never in neither
        self._write(self._path, drawing)

    def _write(self, path: Path, drawing: Drawing) -> None:
        text = drawing.to_json()
        if text == self._kept.get(path, _BLANK):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write(path, text.encode())
        except OSError as error:
            log.warning("what is on the pad cannot be kept: %s", error)
        else:
            self._kept[path] = text

    def close(self) -> None:
        """Keep nothing any more, and let another window have the files."""
        self._is_closed = True
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _own(path: Path) -> tuple[Path, locks.Lock | None]:
    """Return a file that no other window has, and its lock: the first with a drawing, or else the first.

    Where nothing can be locked, or very many windows are open, it is ``path``, without a lock.
    """
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in range(2, _MAX_WINDOWS + 1))
    for candidate in sorted((path, *numbered), key=_has_drawing, reverse=True):  # which leaves equals in their order
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
