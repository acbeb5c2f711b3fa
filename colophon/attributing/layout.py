"""Where things stand in a text: lines, sentences, quotation marks, head and tail.

All offsets here are shadow offsets (see ``shadow.py``).
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

# A sentence ends at these, before white space or a closing mark; ideographic stops need no space after them. Their first
# mark is looked for alone: a pattern that begins with a choice is tried at every letter.
_END = re.compile(
    r"""[.!?؟।…。！？](?:(?<=[.!?؟।…])[.!?؟।…]*["'»)\]]*(?= |$)|(?<=[。！？!?])[。！？!?]*["'」』）)\]】]*)"""
)
# What ends with a full stop without ending a sentence: initials and a few titles and forms of companies.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"'/])\d{1,2}\.$|(?:^|[\s(\"'/.])(?:[^\W\d_]|mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|no|nr|jr|sr|vs|jan|feb|mar|apr|jun|jul|aug|sep|sept"
    r"|oct|nov|dec|bzw|ca|abs|art|av|sra|núm|т|г|ст|др|им|ред)\.$"
)
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
# Each pair begins with its mark: a choice of marks is searched for quickly.
_PAIRS = re.compile(
    r"«[^«»\n]{1,600}»|「[^「」\n]{1,600}」|『[^『』\n]{1,600}』|\"[^\"\n]{1,600}\"|《[^《》\n]{1,300}》"
    # Single marks: an apostrophe stands between letters, the closing mark before none.
    r"|'(?<!\w')(?=\w)(?:[^'\n]|(?<=\w)'(?=\w)){2,600}'(?!\w)"
)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_DIGITS = re.compile(r"\d+")
# "02.11.2023 um 11:14 Uhr - Clara Novak - in Kultur": a date, then whatever else a head says
_BEGINS_DATED = re.compile(
    r"(?:\w+, )?(?:\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})(?!\d)|\d{1,2}\.? \w+ \d{4}|\d{4}-\d\d-\d\d)(?!\d)"
)
_HEAD_LINES = 5  # from the top, and after a first paragraph, in which the date may follow it
_SHORTEST_STORY = 3  # paragraphs of a story whose first one may be a standfirst
_LONGEST_DATE_LINE = 45  # code points
PROSE_WIDTH = 110  # columns from which a line that ends like a sentence is a paragraph of the story
_SENTENCE_WIDTH = 50  # columns from which a line that ends like a sentence may be story in a short article
_SENTENCE_ENDS = ".!?。！？؟।…\"'»」』)】”"
SHORT_PROSE_WIDTH = 70  # columns from which a line of several sentences is one


@dataclass(slots=True)
class Line:
    """One line without its surrounding spaces; ``start`` and ``end`` are shadow offsets."""

    start: int
    end: int
    index: int
    prose: bool
    head: bool = False
    tail: bool = False
    sentences: list[tuple[int, int]] = field(default_factory=list)

    @property
    def before_story(self) -> bool:
        """Whether the line stands before the story; the first line always is at the head, and may be story itself."""
        return self.head and not (self.prose and self.index == 0)


