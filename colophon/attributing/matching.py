"""One pass over the shadow text for all rules: their anchors first, then the rules that those name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from colophon.attributing.anchors import AnchorFinder
from colophon.attributing.layout import Layout, Line
from colophon.attributing.rules import Rule, Ruleset, Template

# What may stand between the start of a line, or a delimiter, and a label.
_BEFORE_LABEL = re.compile(r"[|;·•()\[\]【】<>《》/—–.。:▲△■◆●►▶※#~_=*\"'©-] *$")
_LONGEST_CLAUSED = 2000  # code points of a sentence whose clauses are told apart
_AFTER_LABEL = re.compile(r" *[:=]")
_Asked = tuple[Rule, list[Template]]


@dataclass(slots=True)
class Hit:
    """A rule that holds at ``start:end`` (shadow offsets); ``groups`` are its captured parts."""

    rule: Rule
    start: int
    end: int
    line: Line
    groups: dict[str, tuple[int, int]]
    words: tuple[int, int]
    at_edge: bool = True
    quoted: bool = False
    lost: str | None = None


class Matcher:
    """Holds the compiled anchors of a rule set; ``hits`` may be called for any number of texts."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._named: dict[str, list[Rule]] = {}
        for rule in ruleset.rules:
            for anchor in rule.anchors:
                self._named.setdefault(anchor.lstrip("*"), []).append(rule)
        self._anchors = AnchorFinder(anchor for rule in ruleset.rules for anchor in rule.anchors)
        self._asked: dict[str, list[_Asked]] = {}  # by anchor, filled as texts have them

    def _asked_at(self, anchor: str) -> list[_Asked]:
        """Return the rules that an anchor names, with those of their templates that can hold where it stands.

        An anchor that begins with another names its rules too: only the longest is reported.
        """
        if anchor not in self._asked:
            begun = (anchor[:cut] for cut in range(1, len(anchor) + 1))
            rules = [rule for part in begun for rule in self._named.get(part, ())]
            self._asked[anchor] = [(rule, [t for t in rule.templates if t.may_stand_at(anchor)]) for rule in rules]
        return self._asked[anchor]

    def hits(self, layout: Layout) -> Iterator[Hit]:
        """Yield every rule that holds, in text order; an anchor costs its rules' tests and no more."""
        seen: set[tuple[str, int]] = set()
        tried: set[tuple[str, int]] = set()
        for at, anchor in self._anchors.find(layout.text):
            line = layout.line_at(at)
            sentence: tuple[int, int] | None = None
            for rule, templates in self._asked_at(anchor):
                if rule.templates:
                    hit = self._line_hit(layout, line, rule, templates, at, len(anchor))
                else:
                    # A sentence is asked once a rule, however often its words stand there; its clauses are asked each.
                    start, end = sentence = sentence or layout.sentence_at(line, at)
                    if (rule.id, start) in tried and (
                        end - start > _LONGEST_CLAUSED or layout.text.find(";", start, end) < 0
                    ):
                        continue
                    tried.add((rule.id, start))
                    hit = self._sentence_hit(layout, line, rule, at, start, end)
                if hit is not None and (rule.id, hit.start) not in seen:
                    seen.add((rule.id, hit.start))
                    yield hit

    @staticmethod
    def _sentence_hit(layout: Layout, line: Line, rule: Rule, at: int, start: int, end: int) -> Hit | None:
        if not start <= at < end:
            return None
        text = layout.text
        # The first need comes last: an anchor of it stands here, while the others may be missing.
        if any(need.search(text, start, end) is None for need in rule.needs[1:]):
            return None
        first = rule.needs[0].search(text, start, end)
        if first is None:
            return None
        if any(item.search(text, start, end) is not None for item in rule.unless):
            # What speaks against a rule in another clause than its words does not: "copying is free; photographs are not".
            first = _in_clause(text, rule, at, start, end)
            if first is None:
                return None
        return Hit(rule, start, end, line, {}, first.span(), quoted=layout.quoted(*first.span()))

    @staticmethod
    def _line_hit(
        layout: Layout, line: Line, rule: Rule, templates: list[Template], at: int, length: int
    ) -> Hit | None:
        text = layout.text
        if rule.nature == "tag" and not rule.floating and not _may_be_label(text, line, rule, at, length):
            return None
        for template in templates:
            if not template.before:
                found = template.pattern.match(text, at, line.end)
            elif template.must.search(text, line.start, line.end) is not None:
                found = template.pattern.search(text, line.start, line.end)
            else:
                continue
            if found is None:
                continue
            lead = text[max(line.start, found.start() - 12) : found.start()]
            edge = not lead.strip() or _BEFORE_LABEL.search(lead) is not None or text[found.start() - 1] in " ,"
            groups = {name: found.span(name) for name, value in found.groupdict().items() if value is not None}
            quoted = layout.quoted(found.start(), min(found.end(), found.start() + 2))
            return Hit(rule, found.start(), found.end(), line, groups, (found.start(), at), edge, quoted)
        return None


def _may_be_label(text: str, line: Line, rule: Rule, at: int, length: int) -> bool:
    """Say whether the anchor at ``at`` stands where a label does: first, after a mark, or with a colon of its own."""
    if at == line.start or _BEFORE_LABEL.search(text, max(line.start, at - 6), at) is not None:
        return True
    if line.prose or text[at - 1] not in " ,":
        return False
    # "11/02/2026 09h40 Atualizado 12/02/2026": a date is as good as a bar.
    dated = rule.kind == "updated" and text[at - 2 : at - 1].isdigit()
    return dated or _AFTER_LABEL.match(text, at + length) is not None


def _in_clause(text: str, rule: Rule, at: int, start: int, end: int) -> re.Match[str] | None:
    """Return the first need where the clause that holds ``at`` bears the rule out alone; None when it does not."""
    begin, stop = text.rfind(";", start, at) + 1, text.find(";", at, end)
    if not begin and stop < 0:
        return None
    first, last = max(begin, start), end if stop < 0 else stop
    if any(item.search(text, first, last) is not None for item in rule.unless):
        return None
    found = [need.search(text, first, last) for need in rule.needs]
    return found[0] if all(found) else None
