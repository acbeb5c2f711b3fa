"""The decision in force as an ODRL 2.2 policy (W3C Recommendation, 15 February 2018).

``unknown`` and ``reserved`` become prohibitions, as a prohibition does: ODRL has no word for "not granted", and a
reader who knows ODRL alone must not take silence for a permission. Which it was stands beside it in Colophon's own
terms. Two actions are not in ODRL's vocabulary: ``tdm:mine`` (W3C TDMRep) and ``colophon:ai-train``.
"""

from typing import Any

from colophon.exporting.describing import (
    address,
    decision_sentence,
    licence_uri,
    licences,
    sole_holder,
)
from colophon.records import Action, DocumentRecord, Notice, Override
from colophon.reviewing import InForce, in_force

Policy = dict[str, Any]
PROFILE = "urn:colophon:odrl:profile:1"
CONTEXT = [
    "http://www.w3.org/ns/odrl.jsonld",
    {
        "cc": "http://creativecommons.org/ns#",
        "tdm": "http://www.w3.org/ns/tdmrep#",
        "dcterms": "http://purl.org/dc/terms/",
        "schema": "https://schema.org/",
        "colophon": "urn:colophon:odrl:",
    },
]
_WORDS: dict[Action, tuple[str, ...]] = {
    "reproduce": ("reproduce", "distribute"),
    "translate": ("translate",),
    "adapt": ("derive",),
    "tdm": ("tdm:mine",),
    "ai_train": ("colophon:ai-train",),
}
_PASSING_ON: tuple[Action, ...] = ("reproduce",)
# A condition without a word here asks for consent: stricter than the notice, never looser.
_DUTIES = {"attribution": "attribute", "share-alike": "cc:ShareAlike"}
_LIMITS = {"non-commercial": ("cc:CommercialUse",), "no-derivatives": ("translate", "derive")}


def odrl(record: DocumentRecord) -> Policy:
    """Return the decision as a ``Set``: what it permits, with duties, and what it prohibits."""
    now = in_force(record)
    permitted, prohibited = _actions(record, now)
    changes = len(record.reproduction.overrides)
    policy: Policy = {
        "@context": CONTEXT,
        "@type": "Set",
        "uid": address(record, f"policy-{changes}" if changes else "policy"),
        "profile": PROFILE,
        "conflict": "prohibit",
    }
    if permitted:
        policy["permission"] = [_rule(record, permitted, _duties(record, now))]
    if prohibited:
        policy["prohibition"] = [_rule(record, prohibited, [])]
    return {**policy, **_explained(record, now)}


def _actions(record: DocumentRecord, now: InForce) -> tuple[list[str], list[str]]:
    """Return the actions that are permitted and those that are prohibited; no action is both."""
    closed = [word for action in now.reserved for word in _WORDS[action]]
    opened: list[str] = []
    if now.open:
        opened = [word for action in _PASSING_ON for word in _WORDS[action]]
        # The Creative Commons licences grant these by name; a bare "may be reprinted" does not.
        if any(licence_uri(spdx) for spdx in licences(record)):
            opened += ["translate", "derive"]
        closed += [word for condition in now.conditions for word in _LIMITS.get(condition, ())]
    else:
        closed += [word for action in _PASSING_ON for word in _WORDS[action]]
    if record.reproduction.tdm == "allowed":
        opened.append("tdm:mine")
    closed = list(dict.fromkeys(closed))
    return [action for action in dict.fromkeys(opened) if action not in closed], closed


def _duties(record: DocumentRecord, now: InForce) -> list[Policy]:
    duties: list[Policy] = []
    holder = sole_holder(record)
    for condition in now.conditions:
        if condition in _LIMITS:
            continue
        duty: Policy = {"action": _DUTIES.get(condition, "obtainConsent")}
        if duty["action"] == "attribute" and holder is not None:
            duty["attributedParty"] = _party(holder)
        if duty not in duties:
            duties.append(duty)
    # A person may have put the conditions into the reason's words: whoever reads ODRL alone must ask.
    if now.treat_as == "permitted-with-conditions" and not now.conditions:
        duties.append({"action": "obtainConsent"})
    return duties


def _rule(record: DocumentRecord, actions: list[str], duties: list[Policy]) -> Policy:
    holder = sole_holder(record)
    rule: Policy = {"target": address(record), "action": actions}
    if holder is not None:
        rule["assigner"] = _party(holder)
    return {**rule, "duty": duties} if duties else rule


def _party(name: str) -> Policy:
    return {"@type": "Party", "schema:name": name}


def _explained(record: DocumentRecord, now: InForce) -> Policy:
    """Return how the decision was made, in terms of Dublin Core and Colophon's own."""
    machine = record.reproduction
    found: Policy = {
        "dcterms:description": decision_sentence(record),
        "dcterms:identifier": record.id,
        "dcterms:license": [licence_uri(spdx) or spdx for spdx in licences(record)],
        "colophon:status": now.status,
        "colophon:machine-status": machine.status,
        "colophon:conditions": list(machine.conditions),
        "colophon:reserved-actions": list(machine.reserved_actions),
        "colophon:scope": machine.scope,
        "colophon:conflict": machine.conflict,
        "colophon:review-required": machine.review_required,
        "colophon:tdm": machine.tdm,
        "colophon:tdm-signals": list(machine.tdm_signals),
        "colophon:decided-by": machine.decided_by,
        "colophon:notices": [_own(n) for n in machine.notices],
        "colophon:clues": [_own(n) for n in machine.clues],
        "colophon:overrides": [_own(o) for o in machine.overrides],
    }
    return {key: value for key, value in found.items() if value is not None and value != []}


def _own(evidence: Notice | Override) -> Policy:
    """Return a record's part under names of our own, so that JSON-LD keeps them apart from ODRL's."""
    fields = evidence.model_dump(mode="json", exclude_none=True)
    return {f"colophon:{name.replace('_', '-')}": value for name, value in fields.items()}
