"""Rules and word lists as read from ``data/rules``: what is looked for, where, and what it means.

A folder a language holds ``words.toml`` (named lists) and one file a kind. A rule is one of two shapes:

- a *line* rule has ``text``: templates such as ``Translated by {NAME}`` that begin a segment of a line;
- a *sentence* rule has ``needs``: lists of which each must occur in one sentence, in any order.

Adding a language is adding a folder; see ``docs/provenance.md``. A rule's patterns are compiled when its words first
stand in a text: most rules are of languages that a process never meets.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, get_args

import tomli

from colophon import records
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.errors import DataError

PACKAGED = Path(__file__).resolve().parent.parent / "data" / "rules"
NATURES = ("tag", "notice", "reference", "clue", "false_positive")
ZONES = ("head", "tail", "line", "caption", "any")
EFFECTS = ("prohibited", "permitted-with-conditions", "permitted", "reserved", "none")
KINDS = (*get_args(records.StatementKind), *get_args(records.NoticeKind), "reporting", "photo_scope")

# Scripts written without spaces between words: no word boundary, and a space in a rule is optional.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_SHORT_LEAD = 2  # letters of a beginning that too many other words share
_MUST = re.compile(r"\{\{(?P<must>[^{}]+)\}\}")
_PLACEHOLDER = re.compile(rf"{_MUST.pattern}|\{{(?P<slot>[A-Z]+)\}}")
_SLOTS_INSIDE = {
    "NAME": r"(?P<name>[^\n|:;()\[\]]{1,60}?)",
    "HOLDER": r"(?P<name>[^\n|:;()\[\]]{1,60}?)",
    "PARTIES": r"(?P<name>[^\n|:;()\[\]]{1,80}?)",
    "X": r"[^\n]{1,60}?",
    "WORD": r"[(\[]?\w{2,20}[)\]]?",
    "URL": r"(?P<url>https?://[^\s<>\"'|]{3,2000})",
    "DATE": r"(?P<date>[^\n]{0,60})",
}
_SLOTS_LAST = {
    "NAME": r"(?P<name>[^\n|]{0,200})",
    "HOLDER": r"(?P<name>[^\n|]{0,200})",
    "PARTIES": r"(?P<name>[^\n]{0,300})",
    "X": r"[^\n]{1,60}",
    "WORD": r"[(\[]?\w{2,20}[)\]]?",
    "URL": _SLOTS_INSIDE["URL"],
    "DATE": r"(?P<date>[^\n]{0,100})",
}


Finder = Callable[[str, int, int], re.Match[str] | None]


class Wordings:
    """Words of which one must (or must not) occur in a sentence; ``search(text, start, end)`` is a pattern's."""

    def __init__(self, items: tuple[str, ...]) -> None:
        self.items = items

    @cached_property
    def search(self) -> Finder:
        """Return the compiled search of :func:`items_pattern`."""
        return items_pattern(self.items).search


