"""The text policy, acting: what a record keeps of a text that may not be passed on."""

from typing import Literal

from colophon.errors import UsageError
from colophon.records import (
    Body,
    DocumentRecord,
    Fragment,
    Issue,
    Notice,
    Party,
    Reproduction,
    Statement,
    StatementKind,
    TextAccess,
)
from colophon.settings import RightsSettings

Withheld = Literal["body", "english", "fragments", "translations", "quotes"]
# Order of TextAccess.withheld, so that equal decisions give equal bytes.
_ORDER: tuple[Withheld, ...] = ("body", "english", "fragments", "translations", "quotes")
# Their value is a sentence of the text, not a fact about it.
_SENTENCES: frozenset[StatementKind] = frozenset({"disclaimer", "comment_policy", "correction", "machine_translation"})


def check_policy(rights: RightsSettings) -> None:
    """Raise UsageError when the policy keeps protected text without saying on what ground."""
    if rights.policy == "full" and not (rights.basis or "").strip():
        raise UsageError(
            'policy "full" keeps protected text: say on what ground, e.g. --basis "licence no. 17 of 2026"'
        )


def access_of(reproduction: Reproduction, rights: RightsSettings) -> TextAccess:
    """Decide whether the text is withheld; what exactly is filled in by ``withhold``."""
    open_text = reproduction.treat_as in ("permitted", "permitted-with-conditions")
    if rights.policy in ("full", "ignore") or (open_text and rights.policy == "quote"):
        return TextAccess(policy=rights.policy, withheld=(), reason=None, basis=rights.basis)
    if reproduction.status == "unknown":
        reason = "no grant found: treated as reserved"
    elif rights.policy == "metadata-only":
        reason = f"policy metadata-only; reproduction is {reproduction.status}"
    else:
        reason = f"reproduction is {reproduction.status}"
    return TextAccess(policy=rights.policy, withheld=("body", "english"), reason=reason, basis=rights.basis)


def withhold(record: DocumentRecord, rights: RightsSettings) -> DocumentRecord:
    """Return the record without what its ``access`` withholds: hashes, offsets and languages stay.

    Under ``quote``, fragments and translations stay while each is at most ``longest_quote`` code points and all
    together are at most ``largest_share`` of the text; evidence while each is at most ``longest_quote`` and all
    together are at most ``most_evidence``. Under ``metadata-only`` none does: names, dates and addresses stay.
    """
    if not record.access.withheld:
        return record
    budget = _Budget(rights, record.body.length)
    notices = tuple(_quoted(n, budget) for n in record.reproduction.notices)
    clues = tuple(_quoted(n, budget) for n in record.reproduction.clues)
    statements = tuple(_statement(s, budget) for s in record.statements)
    fragments = tuple(_fragment(f, budget) for f in record.fragments)
    gone: set[Withheld] = {"body", "english", *budget.refused}
    return record.model_copy(
        update={
            "body": _emptied(record.body),
            "english": _emptied(record.english),
            "fragments": fragments,
            "statements": statements,
            "issues": tuple(_issue(i, budget) for i in record.issues),
            "reproduction": record.reproduction.model_copy(update={"notices": notices, "clues": clues}),
            "access": record.access.model_copy(update={"withheld": tuple(w for w in _ORDER if w in gone)}),
        }
    )


class _Budget:
    """What may still be quoted. Equal words count once: repeating a caption quotes nothing more."""

    def __init__(self, rights: RightsSettings, length: int) -> None:
        self.metadata_only = rights.policy == "metadata-only"
        self._longest = rights.longest_quote
        self._left = {"text": int(length * rights.largest_share), "evidence": rights.most_evidence}
        self._seen: set[tuple[str, str]] = set()
        self.refused: set[Withheld] = set()

    def allows(self, words: str, part: Withheld) -> bool:
        """Say whether ``words`` may stay, and count them."""
        purse = "evidence" if part == "quotes" else "text"
        kept = not self.metadata_only and len(words) <= self._longest
        if kept and (purse, words) not in self._seen:
            kept = len(words) <= self._left[purse]
            if kept:
                self._left[purse] -= len(words)
                self._seen.add((purse, words))
        if not kept:
            self.refused.add(part)
        return kept

    def cut(self, words: str, *, sentence: bool = False) -> str:
        """Return ``words``, shortened where they are longer than a quote; a sentence goes where no quote may stay."""
        longest = 0 if sentence and self.metadata_only else self._longest
        return words if len(words) <= longest else words[: max(0, longest - 1)] + "…"


def _emptied(body: Body) -> Body:
    return body.model_copy(update={"text": None})


def _quoted(notice: Notice, budget: _Budget) -> Notice:
    holder = None if notice.holder is None else budget.cut(notice.holder)
    text = notice.text if notice.text is not None and budget.allows(notice.text, "quotes") else None
    return notice.model_copy(update={"text": text, "holder": holder})


def _statement(statement: Statement, budget: _Budget) -> Statement:
    kept = statement.text is not None and budget.allows(statement.text, "quotes")
    lost = statement.text is not None and not kept
    return statement.model_copy(
        update={
            "text": statement.text if kept else None,
            "value": budget.cut(statement.value, sentence=statement.kind in _SENTENCES),
            "parties": tuple(_party(p, budget) for p in statement.parties) if lost else statement.parties,
        }
    )


def _party(party: Party, budget: _Budget) -> Party:
    names = {"creator": party.creator, "outlet": party.outlet, "agency": party.agency}
    cut = {role: None if name is None else budget.cut(name) for role, name in names.items()}
    return party.model_copy(update={"text": None, **cut})


def _issue(issue: Issue, budget: _Budget) -> Issue:
    """Shorten what sources contradict each other about: they may quote themselves at length."""
    conflict = issue.code.startswith("conflicting-")
    return issue.model_copy(update={"detail": budget.cut(issue.detail)}) if conflict else issue


def _fragment(fragment: Fragment, budget: _Budget) -> Fragment:
    changes: dict[str, object] = {}
    if fragment.text is not None and not budget.allows(fragment.text, "fragments"):
        changes["text"] = None
    made = fragment.translation
    # A translation is an adaptation: it is bound by the same limits, and never outlives its source.
    if made is not None and made.text is not None:
        if "text" in changes:
            budget.refused.add("translations")
        if "text" in changes or not budget.allows(made.text, "translations"):
            changes["translation"] = made.model_copy(update={"text": None, "glossary_terms": ()})
    return fragment.model_copy(update=changes) if changes else fragment
