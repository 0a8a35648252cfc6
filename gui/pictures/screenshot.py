"""Screenshots of the window for the pages, without a screen: a drawing and its answer, or a short run.

The window remembers nothing, and its runs are kept in a temporary folder.
"""

import dataclasses
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.digits import Verdict
from core.errors import DigitpadError, ModelError
from core.files import atomic
from core.messages import tr
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Prediction, Recognizer
from core.runs.run_store import RunStore
from gui.main_window import SIZE, MainWindow
from gui.pictures import animation, specimens, waiting
from gui.runs.runs_view import RunsView
from gui.style import theme
from gui.training.events import Progressed, RunEvent

_PAGES = {"runs": 1, "overlaid": 0, "network": 2, "answers": 3}
"""States with other runs or another page than the curves, and the index of the page."""
_WORSE: tuple[dict[str, Any], ...] = ({"learning_rate": 0.02}, {"momentum": 0.0})
"""Changes to the recipe, for two runs beside the good one."""
_SETTLED_MS = 200  # the layout takes several rounds of events after a run
_EARLY = 0.6  # of the steps of the run in the state "training"


def take(app: QApplication, path: Path, *, dark: bool, state: str) -> int:
    """Save a picture of the window and return an exit code.

    Parameters
    ----------
    state
        One of ``gui.shell.arguments.STATES``; "animated" saves WebP, the others PNG.
    """
    theme.apply(app, dark)
    try:
        _check(path, state)
        with tempfile.TemporaryDirectory() as folder, _window(RunStore(Path(folder))) as window:
            content = animation.record(window, animation.Script()) if state == "animated" else _png(window, state)
        atomic.write(path, content, DigitpadError)
    except DigitpadError as error:
        print(f"digitpad: {error}", file=sys.stderr)
        return 2
    return 0


def _check(path: Path, state: str) -> None:
    """Raise DigitpadError if no picture of a state can be saved at a path."""
    if state == "animated" and path.suffix.lower() != ".webp":
        raise DigitpadError(tr("an animated picture is WebP: {path} does not end in .webp", path=path))
    if problem := atomic.problem(path):
        raise DigitpadError(problem)


@contextmanager
def _window(store: RunStore) -> Iterator[MainWindow]:
    """Show a window; end its threads at the end."""
    window = MainWindow(store=store)
    window.resize(SIZE)  # whatever the size of the screen that there is not
    window.show()
    window.add_curves()
    try:
        yield window
    finally:
        window.workbench.session.shut_down()
        window.workbench.lab.inspector.shut_down()
        window.deleteLater()


def _png(window: MainWindow, state: str) -> bytes:
    _fill(window, state)
    waiting.wait(_SETTLED_MS)
    if (curves := window.workbench.lab.curves) is not None:
        curves.flush()  # a plot between two steps of its repaint would be black
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    return bytes(content.data())


def _fill(window: MainWindow, state: str) -> None:
    """Bring the window into a state; raise TrainingError if a run fails, ModelError if no drawing fits."""
    match state:
        case "empty":
            pass
        case "number":
            _draw(window, specimens.number())
        case "unsure":
            _draw_clearest(window, Verdict.TWO_CANDIDATES)
        case "refused":
            _draw_clearest(window, Verdict.NOT_A_DIGIT)
        case "recognised" | "training":
            _draw(window, specimens.two())
            _train(window, stop_early=state == "training")
        case _:
            _draw(window, specimens.two())
            _show_page(window, state)


def _show_page(window: MainWindow, state: str) -> None:
    """Train one network, or three, and show a page."""
    form, config = window.workbench.lab.panel.form, window.workbench.lab.panel.config()
    for changes in (*_WORSE, {}) if state in ("runs", "overlaid") else ({},):
        form.set_config(dataclasses.replace(config, **changes))
        _train(window)
    window.workbench.lab.tabs.setCurrentIndex(_PAGES[state])
    if state in ("runs", "overlaid"):
        _compare(window.workbench.lab.runs_view)
    elif state == "network":
        loop = QEventLoop()
        window.workbench.lab.inspector.history.predicted.connect(loop.quit)
        QTimer.singleShot(10_000, loop, loop.quit)
        window.workbench.lab.inspector.request_history()
        loop.exec()


def _compare(view: RunsView) -> None:
    """Overlay all runs, and select two."""
    table, rows = view.table, view.view.selectionModel()
    for row in range(table.rowCount()):
        table.setData(table.index(row, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    for row in (0, 2):
        rows.select(view.view.model().index(row, 0), rows.SelectionFlag.Select | rows.SelectionFlag.Rows)


def _train(window: MainWindow, *, stop_early: bool = False) -> None:
    """Run a training to its end, or to its middle."""

    def is_enough(event: RunEvent) -> bool:
        match event:
            case Progressed(records=[*_, last]):
                return stop_early and last.step > _EARLY * last.n_steps
        return False

    waiting.train(window, window.workbench.lab.training.start, is_enough)


# -- drawings ----------------------------------------------------------------------------------------------------------


def _draw(window: MainWindow, drawing: Drawing) -> None:
    window.pad_panel.pad.set_drawing(drawing, fit=True)
    window.recognition.predict()


def _draw_clearest(window: MainWindow, wanted: Verdict) -> None:
    """Draw what the model is least sure of, or rejects most clearly; raise ModelError if its verdict is another."""
    if wanted is Verdict.TWO_CANDIDATES:
        drawings = [specimens.four_or_nine(float(share)) for share in np.linspace(0, 1, 41)]
    else:
        _let_reject(window)
        drawings = specimens.doodles()
    answers = [(drawing, _prediction(window, drawing)) for drawing in drawings]
    if wanted is Verdict.TWO_CANDIDATES:
        drawing, prediction = min(answers, key=lambda answer: float(answer[1].probabilities.max()))
    else:
        drawing, prediction = min(answers, key=lambda answer: answer[1].score)
    if prediction.verdict is not wanted:
        raise ModelError(tr("the shipped model gives no drawing the verdict that this picture is to show"))
    _draw(window, drawing)


def _prediction(window: MainWindow, drawing: Drawing) -> Prediction:
    prediction = _recognizer(window).predict(drawing)
    assert prediction is not None
    return prediction


def _recognizer(window: MainWindow) -> Recognizer:
    recognizer = window.active_model.recognizer
    assert recognizer is not None
    return recognizer


def _let_reject(window: MainWindow) -> None:
    """Give the model a threshold if it has none: without one it rejects nothing."""
    recognizer = _recognizer(window)
    if recognizer.calibration.threshold is None:
        highest = max(_prediction(window, drawing).score for drawing in specimens.doodles())
        recognizer.calibration = dataclasses.replace(recognizer.calibration, threshold=highest + 1)
