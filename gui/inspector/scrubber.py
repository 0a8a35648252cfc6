"""A slider over the snapshots of a run, with the predictions for the drawing on the pad."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from core.training.snapshots import Moment
from gui.inspector.answer_strip import AnswerStrip
from gui.style import theme

NEWEST = -1
_PLAY_MS = 125  # per snapshot


class Scrubber(QWidget):
    """A slider with buttons, a caption for the chosen snapshot, and the strip of predictions.

    At its right end the slider follows the run: the newest snapshot is always the chosen one.
    """

    snapshotChosen = Signal(int)
    """The user has chosen a snapshot, counted from 0; ``NEWEST`` for the newest one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moments: tuple[Moment, ...] = ()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.strip = AnswerStrip()
        self.caption = QLabel()
        self._timer = QTimer(self)
        self._timer.setInterval(_PLAY_MS)
        self._timer.timeout.connect(self._play_on)
        self.back_button = self._button("chevron-left", self.tr("Previous snapshot"), partial(self._step, -1))
        self.play_button = self._button("play", "", self._toggle)
        self.next_button = self._button("chevron-right", self.tr("Next snapshot"), partial(self._step, 1))
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderPressed.connect(self.stop)
        self.strip.indexPressed.connect(self._on_pressed)
        self._name()
        self._lay_out()
        self.set_moments(())

    def set_moments(self, moments: Sequence[Moment]) -> None:
        """Set the snapshots. Silent.

        The choice stays: the newest, or the snapshot of the same step, or else the nearest one; see ``index``.
        """
        step = None if self.index == NEWEST else self._moments[self.index].step
        self._moments = tuple(moments)
        last = max(len(self._moments) - 1, 0)
        index = last
        if step is not None and self._moments:
            index = min(range(len(self._moments)), key=lambda i: abs(self._moments[i].step - step))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, last)
            self.slider.setValue(index)
        if len(self._moments) < 2:
            self.stop()
        self._describe()

    def show_probabilities(self, probabilities: NDArray[np.floating] | None) -> None:
        """Show the predictions at each snapshot: probabilities (n, 10), NaN where they are not known. Silent."""
        self.strip.set_probabilities(probabilities)

    def clear(self) -> None:
        """Forget the run. Silent."""
        self.set_moments(())
        self.show_probabilities(None)

    @property
    def index(self) -> int:
        """The index of the chosen snapshot, or ``NEWEST``."""
        return NEWEST if self.slider.value() == self.slider.maximum() else self.slider.value()

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self._name()

    @property
    def is_playing(self) -> bool:
        """Whether the slider is moving by itself."""
        return self._timer.isActive()

    # -- user input -----------------------------------------------------------------------------------------------

    def _on_value(self) -> None:
        self._describe()
        self.snapshotChosen.emit(self.index)

    def _on_pressed(self, index: int) -> None:
        self.stop()
        self.slider.setValue(index)

    def _step(self, by: int) -> None:
        self.stop()
        self.slider.setValue(self.slider.value() + by)

    def _toggle(self) -> None:
        """Play from here, or from the first snapshot if the newest is chosen; or stop."""
        if self.is_playing:
            self.stop()
            return
        if self.index == NEWEST:
            self.slider.setValue(0)
        self._timer.start()
        self._name()

    def _play_on(self) -> None:
        self.slider.setValue(self.slider.value() + 1)
        if self.index == NEWEST:
            self.stop()

    # -- texts ----------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        """Name the play button by its action."""
        name = self.tr("Stop") if self.is_playing else self.tr("Play the run from here, or from its first snapshot")
        theme.set_icon(self.play_button, "pause" if self.is_playing else "play")
        self.play_button.setToolTip(name)
        self.play_button.setAccessibleName(name)

    def _describe(self) -> None:
        value, last = self.slider.value(), self.slider.maximum()
        self.caption.setText(self._moment_text(value) if self._moments else self.tr("No snapshots of a run yet"))
        self.slider.setAccessibleDescription(self.caption.text())
        self.strip.set_index(value if self._moments else NEWEST)
        for widget in (self.slider, self.play_button):
            widget.setEnabled(last > 0)
        self.back_button.setEnabled(value > 0)
        self.next_button.setEnabled(value < last)

    def _moment_text(self, index: int) -> str:
        """Return a snapshot as text, such as "step 1,234 · epoch 3 · 97.2%"."""
        moment = self._moments[index]
        parts = [
            self.tr("step {step:,}").format(step=moment.step),
            self.tr("epoch {epoch:,}").format(epoch=moment.epoch),
        ]
        if moment.validation_accuracy is not None:
            parts.append(f"{moment.validation_accuracy:.1%}")
        if index == len(self._moments) - 1:
            parts.append(self.tr("newest"))
        return " · ".join(parts)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _button(self, icon: str, name: str, slot: object) -> QToolButton:
        button = QToolButton()
        theme.set_icon(button, icon)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        self.slider.setRange(0, 0)
        self.slider.setPageStep(8)
        self.slider.setAccessibleName(self.tr("Snapshots of the run"))
        self.slider.setToolTip(self.tr("Look back at the network of an earlier snapshot"))
        self.slider.installEventFilter(self)
        self.strip.setAccessibleName(self.tr("Predictions over the run"))
        self.strip.setToolTip(
            self.tr(
                "The predictions for the drawing on the pad, from the first snapshot to the newest. The higher the "
                "band of a digit, the higher its probability. Click to look back."
            )
        )
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.back_button, self.play_button, self.next_button):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACING // 2)
        grid.addLayout(buttons, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self.caption, 1, 0, 1, 2)
        grid.addWidget(self.strip, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 170)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Align the strip with the slider."""
        if watched is self.slider and event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.StyleChange):
            self.strip.set_span(*self.slider_ends())
        return False

    def slider_ends(self) -> tuple[float, float]:
        """Return the positions of the slider's handle at its two ends, in pixels from the left."""
        option = QStyleOptionSlider()
        self.slider.initStyleOption(option)
        length = self.slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self.slider)
        left = self.slider.x() + length / 2
        return left, left + self.slider.width() - length
