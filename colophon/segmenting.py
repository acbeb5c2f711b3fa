"""Segments: stretches of a text that a model reads one at a time, and that join back to exactly the text.

A segment is a sentence with the white space after it. A sentence longer than the model should read is cut
at the last clause mark, else the last space, else anywhere.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from colophon.spans import Span

SHORTEST_CLAUSE, LONGEST_CLAUSE = 8, 80  # code points


@dataclass(frozen=True, slots=True)
class _Rules:
    ends: frozenset[str]
    ends_without_space: frozenset[str]
    closing: frozenset[str]
    clauses: tuple[frozenset[str], ...]
    abbreviations: dict[str, frozenset[str]]


@cache
def _rules() -> _Rules:
    data = tomllib.loads(files("colophon").joinpath("data/segmenting.toml").read_text(encoding="utf-8"))
    return _Rules(
        ends=frozenset(data["end_marks"]),
        ends_without_space=frozenset(data["end_marks_without_space"]),
        closing=frozenset(data["closing_marks"]),
        clauses=tuple(frozenset(marks) for marks in data["clause_marks"]),
        abbreviations={language: frozenset(words) for language, words in data["abbreviations"].items()},
    )


def segments(text: str, language: str, longest: int) -> list[Span]:
    """Return spans that partition ``text``: sentences, each at most ``longest`` code points where it can be.

    White space at the edges of a segment does not count.

    >>> [s.of("One. Two!") for s in segments("One. Two!", "en", 300)]
    ['One. ', 'Two!']
    """
    return [part for sentence in sentences(text, language) for part in pieces(text, sentence, longest)]


def sentences(text: str, language: str) -> list[Span]:
    """Return spans of sentences, each with the white space after it; they partition ``text``."""
    found: list[Span] = []
    start = at = _over_spaces(text, 0, len(text))
    while at < len(text):
        end = _sentence_end(text, start, at, language)
        if end is None:
            at += 1
            continue
        end = _over_spaces(text, end, len(text))
        found.append(Span(found[-1].end if found else 0, end))
        start = at = end
    covered = found[-1].end if found else 0
    if covered < len(text):
        found.append(Span(covered, len(text)))
    return found


def _sentence_end(text: str, start: int, at: int, language: str) -> int | None:
    """Offset after the sentence that ends with ``text[at]`` and its closing marks, or None."""
    rules = _rules()
    mark = text[at]
    if mark == "\n":
        return at + 1
    if mark not in rules.ends and mark not in rules.ends_without_space:
        return None
    end = at + 1
    while end < len(text) and (text[end] in rules.closing or text[end] in rules.ends):
        end += 1
    if mark in rules.ends_without_space:
        return end
    if end < len(text) and not text[end].isspace():
        return None
    return None if mark == "." and end == at + 1 and _abbreviated(text, start, at, language) else end


def _abbreviated(text: str, start: int, at: int, language: str) -> bool:
    first = at
    while first > start and at - first <= 12 and (text[first - 1].isalpha() or text[first - 1] in "'\"״׳."):
        first -= 1
    word = text[first:at].lower()
    if not word:
        return False
    known = _rules().abbreviations.get(language.split("-", maxsplit=1)[0], frozenset())
    return (len(word) == 1 and word.isalpha()) or word in known


def pieces(text: str, span: Span, longest: int) -> list[Span]:
    """Return spans that partition ``span``, cut until none is longer than ``longest``."""
    found: list[Span] = []
    start = span.start
    last = span.start + len(span.of(text).rstrip())
    while last - _over_spaces(text, start, last) > longest:
        end = _cut(text, start, span.end, longest)
        found.append(Span(start, end))
        start = end
    if start < span.end:
        found.append(Span(start, span.end))
    return found


def _cut(text: str, start: int, end: int, longest: int) -> int:
    """Offset of the best cut in ``text[start:end]``, after at most ``longest`` code points and its spaces."""
    first = _over_spaces(text, start, end)
    limit = first + longest
    window = text[first:limit]
    for marks in _rules().clauses:
        # A cut in the first third leaves a stump that reads worse than a cut at a lesser mark.
        for at in range(len(window) - 1, len(window) // 3, -1):
            after = text[first + at + 1]
            if window[at] in marks and (after.isspace() or ord(window[at]) > 0x2FFF):
                return _over_spaces(text, first + at + 1, end)
    space = max((at for at in range(1, len(window)) if window[at].isspace()), default=-1)
    return _over_spaces(text, first + space if space > 0 else limit, end)


def _over_spaces(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def clauses(text: str) -> list[Span]:
    """Return spans that partition ``text``, cut after each clause mark, else in halves when it is long.

    Shorter rows for a model that lost its way in a whole sentence.

    >>> [s.of("When it rained, they left") for s in clauses("When it rained, they left")]
    ['When it rained, ', 'they left']
    """
    found: list[Span] = []
    start = 0
    marks = frozenset().union(*_rules().clauses)
    for at in range(len(text) - 1):
        if text[at] in marks and text[at + 1].isspace() and at - start >= SHORTEST_CLAUSE:
            end = _over_spaces(text, at + 1, len(text))
            found.append(Span(start, end))
            start = end
    if start < len(text):
        found.append(Span(start, len(text)))
    if len(found) == 1 and len(text) > LONGEST_CLAUSE:
        return pieces(text, found[0], len(text) // 2 + 10)
    return found
