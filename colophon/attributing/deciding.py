"""From notices to a decision: scope, strictness, conflict. The order is the one documented in docs/provenance.md."""

from dataclasses import dataclass
from typing import Literal

from colophon import records

_STRICTNESS: tuple[records.Status, ...] = (
    "prohibited",
    "permitted-with-conditions",
    "permitted",
    "reserved",
    "unknown",
)
_ACTIONS: tuple[records.Action, ...] = ("reproduce", "translate", "adapt", "tdm", "ai_train")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One notice, alone, with what it would decide; ``start`` and ``end`` are of the original text."""

    start: int
    end: int
    kind: records.NoticeKind
    effect: records.Status
    conditions: tuple[str, ...]
    actions: tuple[records.Action, ...]
    scope: str
    named_licence: bool
    by_permission: bool = False  # a syndication that says so; "first published in" alone takes no grant back


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmSignals:
    """Machine-readable reservations of text and data mining; they decide nothing about republication."""

    value: Literal["unset", "reserved", "allowed"] = "unset"
    signals: tuple[str, ...] = ()
    ai_train: bool = False


def decide(
    findings: list[Finding],
    notices: tuple[records.Notice, ...],
    clues: tuple[records.Notice, ...],
    *,
    tdm: TdmSignals,
    signature: str,
    cut: bool = False,
) -> records.Reproduction:
    """Return the decision; the strictest finding about the article wins, and disagreement is recorded.

    ``cut`` says that the text seems to end too early: a grant does not count then, as what took it back may be lost.
    """
    about = [f for f in findings if f.scope in ("article", "site")]
    # "All rights reserved" beside a named licence takes nothing back; neither does exclusivity.
    licensed = any(f.named_licence for f in about)
    weighed = [f for f in about if not (licensed and f.effect == "reserved" and f.kind != "syndication")]
    status: records.Status = min((f.effect for f in weighed), key=_STRICTNESS.index, default="unknown")
    # Permission was given to the republisher, who cannot pass it on: it outranks a bare grant, never a licence.
    if status in ("permitted", "permitted-with-conditions") and not licensed and any(f.by_permission for f in weighed):
        status = "reserved"
    doubted = cut and status in ("permitted", "permitted-with-conditions")
    status = "reserved" if doubted else status
    deciding = [f for f in weighed if f.effect == status]
    grants = {"permitted", "permitted-with-conditions"}
    effects = {f.effect for f in weighed}
    conflict = "prohibited" in effects and bool(effects & grants)
    conditions = dict.fromkeys(c for f in weighed if f.effect in grants | {"prohibited"} for c in f.conditions)
    reserved = {a for f in deciding if status in ("prohibited", "reserved") for a in f.actions}
    if "no-derivatives" in conditions:
        reserved |= {"translate", "adapt"}
    if tdm.value == "reserved":
        reserved.add("tdm")
    if tdm.ai_train:
        reserved.add("ai_train")
    scope = None
    if (deciding or doubted) and status != "unknown":
        scope = "site" if all(f.scope == "site" for f in deciding) else "article"
    return records.Reproduction(
        status=status,
        treat_as="reserved" if status == "unknown" else status,
        conditions=tuple(conditions) if status != "reserved" else (),
        reserved_actions=tuple(a for a in _ACTIONS if a in reserved),
        scope=scope,
        notices=notices,
        clues=clues,
        conflict=conflict,
        tdm=tdm.value,
        tdm_signals=tdm.signals,
        review_required=status == "unknown" or conflict or cut,
        decided_by=signature,
    )
