"""What stands without a label: a date or a name alone on a line at the head, an outlet named in a notice.

All of it is inferred from its place, and only where no label says the same.
"""

import re
from collections.abc import Iterable, Iterator

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.shadow import shadow_of
from colophon.spans import Span, trimmed

_LONGEST_LINE = 160  # code points of a line that may be a date line
_LONGEST_NAME = 60
# What parts the pieces of a head line: bars, spaced dashes, wide gaps; a middle dot, but in a Chinese foreign name.
_BETWEEN = re.compile(
    r"\s*(?:[|•]|(?<![\u3040-\u30ff\u3400-\u9fff])·|·(?![\u3040-\u30ff\u3400-\u9fff]))\s*|\s+[–—-]\s+|\s{2,}|\t+"
    r"|\s*[()（）]\s*|\s(?:الموافق|برابر با|مصادف با)\s"
)
# "2024-12-02 21:30" at a line's end or beginning dates it, whatever else stands there.
_CLOCKED = re.compile(
    r"(?<!\d)\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}(?::\d{2})?$"
    r"|\A\d{1,2}[./]\d{1,2}[./]\d{4},? \d{1,2}[:.]\d{2}(?=\s)"
    r"|\A\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日) ?\d{1,2}:\d{2}(?::\d{2})?(?=\s)"
)
# "Lyon, le 11 février 2026", "Berlin, 12. März 2026": capitalised words, a comma, a date.
_PLACE = re.compile(r"(?:[^\W\d_][\w'’.-]*[ -]){0,3}[^\W\d_][\w'’.-]*\s*[,，]\s*")
_UNSPACED_NAME = re.compile(
    r"[\u3400-\u9fff]{2,4}\s|(?:[\u0590-\u06ff]{2,}\s){2,3}(?:/\s)?"
)  # "林晓 2025-06-10": a space is all that parts them
_UNSPACED_BEFORE = re.compile(
    r"(?:[\u0590-\u06ff'\"]{2,}\s(?:[/ـ]\s)?){1,4}(?=\d)|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,12}\s(?=\d{4})"
)
_PLACE_AFTER = re.compile(r"(?<=\w),\s+[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,2}$")
_AFTER_CLOCK = re.compile(r"[\s,]*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s+")
_AROUND_DATE = re.compile(r"\s*(?:[|•·,،，/／]|[–—-]\s)\s*$")
_QUOTED = re.compile(r"[«„“\"「『《‹]([^«»„“”\"「」『』《》‹›\n]{2,40})[»”“\"」』》›]")
# "江州日报记者 林晓": an outlet, the word for a reporter, names.
_OUTLET_REPORTER = re.compile(
    r"(?P<outlet>[\u3400-\u9fff]{2,12}?)(?:特约|特約|驻\w{2,4})?(?:记者|記者)[ \u3000]?"
    r"(?P<names>[\u3400-\u9fff]{3}(?=[\u3400-\u9fff]{2,3}(?:\d{1,2}日)?(?:專?電|专?电)$)|[^\d]+$)"
)
# A name in Chinese letters that nothing but its dots or its country shows: 约翰·史密斯, [美]约翰·史密斯.
_FOREIGN = re.compile(
    r"(?:[\[【〔（(][\u3400-\u9fff]{1,3}[\])】〕）] ?)?(?P<name>[\u3400-\u9fff]{1,8}(?:[·‧・][\u3400-\u9fff]{1,8}){1,3})"
)
_BEFORE_OUTLET = re.compile(r"[,،|(（]|\s(?:for|für|pour|para|per|dla|для|voor)\s")
# "4 June 2025 by Clara Novak", "— Clara Novak"
_BY = re.compile(r"\s*(?:by|par|von|por|di|da|door|av|od|de)\s+", re.IGNORECASE)
_SIGNED_OFF = re.compile(r"[—–-]{1,2}\s*(?P<name>[^\W\d_][^\n,;:()]{3,40})")
# Two or three words of Hebrew or Arabic letters: a name has no capitals there.
_UNCASED_NAME = re.compile(r"[\u05d0-\u05ea\u0620-\u06ff]{2,}(?:[ -][\u05d0-\u05ea\u0620-\u06ff]{2,}){1,2}")
# "小野寺健記者", "남도일보 박서연 기자": a name and what its bearer does, perhaps after the outlet.
_NAME_ROLE = re.compile(
    r"(?:(?P<outlet>[\u3400-\u9fff\uac00-\ud7a3]{2,8}(?:일보|신문|뉴스|방송|저널|新聞|日報|支局))[ \u3000])?"
    r"(?P<names>[\u3400-\u9fff\uac00-\ud7a3]{2,5}(?:[·ㆍ・][\u3400-\u9fff\uac00-\ud7a3]{2,5})*)"
    r"(?:[ \u3000]?(?:記者|기자|특파원)"
    r"| (?:[\uac00-\ud7a3]+ )?[\uac00-\ud7a3]*(?:연구자|교수|작가|변호사|위원|대표|소장|원장|시인|평론가|전문가|활동가|의원|회장|박사|연구원|칼럼니스트))"
)
_DATELINED = re.compile(r"【[^】＝=]{1,10}[＝=](?P<name>[\u3400-\u9fff]{2,5})】")
_SHORTEST_SENTENCE = 40
_GERSHAYIM = re.compile(r"(?<=[\u05d0-\u05ea])[\"'״׳](?=[\u05d0-\u05ea ])")  # ד"ר, פרופ'
_PLACE_COLON = re.compile(r"[^\W\d_]{2,14}(?: [^\W\d_]{2,14})?:\s+")
_REPORTED_FROM = ("報導", "报道", "報道", "報告")
_ENDS = " \t\u00a0.!。।؟?»”\"')]>"
_CASED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff]")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")


