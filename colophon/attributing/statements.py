"""From hits of line rules to statements: names, addresses, dates, credits, with exact spans of the original."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from colophon import records
from colophon.attributing import caption_ends
from colophon.attributing.context import PublisherRank, Reading
from colophon.attributing.holders import HolderReader
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.naming import Named, words_of_all
from colophon.attributing.rules import Ruleset, Wordings, items_pattern
from colophon.attributing.scripts import CASED_LETTER, HAN, UNCAPPED_LETTER
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.spans import Span, trimmed

# Lengths are in code points.
_SHORTEST_CAPTION, _LONGEST_CAPTION = 9, 199
_LONGEST_SLASHED = 99  # a line that a slash or "via" shows to be a credit
_LONGEST_PREPOSITION = 6  # "into ", before a language's name
_MOST_TITLED = 3  # words of a name in brackets after a credit
_SHORTEST_NAME = 2  # before a remark in brackets
_MOST_SOURCES = 2  # names after "Source:"
_FILL = " (|[–—-"  # what parts a caption from the credit after it
_EDGES = " \t\u00a0.,;"
_URL = re.compile(r"https?://[^\s<>\"'|]{3,2000}")
_URL_END = ".,;:!?)]}>'\"»”’】）。，；」"
# Addresses that are about the article's surroundings, never its original: licences, sharing.
_NOT_SOURCES = re.compile(
    r"creativecommons\.org|/licen[sc]es?/|spdx\.org"
    r"|(?:facebook|twitter|x|linkedin|t|vk|telegram|pinterest)\.(?:com|me)/(?:share|sharer|intent|sharing)"
    r"|whatsapp\.com|/share\?"
)
_GOES_ON = re.compile(r"\w|\s*:")
_LICENCE_ALONE = re.compile(r"CC(?:[ -]?[A-Z]{2}){0,4}[ -]?(?:\d(?:\.\d)?)?", re.IGNORECASE)  # "CC BY-SA 4.0"
_COUNTED = re.compile(r"\s+[–—-]\s+\d")  # what follows a dash and is counted: views, comments, minutes
_REMARK = re.compile(r"\s*\(([^()]+)\)?\s*$")
_BEFORE_NAME = re.compile(r"[=＝/／\])】｜|]\s*")


def _engine_pattern(engines: list[str]) -> re.Pattern[str]:
    """Return a pattern of engine names; in Japanese and Chinese they stand between letters ("はDeepLで")."""
    longest = sorted((shadow_of(engine) for engine in engines), key=len, reverse=True)
    names = "|".join(re.escape(name).replace(r"\*", r"\w*").replace(r"\ ", " +") for name in longest)
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])")


class _CreditBounds(NamedTuple):
    """Where a credit stands, in shadow offsets: ``whole`` with its label, ``value`` without."""

    whole: tuple[int, int]
    value: tuple[int, int]


class StatementReader:
    """Turns accepted hits into statements; holds the word lists that decide languages and engines."""

    def __init__(self, ruleset: Ruleset, holders: HolderReader) -> None:
        self._holders = holders
        und = ruleset.lexicons["und"]
        engines = und.words("engines")
        self._engines = [_engine_pattern([e for e in engines if ("*" in e) is open_end]) for open_end in (True, False)]
        self._photo_label = re.compile(f"(?:{trie(und.words('labels_of_others'))}) ?[=/:]")
        self._also_reported = re.compile(
            rf"[ \u3000](?:{trie(und.words('also_reported'))})[ \u3000:：]?"
            rf"(?P<name>[{HAN}]{{2,4}})(?=[ \u3000]|$)"
        )
        self._into = re.compile(f"(?:{trie(und.words('into'))}) $")
        self._part = items_pattern(und.words("parts_of_a_page"))
        self._by = ruleset.all_words("by")
        self._languages: dict[str, list[tuple[str, Wordings]]] = {}
        for lang, lexicon in ruleset.lexicons.items():
            for entry in lexicon.words("languages"):
                tag, _, words = entry.partition(":")
                self._languages.setdefault(lang, []).append((tag, Wordings(tuple(words.split("|")))))
        self._remark = items_pattern(words_of_all(ruleset, "credit_remarks"))

    def read(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the statements of one hit; none, with ``hit.lost`` set, when its value does not hold."""
        kind = hit.rule.kind
        if kind in ("byline", "editor", "contributor", "translator", "agency"):
            made = list(self._people(reading, hit))
        elif kind == "photo_credit":
            made = list(self._credit(reading, hit))
        elif kind == "source":
            made = list(self._source(reading, hit))
        elif kind in ("published", "updated"):
            made = list(self._date(reading, hit))
        elif kind == "publisher":
            made = list(self._publisher(reading, hit))
        else:
            made = []
        if not made and hit.lost is None:
            hit.lost = "its value is not a name, address or date that can stand there"
        yield from made

    def statement(self, reading: Reading, hit: Hit, span: Span, **more: object) -> records.Statement:
        """Return a statement of the hit's kind (or ``kind``) about ``span`` of the text."""
        values: dict[str, object] = {
            "kind": hit.rule.kind,
            "value": span.of(reading.text),
            "start": span.start,
            "end": span.end,
            "text": span.of(reading.text),
            "origin": "text",
            "rule": hit.rule.id,
            "zone": reading.zone(hit.line),
            **more,
        }
        return records.Statement.model_validate(values)

    def _value(self, reading: Reading, hit: Hit, group: str) -> Span | None:
        """Return the span of a captured part, or the next line when the label stands alone."""
        start, end = hit.groups.get(group, (hit.end, hit.end))
        if reading.layout.text[start:end].strip(' ."'):
            return reading.span(start, end)
        after = hit.line.index + 1
        if end >= hit.line.end and after < len(reading.layout.lines):
            line = reading.layout.lines[after]
            return None if line.prose else reading.line_span(line)
        return None

    def _people(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the people that a label names, the name after it or before it ("By Clara Novak", "王建华 摄")."""
        value = self._value(reading, hit, "name")
        if value is not None and hit.groups.get("name", (hit.start + 1, 0))[0] == hit.start:
            value = self._before_label(reading, hit, value)
        if value is None:
            return
        label = reading.layout.text[hit.start : hit.groups.get("name", (hit.end, 0))[0]]
        longer = hit.start > hit.line.start and reading.layout.text[hit.start - 2 : hit.start - 1].isalpha()
        if longer and label.strip(" :=|") in self._by:
            hit.lost = "the end of a longer label"  # "Edited by: …" is no "By: …"
            return
        lone = label.rstrip().endswith((":", "=", "|")) or (hit.rule.zone == "tail" and hit.rule.nature == "tag")
        if hit.rule.kind == "translator":
            yield from self._translators(reading, hit, value, lone=lone)
            return
        for named in self._named(reading, hit, value, lone=lone):
            if hit.rule.kind == "byline" and named.organisation:
                yield self._organisation_byline(reading, hit, named)
            else:
                yield self.statement(reading, hit, named.span)

    def _before_label(self, reading: Reading, hit: Hit, value: Span) -> Span | None:
        """Return the name before its label ("王建华 摄"), after another label's end; None when none can stand there."""
        ends = hit.groups["name"][1]
        if ends >= hit.end:
            return value
        if _GOES_ON.match(reading.layout.text, hit.end):
            hit.lost = "its label is a part of a longer word"
            return None
        cut = max((m.end() for m in _BEFORE_NAME.finditer(value.of(reading.text))), default=0)
        if cut and self._photo_label.search(reading.shadow.text, hit.start, ends):
            hit.lost = "another label stands before the name"
            return None
        return Span(value.start + cut, value.end)

    def _named(self, reading: Reading, hit: Hit, value: Span, *, lone: bool) -> list[Named]:
        """Return the names of a label's value; none where a sentence goes on, all reporters of a byline."""
        names = reading.names.names(reading.text, value, lone=lone, lang=hit.rule.lang)
        if names and not lone and UNCAPPED_LETTER.match(names[0].text) and self._goes_on(reading, hit, names[-1]):
            return []
        more = self._more_reporters(reading, hit, names[-1]) if names and hit.rule.kind == "byline" else []
        return names + more

    def _translators(self, reading: Reading, hit: Hit, value: Span, *, lone: bool) -> Iterator[records.Statement]:
        """Yield who or what translated the text: an engine, else the names."""
        if self.of_a_part(reading, hit):
            hit.lost = "translated is a part of the page, not the text"
            return
        engine = self._engine(reading.shadow.text, hit.start, hit.line.end)
        if engine:
            span = reading.span(*engine.span())
            yield self.statement(reading, hit, span, machine=True, **self._direction(reading, hit))
            return
        for named in self._named(reading, hit, value, lone=lone):
            yield self.statement(reading, hit, named.span, **self._direction(reading, hit))

    def _organisation_byline(self, reading: Reading, hit: Hit, named: Named) -> records.Statement:
        """Return an agency in a byline as such; an outlet is the publisher, kept as contributor evidence."""
        if reading.names.agency(named.text):
            return self.statement(reading, hit, named.span, kind="agency")
        reading.infer_publisher(PublisherRank.BYLINE, named.span, hit.rule.id)
        return self.statement(reading, hit, named.span, kind="contributor")

    def _more_reporters(self, reading: Reading, hit: Hit, last: Named) -> list[Named]:
        """Return who else reported, each after the word for it and a space ("记者 陆小曼　实习生 何远")."""
        found = self._also_reported.finditer(reading.text, last.span.end, reading.line_span(hit.line).end)
        return [Named(Span(*more.span("name")), more["name"], False) for more in found]

    @staticmethod
    def _goes_on(reading: Reading, hit: Hit, last: Named) -> bool:
        """Say whether words follow a name that only its length tells from a sentence ("كتب أحدهم على الجدار")."""
        rest = Span(last.span.end, reading.line_span(hit.line).end).of(reading.text)
        return ":" in rest or rest.lstrip(" .\"'»)")[:1].isalpha()

    def of_a_part(self, reading: Reading, hit: Hit) -> bool:
        """Say whether a machine's work is told of a summary or a picture, not of the text."""
        return self._part.search(reading.shadow.text, *reading.layout.sentence_at(hit.line, hit.start)) is not None

    def _engine(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Return the engine named in ``text[start:end]`` by the longest name."""
        found = [named for pattern in self._engines if (named := pattern.search(text, start, end)) is not None]
        return max(found, key=lambda named: len(named[0]), default=None)

    def engines(self, reading: Reading, hit: Hit) -> list[records.Statement]:
        """Return the engine that a machine-translation notice names, as its translator."""
        start, end = reading.layout.sentence_at(hit.line, hit.start)
        engine = self._engine(reading.shadow.text, start, end)
        if engine is None:
            return []
        span = reading.span(*engine.span())
        return [self.statement(reading, hit, span, kind="translator", machine=True, **self._direction(reading, hit))]

    def _direction(self, reading: Reading, hit: Hit) -> dict[str, object]:
        """Return source language and whether the translation is this text, from words before the name."""
        end = hit.line.end
        text = reading.shadow.text
        for tag, pattern in self._languages.get(hit.rule.lang, ()):
            found = pattern.search(text, hit.start, end)
            if found is None or tag.split("-")[0] == hit.rule.lang.split("-")[0]:
                continue
            before = text[max(hit.start, found.start() - _LONGEST_PREPOSITION) : found.start()]
            # "Übersetzt ins Englische", in a German text, is about another text than this one.
            if self._into.search(before) and hit.rule.kind == "translator":
                return {"about_article": False}
            return {"source_language": tag}
        return {}

    def _credit(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the photo credit that a label, or an agency's name without one, tells; its caption beside it."""
        bounds = self._credit_bounds(reading, hit)
        if bounds is None:
            return
        span = trimmed(reading.text, reading.span(*bounds.whole), _EDGES)
        # "Photo:" is a label in many languages: the words are read for the first of them only.
        if any(span.overlaps(told) for told in reading.credits):
            hit.lost = "the same words are told already"
            return
        start, end = bounds.value
        value = trimmed(reading.text, reading.span(start, max(start, end)), _EDGES)
        parties = reading.names.parties(reading.text, value) if len(value) else ()
        if not parties or (not hit.rule.templates and not self._agency_line(reading, hit.line, value)):
            hit.lost = "reads like a caption, not like a credit"
            return
        reading.credits.append(span)
        caption = self._caption(reading, hit.line, bounds.whole[0])
        yield self.statement(reading, hit, span, parties=parties, caption=caption)

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
            if hit.line.tail or any(c.isdigit() for c in text[start:end]):
                hit.lost = "a copyright line, not a credit"
                return None
            end = self._before_permission(text, start, end)
        return _CreditBounds((start, end), (start, end))

    @staticmethod
    def _bounds_before_label(text: str, hit: Hit, end: int) -> _CreditBounds | None:
        """Return the bounds of a credit whose label comes last ("… 新华社记者王建华 摄"); ``end`` is the name's."""
        start = caption_ends.credit_start(text, hit.start, end)
        # "… 提供" is a verb as well: as a label it stands at the end, or closes a bracket.
        rest = text[hit.end : hit.line.end].strip(" .")
        verb = rest.startswith((",", ":", "=")) or (hit.line.prose and rest and rest[0] not in ")]】")
        if text[hit.end : hit.end + 1].isalpha() or verb:
            return None
        return _CreditBounds((start, hit.end), (start, end))

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

    def _source(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the address of the original: after a label, or at the end of a line about the original."""
        found = hit.groups.get("url")
        if not hit.rule.templates:
            address = _URL.search(reading.shadow.text, *reading.layout.sentence_at(hit.line, hit.start))
            # In running text an address is a remark; a line about the original ends with it.
            if address is None or reading.layout.text[address.end() : hit.line.end].strip(_URL_END + " "):
                return
            span = reading.span(*address.span())
        elif found is None:
            value = self._value(reading, hit, "name")
            if value is None:
                return
            url = _URL.search(reading.text, value.start, value.end)
            if url is None:
                yield from self._named_source(reading, hit, value)
                return
            span = Span(*url.span())
        else:
            span = reading.span(*found)
        span = Span(span.start, span.start + len(span.of(reading.text).rstrip(_URL_END)))
        if _NOT_SOURCES.search(span.of(reading.text).lower()):
            hit.lost = "a licence or sharing address"
            return
        yield self.statement(reading, hit, span)

    def _named_source(self, reading: Reading, hit: Hit, value: Span) -> Iterator[records.Statement]:
        """Yield the agencies that stand where an address would ("Source: Reuters")."""
        for named in reading.names.names(reading.text, value, lone=True, lang=hit.rule.lang)[:_MOST_SOURCES]:
            if named.organisation:
                if hit.line.head:
                    reading.infer_publisher(PublisherRank.SOURCE, named.span, hit.rule.id)
                yield self.statement(reading, hit, named.span, kind="agency")

    def _date(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the date beside a label, or on the next line where the label stands alone."""
        start, end = hit.groups.get("date", (hit.end, hit.line.end))
        line = hit.line
        if not reading.layout.text[start:end].strip() and line.index + 1 < len(reading.layout.lines):
            after = reading.layout.lines[line.index + 1]
            start, end = after.start, after.end
        if hit.rule.templates and hit.groups.get("date") and start == hit.start:
            found = reading.dates.whole(reading.shadow.text, line.start, end, lang=hit.rule.lang)
        else:
            found = reading.dates.find(reading.shadow.text, start, end, lang=hit.rule.lang)
        if found:
            span = reading.span(found[0], found[1])
            yield self.statement(reading, hit, span, value=found[2])

    def _publisher(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        """Yield the publisher that a label states, or that running words name."""
        stated = hit.rule.nature == "tag"
        value = (
            self._value(reading, hit, "name") if stated else reading.span(*hit.groups.get("name", (hit.end, hit.end)))
        )
        if value is None:
            return
        span = self._holders.holder(reading, value) if stated else self._holders.inferred(reading, value)
        if span is None:
            return
        if stated:
            reading.publishers.append((PublisherRank.LABEL, span, hit.rule.id, "stated"))
        else:
            reading.infer_publisher(PublisherRank.NAMED, span, hit.rule.id)
        yield self.statement(reading, hit, span, basis="stated" if stated else "inferred")
