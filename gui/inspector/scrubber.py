"""A slider over the snapshots of a run: what the network was like, and what it made of the drawing on the pad."""

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
_PLAY_MS = 125  # a snapshot


class Scrubber(QWidget):
    """Slider and buttons, what is chosen in words, and how the answer changed.

    At its right end it follows the run: what is chosen is then the newest snapshot, whichever that is.
    """

    snapshotChosen = Signal(int)
    """The user wants to see the network of a snapshot, counted from 0; ``NEWEST`` is that of now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[Moment, ...] = ()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.strip = AnswerStrip()
        self._caption = QLabel()
        self._timer = QTimer(self)
        self._timer.setInterval(_PLAY_MS)
        self._timer.timeout.connect(self._play_on)
        self.back_button = self._button("chevron-left", self.tr("The snapshot before"), partial(self._step, -1))
        self.play_button = self._button("play", "", self._toggle)
        self.on_button = self._button("chevron-right", self.tr("The next snapshot"), partial(self._step, 1))
        self.slider.valueChanged.connect(self._on_value)
        self.slider.sliderPressed.connect(self.stop)
        self.strip.indexPressed.connect(self._on_pressed)
        self._name()
        self._lay_out()
        self.set_marks(())

    def set_marks(self, marks: Sequence[Moment]) -> None:
        """Show the snapshots there are. Silent.

        What is chosen stays: the newest, or the snapshot of the same step, or else the nearest (``index`` says which).
        """
        step = None if self.index == NEWEST else self._marks[self.index].step
        self._marks = tuple(marks)
        last = max(len(self._marks) - 1, 0)
        index = last
        if step is not None and self._marks:
            index = min(range(len(self._marks)), key=lambda i: abs(self._marks[i].step - step))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, last)
            self.slider.setValue(index)
        if len(self._marks) < 2:
            self.stop()
        self._describe()

    def show_answers(self, probabilities: NDArray[np.floating] | None) -> None:
        """Show what was answered at each snapshot: probabilities (n, 10), NaN where that is not known. Silent."""
        self.strip.set_answers(probabilities)

    def clear(self) -> None:
        """Forget the run. Silent."""
        self.set_marks(())
        self.show_answers(None)

    @property
    def index(self) -> int:
        """The snapshot that is chosen, or ``NEWEST``."""
        return NEWEST if self.slider.value() == self.slider.maximum() else self.slider.value()

    def stop(self) -> None:
        """Play no further."""
        self._timer.stop()
        self._name()

    @property
    def is_playing(self) -> bool:
        """Whether one snapshot after the other is chosen by itself."""
        return self._timer.isActive()

    # -- what the user does ---------------------------------------------------------------------------------------

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
        """Play from here, or from the beginning where this is the end; or stop."""
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

    # -- words ----------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        """Name the play button for what it would do."""
        name = self.tr("Stop") if self.is_playing else self.tr("Play the run, from its first snapshot or from here")
        theme.set_icon(self.play_button, "pause" if self.is_playing else "play")
        self.play_button.setToolTip(name)
        self.play_button.setAccessibleName(name)

    def _describe(self) -> None:
        value, last = self.slider.value(), self.slider.maximum()
        self._caption.setText(self._said(value) if self._marks else self.tr("No snapshots of a run yet"))
        self.slider.setAccessibleDescription(self._caption.text())
        self.strip.set_index(value if self._marks else NEWEST)
        for widget in (self.slider, self.play_button):
            widget.setEnabled(last > 0)
        self.back_button.setEnabled(value > 0)
        self.on_button.setEnabled(value < last)

    def _said(self, index: int) -> str:
        """Return a snapshot in words, as "step 1,234 · epoch 3 · 97.2%"."""
        mark = self._marks[index]
        parts = [self.tr("step {0:,}").format(mark.step), self.tr("epoch {0:,}").format(mark.epoch)]
        if mark.validation_accuracy is not None:
            parts.append(f"{mark.validation_accuracy:.1%}")
        if index == len(self._marks) - 1:
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
        self.slider.setToolTip(self.tr("Look back: how the network was at an earlier moment of its run"))
        self.slider.installEventFilter(self)
        self.strip.setAccessibleName(self.tr("How the answer changed"))
        self.strip.setToolTip(
            self.tr(
                "What the network made of the drawing on the pad, from its first snapshot to its newest: the higher a "
                "digit's band, the more probable it was. Click to look back."
            )
        )
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.back_button, self.play_button, self.on_button):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.SPACING // 2)
        grid.addLayout(buttons, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.addWidget(self._caption, 1, 0, 1, 2)
        grid.addWidget(self.strip, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(520, 170)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Keep the strip's snapshots below those of the slider."""
        if watched is self.slider and event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.StyleChange):
            self.strip.set_span(*self._ends())
        return False

    def _ends(self) -> tuple[float, float]:
        """Return where the slider's handle is at its ends, in pixels from the left."""
        option = QStyleOptionSlider()
        self.slider.initStyleOption(option)
        length = self.slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self.slider)
        left = self.slider.x() + length / 2
        return left, left + self.slider.width() - length
