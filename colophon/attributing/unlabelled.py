"""Who wrote a text where no label says so: a name on a line of the head, or a signature.

All of it is inferred from its place, and only where no label says the same.
"""

import re
from collections.abc import Iterable
from itertools import takewhile

from colophon import records
from colophon.attributing import signatures
from colophon.attributing.context import PublisherRank, Reading
from colophon.attributing.head_dates import HeadDateReader
from colophon.attributing.layout import Line
from colophon.attributing.matching import Hit
from colophon.attributing.naming import words_of_all
from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.scripts import (
    CASED_LETTER,
    FOREIGN_NAME,
    HAN,
    HANGUL,
    HANGUL_LETTER,
    HEBREW_ARABIC,
    HEBREW_LETTERS,
    KANA_HAN_LETTER,
    OUTLET_REPORTER,
    SENTENCE_ENDS,
    UNCASED_NAME,
    name_with_post,
)
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.spans import Span, trimmed

_LONGEST_LINE = 160  # code points of a line that may hold a date or a name, as of all lengths here
_LONGEST_NAME = 60
_MOST_BESIDE_NAME = 6  # code points a name beside those of the names themselves: marks, "and"
_MOST_UNSPACED = 4  # letters of a Chinese, Japanese or Korean name
_MOST_ROLE_WORDS = 9  # words of a line that tells an author's role
_MOST_HANGUL_WORDS = 3  # of a line with one name or two
_SHORTEST_HEADLINE = 4  # words
_NAME_LINES = slice(1, 8)  # lines from the top that may name the author
_SIGNED_LINES = 8  # lines from the end that may be signed
_NO_NAME = ",:;!?()|/"  # marks that no line with one name has

# A place and a colon before a name: "جدة: سامر الحداد".
_PLACE_COLON = re.compile(r"[^\W\d_]{2,14}(?: [^\W\d_]{2,14})?:\s+")
# "林晓 2025-06-10", "سامر الحداد / 10.6.2025": a space is all that parts name and date
_UNSPACED_NAME = re.compile(rf"[{HAN}]{{2,4}}\s|(?:[{HEBREW_ARABIC}]{{2,}}\s){{2,3}}(?:/\s)?")
_UNSPACED_AFTER = re.compile(
    rf"\.?\s(?:[{HANGUL}]{{2,10}}[단팀]\s(?=[{HANGUL}]))?(?P<name>[{HAN}]{{2,5}}|(?<=[단팀]\s)[{HANGUL}]{{2,4}})$"
)  # "2022年11月18日 有村沙織"
_AFTER_CLOCK = re.compile(r"[\s,]*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s+")
_AROUND_DATE = re.compile(r"\s*(?:[|•·,،，/／]|[–—-]\s)\s*$")
# "Clara Novak – Reporter", "Clara Novak, The Ledger"
_BEFORE_POST = re.compile(r"\s+[–—-]\s+|\s*[,،|(（/／]\s*")
_QUOTED = re.compile(r"[«„“\"「『《‹]([^«»„“”\"「」『』《》‹›\n]{2,40})[»”“\"」』》›]")
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][\w'’-]+"
# "Clara NOVAK, Lyon", beside the date
_NAME_PLACE = re.compile(r"(?P<name>[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){1,2}), [^\W\d_][\w'’-]+")
# "Clara Novak, консультант по управлению", beside the date: what she does, in small letters
_NAME_POST = re.compile(
    rf"(?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,2}}), [^\W\d_A-ZА-ЯЁ][^\s,.!?:]*(?: [^\s,.!?:]+){{1,5}}"
)
# Full stops that end no sentence: "R. Vaidehi Subramanian", "Dr. Clara Novak"
_INITIAL = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]|Dr|Prof|Mag|Mr|Ms|Mrs)\.(?=[ \w-])")
_FROM_COUNTRY = re.compile(rf"\w \({_CAPITALISED}\)$")  # "Nordkysten (Норвегия)", after a translated author's name
# "— Clara Novak"
_SIGNED_OFF = re.compile(r"[—–-]{1,2}\s*(?P<name>[^\W\d_][^\n,;:()]{3,40})")
_GERSHAYIM = re.compile(rf"(?<=[{HEBREW_LETTERS}])[\"'״׳](?=[{HEBREW_LETTERS} ])")  # ד"ר, פרופ'


