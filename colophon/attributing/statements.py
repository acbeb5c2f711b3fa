"""From hits of line rules to statements: names, addresses, dates, credits, with exact spans of the original."""

import re
from collections.abc import Iterator

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.holders import HolderReader
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.naming import Named
from colophon.attributing.rules import Ruleset, Wordings, items_pattern
from colophon.attributing.shadow import shadow_of
from colophon.spans import Span, trimmed

# Code points of a name, with a title, before the word that makes it a credit ("新华社记者王建华 摄").
_LONGEST_LABELLED = 14
_URL = re.compile(r"https?://[^\s<>\"'|]{3,2000}")
_URL_END = ".,;:!?)]}>'\"»”’】）。，；」"
# Addresses that are about the article's surroundings, never its original.
_NOT_SOURCES = re.compile(
    r"creativecommons\.org|/licen[sc]es?/|(?:facebook|twitter|x|linkedin|t|vk|telegram|pinterest)\.(?:com|me)/"
    r"(?:share|sharer|intent|sharing)|whatsapp\.com|/share\?|spdx\.org"
)
# What may end a credit; brackets count, and a full stop may end an initial.
_CREDIT_MARKS = re.compile(r"[(\[（)\]）】>》•。.]| (?=[|;] )")
_GOES_ON = re.compile(r"\w|\s*:")
_LICENCE_ALONE = re.compile(r"CC(?:[ -]?[A-Z]{2}){0,4}[ -]?(?:\d(?:\.\d)?)?", re.IGNORECASE)
_REMARK = re.compile(r"\s*\(([^()]+)\)?\s*$")
_CASED = re.compile("[A-Z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff]")
_ALSO_REPORTED = re.compile(
    r"[ \u3000](?:实习生|實習生|实习记者|實習記者|通讯员|通訊員|特约记者|特約記者)[ \u3000:：]?(?P<name>[\u3400-\u9fff]{2,4})(?=[ \u3000]|$)"
)
_BEFORE_NAME = re.compile(r"[=＝/／\])】｜|]\s*")
_CAPITALS_MISSING = re.compile("[\u0590-\u0fff]")
_UNCASED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def _engine_pattern(engines: list[str]) -> re.Pattern[str]:
    """Return a pattern of engine names; in Japanese and Chinese they stand between letters ("はDeepLで")."""
    longest = sorted((shadow_of(engine) for engine in engines), key=len, reverse=True)
    names = "|".join(re.escape(name).replace(r"\*", r"\w*").replace(r"\ ", " +") for name in longest)
    return re.compile(rf"(?<![a-z0-9])(?:{names})(?![a-z0-9])")


