"""The parts of a picture: its components grouped into digits, line by line, by the rule that groups strokes."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.picture import Piece, Pieces
from core.recognition import grouping
from core.recognition.segmentation import DOUBT, least_cost_groups

ImageCosts = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Returns for images (N, 28, 28) the negative log-probability (N,), in nats, that each is a digit."""

_LINE_GAP = 0.2  # of the lower part: parts with a larger gap are two lines

Members = tuple[int, ...]


def grouped(pieces: Pieces, costs: ImageCosts) -> list[tuple[Members, Piece]]:
    """Return the digits of a picture, line by line from left to right: the indexes of their components, and the whole.

    Every component belongs to one digit, except dots far from all digits.
    """
    made: dict[Members, Piece] = {}

    def piece(members: Members) -> Piece:
        if members not in made:
            made[members] = pieces.joined(members)
        return made[members]

    groups: list[Members] = []
    for line in _lines(pieces.boxes):
        clusters = grouping.group_pieces(pieces.boxes[line], [pieces.points[index] for index in line], DOUBT)

        def of_spans(some: Sequence[Members], line: NDArray[np.intp] = line) -> NDArray[np.float32]:
            return costs(np.stack([piece(_whole(line, span)).image for span in some]))

        groups += [_whole(line, members) for members in least_cost_groups(clusters, of_spans)]
    return [(members, piece(members)) for members in groups]


def _whole(line: NDArray[np.intp], members: Members) -> Members:
    """Return indexes in a line as indexes of all components."""
    return tuple(line[list(members)].tolist())


def _lines(boxes: NDArray[np.float32]) -> list[NDArray[np.intp]]:
    """Return the indexes of the components of each line, top to bottom."""
    heights = boxes[:, 3] - boxes[:, 1]
    large = np.flatnonzero(heights >= 0.5 * heights.max())
    lines: list[list[float]] = []
    for index in large[np.argsort(boxes[large, 1])].tolist():
        top, bottom = float(boxes[index, 1]), float(boxes[index, 3])
        for line in lines:
            shared, least = min(bottom, line[1]) - max(top, line[0]), min(bottom - top, line[1] - line[0])
            if shared > -_LINE_GAP * least:
                line[:] = [min(top, line[0]), max(bottom, line[1])]
                break
        else:
            lines.append([top, bottom])
    spans = np.array(sorted(lines))
    middles = (boxes[:, 1] + boxes[:, 3])[:, np.newaxis] / 2
    away = np.maximum(np.maximum(spans[:, 0] - middles, middles - spans[:, 1]), 0)
    nearest = away.argmin(axis=1)
    return [np.flatnonzero(nearest == line) for line in range(len(spans)) if (nearest == line).any()]
