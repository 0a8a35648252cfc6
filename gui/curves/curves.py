"""The curves of the live run (loss, accuracy and learning rate), and those of overlaid runs.

Training and validation digits are evaluated in the same way, so that the gap between their curves shows overfitting.
``core.training.history`` keeps the records. Plots are repainted four times a second, whatever the speed of the run: one
after the other and in short steps, so that the pen never waits for more than one step. Only what has changed is
redrawn.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from core.training.history import History
from gui.curves import x_axis
from gui.curves.annotations import annotations_of
from gui.curves.crosshair import Crosshair
from gui.curves.overlay_lines import Overlay
from gui.curves.pane import Pane
from gui.curves.plot import Plot
from gui.curves.quantity_pane import QuantityPane
from gui.curves.rate_plot import RatePlot
from gui.curves.readout import Readout
from gui.curves.run_values import values_at
from gui.curves.stack import Stack
from gui.style import theme

_STEP_MS = 32  # between the steps of a repaint; it has eight


class Curves(QWidget):
    """Three plots along the epochs, steps or seconds of a run."""

    axisChosen = Signal(str)
    """The user has chosen the x axis: "epochs", "steps" or "seconds"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = History()
        self._n_epochs = 0.0  # 0: there is no run
        self._axis = x_axis.AXES[0]
        self._overlays: tuple[Overlay, ...] = ()
        self._drawn: dict[QWidget, tuple[int, int]] = {}
        self._is_stale = False
        self._steps: deque[Callable[[], object]] = deque()
        self._make_panes()
        self._make_axis_box()
        self._stack = Stack(self.loss, self.accuracy, self._rate_pane)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._crosshair = Crosshair((self.loss.plot, self.accuracy.plot, self.rate), self)
        self._readout = Readout(self)
        self._crosshair.moved.connect(self._show_readout)
        self._crosshair.left.connect(self._readout.hide)
        for pane in (self.loss, self.accuracy):
            pane.legendChanged.connect(self._crosshair.refresh)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._take_step)
        self._apply_theme()
        theme.notifier.changed.connect(self._apply_theme)

    # -- runs and axes -------------------------------------------------------------------------------------------------

    def begin(self, history: History, n_epochs: int) -> None:
        """Show a run of ``n_epochs`` epochs; the owner of its history calls ``redraw_soon`` after each change."""
        self.history = history
        self._n_epochs = float(n_epochs)
        self._redraw_live()

    def redraw_soon(self) -> None:
        """Draw what was added to the history, within a quarter of a second."""
        self._is_stale = True
        if not self._timer.isActive():
            self._timer.start()

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Overlay these runs, and no others."""
        self._overlays = tuple(overlays)
        for pane in (self.loss, self.accuracy):
            pane.set_overlays(overlays, self._axis)
        self.rate.set_overlays(overlays, self._axis)
        self._fit_x()

    def set_axis(self, axis: str) -> None:
        """Show all runs along "epochs", "steps" or "seconds"; ignore any other value. Silent."""
        if axis in x_axis.AXES and axis != self._axis:
            self._axis = axis
            self._axis_box.setCurrentIndex(x_axis.AXES.index(axis))
            self._redraw_all()

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic axis, or a linear one."""
        self.loss.plot.set_log(log)
        self._redraw_all()

    def add_switch(self, action: QAction) -> None:
        """Put a check box for an action, the logarithmic axis, beside the title of the loss."""
        box = QCheckBox(self.tr("log"))
        box.setToolTip(action.toolTip())
        box.setAccessibleName(self.tr("Logarithmic loss"))
        box.setChecked(action.isChecked())
        box.toggled.connect(action.setChecked)
        action.toggled.connect(box.setChecked)
        self.loss.add_left(box)

    def flush(self) -> None:
        """Draw what was added to the history now."""
        self._timer.stop()
        self._is_stale = False
        self._steps.clear()
        for step in self._repaint_steps():
            step()

    # -- painting ------------------------------------------------------------------------------------------------------

    def _take_step(self) -> None:
        """Do the next step of a repaint; begin another repaint after the last step if the history has grown."""
        if not self._steps:
            self._is_stale = False
            self._steps.extend(self._repaint_steps())
        self._steps.popleft()()
        if self._steps or self._is_stale:
            self._timer.start()

    def _repaint_steps(self) -> Iterator[Callable[[], object]]:
        """Yield the steps of a repaint, none of which takes longer than about 3 ms.

        Setting the points of a curve and painting it take about as long, so a plot is painted in a step of its own,
        when its updates are resumed.
        """
        for pane in (self.loss, self.accuracy):
            yield partial(self._redraw_batches, pane)
            yield partial(self._redraw_evaluations, pane)
            yield pane.plot.resume_updates
        yield self._redraw_rate
        yield self.rate.resume_updates

    def _redraw_all(self) -> None:
        """Draw all runs again, on other axes."""
        for pane in (self.loss, self.accuracy):
            pane.draw_overlays(self._axis)
        self.rate.draw_overlays(self._axis)
        self._redraw_live()

    def _redraw_live(self) -> None:
        """Draw all of the live run: it is another run, or the axes are others."""
        self._drawn.clear()
        self.flush()

    def _redraw_batches(self, pane: QuantityPane) -> None:
        pane.plot.suspend_updates()
        pane.draw_batches(self.history, self._axis)

    def _redraw_evaluations(self, pane: QuantityPane) -> None:
        if self._is_outdated(pane):
            pane.draw_evaluations(self.history, self._axis, annotations_of(self.history, self._axis))
        pane.show_values(self.history)
        pane.fit()
        self._fit_x()

    def _redraw_rate(self) -> None:
        self.rate.suspend_updates()
        self.rate.draw_live(self.history, self._axis)
        if self._is_outdated(self.rate):
            changes = [each for each in annotations_of(self.history, self._axis) if each.dashed]
            self.rate.annotations.set_annotations([replace(each, text="") for each in changes])
        rates = self.history.learning_rate.means[1]
        self._rate_pane.title.setText(f"<b>{self.tr('Rate')}</b> " + (f"{rates[-1]:.3g}" if len(rates) else ""))
        self._fit_x()

    def _is_outdated(self, part: QWidget) -> bool:
        """Return whether a plot lacks evaluations or changes of the rate, and mark it as drawn."""
        before, self._drawn[part] = self._drawn.get(part), (self.history.n_evaluations, len(self.history.marks))
        return before != self._drawn[part]

    def _fit_x(self) -> None:
        """Fit the x axis to all runs."""
        ends = [x_axis.end_of(overlay.history, self._axis, 0) for overlay in self._overlays]
        ends.append(x_axis.end_of(self.history, self._axis, self._n_epochs))
        self._stack.set_x_axis(self._axis, x_axis.common_end(ends, self._axis))
        self.loss.plot.hint.setVisible(not self._overlays and not self._n_epochs)
        self._crosshair.refresh()

    def _show_readout(self, plot: Plot, x: float) -> None:
        """Show the values of all runs at x."""
        live = values_at(self.history, self._axis, x)
        overlaid = [(overlay, values_at(overlay.history, self._axis, x)) for overlay in self._overlays]
        if not live and not any(values for _, values in overlaid):
            self._readout.hide()
            return
        shown = self.loss.shown() + self.accuracy.shown()
        self._readout.set_values(x_axis.position_text(self._axis, x), live, overlaid, shown)
        self._readout.show_beside(plot.viewport().mapTo(self, QPoint(plot.position_of(x), 0)))

    def _on_axis(self, index: int) -> None:
        self.set_axis(x_axis.AXES[index])
        self.axisChosen.emit(self._axis)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _make_panes(self) -> None:
        tr = self.tr
        self.loss = QuantityPane(
            "loss",
            f"<b>{tr('Loss')}</b>",
            tr("Loss"),
            tr("Mean cross-entropy of the predictions: the lower, the better"),
        )
        self.accuracy = QuantityPane(
            "accuracy", f"<b>{tr('Accuracy')}</b> %", tr("Accuracy"), tr("Share of correct predictions")
        )
        self.loss.plot.hint.setText(tr("The curves of a run appear here during training."))
        self.rate = RatePlot(tr("Learning rate"))
        self._rate_pane = Pane("", self.rate, tr("Learning rate: the factor of the gradient in each step"))

    def _make_axis_box(self) -> None:
        box = self._axis_box = QComboBox()
        box.addItems([self.tr("epochs"), self.tr("steps"), self.tr("time")])
        box.setAccessibleName(self.tr("Horizontal axis"))
        box.setToolTip(self.tr("Unit of the horizontal axis: epochs, steps (batches) or training time"))
        box.activated.connect(self._on_axis)
        self._rate_pane.add_right(box)

    def event(self, event: QEvent) -> bool:
        """Keep the width of lines when the window moves to a screen of another pixel density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._apply_theme()
        return bool(super().event(event))

    def _apply_theme(self) -> None:
        for part in (self.loss, self.accuracy, self.rate):
            part.apply_theme()
        self._redraw_all()
