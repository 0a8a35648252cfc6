"""The curves of a run: loss, raw and smoothed, and accuracy, on training and on validation digits.

Its surface is small: ``begin`` a run, ``add`` its records, ``clear``. Records are kept by ``core.curve``'s rule and
painted about eight times a second, whatever the speed of the run.
"""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPalette, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.curve import TIME_CONSTANT, Curve, Points
from core.history import Axis, History
from core.training import Progress
from gui import theme

_REPAINT_MS = 120
_SMALLEST = 1e-7  # what zero becomes on a logarithmic axis, where it would leave a gap
_RAW_ALPHA = 55


class _Axis(pg.AxisItem):
    """An axis that, when it is logarithmic, names 1, 2 and 5 of each decade: all nine would lie on one another."""

    def logTickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the labels of ticks at 10 ** values."""
        numbers = [10.0**value * scale for value in values]
        return [f"{number:g}" if f"{number:.0e}"[0] in "125" else "" for number in numbers]


class _Plot(pg.PlotWidget):
    """A plot in the program's colours: a faint horizontal grid, no menu, a fixed x axis and a free y axis."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(axisItems={"left": _Axis("left")})
        self.setAccessibleName(name)
        self.viewport().setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to do in it by keyboard
        self.setMenuEnabled(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        item = self.getPlotItem()
        item.setContentsMargins(0, 4, 12, 0)
        item.showGrid(y=True, alpha=0.15)
        for axis in ("left", "bottom"):
            # A grid line for each small tick costs 12 ms a repaint; for the large ones, 3.
            item.getAxis(axis).setStyle(maxTickLevel=0, autoExpandTextSpace=False)
        item.getAxis("left").setWidth(52)
        item.getAxis("left").setTickDensity(0.7)
        item.getAxis("bottom").setStyle(hideOverlappingLabels=False)  # or the last epoch would go without its number
        item.getAxis("bottom").enableAutoSIPrefix(False)
        item.getAxis("left").enableAutoSIPrefix(False)
        self.setMinimumHeight(64)

    def dress(self) -> None:
        """Take over the colours of the scheme."""
        colours = theme.colours()
        self.setBackground(colours.paper)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)

    def line(self, *, width: float = 1.0) -> "pg.PlotDataItem":
        """Return a new, empty curve. Wide ones must be smooth: Qt strokes wide noisy lines 30 times as slowly."""
        item = pg.PlotDataItem(antialias=width > 1)
        self.addItem(item)
        return item


