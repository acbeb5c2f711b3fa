"""One pass over the shadow text for all rules: their anchors first, then the rules that those name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from colophon.attributing.anchors import AnchorFinder
from colophon.attributing.layout import Layout, Line
from colophon.attributing.rules import Choice, Rule, Ruleset, Template
from colophon.attributing.shadow import shadow_of

# What may stand between the start of a line, or a delimiter, and a label; spaces may follow it.
_BEFORE_LABEL = frozenset("|;·•()[]【】<>《》/—–.。:▲△■◆●►▶※#~_=*\"'©-")
_EDGE = _BEFORE_LABEL | frozenset(" ,")
_FAR_BEFORE = 6  # code points before a label in which such a mark is looked for
_LONGEST_CLAUSED = 2000  # code points of a sentence whose clauses are told apart
_ADDRESS = re.compile(r"https?://[^\s<>\"'|]+")
_SECOND_LABELS = frozenset({"photo_credit", "translator"})  # kinds whose label may follow an author's name and a comma
_ONCE = frozenset({"reporting", "source"})  # kinds whose sentence rules say the same in every language
_AFTER_LABEL = re.compile(r" *[:=]")


# A rule, those of its templates that may hold (None for a sentence rule), whether it needs a label's place.
_Asked = tuple[Rule, Choice | None, bool]


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
        self._labels: set[str] = set()  # anchors of those that all their rules ask a label's place of

    def _ask(self, anchor: str) -> list[_Asked]:
        """Return the rules that an anchor names, with those of their templates that can hold where it stands.

        An anchor that begins with another names its rules too: only the longest is reported.
        """
        begun = (anchor[:cut] for cut in range(1, len(anchor) + 1))
        asked = self._asked[anchor] = []
        alike: set[tuple[object, ...]] = set()
        for rule in (rule for part in begun for rule in self._named.get(part, ())):
            templates = [t for t in rule.templates if t.may_stand_at(anchor) and not _is_told(rule, t, alike)]
            if templates or not rule.templates:
                label = bool(templates) and rule.nature == "tag" and not rule.floating
                asked.append((rule, Choice(templates) if templates else None, label))
        if all(label for _, _, label in asked):
            self._labels.add(anchor)
        return asked

    def hits(self, layout: Layout) -> Iterator[Hit]:
        """Yield every rule that holds, in text order; an anchor costs its rules' tests and no more."""
        text = layout.text
        seen: set[tuple[str, int]] = set()
        tried: set[tuple[str, int]] = set()
        once: set[tuple[str, int]] = set()  # what one rule's word for is enough, and the sentence's start
        addresses = [found.span() for found in _ADDRESS.finditer(text)] if "://" in text else []
        for at, anchor in self._anchors.find(text):
            asked = self._asked.get(anchor) or self._ask(anchor)
            line = layout.line_at(at)
            while addresses and addresses[0][1] <= at:
                addresses.pop(0)
            inside = bool(addresses) and addresses[0][0] < at  # an address's first letters may be a rule's
            place = "none" if inside else _place(text, line, at)
            if place == "none" and anchor in self._labels:
                continue  # a preposition that begins labels, in a sentence: most anchors of a story
            sentence = None
            for rule, choice, label in asked:
                if choice is None:
                    start, end, clauses = sentence = sentence or _sentence(layout, line, at)
                    if (rule.kind, start) in once or ((rule.id, start) in tried and not clauses):
                        continue
                    tried.add((rule.id, start))
                    hit = _sentence_hit(layout, line, rule, at, start, end)
                    if hit is not None and rule.kind in _ONCE:
                        once.add((rule.kind, start))
                elif not label or place == "label" or (place == "word" and _is_label(text, rule, at, len(anchor))):
                    hit = _line_hit(layout, line, rule, choice, at)
                else:
                    continue
                if hit is not None and (rule.id, hit.start) not in seen:
                    seen.add((rule.id, hit.start))
                    yield hit


