"""The curves of a run: loss, accuracy and learning rate, and beside them those of other runs.

What is measured on training digits and on validation digits is measured in the same way, so that the area between them
is what was learned by heart. Records are kept by ``core.training.history``'s rules and painted four times a second,
whatever the speed of the run: one plot after the other, and each in short steps, so that the pen never waits for more
than one of them. What has not changed is not touched.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from core.training.history import History
from gui.curves import x_axis
from gui.curves.annotations import Annotation, annotations_of
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

__all__ = ["Curves", "Overlay"]

_STEP_MS = 32  # from one step of a repaint to the next; all plots have eight


class Curves(QWidget):
    """Three plots over the epochs, steps or seconds of a run."""

    axisChosen = Signal(str)
    """The user wants to see the runs along "epochs", "steps" or "seconds"."""

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
        self._crosshair.moved.connect(self._read)
        self._crosshair.left.connect(self._readout.hide)
        for pane in (self.loss, self.accuracy):
            pane.legendChanged.connect(self._crosshair.renew)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._take_step)
        self._dress()
        theme.notifier.changed.connect(self._dress)

    # -- what the window says ------------------------------------------------------------------------------------------

    def begin(self, history: History, n_epochs: int) -> None:
        """Show a run of ``n_epochs`` epochs. Its history belongs to somebody else, who calls ``redraw_soon``."""
        self.history = history
        self._n_epochs = float(n_epochs)
        self._redraw_live()

    def redraw_soon(self) -> None:
        """Paint what has been added to the history, within a quarter of a second."""
        self._is_stale = True
        if not self._timer.isActive():
            self._timer.start()

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Lay these runs beside the live one, and no others."""
        self._overlays = tuple(overlays)
        for pane in (self.loss, self.accuracy):
            pane.set_overlays(overlays, self._axis)
        self.rate.set_overlays(overlays, self._axis)
        self._fit_x()

    def set_axis(self, axis: str) -> None:
        """Show all runs along "epochs", "steps" or "seconds"; an unknown word is passed over. Silent."""
        if axis in x_axis.AXES and axis != self._axis:
            self._axis = axis
            self._axis_box.setCurrentIndex(x_axis.AXES.index(axis))
            self._redraw_all()

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic axis, or a plain one."""
        self.loss.plot.set_log(log)
        self._redraw_all()

    def add_switch(self, action: QAction) -> None:
        """Put a box to tick for an action, the logarithmic axis, beside the title of the loss."""
        box = QCheckBox(self.tr("log"))
        box.setToolTip(action.toolTip())
        box.setAccessibleName(self.tr("Logarithmic loss"))
        box.setChecked(action.isChecked())
        box.toggled.connect(action.setChecked)
        action.toggled.connect(box.setChecked)
        self.loss.add_left(box)

    def flush(self) -> None:
        """Paint what was added, now."""
        self._timer.stop()
        self._is_stale = False
        self._steps.clear()
        for step in self._round():
            step()

    # -- painting ------------------------------------------------------------------------------------------------------

    def _take_step(self) -> None:
        """Take the next step of a repaint; begin another one after the last, if there is something new by then."""
        if not self._steps:
            self._is_stale = False
            self._steps.extend(self._round())
        self._steps.popleft()()
        if self._steps or self._is_stale:
            self._timer.start()

    def _round(self) -> Iterator[Callable[[], object]]:
        """Give the steps of a repaint, none of which takes longer than about 3 ms: what is held is painted when let go.

        A curve that is given its points, and one that is painted, take about as long as each other.
        """
        for pane in (self.loss, self.accuracy):
            yield partial(self._redraw_batches, pane)
            yield partial(self._redraw_evaluations, pane)
            yield pane.plot.let_go
        yield self._redraw_rate
        yield self.rate.let_go

    def _redraw_all(self) -> None:
        """Draw everything anew: the axes are others."""
        for pane in (self.loss, self.accuracy):
            pane.draw_overlays(self._axis)
        self.rate.draw_overlays(self._axis)
        self._redraw_live()

    def _redraw_live(self) -> None:
        """Draw the live run anew: it is another one, or the axes are others."""
        self._drawn.clear()
        self.flush()

    def _redraw_batches(self, pane: QuantityPane) -> None:
        pane.plot.hold()
        pane.draw_batches(self.history, self._axis)

    def _redraw_evaluations(self, pane: QuantityPane) -> None:
        if self._is_news(pane):
            pane.draw_evaluations(self.history, self._axis, annotations_of(self.history, self._axis))
        pane.show_values(self.history)
        pane.fit()
        self._fit_x()

    def _redraw_rate(self) -> None:
        self.rate.hold()
        self.rate.draw_live(self.history, self._axis)
        if self._is_news(self.rate):
            changes = [note for note in annotations_of(self.history, self._axis) if note.dashed]
            self.rate.notes.set_annotations([Annotation(note.x, "", note.colour, note.dashed) for note in changes])
        rates = self.history.learning_rate.means[1]
        self._rate_pane.title.setText(f"<b>{self.tr('Rate')}</b> " + (f"{rates[-1]:.3g}" if len(rates) else ""))
        self._fit_x()

    def _is_news(self, part: QWidget) -> bool:
        """Return whether there are evaluations, or changes of the rate, that a plot does not show yet."""
        before, self._drawn[part] = self._drawn.get(part), (self.history.n_evaluations, len(self.history.marks))
        return before != self._drawn[part]

    def _fit_x(self) -> None:
        """Let the x axis show what there is."""
        ends = [x_axis.end_of(overlay.history, self._axis, 0) for overlay in self._overlays]
        ends.append(x_axis.end_of(self.history, self._axis, self._n_epochs))
        self._stack.set_x_axis(self._axis, x_axis.common_end(ends, self._axis))
        self.loss.plot.hint.setVisible(not self._overlays and not self._n_epochs)
        self._crosshair.renew()

    def _read(self, plot: Plot, x: float) -> None:
        """Show what the curves are where the mouse is."""
        live = values_at(self.history, self._axis, x)
        beside = [(overlay, values_at(overlay.history, self._axis, x)) for overlay in self._overlays]
        if not live and not any(values for _, values in beside):
            self._readout.hide()
            return
        self._readout.set_values(x_axis.place(self._axis, x), live, beside, self.loss.shown() + self.accuracy.shown())
        self._readout.put(plot.viewport().mapTo(self, QPoint(plot.place_of(x), 0)))

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
            tr("How wrong the network is: the mean cross-entropy of its answers"),
        )
        self.accuracy = QuantityPane(
            "accuracy", f"<b>{tr('Accuracy')}</b> %", tr("Accuracy"), tr("The share of right answers")
        )
        self.loss.plot.hint.setText(tr("The curves of a run appear here while the network learns."))
        self.rate = RatePlot(tr("Learning rate"))
        self._rate_pane = Pane("", self.rate, tr("How far each step goes: the factor of its gradient"))

    def _make_axis_box(self) -> None:
        box = self._axis_box = QComboBox()
        box.addItems([self.tr("epochs"), self.tr("steps"), self.tr("time")])
        box.setAccessibleName(self.tr("Horizontal axis"))
        box.setToolTip(self.tr("Along what the curves go: epochs, steps (batches), or the time of training"))
        box.activated.connect(self._on_axis)
        self._rate_pane.add_right(box)

    def event(self, event: QEvent) -> bool:
        """Keep the lines' width when the window comes to a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return bool(super().event(event))

    def _dress(self) -> None:
        for part in (self.loss, self.accuracy, self.rate):
            part.dress()
        self._redraw_all()
