"""Values that came from elsewhere, as a message may quote them."""

from __future__ import annotations

import unicodedata

#: Characters of a value that a message shows.
_MOST = 200
#: Categories of characters that steer a terminal, or that nothing can write.
_STEERING = frozenset({"Cc", "Cs"})
#: Marks that change the order in which text is shown.
_ORDER = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(value: object) -> str:
    """A value in one line, shortened, whatever it is: a number of thousands of digits, or what is
    nested too deep to print.
    """
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        return f"a value of type {type(value).__name__}, too large to show"
    return one_line(text, _MOST)


def one_line(text: str, most: int | None = None) -> str:
    """Text as one line that steers no terminal; beyond `most` characters its middle is left out."""
    if most is not None and len(text) > most:
        half = most // 2
        text = f"{text[:half]} … {text[-half:]}"
    line = " ".join(text.splitlines())
    return "".join(map(_harmless, line))


def steers(text: str) -> bool:
    """Whether text holds a character that steers a terminal, ends of lines and tabs apart."""
    if text.isascii() and text.isprintable():
        return False
    return any(one not in "\n\t" and _steering(one) for one in text)


def _steering(character: str) -> bool:
    return character in _ORDER or unicodedata.category(character) in _STEERING


def _harmless(character: str) -> str:
    if not _steering(character):
        return character
    return character.encode("unicode_escape").decode("ascii")