class Template:
    """One wording of a line rule: ``anchors`` are the words that it is found by.

    ``before`` says that a ``{NAME}`` comes before them: it is searched for in a line where ``must`` finds them.
    """

    def __init__(self, text: str, separators: str) -> None:
        self.text = text
        self.anchors = _leads(text)
        self.before = text.startswith("{") and not text.startswith("{{")
        self._separators = separators

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled template, its captured parts named."""
        return _template(self.text, self._separators)

    @cached_property
    def must(self) -> re.Pattern[str]:
        """Return the pattern of the ``{{…}}`` part alone: quick to search for, where a name before it is not."""
        return re.compile("|".join(_words(found["must"], self._separators) for found in _MUST.finditer(self.text)))

    def may_stand_at(self, anchor: str) -> bool:
        """Say whether the template can hold where ``anchor``, perhaps of another template, stands.

        Spaces count for nothing: a text may have more of them than the rule, and is found by a shorter template then.
        """
        if self.before:
            return True
        there, *own = (words.split(":")[0].replace(" ", "") for words in (anchor, *self.anchors))
        return any(words.startswith(there) or there.startswith(words) for words in own)


class Choice:
    """The templates of one rule that may hold where one anchor stands, as one pattern; the first that holds counts."""

    def __init__(self, templates: Iterable[Template]) -> None:
        every = list(templates)
        self.before = [template for template in every if template.before]
        self._starting = [template for template in every if not template.before]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Names of captured parts bear the number of their template: all begin alike, and one look tells them apart.
        numbered = (t.pattern.pattern.replace("(?P<", f"(?P<t{n}_") for n, t in enumerate(self._starting))
        return re.compile("|".join(numbered) or "(?!)")

    def match(self, text: str, at: int, end: int) -> tuple[int, dict[str, tuple[int, int]]] | None:
        """Return the end of the first template that holds at ``at``, and its captured parts by name."""
        found = self._pattern.match(text, at, end)
        if found is None:
            return None
        if found.lastgroup is None:
            return found.end(), {}
        own = found.lastgroup.split("_")[0] + "_"
        groups = self._pattern.groupindex
        parts = {name: found.span(name) for name in groups if name.startswith(own)}
        return found.end(), {name.removeprefix(own): span for name, span in parts.items() if span[0] >= 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; ``templates`` for line rules, ``needs`` and ``unless`` for sentence rules."""

    id: str
    lang: str
    kind: str
    nature: str
    zone: str
    effect: str
    conditions: tuple[str, ...]
    scope: str
    relevance: int
    source: str
    templates: tuple[Template, ...]
    needs: tuple[Wordings, ...]
    unless: tuple[Wordings, ...]
    anchors: tuple[str, ...]
    floating: bool
    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of one language, as shadows."""

    lang: str
    sets: Mapping[str, tuple[str, ...]]

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list by name; empty when the language has none."""
        return self.sets.get(name, ())


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules, all word lists, and a signature that changes with any byte of them."""

    rules: tuple[Rule, ...]
    lexicons: Mapping[str, Lexicon]
    signature: str

    def all_words(self, name: str) -> frozenset[str]:
        """Return one list of all languages together, as shadows, without wildcards."""
        return frozenset(shadow_of(w.strip("*")) for lexicon in self.lexicons.values() for w in lexicon.words(name))


def items_pattern(items: tuple[str, ...] | list[str]) -> re.Pattern[str]:
    """Return a pattern that finds any item: ``word``, ``stem*``, ``*tail``, ``no part ... may be``.

    >>> bool(items_pattern(["reproduc*"]).search("no reproduction"))
    True
    """
    plain: dict[tuple[str, str], list[str]] = {}  # words alike at both edges share a trie
    gapped: list[tuple[str, str]] = []
    for item in map(shadow_of, items):
        left, core, right = _edges(item)
        if "..." in core or "*" in core or _UNSPACED.search(core):
            gapped.append((left, _gapped(core) + right))
        else:
            plain.setdefault((left, right), []).append(" ".join(core.split()))
    tries = [(left, f"(?:{trie(words, _spaced)}){right}") for (left, right), words in plain.items()]
    # Neighbours that begin alike share their beginning: it is looked at once a place, not once an item.
    alike = groupby(tries + gapped, key=itemgetter(0))
    return re.compile("|".join(f"{left}(?:{'|'.join(rest for _, rest in group)})" for left, group in alike))


def _spaced(character: str) -> str:
    return " +" if character == " " else re.escape(character)


def _edges(item: str) -> tuple[str, str, str]:
    """Return what must stand before an item, its words, and what must stand after it."""
    left = "" if item.startswith("*") or _UNSPACED.match(item) or not item[0].isalnum() else r"\b"
    core = item.strip("*")
    right = "" if item.endswith("*") or _UNSPACED.match(core[-1]) or not core[-1].isalnum() else r"\b"
    return left, core, right


def _gapped(core: str) -> str:
    return r"[^\n]{0,60}?".join(_literal(part.strip()) for part in core.split("..."))


def _literal(text: str) -> str:
    space = " *" if _UNSPACED.search(text) else " +"
    return space.join(re.escape(part).replace(r"\*", r"\w*") for part in text.split())


def _template(text: str, separators: str) -> re.Pattern[str]:
    """Return the pattern of a line template; ``:`` stands for any separator, ``(x)?`` is optional."""
    made, at = "", 0
    found = list(_PLACEHOLDER.finditer(text))
    for number, slot in enumerate(found):
        made += _words(text[at : slot.start()], separators)
        if slot["must"]:
            made += _words(slot["must"], separators)
        else:
            last = number == len(found) - 1 and not text[slot.end() :].strip()
            made += (_SLOTS_LAST if last else _SLOTS_INSIDE)[slot["slot"]]
        at = slot.end()
    return re.compile(made + _words(text[at:], separators))


def _words(text: str, separators: str) -> str:
    text = re.sub(" *: *", ":", shadow_of(text))
    space = " *" if _UNSPACED.search(text) else " +"
    made = []
    for at, character in enumerate(text):
        if character == " ":
            # Between words of an unspaced script a space is optional; beside a slot it is what parts label and name.
            made.append(space if 0 < at < len(text) - 1 else " +")
        elif character == ":":
            made.append(f" *[{separators}] *")
        elif character in "()|?":
            made.append(character)
        else:
            made.append(re.escape(character))
    return "".join(made).replace("(", "(?:")


def _leads(text: str) -> tuple[str, ...]:
    """Return the literals that a template is found by: its ``{{…}}`` part, else its beginning.

    One that is too short to be rare goes on through what may follow: "a story" and "a review" of ``A (story|review) by``.
    """
    must = _MUST.search(text)
    if must:
        return (shadow_of(must["must"]).strip(),)
    shadow = shadow_of(text)
    lead = re.split(r"[({|:]", shadow)[0]
    follow = re.match(r"\(([^()]+)\)(?!\?)", shadow[len(lead) :])
    if follow and len(lead.strip()) <= _SHORT_LEAD:
        return tuple((lead + words.split(":")[0]).strip() for words in follow[1].split("|"))
    return (lead.strip(),)


def _anchor(item: str) -> str:
    """Return the literal that an item begins with; a leading ``*`` stays, as it may begin within a word."""
    item = shadow_of(item)
    open_start = "*" if item.startswith("*") else ""
    return open_start + item.lstrip("*").split("...")[0].split("*")[0].strip()


def load(folder: Path | None = None) -> Ruleset:
    """Read every rule file under ``folder`` (the packaged rules when None); ``DataError`` names a wrong one.

    Patterns of the packaged rules are compiled as texts need them; all of another folder's at once, to find what is wrong.
    """
    folder = folder or PACKAGED
    digest = sha256()
    files = sorted(folder.glob("*/*.toml"))
    if not files:
        raise DataError(str(folder), "no rule files (LANG/KIND.toml) here; pass the folder that holds them")
    tables: dict[Path, dict[str, Any]] = {}
    for file in files:
        stored = file.read_bytes()
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + stored)
        try:
            tables[file] = tomli.loads(stored.decode("utf-8"))
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise DataError(str(file), f"not a TOML file: {wrong}") from wrong
    lexicons = {
        file.parent.name: Lexicon(file.parent.name, {k: tuple(v) for k, v in table["sets"].items()})
        for file, table in tables.items()
        if file.name == "words.toml"
    }
    rules: list[Rule] = []
    for file, table in tables.items():
        if file.name != "words.toml" and "rule" in table:
            lexicon = lexicons.get(file.parent.name, Lexicon(file.parent.name, {}))
            rules += [_rule(file, entry, table, lexicon) for entry in table["rule"]]
    seen = [rule.id for rule in rules]
    twice = {name for name in seen if seen.count(name) > 1}
    if twice:
        raise DataError(str(folder), f"rule ids used twice: {', '.join(sorted(twice))}")
    if folder != PACKAGED:
        _compile(folder, rules)
    return Ruleset(tuple(rules), lexicons, f"rules:{digest.hexdigest()[:12]}")


def _compile(folder: Path, rules: list[Rule]) -> None:
    for rule in rules:
        for template in rule.templates:
            try:
                _ = template.pattern
            except re.error as wrong:
                raise DataError(
                    str(folder),
                    f"rule {rule.id}: {template.text!r} is no template ({wrong}); see its brackets and slots",
                ) from wrong
        for wordings in rule.needs + rule.unless:
            _ = wordings.search


def _rule(file: Path, entry: dict[str, Any], table: dict[str, Any], lexicon: Lexicon) -> Rule:
    values = {**{k: v for k, v in table.items() if k != "rule"}, **entry}
    name = f"{file}: rule {values.get('id', '?')}"
    for field, allowed in (("kind", KINDS), ("is", NATURES), ("zone", ZONES), ("effect", EFFECTS)):
        if values.get(field, "none" if field == "effect" else None) not in allowed:
            raise DataError(name, f"{field} = {values.get(field)!r}; use one of {', '.join(allowed)}")
    if ("text" in values) == ("needs" in values):
        raise DataError(name, "give either text (a line rule) or needs (a sentence rule)")
    separators = r":=|/©" if values["kind"] == "photo_credit" else r":=|/"
    needs = [_expand(name, need, lexicon) for need in values.get("needs", ())]
    # The longest wording first: "Published on 3 May" is no "Published" with a date "on 3 May".
    texts = sorted(values.get("text", ()), key=lambda text: (text.startswith("{"), -len(text)))
    templates = tuple(Template(text, separators) for text in texts)
    anchors = [lead for template in templates for lead in template.anchors] or [_anchor(item) for item in needs[0]]
    if not all(anchors):
        raise DataError(name, "each text and each item of the first need must begin with words to look for")
    return Rule(
        id=values["id"],
        lang=values.get("lang", lexicon.lang),
        kind=values["kind"],
        nature=values["is"],
        zone=values["zone"],
        effect=values.get("effect", "none"),
        conditions=tuple(values.get("conditions", ())),
        scope=values.get("scope", "article"),
        relevance=values.get("relevance", 80),
        source=values.get("source", "own knowledge"),
        templates=templates,
        needs=tuple(Wordings(need) for need in needs),
        unless=tuple(Wordings(_expand(name, item, lexicon)) for item in values.get("unless", ())),
        anchors=tuple(dict.fromkeys(anchors)),
        # A label with a separator may follow other labels on its line; a bare word may not.
        floating=any(text.startswith("{") for text in texts) or values.get("floating", False),
        positive=tuple(values.get("positive", ())),
        negative=tuple(values.get("negative", ())),
    )


def _expand(name: str, need: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the items of a need: ``@list`` names a list of words.toml, ``a|b`` is written out."""
    items: list[str] = []
    for part in need.split("|"):
        if part.startswith("@"):
            if not lexicon.words(part[1:]):
                raise DataError(name, f"{part} is not a list of {lexicon.lang}/words.toml")
            items += lexicon.words(part[1:])
        else:
            items.append(part)
    return tuple(items)