def _is_told(rule: Rule, template: Template, alike: set[tuple[object, ...]]) -> bool:
    """Say whether a rule before has the same template, and is read alike; note it in ``alike`` when none has.

    "Foto:" and "Original: https://…" are labels of a dozen languages, and what follows them is read the same in each.
    """
    if rule.kind != "photo_credit" and not (rule.kind == "source" and template.text.endswith("{URL}")):
        return False
    key = (rule.kind, rule.nature, rule.zone, rule.relevance, rule.floating, shadow_of(template.text))
    if key in alike:
        return True
    alike.add(key)
    return False


def _sentence(layout: Layout, line: Line, at: int) -> tuple[int, int, bool]:
    """Return the sentence at ``at``, and whether its clauses are asked each.

    Otherwise a sentence is asked once a rule, however often its words stand there.
    """
    start, end = layout.sentence_at(line, at)
    return start, end, end - start <= _LONGEST_CLAUSED and layout.text.find(";", start, end) >= 0


def _sentence_hit(layout: Layout, line: Line, rule: Rule, at: int, start: int, end: int) -> Hit | None:
    if at < start:
        return None
    text = layout.text
    # The first need comes last: an anchor of it stands here, while the others may be missing.
    for need in rule.needs[1:]:
        if need.search(text, start, end) is None:
            return None
    first = rule.needs[0].search(text, start, end)
    if first is None:
        return None
    for item in rule.unless:
        if item.search(text, start, end) is not None:
            # What speaks against a rule in another clause than its words does not: "copying is free; photographs are not".
            first = _in_clause(text, rule, at, start, end)
            if first is None:
                return None
            break
    return Hit(rule, start, end, line, {}, first.span(), quoted=layout.quoted(*first.span()))


def _line_hit(layout: Layout, line: Line, rule: Rule, choice: Choice, at: int) -> Hit | None:
    """Return the hit of the first template that holds at ``at``, or somewhere in the line where a name begins it."""
    made = choice.match(layout.text, at, line.end)
    start = at
    if made is None:
        for template in choice.before:
            if template.must.search(layout.text, line.start, line.end) is not None:
                found = template.pattern.search(layout.text, line.start, line.end)
                if found is not None:
                    parts = {name: found.span(name) for name, value in found.groupdict().items() if value is not None}
                    start, made = found.start(), (found.end(), parts)
                    break
    if made is None:
        return None
    end, groups = made
    edge = start == line.start or layout.text[start - 1] in _EDGE
    return Hit(rule, start, end, line, groups, (start, at), edge, layout.quoted(start, min(end, start + 2)))


def _place(text: str, line: Line, at: int) -> Literal["label", "word", "none"]:
    """Say what may stand at ``at``: a label, first or after a mark; a word, after another one of no story; or neither."""
    if at == line.start:
        return "label"
    before = text[at - 1]
    if before == " ":
        nearest = text[at - 2]  # a line begins with no space
        if nearest == " ":
            nearest = text[max(line.start, at - _FAR_BEFORE) : at].rstrip(" ")[-1:]
    else:
        nearest = before
    if nearest in _BEFORE_LABEL:
        return "label"
    return "none" if line.prose or before not in " ," else "word"


def _is_label(text: str, rule: Rule, at: int, length: int) -> bool:
    """Say whether words of ``length`` at ``at`` are a label by the colon after them, or as several after a comma.

    "By Clara Novak, photography by Jan Blau" has two labels.
    "11/02/2026 09h40 Atualizado 12/02/2026": for a label of updates a date before it is as good as a bar.
    """
    dated = rule.kind == "updated" and text[at - 2 : at - 1].isdigit()
    several = rule.kind in _SECOND_LABELS and text[at - 2 : at] == ", " and text.find(" ", at, at + length) > 0
    return dated or several or _AFTER_LABEL.match(text, at + length) is not None


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
