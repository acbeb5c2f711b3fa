"""A normalised copy of a text for matching, with a way back to the offsets of the original.

Rules are written once and must find ``ⓒ``, ``©`` and ``&copy;``-made ``©``, ``：`` and ``:``, ``İZİNSİZ`` and
``izinsiz``, pointed and bare Hebrew. The shadow maps each code point on its own, so an offset map exists by
construction; rule texts go through the same mapping. A shadow is its own shadow.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Collection

# What a single code point becomes, where NFKC and lower case do not already say it.
_SPECIAL = {
    "İ": "i",
    "ı": "i",
    "ё": "е",
    "Ё": "е",
    "ß": "ss",
    "ς": "σ",
    "ⓒ": "©",
    "Ⓒ": "©",
    "℗": "©",
    "“": '"',
    "”": '"',
    "„": '"',
    "‟": '"',
    "״": '"',
    "‘": "'",
    "’": "'",
    "‚": "'",
    "ʼ": "'",
    "׳": "'",
    "`": "'",
    "´": "'",
    "‐": "-",
    "‑": "-",
    "־": "-",
    "–": "–",
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ة": "ه",
    "ۀ": "ه",
    "ـ": "",
    "丨": "|",
    "∣": "|",
    "│": "|",
    "∕": "/",
    "⁄": "/",
    "︱": "|",
    "〔": "[",
    "〕": "]",
    "․": ".",
}


def _one(character: str) -> str:
    """Return the shadow of one code point: no, one, or several code points."""
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category == "Cf" or (category == "Mn" and character >= "\u0300") or "\ufe00" <= character <= "\ufe0f":
        # Devanagari and other Indic vowel signs carry the word; Hebrew, Arabic and combining accents do not.
        return character if "\u0900" <= character <= "\u1fff" else ""
    if category == "Zs" or character == "\t":
        return " "
    if category == "Cs":
        return "\ufffd"  # half a code point, which no rule names and no automaton takes
    if category == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character).lower()
    if plain != character:
        plain = "".join(map(_one, plain))
    return plain if plain.strip() or plain == " " else " "


class _Shadows(dict[str, str]):
    """The shadow of each code point, filled as code points are met."""

    def __missing__(self, character: str) -> str:
        made = self[character] = _one(character)
        return made


_SHADOWS = _Shadows()
# Up to so many different code points it is quicker to go through the text once for each than to look at every one of it.
_MANY = 60


def _replaced(text: str) -> tuple[str, str, list[str]]:
    """Return a text in lower case, its shadow, and the code points of the former whose shadow is not one long."""
    lower = text.replace("İ", "i").lower()  # the only capital that is longer in lower case
    odd = [character for character in set(lower) if _SHADOWS[character] != character]
    if len(odd) > _MANY:
        shadow = "".join([_SHADOWS[character] for character in lower])
    else:
        shadow = lower
        for character in odd:  # in any order: no shadow holds what another one replaces
            shadow = shadow.replace(character, _SHADOWS[character])
    return lower, shadow, [character for character in odd if len(_SHADOWS[character]) != 1]


def _places(text: str, characters: Collection[str]) -> list[int]:
    """Return where any of some characters stand, in order."""
    if len(characters) > _MANY:
        wanted = set(characters)
        return [at for at, character in enumerate(text) if character in wanted]
    places = []
    for character in characters:
        at = text.find(character)
        while at >= 0:
            places.append(at)
            at = text.find(character, at + 1)
    return sorted(places)


class Shadow:
    """``text`` as rules see it; ``original(i)`` gives the offset in the document of shadow offset ``i``."""

    __slots__ = ("_origins", "_starts", "text")

    def __init__(self, text: str) -> None:
        lower, self.text, uneven = _replaced(text)
        # Breakpoints: from shadow offset _starts[k] on, original = _origins[k] + (i - _starts[k]).
        self._starts: list[int] = [0]
        self._origins: list[int] = [0]
        shift = 0
        for at in _places(lower, uneven):
            width = len(_SHADOWS[lower[at]])
            begin = at + shift
            if width > 1:
                # All code points of an expansion point at the one they came from.
                for step in range(1, width):
                    self._starts.append(begin + step)
                    self._origins.append(at)
            shift += width - 1
            self._starts.append(begin + width)
            self._origins.append(at + 1)

    def original(self, offset: int) -> int:
        """Return the document offset of shadow offset ``offset``; its length for the end."""
        if len(self._starts) == 1:
            return offset
        at = bisect_right(self._starts, offset) - 1
        return self._origins[at] + offset - self._starts[at]

    def original_end(self, offset: int) -> int:
        """Return the document offset just after the code point before shadow offset ``offset``."""
        return self.original(offset - 1) + 1 if offset else self.original(0)


def shadow_of(text: str) -> str:
    """Return the shadow of a rule's text.

    >>> shadow_of("ⓒ Ynet：İ")
    '© ynet:i'
    """
    if text.isascii() and text.isprintable():  # most names; the grave accent is the one mark to change in them
        return text.lower().replace("`", "'")
    return "".join([_SHADOWS[character] for character in text])
