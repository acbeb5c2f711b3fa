"""Photo credits that a label, an agency or a sign shows: where they begin and end, who is credited, which caption.

Those without any of these are found by :func:`caption_ends.credits`.
"""

import re
from typing import NamedTuple

from colophon.attributing import caption_ends
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.naming import words_of_all
from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.scripts import CASED_LETTER
from colophon.attributing.tries import trie
from colophon.records import Party
from colophon.spans import Span, trimmed

# Lengths are in code points.
_SHORTEST_CAPTION, _LONGEST_CAPTION = 9, 199
_LONGEST_SLASHED = 99  # a line that a slash or "via" shows to be a credit
_MOST_TITLED = 3  # words of a name in brackets after a credit
_SHORTEST_NAME = 2  # before a remark in brackets
_FILL = " (|[–—-"  # what parts a caption from the credit after it
_EDGES = " \t\u00a0.,;"
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_LICENCE_ALONE = re.compile(r"CC(?:[ -]?[A-Z]{2}){0,4}[ -]?(?:\d(?:\.\d)?)?", re.IGNORECASE)  # "CC BY-SA 4.0"
_COUNTED = re.compile(r"\s+[–—-]\s+\d")  # what follows a dash and is counted: views, comments, minutes
_REMARK = re.compile(r"\s*\(([^()]+)\)?\s*$")


class Credit(NamedTuple):
    """One photo credit: its ``span`` with the label, who is credited, and the span of its caption."""

    span: Span
    parties: tuple[Party, ...]
    caption: tuple[int, int] | None


class _CreditBounds(NamedTuple):
    """Where a credit stands, in shadow offsets: ``whole`` with its label, ``value`` without."""

    whole: tuple[int, int]
    value: tuple[int, int]


