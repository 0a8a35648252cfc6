"""The words of the buttons that mend digits: pure functions."""

from core.data import sources
from core.messages import tr, translatable

_TURN = translatable("Turn the images")
_OFFERS = {
    "turn": _TURN,
    "left": _TURN,
    "right": _TURN,
    "over": _TURN,
    "mirror": translatable("Mirror the images"),
    "invert": translatable("Invert the images"),
    "scale": translatable("Scale the values"),
    "ten": translatable("Read the label 10 as 0"),
    "shift": translatable("Read each label as one less"),
}


def offer_to_mend(source: str, mended: str) -> str:
    """Return the words of the button that goes from a source to the mended one."""
    before, after = ([mend for part in sources.parts(name) for mend in part.mends] for name in (source, mended))
    new = after[: len(after) - len(before)] if len(after) > len(before) else after
    texts = list(dict.fromkeys(_OFFERS[mend] for mend in new))
    return tr(texts[0]) if len(texts) == 1 else tr("Mend all of it")


def offer_to_restart(source: str, mended: str) -> str:
    """Return the words of the button that mends the digits of a run and starts it again."""
    return tr("{mend} and start again", mend=offer_to_mend(source, mended))
