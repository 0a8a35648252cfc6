"""Pictures of the window for the README: a drawing and its answer, or a short run; no screen, settings or traces."""

import dataclasses
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from core.digits import Verdict
from core.files import atomic
from core.preprocessing.ink import Drawing
from core.recognition.recognizer import Prediction, Recognizer
from core.runs.records import RunOutcome
from core.runs.run_store import RunStore
from gui.main_window import MainWindow
from gui.pictures import specimens
from gui.runs.runs_view import RunsView
from gui.style import theme
from gui.training.events import Progressed, RunEvent


def take(app: QApplication, path: Path, *, dark: bool, state: str) -> int:
    """Save a PNG of the window and return an exit code; ``state`` is one of ``gui.app.STATES``."""
    if problem := atomic.problem(path):
        return _fail(problem)
    theme.apply(app, dark)
    with tempfile.TemporaryDirectory() as folder:
        return _taken(app, path, state, RunStore(Path(folder)))


def _taken(app: QApplication, path: Path, state: str, store: RunStore) -> int:
    window = MainWindow(store=store)
    window.show()
    window.add_curves()
    try:
        error = _fill(window, state)
        app.processEvents()
        if error:
            return _fail(error)
        if not window.grab().save(str(path), "PNG"):
            return _fail(f"{path} cannot be written")
    finally:
        window.workbench.session.shut_down()
        window.workbench.lab.inside.shut_down()
        window.deleteLater()
    return 0


def _fail(sentence: str) -> int:
    print(f"digitpad: {sentence}", file=sys.stderr)
    return 2


def _fill(window: MainWindow, state: str) -> str:
    """Bring the window to a state; return why that failed, if it did."""
    if state == "empty":
        return ""
    if state in ("recognised", "training"):
        _draw(window, specimens.two())
        return _train(window, stop_early=state == "training")
    if state in _PAGES:
        _draw(window, specimens.two())
        return _show_page(window, state)
    if state == "number":
        _draw(window, specimens.number())
        return ""
    wanted = Verdict.TWO_CANDIDATES if state == "unsure" else Verdict.NOT_A_DIGIT
    if state == "refused":
        _let_refuse(window)
    drawing, prediction = _clearest(window, wanted)
    _draw(window, drawing)
    return "" if prediction.verdict is wanted else f"the model that comes with digitpad gives no picture of {state}"


_PAGES = {"runs": 1, "overlaid": 0, "network": 2, "answers": 3}
"""States that show a page beside the curves, or the curves of other runs, and that page."""
_LOSERS: tuple[dict[str, Any], ...] = ({"learning_rate": 0.02}, {"momentum": 0.0})
"""Changes to the recipe, for runs that stand beside the good one."""


def _show_page(window: MainWindow, state: str) -> str:
    """Run a training, or three, and bring a page to the front; return why that failed, if it did."""
    form, config = window.workbench.lab.panel.form, window.workbench.lab.panel.config()
    for changes in (*_LOSERS, {}) if state in ("runs", "overlaid") else ({},):
        form.set_config(dataclasses.replace(config, **changes))
        if error := _train(window, stop_early=False):
            return error
    window.workbench.lab.tabs.setCurrentIndex(_PAGES[state])
    if state in ("runs", "overlaid"):
        _compare(window.workbench.lab.runs_view)
    elif state == "network":
        loop = QEventLoop()
        window.workbench.lab.inside.history.predicted.connect(loop.quit)
        QTimer.singleShot(10_000, loop.quit)
        window.workbench.lab.inside.request_history()
        loop.exec()
    return ""


def _compare(view: RunsView) -> None:
    """Lay all runs over each other, and select two."""
    table, rows = view.table, view.view.selectionModel()
    for row in range(table.rowCount()):
        table.setData(table.index(row, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    for row in (0, 2):
        rows.select(view.view.model().index(row, 0), rows.SelectionFlag.Select | rows.SelectionFlag.Rows)


def _draw(window: MainWindow, drawing: Drawing) -> None:
    window.pad_panel.pad.set_drawing(drawing, fit=True)
    window.recognition.predict()


def _clearest(window: MainWindow, wanted: Verdict) -> tuple[Drawing, Prediction]:
    """Return the drawing of which the model is least sure, or thinks the least, and what it says of it."""
    if wanted is Verdict.TWO_CANDIDATES:
        drawings = [specimens.four_or_nine(float(share)) for share in np.linspace(0, 1, 41)]
    else:
        drawings = specimens.doodles()
    answers = [(drawing, _prediction(window, drawing)) for drawing in drawings]
    if wanted is Verdict.TWO_CANDIDATES:
        return min(answers, key=lambda answer: float(answer[1].probabilities.max()))
    return min(answers, key=lambda answer: answer[1].score)


def _prediction(window: MainWindow, drawing: Drawing) -> Prediction:
    prediction = _recognizer(window).predict(drawing)
    assert prediction is not None
    return prediction


def _recognizer(window: MainWindow) -> Recognizer:
    recognizer = window.active_model.recognizer
    assert recognizer is not None
    return recognizer


def _let_refuse(window: MainWindow) -> None:
    """Give a model without a threshold one for the picture: it would refuse nothing."""
    recognizer = _recognizer(window)
    if recognizer.calibration.threshold is None:
        highest = max(_prediction(window, drawing).score for drawing in specimens.doodles())
        recognizer.calibration = dataclasses.replace(recognizer.calibration, threshold=highest + 1)


def _train(window: MainWindow, *, stop_early: bool) -> str:
    """Run a short training, to its end or to its middle; return why that failed, if it did."""
    loop = QEventLoop()
    outcomes: list[RunOutcome] = []
    window.workbench.session.concluded.connect(outcomes.append)
    window.workbench.session.concluded.connect(loop.quit)

    def look(event: RunEvent) -> None:
        if stop_early and isinstance(event, Progressed):
            newest = event.records[-1]
            if newest.step > 0.6 * newest.n_steps:
                loop.quit()

    window.workbench.session.happened.connect(look)
    QTimer.singleShot(120_000, loop.quit)  # a run that hangs must not hang the command
    window.workbench.lab.training.start()
    loop.exec()
    if window.workbench.lab.curves is not None:
        window.workbench.lab.curves.flush()
    return outcomes[0].error if outcomes else ""
