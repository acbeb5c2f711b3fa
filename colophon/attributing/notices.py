"""From sentence hits to notices and clues: what was quoted or reported, what stands together, what it covers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import cast, get_args

from colophon import records
from colophon.attributing import licences
from colophon.attributing.context import Reading
from colophon.attributing.deciding import Finding
from colophon.attributing.holders import HolderReader
from colophon.attributing.layout import PROSE_WIDTH
from colophon.attributing.matching import Hit
from colophon.attributing.naming import words_of_all
from colophon.attributing.rules import Ruleset, Wordings, items_pattern
from colophon.spans import Span, trimmed

NOTICE_KINDS = frozenset(get_args(records.NoticeKind))
_WEIGHT = {
    "reproduction_prohibited": 0,
    "conditional": 1,
    "licence": 2,
    "permission": 3,
    "syndication": 4,
    "copyright": 5,
    "exclusivity": 6,
}
_OUTER = ' \t\u00a0\u3000[]【】<>＜＞()（）《》「」"“”*_|~※＊◎■□●○▲△▼▽◆◇★☆†‡•·»«'
_ACTION_LISTS: tuple[tuple[records.Action, str], ...] = (
    ("translate", "act_translate"),
    ("adapt", "act_adapt"),
    ("tdm", "act_mine"),
    ("ai_train", "act_train"),
)


_PASSED_ON = ({"syndication", "conditional"}, {"syndication", "permission"})
_SIGN_OR_YEAR = re.compile(r"©|\(c\)|(?<!\d)[12]\d{3}(?!\d)|copyright(?: by|:)")
_LAST_LINES = 4
_CLAUSES = re.compile("[^;؛；]+")


@dataclass(slots=True)
class Part:
    """One sentence that is a notice, with the strongest rule that found it in the clause ``first:last``."""

    hit: Hit
    start: int
    end: int
    first: int
    last: int
    licence: licences.Licence | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """Where rules hold: the starts of ``sentences`` by their lines' numbers, and those ``reported`` by others."""

    sentences: dict[int, set[int]]
    reported: set[tuple[int, int]]

    @classmethod
    def by(cls, reading: Reading, hits: list[Hit]) -> "Told":
        """Return what all hits tell, those that lose too."""
        sentences: dict[int, set[int]] = {}
        for hit in hits:
            sentences.setdefault(hit.line.index, set()).add(reading.layout.sentence_at(hit.line, hit.start)[0])
        return cls(sentences, {(h.line.index, h.start) for h in hits if h.rule.kind == "reporting"})


