"""ODRL 2.2: the information model's MUSTs, its vocabulary, and what each status permits and prohibits."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from colophon.exporting import odrl
from colophon.records import DocumentRecord, Override
from tests.conftest import ROOT
from tests.exporting.records import examples, full, made

WORDS = tomllib.loads((ROOT / "tests/cases/exporting/odrl.toml").read_text(encoding="utf-8"))
RULES = ("permission", "prohibition", "obligation")


def problems(policy: dict[str, Any]) -> Iterator[str]:
    """Yield what the information model forbids; each sentence is one of its MUSTs."""
    if not isinstance(policy.get("uid"), str) or ":" not in policy["uid"]:
        yield "A Policy MUST have one uid property value, of type IRI"
    if policy.get("@type") not in WORDS["policies"]:
        yield "A Policy is of a known subclass"
    if not any(policy.get(kind) for kind in RULES):
        yield "A Policy MUST have at least one permission, prohibition, or obligation"
    if policy.get("conflict", "invalid") not in WORDS["conflicts"]:
        yield "The conflict property SHOULD take one of perm, prohibit, invalid"
    used: set[str] = set()
    for kind in RULES:
        for rule in policy.get(kind, []):
            yield from rule_problems(kind, rule)
            used |= set(rule.get("action", ()))
    if used & set(WORDS["profiled"]) and not policy.get("profile"):
        yield "If the Policy uses terms of an ODRL Profile, it MUST have the profile property"


def rule_problems(kind: str, rule: dict[str, Any]) -> Iterator[str]:
    if not isinstance(rule.get("target"), str):
        yield f"A {kind} MUST have one target property value of type Asset"
    actions = rule.get("action", [])
    if not actions:
        yield f"A {kind} MUST have an action property value"
    yield from (f"{a} is no action" for a in actions if a not in (*WORDS["actions"], *WORDS["profiled"]))
    if kind != "permission" and "duty" in rule:
        yield "Only a permission has a duty"
    for duty in rule.get("duty", []):
        if duty.get("action") not in WORDS["actions"]:
            yield f"A Duty MUST have an action: {duty}"


@pytest.mark.parametrize("record", examples(), ids=lambda r: r.input_id)
def test_the_examples_are_policies(record: DocumentRecord) -> None:
    assert list(problems(odrl(record))) == []


@given(made())
def test_any_record_is_a_policy_without_a_contradiction(record: DocumentRecord) -> None:
    policy = odrl(record)
    assert list(problems(policy)) == []
    permitted, prohibited = actions(policy, "permission"), actions(policy, "prohibition")
    assert not permitted & prohibited
    assert policy["colophon:machine-status"] == record.reproduction.status


WRONG: dict[str, dict[str, Any]] = {
    "no uid": {"uid": None},
    "no rule": {"permission": [], "prohibition": []},
    "an invented action": {"permission": [{"target": "urn:x", "action": ["republish"]}]},
    "no target": {"permission": [{"action": ["reproduce"]}]},
    "an action beyond the vocabulary without a profile": {"profile": None},
    "a duty on a prohibition": {
        "prohibition": [{"target": "urn:x", "action": ["use"], "duty": [{"action": "attribute"}]}]
    },
    "an invented kind": {"@type": "Licence"},
}


@pytest.mark.parametrize("change", WRONG)
def test_the_check_itself_finds_what_is_wrong(change: str) -> None:
    assert list(problems({**odrl(full()), **WRONG[change]}))


def actions(policy: dict[str, Any], kind: str) -> set[str]:
    return {action for rule in policy.get(kind, []) for action in rule["action"]}


def policy_of(**changes: Any) -> dict[str, Any]:
    record = full()
    decision = record.reproduction.model_copy(
        update={"overrides": (), "tdm": "unset", "reserved_actions": (), "conditions": (), "notices": (), **changes}
    )
    if "status" in changes and "treat_as" not in changes:
        treated = "reserved" if changes["status"] == "unknown" else changes["status"]
        decision = decision.model_copy(update={"treat_as": treated})
    return odrl(record.model_copy(update={"reproduction": decision}))


LICENSED = tuple(n for n in full().reproduction.notices if n.spdx)
PASS_ON = {"reproduce", "distribute"}
# Status and what goes with it; permitted, prohibited, duties.
DECISIONS: dict[str, tuple[dict[str, Any], set[str], set[str], list[str]]] = {
    "a ban": ({"status": "prohibited"}, set(), PASS_ON, []),
    "a ban on translating too": (
        {"status": "prohibited", "reserved_actions": ("reproduce", "translate", "adapt")},
        set(),
        PASS_ON | {"translate", "derive"},
        [],
    ),
    "rights reserved": ({"status": "reserved"}, set(), PASS_ON, []),
    "nothing found": ({"status": "unknown"}, set(), PASS_ON, []),
    "a plain grant": ({"status": "permitted"}, PASS_ON, set(), []),
    "CC BY-SA": (
        {"status": "permitted-with-conditions", "conditions": ("attribution", "share-alike"), "notices": LICENSED},
        PASS_ON | {"translate", "derive"},
        set(),
        ["attribute", "cc:ShareAlike"],
    ),
    "CC BY-NC-ND": (
        {
            "status": "permitted-with-conditions",
            "conditions": ("attribution", "non-commercial", "no-derivatives"),
            "reserved_actions": ("translate", "adapt"),
            "notices": LICENSED,
        },
        PASS_ON,
        {"cc:CommercialUse", "translate", "derive"},
        ["attribute"],
    ),
    "a condition without a word": (
        {"status": "permitted-with-conditions", "conditions": ("within-a-week",)},
        PASS_ON,
        set(),
        ["obtainConsent"],
    ),
    "a grant, mining reserved": (
        {"status": "permitted", "tdm": "reserved", "reserved_actions": ("tdm", "ai_train")},
        PASS_ON,
        {"tdm:mine", "colophon:ai-train"},
        [],
    ),
    "mining allowed, nothing else said": ({"status": "unknown", "tdm": "allowed"}, {"tdm:mine"}, PASS_ON, []),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_what_a_status_permits_and_prohibits(case: str) -> None:
    changes, permitted, prohibited, duties = DECISIONS[case]
    policy = policy_of(**changes)
    assert (actions(policy, "permission"), actions(policy, "prohibition")) == (permitted, prohibited)
    assert [d["action"] for rule in policy.get("permission", []) for d in rule.get("duty", [])] == duties


def override(status: str) -> tuple[Override, ...]:
    return (
        Override.model_validate({"status": status, "by": "Gil Tam", "reason": "asked", "at": "2026-11-02T08:00:00Z"}),
    )


class TestAPersonsDecision:
    def test_a_grant_takes_back_the_reservation_but_not_the_signal_on_mining(self) -> None:
        changes = {"status": "reserved", "reserved_actions": ("reproduce", "translate", "tdm"), "tdm": "reserved"}
        policy = policy_of(**changes, overrides=override("permitted"))
        assert actions(policy, "permission") == PASS_ON
        assert actions(policy, "prohibition") == {"tdm:mine"}
        assert (policy["colophon:status"], policy["colophon:machine-status"]) == ("permitted", "reserved")
        assert policy["uid"].endswith("-policy-1")
        assert "Gil Tam" in policy["dcterms:description"]

    def test_a_ban_ends_a_licence(self) -> None:
        policy = policy_of(status="permitted", notices=LICENSED, overrides=override("prohibited"))
        assert (actions(policy, "permission"), actions(policy, "prohibition")) == (set(), PASS_ON)
        assert "dcterms:license" not in policy

    def test_the_last_of_two_holds(self) -> None:
        policy = policy_of(status="reserved", overrides=override("permitted") + override("prohibited"))
        assert actions(policy, "prohibition") == PASS_ON
        assert len(policy["colophon:overrides"]) == 2

    def test_conditions_that_only_the_reason_tells_ask_for_consent(self) -> None:
        policy = policy_of(status="reserved", overrides=override("permitted-with-conditions"))
        (rule,) = policy["permission"]
        assert (set(rule["action"]), rule["duty"]) == (PASS_ON, [{"action": "obtainConsent"}])

    def test_conditions_that_the_machine_found_stay_under_a_persons_grant(self) -> None:
        changes = {"status": "prohibited", "conditions": ("attribution",)}
        policy = policy_of(**changes, overrides=override("permitted-with-conditions"))
        assert [duty["action"] for duty in policy["permission"][0]["duty"]] == ["attribute"]

    def test_not_knowing_is_no_permission(self) -> None:
        policy = policy_of(status="permitted", overrides=override("unknown"))
        assert actions(policy, "permission") == set()


def test_who_grants_is_named_when_one_holder_is() -> None:
    rule = odrl(full())["permission"][0]
    assert rule["assigner"] == {"@type": "Party", "schema:name": "Harbour Post"}
    assert rule["duty"][0]["attributedParty"] == rule["assigner"]