class Layout:
    """The lines of a shadow text with their zones, and its quoted stretches."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[Line] = []
        for found in _LINE.finditer(text):
            start, end = found.span()
            self.lines.append(Line(start, end, len(self.lines), self._is_prose(start, end)))
        self._starts = [line.start for line in self.lines]
        self.quotes = [q.span() for q in _PAIRS.finditer(text)]
        self._quote_starts = [start for start, _ in self.quotes]

    def _is_prose(self, start: int, end: int) -> bool:
        length = end - start
        if length < SHORT_PROSE_WIDTH // 2 or self.text[end - 1] not in _SENTENCE_ENDS:
            return False
        if self.text.find(" | ", start, end) >= 0:
            return False
        if length >= PROSE_WIDTH:
            return True
        wide = len(_WIDE.findall(self.text, start, end)) * 3 > length
        width = length * 2 if wide else length
        return width >= PROSE_WIDTH or (width >= SHORT_PROSE_WIDTH and len(_END.findall(self.text, start, end)) > 1)

    def set_zones(self, told: set[int], labelled: set[int]) -> None:
        """Mark head and tail: what stands before and after the story.

        Lines in ``told`` (they speak of the document itself) are no story, and neither are short lines in
        ``labelled`` (they begin with a label).
        """
        plain = [line for line in self.lines if line.index not in told]
        story = [line.index for line in plain if line.prose]
        # Short articles have short paragraphs: a line that ends like a sentence is story where it has no label.
        told_short = story or [ln.index for ln in plain if ln.index not in labelled and self._is_sentence(ln)]
        story = told_short if not story else self._widened(self._after_standfirst(story), plain, labelled)
        first, last = (story[0], story[-1]) if story else (len(self.lines), -1)
        for line in self.lines:
            line.head = line.index < first or line.index < 1
            line.tail = line.index > last or line.index >= len(self.lines) - 1

    def _after_standfirst(self, story: list[int]) -> list[int]:
        """Return the story's lines without a first paragraph that the date line still follows."""
        first = story[0]
        if first >= _HEAD_LINES or len(story) < _SHORTEST_STORY:
            return story
        for line in self.lines[first + 1 : min(story[1], first + _HEAD_LINES)]:
            digits = _DIGITS.findall(self.text, line.start, line.end)
            short = line.end - line.start <= _LONGEST_DATE_LINE and len(digits) > 1 and max(map(len, digits)) == 4
            if short or (not line.prose and _BEGINS_DATED.match(self.text, line.start, line.end)):
                return story[1:]
        return story

    def _widened(self, story: list[int], plain: list[Line], labelled: set[int]) -> list[int]:
        """Return the story's first and last line with the short sentences next to its paragraphs."""
        near = {ln.index for ln in plain if ln.index not in labelled and self._is_sentence(ln)}
        first, last = story[0], story[-1]
        while first - 1 in near:
            first -= 1
        while last + 1 in near:
            last += 1
        return [first, last]

    def _is_sentence(self, line: Line) -> bool:
        wide = 2 if _WIDE.search(self.text, line.start, line.end) else 1
        last = self.text[line.end - 2 : line.end]
        # A bracket ends a sentence only with a stop inside it: "14.09.2022 (updated: 15.09.2022)" is none.
        stops = last[-1:] in _SENTENCE_ENDS and (last[-1:] != ")" or last[:1] in _SENTENCE_ENDS)
        ends = stops and self.text.find(" | ", line.start, line.end) < 0
        return ends and (line.end - line.start) * wide >= _SENTENCE_WIDTH

    def line_at(self, offset: int) -> Line:
        """Return the line that holds ``offset``."""
        return self.lines[max(0, bisect_right(self._starts, offset) - 1)]

    def sentences(self, line: Line) -> list[tuple[int, int]]:
        """Return the sentences of a line, in order; they cover it but for spaces between."""
        if not line.sentences:
            start = line.start
            for found in _END.finditer(self.text, line.start, line.end):
                if found[0] == "." and _ABBREVIATED.search(self.text, max(start, found.end() - 7), found.end()):
                    continue
                line.sentences.append((start, found.end()))
                start = found.end()
                while start < line.end and self.text[start] == " ":
                    start += 1
            if start < line.end:
                line.sentences.append((start, line.end))
        return line.sentences

    def sentence_at(self, line: Line, offset: int) -> tuple[int, int]:
        """Return the sentence of ``line`` that holds ``offset``."""
        for start, end in line.sentences or self.sentences(line):
            if offset < end:
                return start, end
        return line.start, line.end

    def quoted(self, start: int, end: int) -> bool:
        """Say whether ``start:end`` lies inside quotation marks that are not the whole line's."""
        at = bisect_right(self._quote_starts, start) - 1
        if at < 0:
            return False
        opened, closed = self.quotes[at]
        return opened < start and end <= closed
