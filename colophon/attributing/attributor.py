"""A document in, its statements and the decision about it out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from colophon import records
from colophon.attributing import caption_ends, evidence
from colophon.attributing.collecting import PEOPLE, Collector
from colophon.attributing.context import PublisherRank, Reading
from colophon.attributing.dates import DateReader
from colophon.attributing.deciding import decide
from colophon.attributing.head_dates import HeadDateReader
from colophon.attributing.holders import HolderReader
from colophon.attributing.layout import Layout
from colophon.attributing.matching import Hit, Matcher
from colophon.attributing.naming import NameReader
from colophon.attributing.notices import NOTICE_KINDS, NoticeReader, Part, Told, joined
from colophon.attributing.rules import load
from colophon.attributing.scripts import CASED_LETTER, EAST_ASIAN_LETTER
from colophon.attributing.shadow import Shadow
from colophon.attributing.statements import StatementReader
from colophon.attributing.translated import translation_claim
from colophon.attributing.unlabelled import UnlabelledReader
from colophon.documents import SourceDocument

_SENTENCES = frozenset({"disclaimer", "comment_policy", "correction", "machine_translation"})
# Kinds whose sentence rules lead to a value inside the sentence.
_VALUED = frozenset({"photo_credit", "published", "source"})
_EDGE = 3  # code points of marks around a label that begins or ends its paragraph


def _within(hit: Hit, text: str) -> bool:
    """Say whether a label stands in a paragraph of the story, neither ending nor, with a colon, beginning it."""
    line = hit.line
    if not line.prose or line.head or line.tail:
        return False
    # "Na Store Holmen mieszka…": a preposition alone begins sentences in some other language.
    ends = hit.end >= line.end - _EDGE
    if hit.start > line.start + _EDGE:
        return not ends
    label = text[hit.start : hit.groups["name"][0]] if "name" in hit.groups else ""
    bare = label[-1:] == " " and CASED_LETTER.match(label) is not None and label[-2] not in ":=/|"
    # "记者离开时，…": without a space after it, a bracket before it or a colon, what it is in Chinese.
    joined = EAST_ASIAN_LETTER.match(label[-1:]) is not None and text[hit.start - 1 : hit.start] not in ("(", "[", "【")
    return (bare and not ends) or joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What a document says of itself, and what may be done with it."""

    statements: tuple[records.Statement, ...]
    reproduction: records.Reproduction
    translation_claim: records.TranslationClaim
    issues: tuple[records.Issue, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One rule that was tried on words of the text, and why it won or lost; offsets are of the text."""

    rule: str
    kind: str
    start: int
    end: int
    words: str
    zone: str
    relevance: int
    won: bool
    why: str

    def __str__(self) -> str:
        verdict = "won " if self.won else "lost"
        return (
            f"{verdict} {self.kind:24} {self.rule:28} {self.start}:{self.end} [{self.zone}] {self.words!r}: {self.why}"
        )


class Attributor:
    """Applies one rule set; ``attribute`` keeps no state between documents."""

    def __init__(self, rules_folder: Path | None = None) -> None:
        self._rules = load(rules_folder)
        self.signature = self._rules.signature
        self._matcher = Matcher(self._rules)
        self._names = NameReader(self._rules)
        self._dates = DateReader(self._rules)
        self._holders = HolderReader(self._rules)
        self._statements = StatementReader(self._rules, self._holders)
        self._notices = NoticeReader(self._rules, self._holders)
        self._head_dates = HeadDateReader(self._rules)
        self._unlabelled = UnlabelledReader(self._rules, self._head_dates)

    def attribute(self, document: SourceDocument) -> Attribution:
        """Return everything that text, markup and headers say of the document's origin and rights."""
        attribution, _ = self._attribute(document)
        return attribution

    def explain(self, document: SourceDocument) -> list[Explanation]:
        """Return each rule that held somewhere: on which words, in which zone, and why it won or lost."""
        _, (reading, hits) = self._attribute(document)
        made = []
        for hit in hits:
            start, end = (hit.start, hit.end)
            span = reading.span(start, max(start + 1, end))
            made.append(
                Explanation(
                    rule=hit.rule.id,
                    kind=hit.rule.kind,
                    start=span.start,
                    end=span.end,
                    words=span.of(reading.text)[:120],
                    zone=reading.zone(hit.line),
                    relevance=hit.rule.relevance,
                    won=hit.lost is None,
                    why=hit.lost or f"relevance {hit.rule.relevance}, {hit.rule.nature}, {hit.rule.source}",
                )
            )
        return made

    def _attribute(self, document: SourceDocument) -> tuple[Attribution, tuple[Reading, list[Hit]]]:
        shadow = Shadow(document.text)
        layout = Layout(shadow.text)
        reading = Reading(document.text, shadow, layout, self._names, self._dates)
        hits = list(self._matcher.hits(layout)) if layout.lines else []
        layout.set_zones(
            {h.line.index for h in hits if not h.rule.templates and h.rule.kind != "reporting"},
            {h.line.index for h in hits if h.rule.templates and h.start == h.line.start},
        )
        self._drop(reading, hits)
        told = Told.by(reading, hits)
        notices, clues = self._notices.settle(reading, hits, told)
        found = self._read(reading, hits, notices, told)
        found += self._publisher(reading)
        found = _ranked(evidence.with_publishers_ranked(found + evidence.statements(document)))
        reproduction = decide(
            self._notices.findings(reading, notices),
            self._notices.notices(reading, notices),
            self._notices.notices(reading, clues),
            tdm=evidence.tdm_signals(document),
            signature=self.signature,
            cut=self._notices.cut(reading, notices),
        )
        reproduction = evidence.with_licence_claims(reproduction, found)
        attribution = Attribution(
            statements=tuple(found),
            reproduction=reproduction,
            translation_claim=translation_claim(found),
            issues=tuple(evidence.conflicts(found)),
        )
        return attribution, (reading, hits)

    @staticmethod
    def _drop(reading: Reading, hits: Iterable[Hit]) -> None:
        """Set ``lost`` on hits that stand where their rule cannot hold."""
        for hit in hits:
            rule, line = hit.rule, hit.line
            if rule.kind in NOTICE_KINDS:
                continue
            if hit.quoted and rule.kind != "reporting":
                hit.lost = "inside quotation marks"
            elif rule.nature == "tag" and not hit.at_edge:
                hit.lost = "not where a label stands"
            elif (rule.kind in PEOPLE and rule.nature == "tag" and _within(hit, reading.shadow.text)) or (
                rule.nature == "reference" and rule.kind == "publisher" and not (line.tail or line.head)
            ):
                hit.lost = "in the story"
            elif rule.nature == "reference" and rule.zone == "tail" and len(reading.layout.sentences(line)) > 2:
                hit.lost = "in the middle of a paragraph"
            elif rule.zone == "head" and not (line.head or (line.tail and not line.prose)):
                hit.lost = "not at the head"
            elif rule.zone == "tail" and not (line.tail or line.before_story):
                hit.lost = "not at the tail"

    def _read(self, reading: Reading, hits: list[Hit], notices: list[Part], told: Told) -> list[records.Statement]:
        found = Collector(reading)
        for hit in sorted(hits, key=lambda h: (h.line.index, not h.rule.templates, h.start, -h.rule.relevance)):
            kind = hit.rule.kind
            if hit.lost or kind in NOTICE_KINDS or kind in _SENTENCES or not (hit.rule.templates or kind in _VALUED):
                continue
            hit.lost = found.why_told(hit)
            if hit.lost is None:
                for statement in self._statements.read(reading, hit):
                    if found.add(hit, statement) and statement.kind == "byline":
                        self._unlabelled.note_outlet(reading, hit.line, found.taken("byline")[-1])
        if not found.taken("published"):
            dates = self._head_dates.dates(reading, hits, found.taken("updated"))
            found.add_inferred(dates or self._head_dates.of_first_publication(reading, notices))
        # Who contributed is told below the story; an organisation in the byline's place is told above it.
        if not any(s.kind == "byline" or (s.kind == "contributor" and s.zone == "head") for s in found.statements):
            dated = [*found.taken("published"), *found.taken("updated")]
            found.add_inferred(self._unlabelled.bylines(reading, hits, dated))
        found.add_inferred(caption_ends.credits(reading, found.taken("photo_credit")))
        found.add_inferred(self._sentences(reading, hits, told))
        found.add_inferred(self._rights_statements(reading, hits, notices))
        return found.statements

    def _sentences(self, reading: Reading, hits: list[Hit], told: Told) -> list[records.Statement]:
        kept = []
        for hit in hits:
            if hit.rule.kind not in _SENTENCES or hit.lost:
                continue
            start, _ = reading.layout.sentence_at(hit.line, hit.start)
            others = sum(1 for s, _ in reading.layout.sentences(hit.line) if s not in told.sentences[hit.line.index])
            if (hit.line.index, start) in told.reported and hit.rule.nature != "tag":
                hit.lost = "the sentence reports on it"
            elif others >= 2 or (others and not hit.line.tail and not hit.line.head):
                hit.lost = "in the middle of a paragraph"
            else:
                kept.append(hit)
        made = []
        for span, hit in joined(reading, kept):
            machine = hit.rule.kind == "machine_translation"
            part = machine and self._statements.of_a_part(reading, hit)
            about = hit.rule.kind != "comment_policy" and not part
            made.append(self._statements.statement(reading, hit, span, about_article=about, machine=machine))
            if hit.rule.kind == "disclaimer":
                self._name_outlet(reading, hit)
            if machine and not part:
                made += self._statements.engines(reading, hit)
        return made

    def _name_outlet(self, reading: Reading, hit: Hit) -> None:
        """Note the outlet that a notice or disclaimer names as its publisher."""
        outlet = self._holders.outlet(reading, hit, *reading.layout.sentence_at(hit.line, hit.start))
        if outlet is not None:
            reading.infer_publisher(PublisherRank.NAMED, outlet, hit.rule.id)

    def _rights_statements(self, reading: Reading, hits: list[Hit], notices: list[Part]) -> list[records.Statement]:
        made = []
        came_from = {(h.line.index, h.start): h for h in hits if h.rule.kind == "syndication"}
        for part in notices:
            kind = part.hit.rule.kind
            span = reading.span(part.start, part.end)
            if part.licence is not None and kind == "licence":
                words = reading.span(part.licence.start, part.licence.end)
                made.append(
                    self._statements.statement(reading, part.hit, words, kind="licence", value=part.licence.spdx)
                )
            if kind == "copyright" and any(span.overlaps(credit) for credit in reading.credits):
                continue  # "A caption. © Clara Novak": the picture's
            if kind in ("copyright", "reproduction_prohibited"):
                holder = self._holders.copyright_holder(reading, part.start, part.end)
                if holder is not None:
                    part.holder = holder.of(reading.text)
                    reading.infer_publisher(PublisherRank.COPYRIGHT, holder, part.hit.rule.id)
                else:
                    self._name_outlet(reading, part.hit)
                if kind == "copyright":
                    made.append(self._statements.statement(reading, part.hit, span))
            elif kind == "exclusivity" and "name" in part.hit.groups:
                outlet = self._holders.inferred(reading, reading.span(*part.hit.groups["name"]))
                if outlet is not None:
                    reading.infer_publisher(PublisherRank.NAMED, outlet, part.hit.rule.id)
            elif kind in ("conditional", "permission", "syndication"):
                self._name_outlet(reading, part.hit)
            elif (part.hit.line.index, part.hit.start) in came_from:
                self._name_outlet(reading, came_from[part.hit.line.index, part.hit.start])
        return made

    def _publisher(self, reading: Reading) -> list[records.Statement]:
        """Return the publishers named, best evidence first; one name once, where it stands first."""
        made: list[records.Statement] = []
        seen: set[str] = set()
        ordered = sorted(reading.publishers, key=lambda p: (p[0], p[1].start))
        for _, span, rule, basis in ordered:
            name = span.of(reading.text)
            plain = name.casefold()
            if plain in seen:
                continue
            seen.add(plain)
            places = [p for p in ordered if p[1].of(reading.text).casefold() == plain]
            stated = [p for p in places if p[3] == "stated"]
            _, span, rule, basis = stated[0] if stated else min(places, key=lambda p: p[1].start)
            made.append(
                records.Statement.model_validate(
                    {
                        "kind": "publisher",
                        "value": name,
                        "start": span.start,
                        "end": span.end,
                        "text": span.of(reading.text),
                        "origin": "text",
                        "rule": rule,
                        "basis": basis,
                        "rank": len(made),
                    }
                )
            )
        return made


def _ranked(found: list[records.Statement]) -> list[records.Statement]:
    """Return statements in text order, those outside the text last, by rank."""
    return sorted(found, key=lambda s: (s.start is None, s.start or 0, s.rank, s.kind))
