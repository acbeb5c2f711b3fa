"""Which punctuation, digits and quotation marks at the edge of a fragment belong to it.

A whole line, a line after its label, and a whole sentence keep their own punctuation and quotation marks. A phrase
inside an English sentence does not: quotes, brackets, commas and the full stop are the sentence's.
"""

import re
import unicodedata
from typing import TypeGuard

from colophon.detecting import rules

_LABEL = re.compile(r"\s*([A-Za-z]+)(?: \(?[A-Za-z0-9]+\)?)?\s?[:：]\s*")
_NAMES = re.compile(r"[^\w\s]?\s*(?:[A-Z0-9][\w'’.:-]*,?\s+[\"'“„«(]?){1,6}")
_LAST_NAMES = re.compile(r"(?:\s[\"“„«(]?[A-Z][\w'’-]{0,30}[\"”»)]?){1,4}[.!?…]?\s*$")
_ANY_STOP = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？।։۔؟]\s*")
_SENTENCE_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_BETWEEN = " \t\u00a0,;:،؛、，；/|·•–—-"
_BULLETS = "-–—•*·▪►"
# Final marks that only other writing systems use; they never belong to the English around them.
_FOREIGN_STOPS = "。！？।॥։۔؟።፧၊။៕"
_OWN_STOPS = "!?…" + _FOREIGN_STOPS
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』",
          "（": "）", "【": "】", "《": "》", "‘": "’", "‚": "‘’"}  # fmt: skip
_CLOSERS = "\"'”’»«›)]}」』）】》“‘"


def is_dust(character: str) -> bool:
    """Say whether a character at an edge belongs to nobody: space, format control, symbol, emoji."""
    if character.isspace():
        return True
    return unicodedata.category(character) in ("Cf", "Cc", "So", "Sk", "Cn", "Co") or 0xFE00 <= ord(character) <= 0xFE0F


def settled(line: str, start: int, end: int, *, floor: int, ceiling: int) -> tuple[int, int]:
    """Return the edges of the fragment ``line[start:end]`` between its neighbours ``floor`` and ``ceiling``."""
    right = _whole_right(line, end, ceiling)
    left = _whole_left(line, start, floor)
    if left is not None and right is None:
        right = _names_right(line, start, end, ceiling)
    if left is None and right is not None:
        left = _names_left(line, start, end, floor)
    if left is not None and right is not None:
        return _undusted(line, left, right)
    return _undusted(line, *_inner(line, start, end, ceiling))


def _has_letters(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _whole_left(line: str, start: int, floor: int) -> int | None:
    before = line[floor:start]
    if not _has_letters(before):
        inside = before.lstrip(_BETWEEN if floor else " \t")
        if not floor and inside[:1] and inside[0] in _BULLETS:
            inside = inside[1:].lstrip()
        return start - len(inside)
    label = _LABEL.match(line, floor) if not floor else None
    if _is_label(label) and label.end() <= start and not _has_letters(line[label.end() : start]):
        return label.end()
    last = max((stop.end() for stop in _ANY_STOP.finditer(before)), default=None)
    return None if last is None or _has_letters(before[last:]) else floor + last


def _is_label(label: re.Match[str] | None) -> TypeGuard[re.Match[str]]:
    return label is not None and label.group(1).lower() in rules.labels()


def _names_left(line: str, start: int, end: int, floor: int) -> int | None:
    """Return where the sentence of a fragment begins when only names in Latin letters stand before it."""
    label = _LABEL.match(line, floor) if not floor else None
    begin = label.end() if _is_label(label) else floor
    for stop in _ANY_STOP.finditer(line, begin, start):
        begin = stop.end()
    before = line[begin:start]
    return begin if 2 * len(before) < end - start and _NAMES.fullmatch(before) else None


def _names_right(line: str, start: int, end: int, ceiling: int) -> int | None:
    """Return where the sentence of a fragment stops when only names in Latin letters stand after it."""
    match = _LAST_NAMES.match(line, end, ceiling)
    return match.end() if match and 2 * (match.end() - end) < end - start else None


def _whole_right(line: str, end: int, ceiling: int) -> int | None:
    after = line[end:ceiling]
    if not _has_letters(after):
        return end + len(after.rstrip(_BETWEEN if ceiling < len(line) else " \t"))
    stop = _SENTENCE_STOP.match(after)
    if stop:
        rest = after[stop.end() :].lstrip(" \"'“‘(")
        return end + stop.end() if not rest[:1].islower() else None
    if after[0] in _FOREIGN_STOPS:
        return end + 1
    return None


def _inner(line: str, start: int, end: int, ceiling: int) -> tuple[int, int]:
    """Return the edges of a phrase inside an English sentence."""
    while start > 0 and line[start - 1] in "¿¡":
        start -= 1
    stop = end
    while stop < ceiling and line[stop] in _OWN_STOPS:
        stop += 1
    follows = stop
    while follows < len(line) and unicodedata.category(line[follows]) == "Cf":
        follows += 1
    closed = follows == len(line) or line[follows] in _CLOSERS or _opens(line, stop)
    if stop > end and (closed or line[stop - 1] in _FOREIGN_STOPS):
        end = stop
    if end < ceiling and _closes_inside(line[start:end], line[end]):
        end += 1
    return start, end


def _opens(line: str, at: int) -> bool:
    return line[at : at + 1].isspace() and line[at + 1 : at + 2].islower()


def _closes_inside(inside: str, closer: str) -> bool:
    for opener, closers in _PAIRS.items():
        if closer in closers and inside.count(opener) > sum(inside.count(c) for c in closers):
            return True
    return closer == '"' and inside.count('"') % 2 == 1


def _undusted(line: str, start: int, end: int) -> tuple[int, int]:
    while start < end and is_dust(line[start]):
        start += 1
    while end > start and is_dust(line[end - 1]):
        end -= 1
    return start, end