class CreditReader:
    """Reads photo credits with the word lists of all languages."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._remark = items_pattern(words_of_all(ruleset, "credit_remarks"))
        self._pictures = ruleset.all_words("labels_of_others")
        self._before_name = re.compile(rf"(?:{trie(self._pictures)}) ?[=:/] ?$")

    def credit(self, reading: Reading, hit: Hit) -> Credit | None:
        """Return the photo credit of a hit; None, with ``hit.lost`` set, where its words are none."""
        bounds = self._credit_bounds(reading, hit)
        if bounds is None:
            return None
        span = trimmed(reading.text, reading.span(*bounds.whole), _EDGES)
        # "Photo:" is a label in many languages: the words are read for the first of them only.
        if any(span.overlaps(told) for told in reading.credits):
            hit.lost = "the same words are told already"
            return None
        start, end = bounds.value
        value = trimmed(reading.text, reading.span(start, max(start, end)), _EDGES)
        parties = reading.names.parties(reading.text, value) if len(value) else ()
        if not parties or (not hit.rule.templates and not self._agency_line(reading, hit.line, value)):
            hit.lost = "reads like a caption, not like a credit"
            return None
        reading.credits.append(span)
        caption = self._caption(reading, hit.line, bounds.whole[0])
        return Credit(span, parties, caption)

    def _credit_bounds(self, reading: Reading, hit: Hit) -> _CreditBounds | None:
        """Return where a credit stands, by where its label does; None where there can be none."""
        text, line = reading.shadow.text, hit.line
        start, end = hit.groups.get("name", (hit.end, hit.end))
        if not hit.rule.templates:
            return self._agency_bounds(text, hit)
        if start == hit.start and end < hit.end:
            return self._bounds_before_label(text, hit, end)
        begun = end < hit.end  # words of the rule follow the name
        stop = caption_ends.credit_end(text, start, end if begun else min(hit.end, line.end))
        stop = self._before_remark(reading, start, self._before_permission(text, start, stop))
        return _CreditBounds((hit.start, hit.end if begun else stop), (start, stop))

    def _agency_bounds(self, text: str, hit: Hit) -> _CreditBounds | None:
        """Return the bounds of a credit without a label: its line, or the brackets around it ("(Blau/AFP)")."""
        start, end = caption_ends.enclosing(text, hit.line, hit.words)
        if text[hit.words[0]] == "©":
            # Amid the story the sign is a picture's; before the end of the page it may be the page's own.
            start = hit.words[0]
            caption = text[hit.line.start : start].rstrip(" (|")
            captioned = len(caption) >= _SHORTEST_CAPTION and caption[-1] in ".!?»"
            if (hit.line.tail and not captioned) or _YEAR.search(text, start, end):
                hit.lost = "a copyright line, not a credit"
                return None
            end = self._before_permission(text, start, end)
        return _CreditBounds((start, end), (start, end))

    def _bounds_before_label(self, text: str, hit: Hit, end: int) -> _CreditBounds | None:
        """Return the bounds of a credit whose label comes last ("… 新华社记者王建华 摄"); ``end`` is the name's."""
        start = caption_ends.credit_start(text, hit.start, end)
        # "… 提供" is a verb as well: as a label it stands at the end, or closes a bracket.
        rest = text[hit.end : hit.line.end].strip(" .")
        verb = rest.startswith((",", ":", "=")) or (hit.line.prose and rest and rest[0] not in ")]】")
        # "照片提供/洪月霞": two words of one label before the name, not a name before its label.
        label = rest.startswith("/") and text[start:end].strip() in self._pictures
        if text[hit.end : hit.end + 1].isalpha() or verb or label:
            return None
        # "사진=경남수목원 제공": a label before the name, too.
        first = self._before_name.search(text, hit.line.start, start)
        start_of_all = first.start() if first else start
        return _CreditBounds((start_of_all, hit.end), (start, end))

    def _before_permission(self, text: str, start: int, end: int) -> int:
        """Return where a credit ends before a remark such as "used with permission"."""
        remark = self._remark.search(text, start, end)
        return len(text[: remark.start()].rstrip(" ,;(，、（[")) if remark and remark.start() > start else end

    @staticmethod
    def _before_remark(reading: Reading, start: int, end: int) -> int:
        """Return where a credit ends before what names nobody: "(available under CC BY 2.0)", "— 214 просмотров"."""
        counted = _COUNTED.search(reading.shadow.text, start, end)
        if counted is not None:
            return counted.start()
        found = _REMARK.search(reading.shadow.text[start:end])
        if found is None or found.start() < _SHORTEST_NAME:
            return end
        inside = reading.span(start + found.start(1), start + found.end(1)).of(reading.text)
        words = inside.split()
        titled = (
            len(words) <= _MOST_TITLED and CASED_LETTER.match(inside) is not None and all(w[0].isupper() for w in words)
        )
        licence = _LICENCE_ALONE.fullmatch(inside) is not None
        return end if titled or licence or reading.names.agency(inside) == inside else start + found.start()

    @staticmethod
    def _agency_line(reading: Reading, line: Line, value: Span) -> bool:
        """Say whether words show by themselves that they are a credit: by a slash, or as an agency after a caption."""
        inside = value.of(reading.text)
        if reading.names.agency(inside) == inside:
            captioned = value.start >= reading.shadow.original(line.start) + _SHORTEST_CAPTION
            return captioned and not line.prose and not line.tail
        return len(inside) <= _LONGEST_SLASHED and ("/" in inside or " via " in inside or "©" in inside)

    @staticmethod
    def _caption(reading: Reading, line: Line, start: int) -> tuple[int, int] | None:
        """Return the caption of a credit: the words before it on its line, or the short line above."""
        before = reading.layout.text[line.start : start].rstrip(_FILL)
        if len(before.lstrip(_FILL)) >= _SHORTEST_CAPTION:
            span = trimmed(reading.text, reading.span(line.start, line.start + len(before)))
            return span.start, span.end
        if line.index:
            above = reading.layout.lines[line.index - 1]
            if not above.prose and above.end - above.start <= _LONGEST_CAPTION:
                span = reading.line_span(above)
                return span.start, span.end
        return None