class NoticeReader:
    """Judges notice hits in their surroundings."""

    def __init__(self, ruleset: Ruleset, holders: HolderReader) -> None:
        self._holders = holders
        self._actions = [(action, Wordings(tuple(words_of_all(ruleset, name)))) for action, name in _ACTION_LISTS]
        self._any_action = items_pattern([word for _, words in self._actions for word in words.items])
        self._photo = items_pattern(words_of_all(ruleset, "photo_words"))
        self._article = items_pattern(words_of_all(ruleset, "article_words"))
        self._permitted = items_pattern(words_of_all(ruleset, "permitted_to_us"))
        self._forbidden = Wordings(tuple(words_of_all(ruleset, "forbidden")))
        self._dangling = ruleset.all_words("dangling")
        marks = sorted(words_of_all(ruleset, "object_marks"), key=len, reverse=True)
        self._object = re.compile(rf"\w* (?:{'|'.join(re.escape(m) for m in marks)})(?: |(?<='))")
        self._elements = {
            "named": items_pattern(words_of_all(ruleset, "cc_named")),
            "by": items_pattern(words_of_all(ruleset, "cc_by")),
            "nc": items_pattern(words_of_all(ruleset, "cc_nc")),
            "nd": items_pattern(words_of_all(ruleset, "cc_nd")),
            "sa": items_pattern(words_of_all(ruleset, "cc_sa")),
        }

    def settle(self, reading: Reading, hits: list[Hit], told: Told) -> tuple[list[Part], list[Part]]:
        """Return notices and clues; a hit that loses says why in ``lost``."""
        best: dict[tuple[int, int], Part] = {}
        named_there: dict[tuple[int, int], licences.Licence | None] = {}
        for hit in hits:
            if hit.rule.kind not in NOTICE_KINDS or hit.lost:
                continue
            start, end = reading.layout.sentence_at(hit.line, hit.start)
            first, last = _clause(reading.shadow.text, hit, start, end)
            if (first, last) not in named_there:
                named_there[first, last] = licences.find(reading.shadow.text, first, last, self._elements)
            licence = named_there[first, last]
            if hit.rule.kind == "licence" and licence is None:
                hit.lost = "no licence is named"
                continue
            if licence is not None and hit.rule.needs and self._of_licence(reading.shadow.text, hit, first, last):
                hit.lost = "its words are the licence's name"
                continue
            holder = None
            if "name" in hit.groups:
                named = self._holders.holder(reading, reading.span(*hit.groups["name"]))
                holder = named.of(reading.text) if named else None
            part = Part(hit, start, end, first, last, licence, holder)
            held = best.get((hit.line.index, first))
            if held is not None:
                part, loser = sorted((held, part), key=_order)
                part.holder = part.holder or loser.holder
                # What was syndicated cannot be granted onwards: the sentence says both, the stricter decides.
                if {part.hit.rule.kind, loser.hit.rule.kind} in _PASSED_ON and self._by_permission(reading, part):
                    part, loser = (loser, part) if loser.hit.rule.kind == "syndication" else (part, loser)
                loser.hit.lost = f"the same sentence is decided by {part.hit.rule.id}"
            best[(hit.line.index, first)] = part
        notices, clues = [], []
        for (index, _), part in sorted(best.items()):
            # After the story a licence may be worded like a report ("is released under"), and none follows it there.
            alone = len(reading.layout.sentences(part.hit.line)) == 1
            licence_line = part.hit.line.tail and part.hit.rule.kind == "licence" and alone
            says = (index, part.start) in told.reported and not licence_line
            why = self._clue(reading, part, says, told.sentences.get(index, set()))
            if why:
                part.hit.lost = why
                clues.append(part)
            else:
                notices.append(part)
        return notices, clues

    def _of_licence(self, text: str, hit: Hit, first: int, last: int) -> bool:
        """Say whether a ban holds only by words of a licence's name ("No derivatives", "禁止改作")."""
        if hit.rule.kind != "reproduction_prohibited":
            return False
        rest = text[first:last]
        for element in ("nc", "nd", "sa", "by"):
            rest = self._elements[element].sub(" ", rest)
        if any(need.search(rest, 0, len(rest)) is None for need in hit.rule.needs):
            return True
        # "CC0: you may copy it without permission": only a word that forbids takes a licence back.
        return self._forbidden.search(rest, 0, len(rest)) is None

    def _by_permission(self, reading: Reading, part: Part) -> bool:
        """Say whether a sentence tells of a permission that somebody gave."""
        return self._permitted.search(reading.shadow.text, part.start, part.end) is not None

    def _clue(self, reading: Reading, part: Part, reported: bool, told: set[int]) -> str | None:
        """Return why a notice is only a clue; None when it speaks for the document."""
        hit, line = part.hit, part.hit.line
        if hit.quoted:
            return "inside quotation marks"
        if hit.rule.nature == "clue":
            return "its rule only hints"
        if _speaks_of_copyright(reading.shadow.text, hit, part.start, part.end):
            return "speaks of copyright, and names no holder"
        if hit.rule.zone == "tail" and not line.tail and not line.before_story:
            return "stands elsewhere than its rule asks"
        if self._scope(reading, part) == "photo":
            return "speaks of photographs, not of the article"
        if reported:
            return "the sentence reports on it"
        if self._of_other_things(reading.shadow.text, part):
            return "speaks of other things than the text"
        if self._amid(reading, part, told):
            return "in the middle of a paragraph"
        if line.prose and not line.tail and not line.head and part.end - part.start > 260:
            return "a long sentence of the story"
        return None

    def _amid(self, reading: Reading, part: Part, told: set[int]) -> bool:
        """Say whether story stands around a notice, so that it may be story too.

        A notice that names what it speaks of ("this article") may end the last paragraph, or begin the first.
        """
        line = part.hit.line
        if line.tail and part.hit.rule.kind == "copyright" and reading.shadow.text.startswith(("©", "(c)"), line.start):
            return False  # a line that begins with the sign is the page's, whatever language goes on in it
        if part.hit.rule.kind == "copyright" and line.index >= len(reading.layout.lines) - _LAST_LINES:
            begins = reading.shadow.text.startswith(("©", "(c)", "copyright"), line.start)
            if begins and not line.prose and _SIGN_OR_YEAR.search(reading.shadow.text, line.start, line.end):
                return False  # so it is where a notice in words that no rule knows ends the page
        sentences = reading.layout.sentences(line)
        others = [start for start, _ in sentences if start not in told]
        itself = self._article.search(reading.shadow.text, part.start, part.end)
        if not others:
            return not line.tail and not line.head and itself is None
        if len(others) < 2 and line.tail:
            return False
        ends = max(others) < part.start
        begins = line.head and min(others) > part.start
        return itself is None or not (ends or begins)

    def _of_other_things(self, text: str, part: Part) -> bool:
        """Say whether a notice tells what must not be copied, and that is nothing of a document ("of keys")."""
        if part.hit.rule.kind not in ("reproduction_prohibited", "conditional", "permission"):
            return False
        if self._article.search(text, part.first, part.last):
            return False
        copied = part.hit.rule.needs[0].search(text, part.first, part.last) if part.hit.rule.needs else None
        return copied is not None and self._object.match(text, copied.end(), part.last) is not None

    def cut(self, reading: Reading, notices: list[Part]) -> bool:
        """Say whether the text seems to end too early, so that a stricter notice may be lost.

        It does where the story's last line breaks off after the last notice, or a notice breaks off itself.
        """
        layout = reading.layout
        if not layout.lines:
            return False
        last = layout.lines[-1]
        if any(part.hit.line is last for part in notices):
            words = layout.text[last.start : last.end].split()
            return words[-1].strip("(,;:") in self._dangling or words[-1][-1] in "(,;:"
        width = last.end - last.start
        return width >= PROSE_WIDTH and (
            layout.text[last.end - 1].isalnum() or layout.text.endswith(("...", "…"), 0, last.end)
        )

    def findings(self, reading: Reading, parts: Iterable[Part]) -> list[Finding]:
        """Return what each notice would decide."""
        made = []
        for part in parts:
            text = reading.shadow.text
            kind = part.hit.rule.kind
            effect, conditions = part.hit.rule.effect, part.hit.rule.conditions
            if kind == "licence" and part.licence is not None:
                conditions = part.licence.conditions
                effect = "permitted-with-conditions" if conditions else "permitted"
            if effect == "none":
                continue
            acts = self._any_action.search(text, part.first, part.last) is not None  # most notices name none
            named = [a for a, words in self._actions if acts and words.search(text, part.first, part.last)]
            span = reading.span(part.start, part.end)
            made.append(
                Finding(
                    start=span.start,
                    end=span.end,
                    kind=cast(records.NoticeKind, kind),
                    effect=cast(records.Status, effect),
                    conditions=conditions,
                    actions=("reproduce", *named),
                    scope=self._scope(reading, part),
                    named_licence=kind == "licence" and part.licence is not None,
                    by_permission=kind == "syndication" and self._by_permission(reading, part),
                )
            )
        return made

    def _scope(self, reading: Reading, part: Part) -> str:
        text = reading.shadow.text
        if part.hit.rule.scope != "article":
            return part.hit.rule.scope
        words = text[part.first : part.last]
        if part.hit.rule.kind == "copyright" and "/" in words and not any(c.isdigit() for c in words):
            return "photo"  # "© Keystone / Mara Lund": an agency and its photographer
        photo = self._photo.search(text, part.first, part.last)
        if photo and not self._article.search(text, part.first, part.last):
            return "photo"
        return "article"

    def notices(self, reading: Reading, parts: list[Part]) -> tuple[records.Notice, ...]:
        """Return records, neighbouring sentences of one line as one notice of the strongest kind."""
        groups: list[list[Part]] = []
        for part in sorted(parts, key=lambda p: p.start):
            last = groups[-1][-1] if groups else None
            between = reading.shadow.text[last.end : part.start] if last else ""
            if last and last.hit.line is part.hit.line and not between.strip():
                groups[-1].append(part)
            else:
                groups.append([part])
        return tuple(self._notice(reading, group) for group in groups)

    @staticmethod
    def _notice(reading: Reading, group: list[Part]) -> records.Notice:
        lead = min(group, key=_order)
        span = trimmed(reading.text, reading.span(group[0].start, group[-1].end), _OUTER)
        quote = span.of(reading.text)
        return records.Notice(
            start=span.start,
            end=span.end,
            text=quote,
            kind=cast(records.NoticeKind, lead.hit.rule.kind),
            language=lead.hit.rule.lang if lead.hit.rule.lang != "und" else "und",
            rule=lead.hit.rule.id,
            zone=reading.zone(lead.hit.line),
            relevance=lead.hit.rule.relevance,
            quoted=lead.hit.quoted,
            sha256=sha256(quote.encode("utf-8", "surrogatepass")).hexdigest(),
            holder=next((p.holder for p in group if p.holder), None),
            spdx=next((p.licence.spdx for p in group if p.licence), None),
        )


