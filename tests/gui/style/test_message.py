"""Messages: which of their offers still stand."""

import dataclasses

import pytest

from gui.style.message import Message, Offer, Severity


def test_standing_keeps_the_offers_that_stand():
    again, gone = Offer(lambda: None), Offer(lambda: None, lambda: False)
    message = Message("it failed", Severity.BAD, "Traceback …", {"Again": again, "Undo": gone})
    assert message.standing() == Message("it failed", Severity.BAD, "Traceback …", {"Again": again})
    assert message.offers == {"Again": again, "Undo": gone}


def test_a_message_has_no_details_and_no_offers_unless_given():
    message = Message("saved", Severity.GOOD)
    assert (message.details, message.offers) == ("", {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        message.text = "lost"
