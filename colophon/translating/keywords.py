"""Keyword captions: lists of short items that are translated one by one, so that their count stays.

טראמפ, נתניהו , תקיפה ישראלית   three items, two separators
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from colophon.records import Role
from colophon.spans import Span, trimmed

# A mark between items, by class: a list keeps to one class.
_MARKS = (",،、，", "·•‧", "|¦│", ";؛；")
# Not a separator between two digits: 4,500 is one item.
_SPLIT = {marks: re.compile(rf"(?<!\d)[{re.escape(marks)}]|[{re.escape(marks)}](?!\d)") for marks in _MARKS}
_SENTENCE_MARK = re.compile(r"[.!?:…\"“”]\s|[.!?…]$")
LONGEST_ITEM_WORDS, LONGEST_MEAN_WORDS = 5, 2.5
FEWEST_ITEMS = 3
# What a separator is in English.
_ENGLISH = {",": ", ", "·": " · ", "|": " | ", ";": "; "}


@dataclass(frozen=True, slots=True)
class ItemList:
    """A keyword caption taken apart: spans of the items, and the English separator between them."""

    items: tuple[Span, ...]
    separator: str


def item_list(text: str, role: Role) -> ItemList | None:
    """Return the items of a keyword caption, or None when ``text`` is not one.

    With role ``keywords`` two items make a list; a ``caption`` needs three, all short, and no sentence marks.
    """
    if role not in ("keywords", "caption"):
        return None
    marks = max(_MARKS, key=lambda marks: len(_SPLIT[marks].findall(text)))
    spans = _items(text, marks)
    found = ItemList(tuple(spans), _ENGLISH[marks[0]])
    if role == "keywords":
        return found if len(spans) >= 2 else None
    if len(spans) < FEWEST_ITEMS or _SENTENCE_MARK.search(text):
        return None
    if spans[-1].of(text).startswith("ו"):
        return None  # "and ...": the last part of an enumeration inside a sentence, whose grammar a list would lose
    words = [len(span.of(text).split()) for span in spans]
    return found if max(words) <= LONGEST_ITEM_WORDS and sum(words) <= LONGEST_MEAN_WORDS * len(words) else None


def _items(text: str, marks: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for end in [*(match.start() for match in _SPLIT[marks].finditer(text)), len(text)]:
        item = trimmed(text, Span(start, end))
        if len(item):
            spans.append(item)
        start = end + 1
    return spans


def joined(items: Sequence[str], found: ItemList) -> str:
    """Return the English list."""
    return found.separator.join(items)


def recased(item: str, line: str) -> str:
    """Return ``item`` with the first letter small when ``line``, the same list in one piece, has it small.

    A model takes an item for a sentence and starts it with a capital.

    >>> recased("Ceasefire in Ukraine", "Putin, Alaska summit, ceasefire in Ukraine")
    'ceasefire in Ukraine'
    """
    small = item[:1].lower() + item[1:]
    at = line.find(small)
    inside_word = at > 0 and line[at - 1].isalnum()
    return item if at < 0 or inside_word or item in line else small
