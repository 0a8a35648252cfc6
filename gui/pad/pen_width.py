"""The width of the pen on the screen, which follows the height of the writing unless the user has chosen one."""

import math

PEN_WIDTHS = (0.02, 0.035, 0.055, 0.08)
"""The pen widths in the menu, as shares of the canvas's side."""
DEFAULT_PEN_WIDTH = PEN_WIDTHS[2]
"""The width for writing of at least half the canvas's height, and on a blank canvas."""

_OF_HEIGHT = 0.11  # the width as a share of the height of the writing
_STEP = 0.94  # from one width to the next: at most two pixels where the pen is broad
_THINNEST = 0.012


def automatic_width(height: float) -> float:
    """Return the width for writing of this height; both are shares of the canvas's side.

    The widths have steps, so that a stroke that grows is painted anew a few times only.
    """
    wanted = min(max(_OF_HEIGHT * height, _THINNEST), DEFAULT_PEN_WIDTH)
    return DEFAULT_PEN_WIDTH * float(_STEP ** round(math.log(wanted / DEFAULT_PEN_WIDTH, _STEP)))
