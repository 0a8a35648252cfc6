"""Sentences for users: templates with named arguments, which can be translated without Qt.

Every sentence that a user reads is a literal template passed to ``tr``, so that tools can collect it. In ``gui``,
QObjects use their own ``tr`` in the same way. ``tests/lint/messages.py`` checks both.
"""

from collections.abc import Callable


class _Translator:
    """Holds the function that looks templates up in the user's language."""

    def __init__(self) -> None:
        self.translate: Callable[[str], str] = str


_translator = _Translator()


def tr(template: str, /, **arguments: object) -> str:
    """Return a template in the user's language, with its named fields filled in.

    Fields are named, as in ``tr("{path} cannot be written: {reason}", path=path, reason=reason)``: another language may
    need another order.
    """
    return _translator.translate(template).format(**arguments)


def translatable(template: str, /) -> str:
    """Mark a template that is kept as a constant, and return it unchanged; ``tr`` is called where it is shown."""
    return template


def set_translator(translate: Callable[[str], str]) -> None:
    """Look templates up by this function from now on; ``str`` leaves them in English."""
    _translator.translate = translate
