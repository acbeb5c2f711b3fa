"""The form in which source text reaches a translation model: the same in training and at run time.

Models see plain letters and straight quotation marks; niqqud, cantillation, bidi controls and
presentation forms carry no meaning that a translation keeps, and would be unknown pieces.
Offsets are not kept: callers translate whole spans and keep the span of the original.
"""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufe00-\ufe0f]")
# Points and cantillation (Unicode, Hebrew block), without the maqaf, which joins words like a hyphen.
_HEBREW_MARKS = re.compile("[\u0591-\u05bd\u05bf-\u05c7]")
_PLAIN = str.maketrans(
    {
        "\N{HEBREW PUNCTUATION MAQAF}": "-",
        "\N{HEBREW PUNCTUATION GERESH}": "'",
        "\N{HEBREW PUNCTUATION GERSHAYIM}": '"',
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
        "\N{NO-BREAK SPACE}": " ",
        "\N{NON-BREAKING HYPHEN}": "-",
    }
)
_SPACES = re.compile(r"\s+")


def plain_source(text: str) -> str:
    """Return ``text`` as a model reads it: NFKC, no marks or controls, straight quotes, single spaces.

    >>> plain_source("צה״ל")
    'צה"ל'
    """
    text = unicodedata.normalize("NFKC", text)
    text = _HEBREW_MARKS.sub("", _INVISIBLE.sub("", text)).translate(_PLAIN)
    return _SPACES.sub(" ", text).strip()
