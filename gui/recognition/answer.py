"""Answer: the predictions for the content of the pad. Verdicts wait until the pen is idle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.digits import Verdict
from gui.pad.marks import Box, Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.recognition.recognizer import Prediction

REJECTED = "?"
"""The character in a number for a part that is no digit."""
SYMBOL = "\u25ab"
"""The character in a number for a symbol, such as a comma: a small square."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The recognised digits and symbols in reading order, and which is selected. Empty without a prediction.

    Attributes
    ----------
    boxes
        Each digit's bounding box, in canvas units; empty if the pad has no strokes.
    selected
        The index of the selected digit, from 0.
    is_settled
        Whether the pen is idle; until then each digit shows the network's best guess, and none is rejected.
    unpredicted
        The image (28, 28) for the network, if there is no network.
    caption
        A short line of further information.
    lines
        The number of each part's line, ascending from 0; empty for a single line.
    """

    predictions: "tuple[Prediction, ...]" = ()
    boxes: tuple[Box, ...] = ()
    selected: int = 0
    is_settled: bool = True
    unpredicted: "NDArray[np.uint8] | None" = None
    caption: str = ""
    lines: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.predictions)

    @property
    def prediction(self) -> "Prediction | None":
        """The prediction for the selected digit."""
        return self.predictions[self.selected] if self.predictions else None

    @property
    def image(self) -> "NDArray[np.uint8] | None":
        """The network's input (28, 28) for the selected digit."""
        return self.unpredicted if self.prediction is None else self.prediction.image

    @property
    def number(self) -> str:
        """All parts as one text, a space between lines; "?" for what is no digit, a small square for a symbol."""
        return " ".join("".join(map(self.character, row)) for row in self.rows())

    @property
    def n_symbols(self) -> int:
        """How many parts are symbols, which are left out of the number."""
        return sum(prediction.is_symbol for prediction in self.predictions)

    def rows(self) -> tuple[range, ...]:
        """Return the indexes of the parts of each line, from the top."""
        lines = self.lines or (0,) * len(self)
        starts = [index for index, line in enumerate(lines) if index == 0 or line != lines[index - 1]]
        return tuple(map(range, starts, [*starts[1:], len(lines)]))

    def is_symbol(self, index: int) -> bool:
        """Return whether a part is a symbol by its size."""
        return self.predictions[index].is_symbol

    def verdict(self, index: int) -> Verdict:
        """Return the verdict on a part; ``DIGIT`` until the pen is idle, unless it is a symbol."""
        if self.is_symbol(index):
            return Verdict.NOT_A_DIGIT
        return self.predictions[index].verdict if self.is_settled else Verdict.DIGIT

    def character(self, index: int) -> str:
        """Return the character for a digit, "?" for a part that is no digit, a small square for a symbol."""
        if self.is_symbol(index):
            return SYMBOL
        is_rejected = self.verdict(index) is Verdict.NOT_A_DIGIT
        return REJECTED if is_rejected else str(self.predictions[index].digit)

    def marks(self) -> tuple[Mark, ...]:
        """Return the marks for the pad; none for a single digit."""
        if len(self.boxes) < 2:
            return ()
        return tuple(
            Mark(box, self.character(index), self.verdict(index), index == self.selected)
            for index, box in enumerate(self.boxes)
        )
