"""One pass over the shadow text for all rules: a trie of anchors first, then the rules they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from colophon.attributing.layout import Layout, Line
from colophon.attributing.rules import Rule, Ruleset
from colophon.attributing.tries import trie

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# What may stand between the start of a line, or a delimiter, and a label.
_BEFORE_LABEL = re.compile(r"[|;·•()\[\]【】<>《》/—–.。:▲△■◆●►▶※#~_=*\"'©-] *$")
# The first letters of a word, as many as tell most words from all anchors.
_WORD = re.compile(r"(?<!\w)\w{1,3}")
_LONGEST_CLAUSED = 2000  # code points of a sentence whose clauses are told apart
_AFTER_LABEL = re.compile(r" *[:=]")


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
        opened = {a[1:] for rule in ruleset.rules for a in rule.anchors if a.startswith("*")}
        # An anchor that may begin within a word is in both tries: the first that matches at a place ends the search.
        spaced = [anchor for anchor in self._named if not _UNSPACED.match(anchor)]
        unspaced = [anchor for anchor in self._named if _UNSPACED.match(anchor) or anchor in opened]
        # An anchor that begins with another names its rules too: the scan reports the longest only.
        self._all = {
            anchor: tuple(rule for cut in range(1, len(anchor) + 1) for rule in self._named.get(anchor[:cut], ()))
            for anchor in self._named
        }
        worded = [anchor for anchor in spaced if anchor[0].isalnum()]
        loose = unspaced + [a for a in spaced if not a[0].isalnum() and a not in opened]
        # Most words begin no anchor: their first letters say so in one set look-up, without the trie.
        self._begins = {_WORD.match(anchor)[0] for anchor in worded}  # type: ignore[index]
        self._worded = re.compile(trie(worded))
        self._first = re.compile(f"[{''.join(re.escape(c) for c in sorted({a[0] for a in loose}))}]")
        self._loose = re.compile(trie(loose))

    def _anchors(self, text: str) -> list[tuple[int, str]]:
        """Return the anchors in ``text`` with their places, in order; the longest at each place."""
        found: list[tuple[int, str]] = []  # filled by loops: comprehensions would match twice
        begins, match = self._begins, self._worded.match
        for word in _WORD.finditer(text):
            if word[0] in begins and (anchor := match(text, word.start())) is not None:
                found.append((word.start(), anchor[0]))
        match = self._loose.match
        for first in self._first.finditer(text):
            if (anchor := match(text, first.start())) is not None:
                found.append((first.start(), anchor[0]))
        return sorted(found)

    def hits(self, layout: Layout) -> Iterator[Hit]:
        """Yield every rule that holds, in text order; an anchor costs its rules' tests and no more."""
        seen: set[tuple[str, int]] = set()
        tried: set[tuple[str, int]] = set()
        for at, anchor in self._anchors(layout.text):
            line = layout.line_at(at)
            for rule in self._all[anchor]:
                if not rule.templates:
                    # A sentence is asked once a rule, however often its words stand there; its clauses are asked each.
                    start, end = layout.sentence_at(line, at)
                    if (rule.id, start) in tried and (
                        end - start > _LONGEST_CLAUSED or layout.text.find(";", start, end) < 0
                    ):
                        continue
                    tried.add((rule.id, start))
                make = self._line_hit if rule.templates else self._sentence_hit
                hit = make(layout, line, rule, at, len(anchor))
                if hit is not None and (rule.id, hit.start) not in seen:
                    seen.add((rule.id, hit.start))
                    yield hit

    @staticmethod
    def _sentence_hit(layout: Layout, line: Line, rule: Rule, at: int, _: int) -> Hit | None:
        start, end = layout.sentence_at(line, at)
        if not start <= at < end:
            return None
        text = layout.text
        first = rule.needs[0].search(text, start, end)
        if first is None or any(need.search(text, start, end) is None for need in rule.needs[1:]):
            return None
        if any(item.search(text, start, end) is not None for item in rule.unless):
            # What speaks against a rule in another clause than its words does not: "copying is free; photographs are not".
            first = _in_clause(text, rule, at, start, end)
            if first is None:
                return None
        return Hit(rule, start, end, line, {}, first.span(), quoted=layout.quoted(*first.span()))

    @staticmethod
    def _line_hit(layout: Layout, line: Line, rule: Rule, at: int, length: int) -> Hit | None:
        text = layout.text
        if rule.nature == "tag" and at > line.start and not rule.floating:
            # After other words a label needs its colon, and a line that is no paragraph.
            separated = not line.prose and _AFTER_LABEL.match(text, at + length) is not None
            # "11/02/2026 09h40 Atualizado 12/02/2026": a date is as good as a bar.
            dated = rule.kind == "updated" and not line.prose and text[at - 2 : at - 1].isdigit()
            if _BEFORE_LABEL.search(text, max(line.start, at - 6), at) is None and not (
                (separated or dated) and text[at - 1] in " ,"
            ):
                return None
        for template in rule.templates:
            if template.pattern.startswith("(?P<"):
                found = template.search(text, line.start, line.end)
            else:
                found = template.match(text, at, line.end)
            if found is None:
                continue
            lead = text[max(line.start, found.start() - 12) : found.start()]
            edge = not lead.strip() or _BEFORE_LABEL.search(lead) is not None or text[found.start() - 1] in " ,"
            groups = {name: found.span(name) for name, value in found.groupdict().items() if value is not None}
            quoted = layout.quoted(found.start(), min(found.end(), found.start() + 2))
            return Hit(rule, found.start(), found.end(), line, groups, (found.start(), at), edge, quoted)
        return None


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