_SIGNATURE = re.compile(
    r"[。！？」』][(（](?P<name>[\u3400-\u9fff々]{2,4}(?:[ \u3000]?[\u3040-\u30ff\u3400-\u9fff々]{1,4})?)[)）]$"
)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a head line."""
    for gap in _BETWEEN.finditer(text, start, end):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    if start < end:
        yield start, end


def _bounds(span: Span) -> tuple[int, int]:
    return span.start, span.end


class UnlabelledReader:
    """Reads heads and notices with the word lists of all languages."""

    def __init__(self, ruleset: Ruleset) -> None:
        every = [w for lexicon in ruleset.lexicons.values() for w in lexicon.words("roles")]
        self._role = items_pattern(every)
        self._stop = ruleset.all_words("not_names")
        self._section = items_pattern([w for lexicon in ruleset.lexicons.values() for w in lexicon.words("sections")])
        self._places = ruleset.all_words("places")
        self._particles = ruleset.all_words("particles")

    def dates(self, reading: Reading, hits: Iterable[Hit], taken: list[Span]) -> list[records.Statement]:
        """Return the date that stands alone on a line, between bars or after a place, as published."""
        cuts: dict[int, list[int]] = {}
        for hit in hits:
            if hit.rule.kind in ("updated", "byline", "photo_credit", "source") and hit.lost is None:
                cuts.setdefault(hit.line.index, []).append(hit.start)
        lines = [line for line in reading.layout.lines[:10] if line.head]
        lines += [line for line in reading.layout.lines[-4:] if line.tail and not line.head]
        for line in lines:
            if line.prose or line.end - line.start > _LONGEST_LINE:
                continue
            for start, end in self._stretches(reading, line, cuts.get(line.index, [])):
                found = reading.dates.whole(reading.shadow.text, start, end, lang="und")
                if found is None:
                    continue
                span = reading.span(found[0], found[1])
                if not any(span.overlaps(other) for other in taken):
                    return [self._inferred(reading, "published", span, found[2], "date-line", line)]
        return []

    @staticmethod
    def _stretches(reading: Reading, line: Line, cuts: list[int]) -> Iterator[tuple[int, int]]:
        """Yield what a line's date may fill: the parts between bars, up to a label, after a place."""
        text = reading.shadow.text
        for start, end in _pieces(text, line.start, line.end):
            stop = min([end, *(cut for cut in cuts if cut > start)])
            yield start, stop
            place = _PLACE.match(text, start, stop) or _UNSPACED_BEFORE.match(text, start, stop)
            if place is not None:
                yield place.end(), stop
            # "Issue 14, 4 June 2025": what stands before a comma may have digits too.
            for comma in re.finditer(r",\s+", text[start:stop]):
                yield start + comma.end(), stop
            by = re.search(r"(?<=\d)\s(?:by|par|von|por|di|da|door|av|od)\s", text[start:stop])
            if by is not None:
                yield start, start + by.start()
            place = _PLACE_AFTER.search(text[start:stop])
            if place is not None:
                yield start, start + place.start()
        clocked = _CLOCKED.search(text[line.start : line.end])
        if clocked is not None and line.index:
            yield line.start + clocked.start(), line.start + clocked.end()

    def bylines(self, reading: Reading, hits: Iterable[Hit], dates: list[Span]) -> list[records.Statement]:
        """Return the names that stand beside the date, above a line of roles, between headline and story, or signed."""
        lines = reading.layout.lines
        told = {hit.line.index for hit in hits if hit.lost is None and hit.rule.kind != "reporting"}
        beside = {hit.line.index for hit in hits if hit.lost is None and hit.rule.kind == "translator"}
        dated = {reading.layout.line_at(self._shadow_offset(reading, span)).index: span for span in reversed(dates)}
        beside |= dated.keys()
        # A line that begins with a label has no unlabelled name, whether the label's value held or not.
        told |= {
            hit.line.index
            for hit in hits
            if hit.rule.templates and hit.start == hit.line.start and hit.groups.get("name", (-1, 0))[0] != hit.start
        }
        for line in lines[1:8]:
            if line.prose or not line.head or line.end - line.start > _LONGEST_LINE:
                continue
            if line.index in dated:
                pieces = self._beside(reading, line, dated[line.index])
            elif line.index in told:
                continue
            elif {line.index - 1, line.index + 1} & beside or self._is_role_line(reading, line.index + 1):
                pieces = self._by_script(reading, line) or self._leading(reading, line) + self._after_place(
                    reading, line
                )
            elif (named := self._after_section(reading, line)) is not None:
                pieces = [named]
            elif self._before_story(reading, line) or (line.index + 2 in dated and self._under_headline(reading, line)):
                pieces = [reading.span(line.start, line.end)]
            else:
                pieces = self._by_script(reading, line) or self._with_role(reading, line)
            for names in map(self._names, [reading] * len(pieces), pieces):
                if names:
                    self.note_outlet(reading, line, names[-1])
                    return [self._inferred(reading, "byline", n, n.of(reading.text), "name-line", line) for n in names]
        return self._signed(reading)

    def _after_section(self, reading: Reading, line: Line) -> Span | None:
        """Return the name beside a section's on its line ("Opinion | Clara Novak")."""
        text, whole = reading.text, reading.span(line.start, line.end)
        pieces = [Span(*piece) for piece in _pieces(text, whole.start, whole.end)]
        if len(pieces) != 2 or not any(self._section.search(shadow_of(piece.of(text))) for piece in pieces):
            return None
        named = [p for p in pieces if self._titled(p.of(text)) and not self._section.search(shadow_of(p.of(text)))]
        return named[0] if named else None

    def _by_script(self, reading: Reading, line: Line) -> list[Span]:
        """Return what shows itself as a name in Chinese letters: by the outlet before it, or by its dots."""
        whole = trimmed(reading.text, reading.span(line.start, line.end), " \u3000（）()【】[]〔〕")
        reporter = _OUTLET_REPORTER.match(reading.text, whole.start, whole.end)
        if reporter is not None and reading.names.is_organisation(reporter["outlet"]):
            reading.publishers.append((3, Span(*reporter.span("outlet")), "name-line", "inferred"))
            return [Span(*reporter.span("names"))]
        role = _NAME_ROLE.fullmatch(reading.text, whole.start, whole.end)
        if role is not None:
            if role["outlet"]:
                reading.publishers.append((3, Span(*role.span("outlet")), "name-line", "inferred"))
            return [Span(*role.span("names"))]
        foreign = _FOREIGN.fullmatch(reading.text, whole.start, whole.end)
        return [] if foreign is None else [Span(*foreign.span("name"))]

    def _with_role(self, reading: Reading, line: Line) -> list[Span]:
        """Return the name that a role or an outlet follows on a line under the headline."""
        under = any(
            len(reading.layout.text[ln.start : ln.end].split()) > 3 for ln in reading.layout.lines[: line.index]
        )
        return self._leading(reading, line)[-1:] if under and len(self._leading(reading, line)) > 1 else []

    @staticmethod
    def _beside(reading: Reading, line: Line, date: Span) -> list[Span]:
        """Return the pieces next to the date on its line, the one before it first."""
        text, found = reading.text, reading.span(line.start, line.end)
        pieces = [Span(*piece) for piece in _pieces(text, found.start, found.end)]
        before = Span(found.start, date.start)
        made = [before] if _AROUND_DATE.search(before.of(text)) or _UNSPACED_NAME.fullmatch(before.of(text)) else []
        after = _AFTER_CLOCK.match(text, date.end, found.end)
        if after is not None and after.end() < found.end:
            made.append(Span(after.end(), found.end))
        by = _BY.match(text, date.end, found.end)
        if by is not None:
            made.append(Span(by.end(), found.end))
        for at, piece in enumerate(pieces):
            if piece.overlaps(date):
                made += pieces[max(0, at - 1) : at] + pieces[at + 1 : at + 2] + pieces[max(0, at - 2) : max(0, at - 1)]
        return made

    def _leading(self, reading: Reading, line: Line) -> list[Span]:
        """Return the line, and what stands in it before a role ("Name – Reporter of …") or an outlet."""
        whole = reading.span(line.start, line.end)
        made = [whole] if len(whole) <= _LONGEST_NAME else []
        cut = re.search(r"\s+[–—-]\s+|\s*[,،|(（/／]\s*", whole.of(reading.text))
        if cut is not None:
            rest = Span(whole.start + cut.end(), whole.end)
            after = reading.shadow.text[line.start + cut.end() : line.end]
            bracket = bool(cut[0].strip()) and cut[0].strip() in "(（" and len(made) > 0
            if bracket or self._is_post(reading, rest, after):
                made.append(Span(whole.start, whole.start + cut.start()))
        return made

    def _is_post(self, reading: Reading, rest: Span, after: str) -> bool:
        """Say whether what follows a name is a role, an outlet, or where the report was written."""
        words = rest.of(reading.text)
        named = reading.names.is_organisation(words) or _QUOTED.search(words) is not None or words.isupper()
        return named or self._role.match(after) is not None or after.endswith(_REPORTED_FROM)

    @staticmethod
    def _after_place(reading: Reading, line: Line) -> list[Span]:
        """Return what follows a place and a colon ("جدة: سامر الحداد")."""
        whole = reading.span(line.start, line.end)
        place = _PLACE_COLON.match(reading.text, whole.start, whole.end)
        return [] if place is None else [Span(place.end(), whole.end)]

    def note_outlet(self, reading: Reading, line: Line, name: Span) -> None:
        """Note the outlet that follows a name on its line ("Name, The Savannah Post, Kenya")."""
        end = reading.span(line.start, line.end).end
        at = name.end
        for cut in [*_BEFORE_OUTLET.finditer(reading.text, name.end, end), None]:
            stop = cut.start() if cut else end
            span = trimmed(reading.text, Span(at, stop), _ENDS + ",|(（–—-")
            at = cut.end() if cut else end
            if reading.names.is_organisation(span.of(reading.text)) and self._titled(span.of(reading.text)):
                reading.publishers.append((3, span, "name-line", "inferred"))
                return

    def _before_story(self, reading: Reading, line: Line) -> bool:
        """Say whether a line of two or three capitalised words parts headline and story: an author's name."""
        lines = reading.layout.lines
        if line.index + 1 >= len(lines) or lines[line.index + 1].head or line.end - line.start > _LONGEST_NAME:
            return False
        return self._lone_name(reading, line) and any(
            self._under_headline(reading, ln) for ln in lines[1 : line.index + 1]
        )

    @staticmethod
    def _after_story(reading: Reading, line: Line) -> bool:
        """Say whether a whole sentence stands above a line."""
        above = reading.layout.lines[line.index - 1]
        return (
            line.index > 1
            and above.end - above.start > _SHORTEST_SENTENCE
            and reading.layout.text[above.end - 1] in ".!?。"
        )

    def _lone_name(self, reading: Reading, line: Line) -> bool:
        words = reading.span(line.start, line.end).of(reading.text)
        plain = len(words) <= _LONGEST_NAME and not set(words) & set(",:;!?()|/")
        return (
            plain
            and shadow_of(words) not in self._places
            and self._titled(words)
            and not self._section.search(shadow_of(words))
        )

    @staticmethod
    def _under_headline(reading: Reading, line: Line) -> bool:
        """Say whether the line above is long enough for a headline."""
        above = reading.layout.lines[line.index - 1]
        return len(reading.layout.text[above.start : above.end].split()) > 3

    def _titled(self, words: str) -> bool:
        """Say whether two to five words are written as a name is: each with a capital, but for particles."""
        parts = words.split()
        if _UNCASED_NAME.fullmatch(words):
            return not any(shadow_of(w) in self._stop for w in parts) and not self._role.search(shadow_of(words))
        return 2 <= len(parts) <= 5 and all(w[0].isupper() or shadow_of(w) in self._particles for w in parts)

    def _signed(self, reading: Reading) -> list[records.Statement]:
        """Return who signs: after a dash, alone under the story, in brackets after its last stop or before its first."""
        for line in reading.layout.lines[-8:]:
            off = _SIGNED_OFF.fullmatch(reading.text, *_bounds(reading.span(line.start, line.end)))
            if line.tail and off is not None and self._titled(off["name"]):
                return [self._inferred(reading, "byline", Span(*off.span("name")), off["name"], "signature", line)]
            if line.tail and self._after_story(reading, line) and self._lone_name(reading, line):
                span = reading.span(line.start, line.end)
                return [self._inferred(reading, "byline", span, span.of(reading.text), "signature", line)]
        story = [line for line in reading.layout.lines if line.prose]
        for line in story[:1]:
            begun = _DATELINED.match(reading.text, reading.span(line.start, line.end).start)
            if begun is not None:
                name = Span(*begun.span("name"))
                return [self._inferred(reading, "byline", name, begun["name"], "signature", line)]
        for line in story[-2:]:
            span = reading.span(line.start, line.end)
            found = _SIGNATURE.search(reading.text, span.start, span.end)
            if found is not None and not reading.names.is_organisation(found["name"]):
                name = Span(*found.span("name"))
                return [self._inferred(reading, "byline", name, found["name"], "signature", line)]
        return []

    @staticmethod
    def _shadow_offset(reading: Reading, span: Span) -> int:
        """Return a shadow offset on the line that holds ``span`` of the text."""
        for line in reading.layout.lines:
            if reading.shadow.original(line.end) >= span.end:
                return line.start
        return 0

    def _is_role_line(self, reading: Reading, index: int) -> bool:
        if index >= len(reading.layout.lines):
            return False
        line = reading.layout.lines[index]
        words = reading.layout.text[line.start : line.end].split()
        return (
            not line.prose
            and len(words) <= 9
            and self._role.match(reading.layout.text, line.start, line.end) is not None
        )

    def _names(self, reading: Reading, span: Span) -> list[Span]:
        """Return the names that fill ``span``; none when anything else stands there."""
        text = reading.text
        span = trimmed(text, span, " \t\u00a0\u3000|•·,،，/–—-")
        inside = _GERSHAYIM.sub("", span.of(text))
        if not inside or any(c.isdigit() or c in '.!?:;。！？：؟«»"“”' for c in inside.rstrip(".")):
            return []
        named = reading.names.names(text, span, lone=False, lang="und")
        if not named or any(n.organisation for n in named):
            return []
        if len(inside) - sum(len(n.text) for n in named) > 6 * len(named):
            return []
        places = any(shadow_of(n.text) in self._places for n in named)
        uncased = _UNCASED_NAME.fullmatch(inside) is not None and self._section.search(shadow_of(inside)) is not None
        plausible = not (places or uncased) and all(self._plausible(n.text) for n in named)
        return [n.span for n in named] if plausible else []

    def _plausible(self, name: str) -> bool:
        words = name.split()
        if _HAN.search(name) and not _CASED.search(name):
            return len(name) <= 4 or "·" in name or "・" in name
        if _HANGUL.search(name):
            return 2 <= len(name) <= 4
        if any(shadow_of(word) in self._stop for word in words):
            return False
        particles = sum(shadow_of(word) in self._particles for word in words)
        return 2 <= len(words) - particles <= 3

    @staticmethod
    def _inferred(
        reading: Reading, kind: records.StatementKind, span: Span, value: str, rule: str, line: Line
    ) -> records.Statement:
        return records.Statement(
            kind=kind,
            value=value,
            start=span.start,
            end=span.end,
            text=span.of(reading.text),
            origin="text",
            rule=rule,
            basis="inferred",
            zone=reading.zone(line),
        )
