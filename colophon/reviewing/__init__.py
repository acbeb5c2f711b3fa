"""What persons decided since a record was made (``decisions.jsonl``), and records with it applied."""

from colophon.reviewing.applying import Decision, RightsDecision, TranslationReview, decided, reviewer
from colophon.reviewing.decisions import DECISIONS, append_decisions, decided_records, read_decisions
from colophon.reviewing.standing import InForce, in_force

__all__ = [
    "DECISIONS",
    "Decision",
    "InForce",
    "RightsDecision",
    "TranslationReview",
    "append_decisions",
    "decided",
    "decided_records",
    "in_force",
    "read_decisions",
    "reviewer",
]
