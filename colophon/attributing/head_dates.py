"""Dates that no label announces: alone on a head line, between its bars, in an agency's dateline.

All of it is inferred from its place, and only where no label says the same.
"""

import re
from collections.abc import Iterable, Iterator

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.notices import Part
from colophon.attributing.rules import Ruleset
from colophon.attributing.scripts import EAST_ASIAN, EAST_ASIAN_LETTER, HAN, HANGUL, HEBREW_ARABIC, KANA_HAN
from colophon.attributing.tries import trie
from colophon.spans import Span

_LONGEST_LINE = 160  # code points of a line that may hold a date, as of all lengths here
_HEAD_LINES, _TAIL_LINES = 10, 4  # lines from the top, and from the end, that may be dated
_MOST_SENTENCES = 2  # of a line after the story that tells of a first publication
_WORD = r"[^\W\d_][\w'’.-]*"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
# What parts the pieces of a head line; two calendars' dates are parted by words.
_BETWEEN = (
    rf"\s*(?:[|•]|(?<![{KANA_HAN}])·|·(?![{KANA_HAN}]))\s*"  # bars; a middle dot, but in a Chinese foreign name
    r"|\s+[–—-]\s+|\s{2,}|\t+"  # spaced dashes, wide gaps
    rf"|(?<![{HEBREW_ARABIC}])\s+/\s+(?=(?:\w+,? )?\d)"  # a spaced slash before a date, but in Persian one with its weekday
    r"|(?<=\d{4})\s+/\s+"  # and after one
    r"|\s*[()（）[\]【】]\s*"
)
# A date with its time dates a line from its end or its beginning, whatever else stands there.
_CLOCKED = re.compile(
    rf"(?<!\d)\d{{4}}-\d{{2}}-\d{{2}} {_CLOCK}$"  # "… 2024-12-02 21:30"
    r"|\A\d{1,2}[./]\d{1,2}[./]\d{4},? \d{1,2}[:.]\d{2}(?=\s)"  # "02.12.2024, 21.30 …"
    rf"|(?:(?<=\A[{HAN}]{{2}} )|\A)\d{{4}}年\d{{1,2}}月\d{{1,2}}日(?=\s[{HAN}])"  # "社会 2024年12月2日 小野寺健"
    rf"|\A\d{{4}}\.\d{{1,2}}\.\d{{1,2}}\.?(?=\s[{HANGUL}]{{2,10}}[부처청원단](?:\s[{HANGUL}]{{2,4}})?\Z)"  # "2026.03.05 해양섬정책청": a ministry
    rf"|\A\d{{4}}(?:[-/.]\d{{1,2}}[-/.]\d{{1,2}}|年\d{{1,2}}月\d{{1,2}}日) ?{_CLOCK}(?=\s)"  # "2024年12月2日 21:30 …"
)
# "Lyon, le 11 février 2026", "Berlin, 12. März 2026": up to four words, a comma, a date.
_PLACE = re.compile(rf"(?:{_WORD}[ -]){{0,3}}{_WORD}\s*[,，]\s*")
# "12. März 2026, Berlin"
_PLACE_AFTER = re.compile(rf"(?<=\w),\s+{_WORD}(?: {_WORD}){{0,2}}$")
# "社会 2024年12月2日", "سامر الحداد / 10.6.2025": words of such a script before a date, a space apart.
_UNSPACED_BEFORE = re.compile(
    rf"(?:[{HEBREW_ARABIC}'\"]{{2,}}\s(?:[/ـ]\s)?){{1,4}}(?=\d)"
    rf"|[{EAST_ASIAN}]{{2,12}}\s(?=\d{{4}})"
)
# A dateline's place is in capitals, perhaps with its country; a dash or a bracket follows the date.
_WIRE_PLACE = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω][A-ZÀ-ÖØ-ÞА-ЯΑ-Ω .'-]{2,24}(?:, [A-ZÀ-Þ][\w.]+)?, (?=[\dA-ZÀ-Þ])")
# A press release's place has one capital: "Wunsiedel, 28. Januar 2026. Im Handwerk …".
_RELEASE_PLACE = re.compile(
    r"[A-ZÀ-ÖØ-ÞА-Я][\w-]+(?: (?:(?:de|del|la|los) )?[A-ZÀ-ÖØ-ÞА-Я][\w-]+){0,2}(?:, [A-Z][a-zé]{1,5}\.)?, (?:den |le |a )?(?=\d)"
)
_AFTER_DATELINE = re.compile(r"\s*(?:[–—-]|\(|\.[–—-]|\.\s)")
# The page of a newspaper in Chinese: "江州日报 2024年03月18日 第A05版".
_PAGED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日(?=\s+第?\s?[A-Za-z]?\d{1,3}\s?版)")
_DIGIT = re.compile(r"\d")
_LONGEST_DATE = 30  # code points


class HeadDateReader:
    """Parts head lines into pieces, and finds the date among them."""

    def __init__(self, ruleset: Ruleset) -> None:
        und = ruleset.lexicons["und"]
        self._between = re.compile(rf"{_BETWEEN}|\s(?:{trie(und.words('between_calendars'))})\s")
        # "written by Clara Novak on 4 May 2026"
        self._on_date = re.compile(rf"\s(?:{trie(und.words('before_dates'))})\s(?=(?:\w+,? )?\d)")
        # "4 June 2025 by Clara Novak": before the whole date is known, "de" may be one of its own words.
        self._by_inside = re.compile(rf"(?<=\d),?\s(?:{trie(und.words('by_beside_date'))})\s")

    def pieces(self, text: str, whole: Span) -> Iterator[Span]:
        """Yield the pieces of a head line: "Opinion | Clara Novak" has two."""
        start = whole.start
        for gap in self._between.finditer(text, whole.start, whole.end):
            if gap.start() > start:
                yield Span(start, gap.start())
            start = gap.end()
        if start < whole.end:
            yield Span(start, whole.end)

    def dates(self, reading: Reading, hits: list[Hit], taken: list[Span]) -> list[records.Statement]:
        """Return the date that stands alone on a line, between bars or after a place, as published."""
        cuts: dict[int, list[int]] = {}
        authored = {hit.line.index for hit in hits if hit.rule.kind == "byline" and hit.lost is None}
        for hit in hits:
            if hit.rule.kind in ("updated", "byline", "photo_credit", "source") and hit.lost is None:
                cuts.setdefault(hit.line.index, []).append(hit.start)
        text = reading.shadow.text
        lines = [line for line in reading.layout.lines[:_HEAD_LINES] if line.head]
        lines += [line for line in reading.layout.lines[-_TAIL_LINES:] if line.tail and not line.head]
        for line in lines:
            if line.prose or line.end - line.start > _LONGEST_LINE or not _DIGIT.search(text, line.start, line.end):
                continue
            for start, end in self._stretches(reading, line, cuts.get(line.index, []), authored=line.index in authored):
                found = reading.dates.whole(text, start, end, lang="und") if _DIGIT.search(text, start, end) else None
                if found is None:
                    continue
                span = reading.span(found[0], found[1])
                if not any(span.overlaps(other) for other in taken):
                    return [reading.inferred("published", span, rule="date-line", line=line, value=found[2])]
        return self._datelined(reading)

    @staticmethod
    def of_first_publication(reading: Reading, notices: Iterable[Part]) -> list[records.Statement]:
        """Return the date that a notice gives, after the story, of where the text appeared first."""
        for part in notices:
            rule, line = part.hit.rule, part.hit.line
            # A paragraph that ends the page may still be story: "The novel first published in 2019 won on 4 May 2020."
            if rule.kind != "syndication" or not line.tail or len(reading.layout.sentences(line)) > _MOST_SENTENCES:
                continue
            text = reading.shadow.text
            found = reading.dates.inside(text, part.hit.words[1], part.end, lang=rule.lang)
            if found is None and EAST_ASIAN_LETTER.search(text, part.start, part.end):  # the verb comes last there
                found = reading.dates.inside(text, part.start, part.end, lang=rule.lang)
            if found is not None:
                return [
                    reading.inferred("published", reading.span(*found[:2]), rule=rule.id, line=line, value=found[2])
                ]
        return []

    @staticmethod
    def _datelined(reading: Reading) -> list[records.Statement]:
        """Return the date of an agency's dateline ("OSLO, Nov 9, 2026 - …") before the story's first words."""
        line = next((line for line in reading.layout.lines if line.prose), None)
        if line is None:
            return []
        begin = reading.line_span(line).start
        place = _WIRE_PLACE.match(reading.text, begin) or _RELEASE_PLACE.match(reading.text, begin)
        if place is None:
            return []
        start = line.start + place.end() - place.start()
        found = reading.dates.find(reading.shadow.text, start, min(line.end, start + _LONGEST_DATE), lang="und")
        if found is None or found[0] - start > 1 or not _AFTER_DATELINE.match(reading.shadow.text, found[1]):
            return []
        return [reading.inferred("published", reading.span(*found[:2]), rule="dateline", line=line, value=found[2])]

    def _stretches(self, reading: Reading, line: Line, cuts: list[int], *, authored: bool) -> Iterator[tuple[int, int]]:
        """Yield what a line's date may fill (shadow offsets): the parts between bars, up to a label, after a place."""
        text = reading.shadow.text
        for piece in self.pieces(text, Span(line.start, line.end)):
            start = piece.start
            stop = min([piece.end, *(cut for cut in cuts if cut > start)])
            yield start, stop
            place = _PLACE.match(text, start, stop) or _UNSPACED_BEFORE.match(text, start, stop)
            if place is not None:
                yield place.end(), stop
            # "Issue 14, 4 June 2025": what stands before a comma may have digits too.
            for comma in re.finditer(r",\s+", text[start:stop]):
                yield start + comma.end(), stop
            if authored and (on := self._on_date.search(text, start, stop)) is not None:
                yield on.end(), stop
            for after in (self._by_inside, _PLACE_AFTER):
                if (cut := after.search(text[start:stop])) is not None:
                    yield start, start + cut.start()
        paged = _PAGED.search(text, line.start, line.end)
        if paged is not None:
            yield paged.span()
        clocked = _CLOCKED.search(text[line.start : line.end])
        if clocked is not None and line.index:
            yield line.start + clocked.start(), line.start + clocked.end()