class Curves(QWidget):
    """Two plots, one above the other, over the epochs of a run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss = _Plot(self.tr("Loss"), self.tr("How wrong the network is: the mean cross-entropy of its answers"))
        self._accuracy = _Plot(self.tr("Accuracy"), self.tr("The share of right answers"))
        self._accuracy.setLabel("bottom", self.tr("epoch"))
        self._raw = self._loss.line()
        self._smooth = self._loss.line(width=2)
        self._validation = self._loss.line(width=2)
        self._train_accuracy = self._accuracy.line(width=2)
        self._validation_accuracy = self._accuracy.line(width=2)
        self.training_loss, self.training_accuracy = Curve(), Curve()
        self.validation_loss, self.validation_accuracy = Points(), Points()
        self._per_epoch = 1.0
        self._is_log = False
        self._captions = {
            key: QLabel() for key in ("loss", "training", "validation", "accuracy", "training %", "validation %")
        }
        self._loss_row = QHBoxLayout()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REPAINT_MS)
        self._timer.timeout.connect(self._redraw)
        self._lay_out()
        self._dress()
        theme.notifier.changed.connect(self._dress)
        self.clear()

    # -- what the window says ------------------------------------------------------------------------------------------

    def begin(self, axis: Axis, n_epochs: int, history: History | None = None) -> None:
        """Clear the plots for a run of ``n_epochs`` epochs."""
        self.clear()
        self._per_epoch = float(max(axis.samples_per_epoch, 1))
        for curve in (self.training_loss, self.training_accuracy):
            curve.time_constant = min(TIME_CONSTANT, self._per_epoch / 25)  # of a small data set, shorter than an epoch
        self._show_epochs(n_epochs)
        self._hint.hide()

    def add(self, records: Sequence[Progress], seconds: float = 0.0) -> None:
        """Take the records of some batches."""
        for record in records:
            self.training_loss.append(record.samples, record.loss)
            self.training_accuracy.append(record.samples, record.accuracy)
            if record.validation_loss is not None and record.validation_accuracy is not None:
                self.validation_loss.append(record.samples, record.validation_loss)
                self.validation_accuracy.append(record.samples, record.validation_accuracy)
        if records and not self._timer.isActive():
            self._timer.start()

    def mark(self, samples: float, rate: float) -> None:
        """Note that the rate was changed."""

    def clear(self) -> None:
        """Forget the run."""
        for curve in (self.training_loss, self.training_accuracy, self.validation_loss, self.validation_accuracy):
            curve.clear()
        self._show_epochs(10)
        for plot, top in ((self._loss, 2.5), (self._accuracy, 100)):
            plot.setYRange(0, top)
        self._hint.show()
        self._redraw()

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic axis, or a plain one."""
        self._is_log = log
        self._loss.setLogMode(y=log)
        self._show_epochs(self._n_epochs)  # the change of mode has let the x axis loose
        self._redraw()

    def add_switch(self, action: QAction) -> None:
        """Put a box to tick for an action, the logarithmic axis, beside the title of the loss."""
        box = QCheckBox(self.tr("logarithmic"))
        box.setToolTip(action.toolTip())
        box.setAccessibleName(self.tr("Logarithmic loss"))
        box.setChecked(action.isChecked())
        box.toggled.connect(action.setChecked)
        action.toggled.connect(box.setChecked)
        self._loss_row.insertWidget(1, box)

    def flush(self) -> None:
        """Paint what was added, now."""
        self._timer.stop()
        self._redraw()

    # -- painting ------------------------------------------------------------------------------------------------------

    def _show_epochs(self, n_epochs: int) -> None:
        self._n_epochs = n_epochs
        for plot in (self._loss, self._accuracy):
            plot.setXRange(0, n_epochs, padding=0.01)

    def _redraw(self) -> None:
        self._draw(self._raw, self.training_loss.raw)
        self._draw(self._smooth, self.training_loss.smoothed)
        self._draw(self._validation, self.validation_loss.drawn)
        self._draw(self._train_accuracy, self.training_accuracy.smoothed, percent=True)
        self._draw(self._validation_accuracy, self.validation_accuracy.drawn, percent=True)
        if len(self.training_loss):
            for plot in (self._loss, self._accuracy):
                plot.enableAutoRange(axis="y")
        self._caption("training", self.tr("training"), self.training_loss.smoothed[1], "{0:.4f}")
        self._caption("validation", self.tr("validation"), self.validation_loss.values, "{0:.4f}")
        self._caption("training %", self.tr("training"), self.training_accuracy.smoothed[1], "{0:.2%}")
        self._caption("validation %", self.tr("validation"), self.validation_accuracy.values, "{0:.2%}")

    def _draw(self, item: "pg.PlotDataItem", points: tuple[np.ndarray, np.ndarray], *, percent: bool = False) -> None:
        samples, values = points
        if percent:
            values = values * 100
        elif self._is_log:
            values = values.clip(_SMALLEST, None)
        item.setData(samples / self._per_epoch, values)

    def _caption(self, key: str, name: str, values: np.ndarray, form: str) -> None:
        colour = theme.colours().training if key.startswith("training") else theme.colours().validation
        value = f" {form.format(values[-1])}" if len(values) else ""
        self._captions[key].setText(f'<span style="color:{colour.name()}">●</span> {name}{value}')

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.SPACING // 2)
        for plot, keys, stretch in (
            (self._loss, ("loss", "training", "validation"), 3),
            (self._accuracy, ("accuracy", "training %", "validation %"), 2),
        ):
            row = self._loss_row if plot is self._loss else QHBoxLayout()
            row.setSpacing(theme.MARGIN)
            for key in keys:
                self._captions[key].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                row.addWidget(self._captions[key])
            row.insertStretch(1, 1)
            layout.addLayout(row)
            layout.addWidget(plot, stretch)
        self._captions["loss"].setText(f"<b>{self.tr('Loss')}</b>")
        self._captions["accuracy"].setText(f"<b>{self.tr('Accuracy')}</b> %")
        self._hint = QLabel(self.tr("The curves of a run appear here while the network learns."), self._loss)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._loss.installEventFilter(self)

    def event(self, event: QEvent) -> bool:
        """Keep the lines' width when the window comes to a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._dress()
        return bool(super().event(event))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keep the hint in the middle of the empty plot."""
        if watched is self._loss and event.type() == QEvent.Type.Resize:
            self._hint.setGeometry(self._loss.rect().adjusted(60, 0, -8, -20))
        return False

    def _dress(self) -> None:
        colours = theme.colours()
        for plot in (self._loss, self._accuracy):
            plot.dress()
        faint = QColor(colours.training)
        faint.setAlpha(_RAW_ALPHA)
        wide = 2 * self.devicePixelRatioF()  # cosmetic pens count the screen's own pixels
        for item, pen in (
            (self._raw, _pen(faint, 1)),
            (self._smooth, _pen(colours.training, wide)),
            (self._validation, _pen(colours.validation, wide)),
            (self._train_accuracy, _pen(colours.training, wide)),
            (self._validation_accuracy, _pen(colours.validation, wide)),
        ):
            item.setPen(pen)
        for item in (self._validation, self._validation_accuracy):
            item.setSymbol("o")
            item.setSymbolSize(5)
            item.setSymbolBrush(colours.validation)
            item.setSymbolPen(None)
        self._redraw()


def _pen(colour: QColor, width: float) -> QPen:
    """Return a pen whose width is in pixels of the screen, not in units of the axes."""
    pen: QPen = pg.mkPen(colour, width=width, cosmetic=True)
    return pen
