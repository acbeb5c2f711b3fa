"""A normalised copy of a text for matching, with a way back to the offsets of the original.

Rules are written once and must find ``ⓒ``, ``©`` and ``&copy;``-made ``©``, ``：`` and ``:``, ``İZİNSİZ`` and
``izinsiz``, pointed and bare Hebrew. The shadow maps each code point on its own, so an offset map exists by
construction; rule texts go through the same mapping.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import cache

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
    "ـ": "",
    "丨": "|",
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
    if category == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character).lower()
    if category.startswith("L"):
        plain = "".join(_SPECIAL.get(c, c) for c in plain)
    return plain if plain.strip() or plain == " " else " "


class _Table(dict[int, str | int]):
    """Translation table for ``str.translate``, filled as code points are met."""

    def __missing__(self, code: int) -> str | int:
        made = _one(chr(code))
        self[code] = ord(made) if len(made) == 1 else made  # numbers are the fast path of str.translate
        return self[code]


_TABLE = _Table()


@cache
def _uneven() -> re.Pattern[str]:
    """Return a class of the code points (BMP) whose shadow is not exactly one code point long."""
    ranges: list[list[int]] = []
    for code in range(0x80, 0x10000):
        if 0xD800 <= code <= 0xDFFF or 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3:
            continue
        if len(_one(chr(code))) != 1:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    inside = "".join(f"\\u{low:04x}-\\u{high:04x}" for low, high in ranges)
    return re.compile(f"[{inside}\U0001d400-\U0001f2ff\U000e0000-\U000e0fff]")


# Runs that plain ``str.lower`` leaves wrong; on Latin text few, so that most of it is lowered at C speed.
_ODD = re.compile("[^\n -\x7f]+|[A-Z]+")


def _translated(run: re.Match[str]) -> str:
    return run[0].translate(_TABLE)


class Shadow:
    """``text`` as rules see it; ``original(i)`` gives the offset in the document of shadow offset ``i``."""

    __slots__ = ("_origins", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = _ODD.sub(_translated, text.lower() if "İ" not in text else text)
        # Breakpoints: from shadow offset _starts[k] on, original = _origins[k] + (i - _starts[k]).
        self._starts: list[int] = [0]
        self._origins: list[int] = [0]
        if text.isascii():
            return
        shift = 0
        for found in _uneven().finditer(text):
            at = found.start()
            width = len(_one(text[at]))
            if width == 1:
                continue
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
    if text.isascii() and text.isprintable():  # most names; the rest would find nothing to do
        return text.lower()
    return _ODD.sub(_translated, text.lower() if "İ" not in text else text)
