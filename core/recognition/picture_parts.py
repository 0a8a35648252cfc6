"""The parts of a picture: its components grouped into digits, line by line, by the rule that groups strokes."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.preprocessing.ink import Drawing
from core.preprocessing.picture import Piece, Pieces
from core.recognition import grouping
from core.recognition.segmentation import DOUBT, Part, are_symbols, least_cost_groups

Image = NDArray[np.uint8]
ImageCosts = Callable[[Image], NDArray[np.float32]]
"""Returns for images (N, 28, 28) the negative log-probability (N,), in nats, that each is a digit."""
Members = tuple[int, ...]

_DOUBTFUL = 0.7  # nats: a part that costs more may be digits that touch; one at the threshold of rejection has 0.69
_MIN_ASPECT = 0.55  # width to height of digits that touch, at least
_GAIN = 1.0  # nats: digits that touch cost less than their whole by more than this


def segment(pieces: Pieces, costs: ImageCosts) -> tuple[tuple[Part, ...], list[Image]]:
    """Return the parts of a picture, line by line from left to right, and their images (28, 28).

    Every component belongs to one part, except dots far from all digits. The parts' strokes are the indexes of their
    components, and their drawings are empty. A part that is no digit is cut where digits may touch.
    """
    found = _whole_parts(pieces, costs)
    symbols = are_symbols([piece.box for _, _, piece in found], [line for line, _, _ in found])
    parts: list[Part] = []
    images: list[Image] = []
    for (line, members, piece), is_symbol in zip(found, symbols.tolist(), strict=True):
        for one in [piece] if is_symbol else _cut(pieces, members, piece, costs):
            parts.append(Part(members, Drawing(), one.box, line, is_symbol))
            images.append(one.image)
    return tuple(parts), images


def _whole_parts(pieces: Pieces, costs: ImageCosts) -> list[tuple[int, Members, Piece]]:
    """Return the line, the components and the whole of each part."""

    def of_groups(some: Sequence[Members]) -> NDArray[np.float32]:
        return costs(np.stack([pieces.joined(members).image for members in some]))

    clusters = grouping.group_pieces(pieces.boxes, pieces.points, DOUBT)
    line_of = {index: cluster.line for cluster in clusters for index in cluster.strokes}
    groups = least_cost_groups(clusters, of_groups)
    return [(line_of[members[0]], members, pieces.joined(members)) for members in groups]


def _cut(pieces: Pieces, members: Members, piece: Piece, costs: ImageCosts) -> list[Piece]:
    """Return the digits that touch in a part, or the part."""
    left, top, right, bottom = piece.box
    if right - left < _MIN_ASPECT * (bottom - top):
        return [piece]
    least = float(costs(piece.image[np.newaxis])[0])
    if least < _DOUBTFUL:
        return [piece]
    best = [piece]
    for cut in pieces.cuts(members):
        some = [each for _, _, each in _whole_parts(cut, costs)]
        each_costs = costs(np.stack([one.image for one in some]))
        if len(some) > 1 and each_costs.max() < _DOUBTFUL and each_costs.sum() < least - _GAIN:
            best, least = some, float(each_costs.sum())
    return best
