"""The text policy, acting: what a record keeps of a text that may not be passed on."""

from typing import Literal

from colophon.errors import UsageError
from colophon.records import Body, DocumentRecord, Fragment, Notice, Reproduction, Statement, TextAccess
from colophon.settings import RightsSettings

Withheld = Literal["body", "english", "fragments", "translations", "quotes"]
# Order of TextAccess.withheld, so that equal decisions give equal bytes.
_ORDER: tuple[Withheld, ...] = ("body", "english", "fragments", "translations", "quotes")


def check_policy(rights: RightsSettings) -> None:
    """Raise UsageError when the policy keeps protected text without saying on what ground."""
    if rights.policy == "full" and not (rights.basis or "").strip():
        raise UsageError('policy "full" keeps protected text: say on what ground, e.g. --basis "licence no. 17 of 2026"')


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

    Under ``quote``, fragments, translations and evidence stay while each is at most ``longest_quote`` code
    points and all together are at most ``largest_share`` of the text; under ``metadata-only`` none does.
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
            "reproduction": record.reproduction.model_copy(update={"notices": notices, "clues": clues}),
            "access": record.access.model_copy(update={"withheld": tuple(w for w in _ORDER if w in gone)}),
        }
    )


class _Budget:
    """What may still be quoted. Equal words count once: repeating a caption quotes nothing more."""

    def __init__(self, rights: RightsSettings, length: int) -> None:
        self._metadata_only = rights.policy == "metadata-only"
        self.longest = rights.longest_quote
        self._left = int(length * rights.largest_share)
        self._seen: set[str] = set()
        self.refused: set[Withheld] = set()

    def allows(self, words: str, part: Withheld, *, evidence: bool = False) -> bool:
        """Say whether ``words`` may stay. Evidence of rights is short by nature and bound by length only."""
        kept = not self._metadata_only and len(words) <= self.longest
        if kept and not evidence and words not in self._seen:
            kept = len(words) <= self._left
            if kept:
                self._left -= len(words)
                self._seen.add(words)
        if not kept:
            self.refused.add(part)
        return kept


def _emptied(body: Body) -> Body:
    return body.model_copy(update={"text": None})


def _quoted(notice: Notice, budget: _Budget) -> Notice:
    if notice.text is None or budget.allows(notice.text, "quotes", evidence=True):
        return notice
    return notice.model_copy(update={"text": None})


def _statement(statement: Statement, budget: _Budget) -> Statement:
    if statement.text is None or budget.allows(statement.text, "quotes", evidence=True):
        return statement
    longest = max(0, budget.longest - 1)
    value = statement.value if len(statement.value) <= longest + 1 else statement.value[:longest] + "…"
    return statement.model_copy(update={"text": None, "value": value})


def _fragment(fragment: Fragment, budget: _Budget) -> Fragment:
    changes: dict[str, object] = {}
    if fragment.text is not None and not budget.allows(fragment.text, "fragments"):
        changes["text"] = None
    made = fragment.translation
    # A translation is an adaptation: it is bound by the same limits, and never outlives its source.
    if made is not None and made.text is not None and ("text" in changes or not budget.allows(made.text, "translations")):
        budget.refused.add("translations")
        changes["translation"] = made.model_copy(update={"text": None})
    return fragment.model_copy(update=changes) if changes else fragment