class UnlabelledReader:
    """Reads heads and signatures with the word lists of all languages."""

    def __init__(self, ruleset: Ruleset, dates: HeadDateReader) -> None:
        self._dates = dates
        und = ruleset.lexicons["und"]
        self._role = items_pattern(words_of_all(ruleset, "roles"))
        self._stop = ruleset.all_words("not_names")
        self._section = items_pattern(words_of_all(ruleset, "sections"))
        self._places = ruleset.all_words("places")
        self._particles = ruleset.all_words("particles")
        by = trie(und.words("by_beside_date"))
        self._by_after = re.compile(rf"[\s,]*(?:{by}|de)\s+", re.IGNORECASE)
        self._for = re.compile(rf"[,،|(（]|\s(?:{trie(und.words('written_for'))})\s")
        self._reported_from = und.words("reported_from")
        self._name_role = name_with_post(words_of_all(ruleset, "posts_after_names"))

    def bylines(self, reading: Reading, hits: Iterable[Hit], dates: list[Span]) -> list[records.Statement]:
        """Return the names that stand beside the date, above a line of roles, between headline and story, or signed."""
        kept = [hit for hit in hits if hit.lost is None]
        told = {hit.line.index for hit in kept if hit.rule.kind != "reporting"}
        # A line that begins with a label has no unlabelled name, whether the label's value held or not.
        told |= {hit.line.index for hit in hits if hit.rule.templates and _leads_line(hit)}
        dated = {reading.layout.line_at(self._shadow_offset(reading, span)).index: span for span in reversed(dates)}
        beside = {hit.line.index for hit in kept if hit.rule.kind == "translator"} | dated.keys()
        for line in reading.layout.lines[_NAME_LINES]:
            if line.prose or not line.head or line.end - line.start > _LONGEST_LINE:
                continue
            if line.index in told and line.index not in dated:
                continue
            for piece in self._candidates(reading, line, dated, beside):
                names = self._names(reading, piece)
                if names:
                    self.note_outlet(reading, line, names[-1])
                    return [reading.inferred("byline", name, rule="name-line", line=line) for name in names]
        return self._signed(reading, told)

    def _candidates(self, reading: Reading, line: Line, dated: dict[int, Span], beside: set[int]) -> list[Span]:
        """Return what may be names on a line of the head, by what stands on it and around it, the likeliest first.

        ``dated`` are the dates by their lines' numbers, ``beside`` the lines next to which a name often stands.
        """
        if line.index in dated:
            return self._beside(reading, line, dated[line.index])
        if {line.index - 1, line.index + 1} & beside or self._is_role_line(reading, line.index + 1):
            shown = self._by_script(reading, line)
            places = self._after_place(reading, line) + self._beside_place(reading, line)
            whole = reading.line_span(line)
            described = line.index > 1 and _NAME_POST.fullmatch(reading.text, whole.start, whole.end)
            placed = described or _NAME_PLACE.fullmatch(reading.text, whole.start, whole.end)
            places += [Span(*placed.span("name"))] if placed else []
            return shown or self._leading(reading, line) + places
        if (named := self._after_section(reading, line)) is not None:
            return [named]
        if self._above_headline(reading, line):
            return [reading.line_span(line)]
        if self._before_story(reading, line) or (line.index + 2 in dated and self._under_headline(reading, line)):
            return [reading.line_span(line)]
        return self._by_script(reading, line) or self._with_role(reading, line)

    def _after_section(self, reading: Reading, line: Line) -> Span | None:
        """Return the name beside a section's on its line ("Opinion | Clara Novak")."""
        text = reading.text
        pieces = list(self._dates.pieces(text, reading.line_span(line)))
        others = [piece for piece in pieces if not self._section.search(shadow_of(piece.of(text)))]
        if len(pieces) != 2 or len(others) == 2:
            return None
        return next((piece for piece in others if self._titled(piece.of(text))), None)

    def _by_script(self, reading: Reading, line: Line) -> list[Span]:
        """Return what shows itself as a name in Chinese letters: by the outlet before it, or by its dots."""
        whole = trimmed(reading.text, reading.line_span(line), " \u3000（）()【】[]〔〕")
        reporter = OUTLET_REPORTER.match(reading.text, whole.start, whole.end)
        if reporter is not None and reading.names.is_organisation(reporter["outlet"]):
            reading.infer_publisher(PublisherRank.NAMED, Span(*reporter.span("outlet")), "name-line")
            return [Span(*reporter.span("names"))]
        role = self._name_role.fullmatch(reading.text, whole.start, whole.end)
        if role is not None:
            if role["outlet"]:
                reading.infer_publisher(PublisherRank.NAMED, Span(*role.span("outlet")), "name-line")
            return [Span(*role.span("names"))]
        foreign = FOREIGN_NAME.fullmatch(reading.text, whole.start, whole.end)
        return [] if foreign is None else [Span(*foreign.span("name"))]

    def _with_role(self, reading: Reading, line: Line) -> list[Span]:
        """Return the name that a role or an outlet follows on a line under the headline."""
        lines = reading.layout.lines[: line.index]
        under = any(_words_of(reading, above) >= _SHORTEST_HEADLINE for above in lines)
        leading = self._leading(reading, line) if under else []
        return leading[-1:] if len(leading) > 1 else []

    def _beside(self, reading: Reading, line: Line, date: Span) -> list[Span]:
        """Return the pieces next to the date on its line, the one before it first."""
        text, whole = reading.text, reading.line_span(line)
        pieces = list(self._dates.pieces(text, whole))
        before = Span(whole.start, date.start)
        made = [before] if _AROUND_DATE.search(before.of(text)) or _UNSPACED_NAME.fullmatch(before.of(text)) else []
        after = _AFTER_CLOCK.match(text, date.end, whole.end)
        if after is not None and after.end() < whole.end:
            made.append(Span(after.end(), whole.end))
        unspaced = _UNSPACED_AFTER.match(text, date.end, whole.end)
        if unspaced is not None:
            made.append(Span(*unspaced.span("name")))
        by = self._by_after.match(text, date.end, whole.end)
        if by is not None:
            made.append(Span(by.end(), next((p.end for p in pieces if p.end > by.end()), whole.end)))
        for at, piece in enumerate(pieces):
            if piece.overlaps(date):
                made += pieces[max(0, at - 1) : at] + pieces[at + 1 : at + 2] + pieces[max(0, at - 2) : max(0, at - 1)]
        return made

    def _leading(self, reading: Reading, line: Line) -> list[Span]:
        """Return the line, and what stands in it before a role ("Name – Reporter of …") or an outlet."""
        whole = reading.line_span(line)
        made = [whole] if len(whole) <= _LONGEST_NAME else []
        cut = _BEFORE_POST.search(whole.of(reading.text))
        if cut is not None:
            rest = Span(whole.start + cut.end(), whole.end)
            after = reading.shadow.text[line.start + cut.end() : line.end]
            bracket = bool(cut[0].strip()) and cut[0].strip() in "(（" and len(made) > 0
            if bracket or self._is_post(reading, rest, after):
                made.append(Span(whole.start, whole.start + cut.start()))
        return made

    def _beside_place(self, reading: Reading, line: Line) -> list[Span]:
        """Return the name of two words or more that a dash parts from a place of one ("صيدا - هدى المصري")."""
        pieces = list(self._dates.pieces(reading.text, reading.line_span(line)))
        counts = [len(piece.of(reading.text).split()) for piece in pieces]
        return [max(pieces, key=len)] if len(pieces) == 2 and min(counts) == 1 < max(counts) else []

    def _with_post(self, reading: Reading, line: Line) -> Span | None:
        """Return the name that signs with a role or an outlet ("Іван Лисин, «Вісник»"); each of its words has a capital."""
        whole = reading.line_span(line)
        comma = reading.text.find(",", whole.start, whole.end)
        name = Span(whole.start, max(whole.start, comma))
        words = name.of(reading.text)
        if comma < 0 or len(whole) > _LONGEST_LINE or set(words) & set(_NO_NAME) or not self._titled(words):
            return None
        rest = Span(comma + 1, whole.end)
        after = reading.shadow.text[line.start + comma - whole.start + 1 : line.end].lstrip()
        quoted = _QUOTED.fullmatch(rest.of(reading.text).strip()) is not None
        return name if quoted or self._role.match(after) is not None else None

    def _is_post(self, reading: Reading, rest: Span, after: str) -> bool:
        """Say whether what follows a name is a role, an outlet, or where the report was written."""
        words = rest.of(reading.text)
        named = reading.names.is_organisation(words) or _QUOTED.search(words) is not None or words.isupper()
        named = named or _FROM_COUNTRY.search(words) is not None
        return named or self._role.match(after) is not None or after.endswith(self._reported_from)

    @staticmethod
    def _after_place(reading: Reading, line: Line) -> list[Span]:
        """Return what follows a place and a colon ("جدة: سامر الحداد")."""
        whole = reading.line_span(line)
        place = _PLACE_COLON.match(reading.text, whole.start, whole.end)
        return [] if place is None else [Span(place.end(), whole.end)]

    def note_outlet(self, reading: Reading, line: Line, name: Span) -> None:
        """Note the outlet that follows a name on its line ("Name, The Savannah Post, Kenya")."""
        end = reading.line_span(line).end
        at = name.end
        if at > end:
            return  # the label stands alone, and the name on the line after it
        for cut in [*self._for.finditer(reading.text, name.end, end), None]:
            stop = cut.start() if cut else end
            span = trimmed(reading.text, Span(at, stop), SENTENCE_ENDS + ",|(（–—-«“„")
            at = cut.end() if cut else end
            words, quoted = span.of(reading.text), reading.text[span.start - 1] in '«“„"'
            if reading.names.is_organisation(words) and (quoted or self._titled(words)):
                reading.infer_publisher(PublisherRank.NAMED, span, "name-line")
                return

    def _before_story(self, reading: Reading, line: Line) -> bool:
        """Say whether a line of two or three capitalised words parts headline and story: an author's name."""
        lines = reading.layout.lines
        if line.index + 1 >= len(lines) or lines[line.index + 1].head or line.end - line.start > _LONGEST_NAME:
            return False
        return self._lone_name(reading, line) and any(
            self._under_headline(reading, ln) for ln in lines[1 : line.index + 1]
        )

    def _above_headline(self, reading: Reading, line: Line) -> bool:
        """Say whether a name stands between the section's, on the first line, and the headline."""
        lines = reading.layout.lines
        if line.index != 1 or len(lines) < 4 or _words_of(reading, lines[2]) < _SHORTEST_HEADLINE:
            return False
        first = reading.line_span(lines[0]).of(reading.text)
        section = self._section.search(shadow_of(first)) is not None or (first.isupper() and len(first.split()) <= 2)
        return section and self._lone_name(reading, line)

    def _lone_name(self, reading: Reading, line: Line) -> bool:
        """Say whether a line is written as one name and is no place or section."""
        words = reading.line_span(line).of(reading.text)
        if FOREIGN_NAME.fullmatch(words):
            return True
        if len(words) > _LONGEST_NAME or set(words) & set(_NO_NAME) or not self._titled(words):
            return False
        return shadow_of(words) not in self._places and not self._section.search(shadow_of(words))

    @staticmethod
    def _under_headline(reading: Reading, line: Line) -> bool:
        """Say whether the line above is long enough for a headline."""
        return _words_of(reading, reading.layout.lines[line.index - 1]) >= _SHORTEST_HEADLINE

    def _titled(self, words: str) -> bool:
        """Say whether two to five words are written as a name is: each with a capital, but for particles."""
        parts = words.split()
        if UNCASED_NAME.fullmatch(words):
            return not any(shadow_of(w) in self._stop for w in parts) and not self._role.search(shadow_of(words))
        return 2 <= len(parts) <= 5 and all(w[0].isupper() or shadow_of(w) in self._particles for w in parts)

    def _signed(self, reading: Reading, told: set[int]) -> list[records.Statement]:
        """Return who signs: after a dash, alone under the story, in brackets after its last stop or before its first."""
        for line in reading.layout.lines[-_SIGNED_LINES:]:
            whole = reading.line_span(line)
            off = _SIGNED_OFF.fullmatch(reading.text, whole.start, whole.end)
            if line.tail and off is not None and self._titled(off["name"]):
                return [self._signature(reading, Span(*off.span("name")), line)]
            if (bracketed := signatures.in_brackets(reading, line)) is not None:
                return [self._signature(reading, bracketed, line)]
            signed = (line.tail and signatures.after_story(reading, line)) or signatures.after_farewell(reading, line)
            if signed and line.index not in told and self._lone_name(reading, line):
                return [self._signature(reading, whole, line)]
            if signed and line.index not in told and (titled := self._with_post(reading, line)) is not None:
                self.note_outlet(reading, line, titled)
                return [self._signature(reading, titled, line)]
        story = [line for line in reading.layout.lines if line.prose]
        if story and (begun := signatures.datelined(reading, story[0])):
            return [self._signature(reading, name, story[0]) for name in begun]
        tail = [line for line in reading.layout.lines if line.tail and not line.prose]
        for line in [*story[-2:], *tail[:3]]:
            if (closing := signatures.after_last_stop(reading, line)) is not None:
                return [self._signature(reading, closing, line)]
        return []

    @staticmethod
    def _signature(reading: Reading, name: Span, line: Line) -> records.Statement:
        return reading.inferred("byline", name, rule="signature", line=line)

    @staticmethod
    def _shadow_offset(reading: Reading, span: Span) -> int:
        """Return a shadow offset on the line that holds ``span`` of the text."""
        for line in reading.layout.lines:
            if reading.shadow.original(line.end) >= span.end:
                return line.start
        return 0

    def _is_role_line(self, reading: Reading, index: int) -> bool:
        """Say whether the line of that number is short and begins with a role ("Reporter for The Ledger")."""
        if index >= len(reading.layout.lines):
            return False
        line = reading.layout.lines[index]
        if line.prose or _words_of(reading, line) > _MOST_ROLE_WORDS:
            return False
        words = reading.line_span(line).of(reading.text)
        if index > 1 and CASED_LETTER.match(words) and self._titled(words) and reading.names.is_organisation(words):
            return True  # the outlet under its author
        return self._role.match(reading.layout.text, line.start, line.end) is not None

    def _names(self, reading: Reading, span: Span) -> list[Span]:
        """Return the names that fill ``span``; none when anything else stands there."""
        text = reading.text
        span = trimmed(text, span, " \t\u00a0\u3000|•·,،，/–—-")
        inside = _INITIAL.sub("", _GERSHAYIM.sub("", span.of(text)))
        if not inside or any(c.isdigit() or c in '.!?:;。！？：؟«»"“”' for c in inside.rstrip(".")):
            return []
        if HANGUL_LETTER.search(inside) and len(inside.split()) > _MOST_HANGUL_WORDS:
            return []  # a caption, not names
        named = reading.names.names(text, span, lone=False, lang="und")
        people = list(takewhile(lambda n: not n.organisation, named))
        if len(people) < len(named) and people:
            # "Name, Outlet": the outlet ends the names, and is noted apart.
            named, inside = people, text[span.start : people[-1].span.end]
        if not named or any(n.organisation for n in named):
            return []
        if len(inside) - sum(len(n.text) for n in named) > _MOST_BESIDE_NAME * len(named):
            return []
        places = any(shadow_of(n.text) in self._places for n in named)
        section = self._section.search(shadow_of(inside)) is not None and not HANGUL_LETTER.search(inside)
        plausible = not (places or section) and all(self._plausible(n.text) for n in named)
        return [n.span for n in named] if plausible else []

    def _plausible(self, name: str) -> bool:
        """Say whether a name has as many words or letters as a person's, where no label says that it is one."""
        words = name.split()
        if KANA_HAN_LETTER.search(name) and not CASED_LETTER.search(name):
            return len(name) <= _MOST_UNSPACED or "·" in name or "・" in name
        if HANGUL_LETTER.search(name):
            return 2 <= len(name) <= _MOST_UNSPACED
        if any(shadow_of(word) in self._stop for word in words):
            return False
        particles = sum(shadow_of(word) in self._particles for word in words)
        return 2 <= len(words) - particles <= 3


def _leads_line(hit: Hit) -> bool:
    """Say whether a hit begins its line with its label, not with the name."""
    return hit.start == hit.line.start and hit.groups.get("name", (-1, 0))[0] != hit.start


def _words_of(reading: Reading, line: Line) -> int:
    """Return how many words a line has."""
    return len(reading.layout.text[line.start : line.end].split())
