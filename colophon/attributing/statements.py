"""From hits of line rules to statements: names, addresses, dates, credits, with exact spans of the original."""

import re
from collections.abc import Iterator

from colophon import records
from colophon.attributing.context import PublisherRank, Reading
from colophon.attributing.crediting import CreditReader
from colophon.attributing.holders import HolderReader
from colophon.attributing.matching import Hit
from colophon.attributing.naming import Named
from colophon.attributing.rules import Ruleset, Wordings, items_pattern
from colophon.attributing.scripts import HAN, UNCAPPED_LETTER
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.spans import Span

# Lengths are in code points.
_LONGEST_PREPOSITION = 6  # "into ", before a language's name
_MOST_SOURCES = 2  # names after "Source:"
_URL = re.compile(r"https?://[^\s<>\"'|]{3,2000}")
_URL_END = ".,;:!?)]}>'\"»”’】）。，；」"
# Addresses that are about the article's surroundings, never its original: licences, sharing.
_NOT_SOURCES = re.compile(
    r"creativecommons\.org|/licen[sc]es?/|spdx\.org"
    r"|(?:facebook|twitter|x|linkedin|t|vk|telegram|pinterest)\.(?:com|me)/(?:share|sharer|intent|sharing)"
    r"|whatsapp\.com|/share\?"
)
_ACRONYM = re.compile(r"[A-ZÀ-ÞА-ЯΑ-Ω-]{3,8}")  # "Source: SINC"
_BAR = re.compile("[|•·]")
_GOES_ON = re.compile(r"\w|\s*:")
_BEFORE_NAME = re.compile(r"[=＝/／\])】｜|]\s*")


def _engine_pattern(engines: list[str]) -> re.Pattern[str]:
    """Return a pattern of engine names; in Japanese and Chinese they stand between letters ("はDeepLで")."""
    longest = sorted((shadow_of(engine) for engine in engines), key=len, reverse=True)
    names = "|".join(re.escape(name).replace(r"\*", r"\w*").replace(r"\ ", " +") for name in longest)
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])")


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
        self._credits = CreditReader(ruleset)

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
        # The name may stand on the line after a label's.
        end = max(reading.line_span(hit.line).end, last.span.end)
        rest = _BAR.split(Span(last.span.end, end).of(reading.text), maxsplit=1)[0]
        rest = rest.rstrip(" :：")  # "كتب سامي حداد:"
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
        credit = self._credits.credit(reading, hit)
        if credit is not None:
            yield self.statement(reading, hit, credit.span, parties=credit.parties, caption=credit.caption)

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
            if named.organisation or _ACRONYM.fullmatch(named.text):
                if hit.line.head or hit.line.tail:
                    # "University of Kelmoor" goes on after what reads as a person's name.
                    outlet = self._holders.inferred(reading, Span(named.span.start, value.end)) or named.span
                    reading.infer_publisher(PublisherRank.SOURCE, outlet, hit.rule.id)
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
