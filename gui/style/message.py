"""Messages to the user as plain records, which a controller sends by a signal; no widgets here."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple


class Severity(enum.Enum):
    """Whether a message is neutral, or reports success or a problem."""

    INFO = "info"
    GOOD = "good"
    BAD = "bad"


class Offer(NamedTuple):
    """An action that a message offers while ``stands`` returns True.

    One that ``returns`` is offered again after it was taken, for as long as it stands: it opens a dialog that the user
    may leave.
    """

    action: Callable[[], object]
    stands: Callable[[], bool] = lambda: True
    returns: bool = False


Offers = Mapping[str, Offer]
"""Actions by the text of their button."""


@dataclass(frozen=True)
class Message:
    """A sentence for the user, with details to copy (a traceback) and actions to offer."""

    text: str
    severity: Severity
    details: str = ""
    offers: Offers = field(default_factory=dict)

    def standing(self) -> "Message":
        """Return the message with those of its offers that still stand."""
        return replace(self, offers={text: offer for text, offer in self.offers.items() if offer.stands()})
