"""Answer: what the window says of the pad, and how far it commits itself: a refusal waits until the pen has rested."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.digits import Verdict
from gui.pad.marks import Box, Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.recognition.recognizer import Prediction

REJECTED = "?"
"""What stands in a number for a part that is no digit."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The digits that were read, from left to right, and which of them is looked at. Empty where there is no answer.

    Attributes
    ----------
    boxes
        Where each digit stands, in canvas units; none where it does not stand on the pad as strokes.
    selected
        Which digit is looked at, from 0.
    is_settled
        Whether the pen has rested; until then each digit is named as the network's best guess, and none is refused.
    unread
        What a network would see, (28, 28), where there is none to answer.
    caption
        A short line on what is known besides.
    """

    predictions: "tuple[Prediction, ...]" = ()
    boxes: tuple[Box, ...] = ()
    selected: int = 0
    is_settled: bool = True
    unread: "NDArray[np.uint8] | None" = None
    caption: str = ""

    def __len__(self) -> int:
        return len(self.predictions)

    @property
    def prediction(self) -> "Prediction | None":
        """What is said of the selected digit."""
        return self.predictions[self.selected] if self.predictions else None

    @property
    def image(self) -> "NDArray[np.uint8] | None":
        """The image (28, 28) that was seen of the selected digit."""
        return self.unread if self.prediction is None else self.prediction.image

    @property
    def number(self) -> str:
        """All digits as one text, with "?" for what is none."""
        return "".join(map(self.sign, range(len(self))))

    def verdict(self, index: int) -> Verdict:
        """Return what is said of a digit by now."""
        return self.predictions[index].verdict if self.is_settled else Verdict.DIGIT

    def sign(self, index: int) -> str:
        """Return a digit as one character."""
        is_refused = self.verdict(index) is Verdict.NOT_A_DIGIT
        return REJECTED if is_refused else str(self.predictions[index].digit)

    def marks(self) -> tuple[Mark, ...]:
        """Return what is to be marked on the pad: nothing where there is one digit, for that needs no telling apart."""
        if len(self.boxes) < 2:
            return ()
        return tuple(
            Mark(box, self.sign(index), self.verdict(index), index == self.selected)
            for index, box in enumerate(self.boxes)
        )
