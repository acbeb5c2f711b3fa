"""What persons decided since a record was made, as records of their own, and a record with them applied.

The machine's decision and translations are never rewritten: a person's decision about reproduction is appended to
them, and a review changes what the disclosure says. A stricter decision withholds the text from then on; a looser
one cannot bring back a text that the record does not hold: run again with ``--policy full --basis "…"``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, Field, StringConstraints

from colophon.errors import DataError
from colophon.provenance import NOT_REVIEWED, reviewed_disclosure
from colophon.records import DocumentRecord, Fragment, Override, Record, Status, TextAccess
from colophon.reviewing.standing import in_force
from colophon.settings import RightsSettings
from colophon.withholding import withhold

_UNREADABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # they shape Arabic and Indic letters and move nothing


def _one_line(words: str) -> str:
    """Return ``words`` without spaces around them; refuse what would not read as one line of text."""
    unreadable = [ch for ch in words if category(ch) in _UNREADABLE and ch not in _JOINERS]
    if unreadable or not words.strip():
        raise ValueError(f"it holds U+{ord(unreadable[0]):04X}" if unreadable else "it is empty")
    return words.strip()


Words = Annotated[str, AfterValidator(_one_line)]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
_REVIEWED = re.compile(r"reviewed by (.+) at (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)")
_STRICTER = ("permitted", "permitted-with-conditions", "reserved", "prohibited")


class RightsDecision(Record):
    """A person's decision about reproduction, for one record."""

    kind: Literal["reproduction"] = "reproduction"
    record: str
    status: Status
    by: Words
    reason: Words
    at: Moment


class TranslationReview(Record):
    """A person's review of translations of one record, or its withdrawal; ``fragments`` are numbers in the record."""

    kind: Literal["translations"] = "translations"
    record: str
    fragments: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    state: Literal["reviewed", "unreviewed"]
    by: Words
    reason: Words
    at: Moment


Decision = RightsDecision | TranslationReview


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviewed a translation, and when (UTC)."""

    by: str
    at: str


def reviewer(state: str) -> Reviewer | None:
    """Return who a review state names.

    >>> reviewer("reviewed by Dana Roth at 2026-11-26T15:00:00Z"), reviewer("unreviewed")
    (Reviewer(by='Dana Roth', at='2026-11-26T15:00:00Z'), None)
    """
    found = _REVIEWED.fullmatch(state)
    return Reviewer(found[1], found[2]) if found else None


def decided(record: DocumentRecord, decisions: Sequence[Decision], limits: RightsSettings) -> DocumentRecord:
    """Return ``record`` with the decisions that name it, in order; ``limits`` bound the quotes of a withheld text.

    Raises DataError when a review names a fragment that has no translation.
    """
    mine = [decision for decision in decisions if decision.record == record.id]
    if not mine:
        return record
    reviews = [decision for decision in mine if isinstance(decision, TranslationReview)]
    record = _with_reviews(record, reviews) if reviews else record
    overrides = [d for d in mine if isinstance(d, RightsDecision)]
    record = _with_overrides(record, overrides, limits) if overrides else record
    return record.model_copy(update={"needs_review": _needs_review(record)})


def translations_like(record: DocumentRecord, number: int) -> list[int]:
    """Return the numbers of the fragments that have the translation of fragment ``number``: its repetitions too."""
    wanted = record.fragments[number]
    return [
        place
        for place, fragment in enumerate(record.fragments)
        if fragment.translation is not None
        and wanted.translation is not None
        and (fragment.language, fragment.translation.sha256) == (wanted.language, wanted.translation.sha256)
    ]


def _with_reviews(record: DocumentRecord, reviews: Sequence[TranslationReview]) -> DocumentRecord:
    fragments = list(record.fragments)
    for review in reviews:
        state = f"reviewed by {review.by} at {review.at}" if review.state == "reviewed" else "unreviewed"
        for number in review.fragments:
            if number >= len(fragments) or fragments[number].translation is None:
                raise DataError(
                    record.id, f"the review of {review.at} names fragment {number}, which has no translation"
                )
            fragments[number] = _reviewed(fragments[number], state)
    disclosed = None if record.disclosure is None else _document_disclosure(record.disclosure, fragments)
    return record.model_copy(update={"fragments": tuple(fragments), "disclosure": disclosed})


def _reviewed(fragment: Fragment, state: str) -> Fragment:
    made = fragment.translation
    assert made is not None
    # The sentence to change ends with what the state before it said.
    before = made.disclosure.removesuffix(f"{made.review}.") if reviewer(made.review) else made.disclosure
    words = NOT_REVIEWED if state == "unreviewed" else state
    changed = made.model_copy(update={"review": state, "disclosure": reviewed_disclosure(before, words)})
    return fragment.model_copy(update={"translation": changed})


def _document_disclosure(sentence: str, fragments: Sequence[Fragment]) -> str:
    """Return the sentence with what was reviewed by whom: once when it is all, else with numbers of passages."""
    states = Counter(
        f.translation.review
        for f in fragments
        if f.translation is not None and f.translation.translator.kind == "machine"
    )
    words = {state: NOT_REVIEWED if state == "unreviewed" else state for state in states}
    if len(states) == 1:
        return reviewed_disclosure(sentence, next(iter(words.values())))
    return reviewed_disclosure(sentence, ", ".join(f"{states[state]} {words[state]}" for state in states))


def _with_overrides(
    record: DocumentRecord, decisions: Sequence[RightsDecision], limits: RightsSettings
) -> DocumentRecord:
    """Append the decisions; withhold the text when the last of them is stricter than the machine's."""
    machine = record.reproduction
    appended = [Override(status=d.status, by=d.by, reason=d.reason, at=d.at) for d in decisions]
    decision = machine.model_copy(update={"overrides": (*machine.overrides, *appended)})
    record = record.model_copy(update={"reproduction": decision})
    now = in_force(record)
    if record.access.withheld or _STRICTER.index(now.treat_as) <= _STRICTER.index(machine.treat_as):
        return record
    if now.open:
        return record
    reason = f"reproduction is {now.status}, decided by {appended[-1].by}"
    access = TextAccess(
        policy=record.access.policy, withheld=("body", "english"), reason=reason, basis=record.access.basis
    )
    return withhold(record.model_copy(update={"access": access}), limits)


def _needs_review(record: DocumentRecord) -> bool:
    """Say what is still to be looked at: a decision that no person took, an issue of what no person reviewed."""
    undecided = record.reproduction.review_required and not record.reproduction.overrides
    return undecided or any(
        issue.fragment is None or not _is_reviewed(record.fragments[issue.fragment]) for issue in record.issues
    )


def _is_reviewed(fragment: Fragment) -> bool:
    return fragment.translation is not None and reviewer(fragment.translation.review) is not None