class StatementReader:
    """Turns accepted hits into statements; holds the word lists that decide languages and engines."""

    def __init__(self, ruleset: Ruleset, holders: HolderReader) -> None:
        self._holders = holders
        engines = ruleset.lexicons["und"].words("engines")
        self._engines = [_engine_pattern([e for e in engines if ("*" in e) is open_end]) for open_end in (True, False)]
        self._photo_label = re.compile(
            r"(?:사진|그래픽|영상|촬영|번역|삽화|写真|撮影|図版?|摄影|攝影|图片?|翻译|翻譯) ?[=/:]"
        )
        self._part = items_pattern(list(ruleset.lexicons["und"].words("parts_of_a_page")))
        self._by = ruleset.all_words("by")
        self._languages: dict[str, list[tuple[str, Wordings]]] = {}
        for lang, lexicon in ruleset.lexicons.items():
            for entry in lexicon.words("languages"):
                tag, _, words = entry.partition(":")
                self._languages.setdefault(lang, []).append((tag, Wordings(tuple(words.split("|")))))
        self._remark = items_pattern(
            [w for lexicon in ruleset.lexicons.values() for w in lexicon.words("credit_remarks")]
        )

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
            return None if line.prose else reading.span(line.start, line.end)
        return None

    def _people(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        value = self._value(reading, hit, "name")
        if value is None:
            return
        begins, ends = hit.groups.get("name", (hit.start + 1, hit.end))
        if begins == hit.start and ends < hit.end and _GOES_ON.match(reading.layout.text, hit.end):
            hit.lost = "its label is a part of a longer word"
            return
        if begins == hit.start and ends < hit.end:
            cut = max((m.end() for m in _BEFORE_NAME.finditer(value.of(reading.text))), default=0)
            if cut and self._photo_label.search(reading.shadow.text, hit.start, ends):
                hit.lost = "another label stands before the name"
                return
            value = Span(value.start + cut, value.end)
        label = reading.layout.text[hit.start : hit.groups.get("name", (hit.end, 0))[0]]
        longer = hit.start > hit.line.start and reading.layout.text[hit.start - 2 : hit.start - 1].isalpha()
        if longer and label.strip(" :=|") in self._by:
            hit.lost = "the end of a longer label"  # "Edited by: …" is no "By: …"
            return
        lone = label.rstrip().endswith((":", "=", "|")) or (hit.rule.zone == "tail" and hit.rule.nature == "tag")
        kind = hit.rule.kind
        if kind == "translator" and self.of_a_part(reading, hit):
            hit.lost = "translated is a part of the page, not the text"
            return
        if kind == "translator":
            engine = self._engine(reading.shadow.text, hit.start, hit.line.end)
            if engine:
                span = reading.span(*engine.span())
                yield self.statement(reading, hit, span, machine=True, **self._direction(reading, hit))
                return
        names = reading.names.names(reading.text, value, lone=lone, lang=hit.rule.lang)
        if names and not lone and _CAPITALS_MISSING.match(names[0].text) and self._goes_on(reading, hit, names[-1]):
            return
        if kind == "byline" and names:
            names = names + self._more_reporters(reading, hit, names[-1])
        for named in names:
            if kind == "byline" and named.organisation:
                agency = reading.names.agency(named.text)
                if agency:
                    yield self.statement(reading, hit, named.span, kind="agency")
                else:
                    reading.publishers.append((1, named.span, hit.rule.id, "inferred"))
                    yield from self._organisation_byline(reading, hit, named)
            elif kind == "translator":
                yield self.statement(reading, hit, named.span, **self._direction(reading, hit))
            else:
                yield self.statement(reading, hit, named.span)

    @staticmethod
    def _more_reporters(reading: Reading, hit: Hit, last: Named) -> list[Named]:
        """Return who else reported, each after the word for it and a space ("记者 陆小曼　实习生 何远")."""
        end = reading.span(hit.line.start, hit.line.end).end
        found = _ALSO_REPORTED.finditer(reading.text, last.span.end, end)
        return [Named(Span(*more.span("name")), more["name"], False) for more in found]

    @staticmethod
    def _goes_on(reading: Reading, hit: Hit, last: Named) -> bool:
        """Say whether words follow a name that only its length tells from a sentence ("كتب أحدهم على الجدار")."""
        rest = Span(last.span.end, reading.span(hit.line.start, hit.line.end).end).of(reading.text)
        return ":" in rest or rest.lstrip(" .\"'»)")[:1].isalpha()

    def _organisation_byline(self, reading: Reading, hit: Hit, named: Named) -> Iterator[records.Statement]:
        """An outlet in a byline is the publisher, said elsewhere; kept as contributor evidence."""
        yield self.statement(reading, hit, named.span, kind="contributor")

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
            before = text[max(hit.start, found.start() - 6) : found.start()]
            # "Übersetzt ins Englische", in a German text, is about another text than this one.
            if re.search(r"(?:ins|into|vers l'|al|para o|na|на|в) $", before) and hit.rule.kind == "translator":
                return {"about_article": False}
            return {"source_language": tag}
        return {}

    def _credit(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
        text, line = reading.shadow.text, hit.line
        value_start, value_end = hit.groups.get("name", (hit.end, hit.end))
        if not hit.rule.templates:
            start, whole_end = value_start, end = self._enclosing(text, line, hit.words)
            if text[hit.words[0]] == "©":
                # Amid the story the sign is a picture's; before the end of the page it may be the page's own.
                start = value_start = hit.words[0]
                if line.tail or any(c.isdigit() for c in text[start:end]):
                    hit.lost = "a copyright line, not a credit"
                    return
        elif value_start == hit.start and value_end < hit.end:
            start = value_start = self._after_caption(text, hit.start, value_end)
            end, whole_end = value_end, hit.end
            if text[hit.end : hit.end + 1].isalpha():
                return
            # "… 提供" is a verb as well: as a label it stands at the end, or closes a bracket.
            rest = text[hit.end : line.end].strip(" .")
            if rest.startswith((",", ":", "=")) or (line.prose and rest and rest[0] not in ")]】"):
                return
        else:
            start = hit.start
            end = self._credit_end(text, value_start, value_end if value_end < hit.end else min(hit.end, line.end))
            end = self._before_remark(reading, value_start, self._before_permission(text, value_start, end))
            whole_end = hit.end if value_end < hit.end else end
        span = trimmed(reading.text, reading.span(start, whole_end), " \t\u00a0.,;")
        # "Photo:" is a label in many languages: the words are read for the first of them only.
        if any(span.overlaps(told) for told in reading.credits):
            hit.lost = "the same words are told already"
            return
        value = trimmed(reading.text, reading.span(value_start, max(value_start, end)), " \t\u00a0.,;")
        parties = reading.names.parties(reading.text, value) if len(value) else ()
        if not parties or (not hit.rule.templates and not self._agency_line(reading, line, value)):
            hit.lost = "reads like a caption, not like a credit"
            return
        reading.credits.append(span)
        yield self.statement(reading, hit, span, parties=parties, caption=self._caption(reading, line, start))

    @staticmethod
    def _after_caption(text: str, start: int, end: int) -> int:
        """Return where a credit begins whose label is its last word: after the caption before it."""
        japanese = re.search("[\u3040-\u309f]", text[start:end]) is not None
        for cut in (r"[。！？!?；;]\s*|\.\s+|=", r"[，,、]\s*", r"\s+(?=\S+\s+\S+\s*$)", r"\s+(?=\S+\s*$)"):
            # A caption's sentence and its "＝" always end before the credit; the rest only where it is long.
            short = len(text[start:end].replace(" ", "")) <= _LONGEST_LABELLED
            if short and not cut.startswith("[。") and not (japanese and cut.startswith("[，")):
                break
            start += max((found.end() for found in re.finditer(cut, text[start:end].rstrip(" /|"))), default=0)
        return start

    def _before_permission(self, text: str, start: int, end: int) -> int:
        """Return where a credit ends before a remark such as "used with permission"."""
        remark = self._remark.search(text, start, end)
        return len(text[: remark.start()].rstrip(" ,;(，、（[")) if remark and remark.start() > start else end

    @staticmethod
    def _before_remark(reading: Reading, start: int, end: int) -> int:
        """Return where a credit ends before a bracket that names nobody ("(available under CC BY 2.0)")."""
        found = _REMARK.search(reading.shadow.text[start:end])
        if found is None or found.start() < 2:
            return end
        inside = reading.span(start + found.start(1), start + found.end(1)).of(reading.text)
        words = inside.split()
        titled = len(words) <= 3 and _CASED.match(inside) is not None and all(w[0].isupper() for w in words)
        licence = _LICENCE_ALONE.fullmatch(inside) is not None
        return end if titled or licence or reading.names.agency(inside) == inside else start + found.start()

    @staticmethod
    def _credit_end(text: str, start: int, end: int) -> int:
        """Return where a credit ends: at the bracket that closes it, a bar, a bullet, or its sentence's end."""
        depth = 0
        for mark in _CREDIT_MARKS.finditer(text, start):
            at, character = mark.start(), mark[0]
            if at >= end:
                break
            if character in "([（":
                depth += 1
            elif character in ")]）】>》":
                if depth == 0:
                    return at
                depth -= 1
            elif character != "." or (
                text[at + 1 : at + 2] in ("", " ", "\n") and at - start > 3 and text[at - 2 : at - 1] not in " ."
            ):
                return at
        return end

    @staticmethod
    def _enclosing(text: str, line: Line, words: tuple[int, int]) -> tuple[int, int]:
        opened = text.rfind("(", line.start, words[0] + 1)
        closed = text.find(")", words[1] - 1, line.end)
        if opened >= 0 and closed >= 0 and text.find(")", opened, words[0]) < 0:
            return opened + 1, closed
        return line.start, line.end

    @staticmethod
    def _agency_line(reading: Reading, line: Line, value: Span) -> bool:
        """Say whether words show by themselves that they are a credit: by a slash, or as an agency after a caption."""
        inside = value.of(reading.text)
        if reading.names.agency(inside) == inside:
            captioned = value.start > reading.shadow.original(line.start) + 8
            return captioned and not line.prose and not line.tail
        return len(inside) < 100 and ("/" in inside or " via " in inside or "©" in inside)

    @staticmethod
    def _caption(reading: Reading, line: Line, start: int) -> tuple[int, int] | None:
        """Return the caption of a credit: the words before it on its line, or the short line above."""
        before = reading.layout.text[line.start : start].strip(" (|[–—-")
        if len(before) > 8:
            span = trimmed(
                reading.text,
                reading.span(line.start, line.start + len(reading.layout.text[line.start : start].rstrip(" (|[–—-"))),
            )
            return span.start, span.end
        if line.index:
            above = reading.layout.lines[line.index - 1]
            if not above.prose and above.end - above.start < 200:
                span = reading.span(above.start, above.end)
                return span.start, span.end
        return None

    def _source(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
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
        for named in reading.names.names(reading.text, value, lone=True, lang=hit.rule.lang)[:2]:
            if named.organisation:
                if hit.line.head:
                    reading.publishers.append((4, named.span, hit.rule.id, "inferred"))
                yield self.statement(reading, hit, named.span, kind="agency")

    def _date(self, reading: Reading, hit: Hit) -> Iterator[records.Statement]:
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
        start, end = hit.groups.get("name", (hit.end, hit.end))
        stated = hit.rule.nature == "tag"
        if stated:
            value = self._value(reading, hit, "name")
            if value is None:
                return
        else:
            value = reading.span(start, end)
        span = self._holders.holder(reading, value) if stated else self._holders.inferred(reading, value)
        if span is not None:
            reading.publishers.append((0 if stated else 3, span, hit.rule.id, "stated" if stated else "inferred"))
            yield self.statement(reading, hit, span, basis="stated" if stated else "inferred")