def _clause(text: str, hit: Hit, start: int, end: int) -> tuple[int, int]:
    """Return the clause of a sentence that alone bears a hit out; the sentence when none does.

    "Copying is welcome; photographs may not be reproduced" says two things, about two subjects.
    """
    if hit.rule.templates or not hit.rule.needs:
        return start, end
    clauses = [found.span() for found in _CLAUSES.finditer(text, start, end)]
    if len(clauses) < 2:
        return start, end
    for first, last in clauses:
        if all(need.search(text, first, last) for need in hit.rule.needs):
            return first, last
    return start, end


def _speaks_of_copyright(text: str, hit: Hit, start: int, end: int) -> bool:
    """Say whether a sentence or a headline has the words alone, without sign or year ("there is no copyright in it")."""
    headline = hit.line.head and not hit.line.tail
    word = text[slice(*hit.words)] == "copyright"
    if hit.rule.kind != "copyright" or not (word or headline):
        return False
    begins = word and not text[start : hit.words[0]].strip(_OUTER)
    return not begins and _SIGN_OR_YEAR.search(text, start, end) is None


def _order(part: Part) -> tuple[int, int]:
    return _WEIGHT[part.hit.rule.kind], -part.hit.rule.relevance


def joined(reading: Reading, hits: list[Hit]) -> list[tuple[Span, Hit]]:
    """Return the spans of sentence statements, neighbours in one line of one kind as one."""
    made: list[tuple[Span, Hit, int]] = []
    for hit in sorted(hits, key=lambda h: h.start):
        start, end = reading.layout.sentence_at(hit.line, hit.start)
        span = reading.span(start, end)
        if made and made[-1][1].rule.kind == hit.rule.kind and made[-1][1].line is hit.line:
            last, first, stop = made[-1]
            if last.end >= span.end:
                continue
            if not reading.shadow.text[stop:start].strip():
                made[-1] = (Span(last.start, span.end), first, end)
                continue
        made.append((span, hit, end))
    return [(trimmed(reading.text, span, _OUTER), hit) for span, hit, _ in made]
