"""A language for tests: each text is 40 % longer, accented and in brackets, so that what is not translated or is
clipped shows."""

import re

from PySide6.QtCore import QTranslator

_ACCENTS = str.maketrans("aceinorsuyzACEINORSUYZ", "áčéíñóřšúýžÁČÉÍÑÓŘŠÚÝŽ")
_KEPT = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&(?=\w))")
"""Fields, tags and mnemonics."""


def pseudo(text: str) -> str:
    """Return a text in the language; a longer text grows in its words, so that it can be wrapped like the original."""
    if not text.strip():
        return text
    words = []
    for word in text.split(" "):
        parts = [part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in _KEPT.split(word)]
        letters = sum(len(part) for part in parts if not _KEPT.fullmatch(part))
        words.append("".join(parts) + "~" * round(0.4 * letters))
    return " ".join(words)


class PseudoTranslator(QTranslator):
    """Translates all of the window's texts."""

    def translate(self, context, text, disambiguation=None, n=-1):
        """Return the text in the language; Qt asks for each text of each class."""
        return pseudo(text)
