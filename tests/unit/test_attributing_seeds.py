"""The two seed articles, where they lie; skipped in a clone that has no ``shared`` folder beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from colophon.attributing import Attributor
from colophon.documents import SourceDocument

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles are not distributed with Colophon")


def expected() -> list[dict[str, Any]]:
    if not SEEDS.is_dir():
        return []
    documents: list[dict[str, Any]] = json.loads((SEEDS / "expected.json").read_text("utf-8"))["documents"]
    return documents


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


@pytest.mark.parametrize("wanted", expected(), ids=lambda d: d["file"])
def test_seed(wanted: dict[str, Any], attributor: Attributor) -> None:
    text = (SEEDS / wanted["file"]).read_bytes().decode("utf-8")
    made = attributor.attribute(SourceDocument.of_text(text))

    def spans(*kinds: str) -> list[tuple[int | None, int | None]]:
        return [(s.start, s.end) for s in made.statements if s.kind in kinds]

    def of(entries: list[dict[str, Any]]) -> list[tuple[int, int]]:
        return [(e["start"], e["end"]) for e in entries]

    assert spans("photo_credit") == of([c["inner"] for c in wanted["photo_credits"]])
    credits = [s for s in made.statements if s.kind == "photo_credit"]
    for statement, credit in zip(credits, wanted["photo_credits"], strict=True):
        assert [(p.start, p.end, p.agency, p.creator) for p in statement.parties] == [
            (p["start"], p["end"], p["agency"], p["creator"]) for p in credit["parties"]
        ]
    assert spans("byline") == of(wanted["byline"])
    assert spans("translator") == []
    assert spans("publisher")[:1] == [
        (wanted["publisher"]["evidence"]["start"], wanted["publisher"]["evidence"]["end"])
    ]
    assert spans("source") == (of([wanted["source_url"]]) if wanted["source_url"] else [])
    assert spans("published", "updated") == []
    assert spans("disclaimer", "comment_policy") == of(wanted["disclaimers"])
    decision = made.reproduction
    rights = wanted["reproduction"]
    assert [(n.start, n.end) for n in decision.notices] == of(wanted["notices"])
    for name in ("status", "treat_as", "review_required", "scope"):
        assert getattr(decision, name) == rights[name]
    assert list(decision.reserved_actions) == rights["reserved_actions"]
    assert decision.tdm == wanted["tdm"]
    if "translation" in wanted:
        assert made.translation_claim.evident == wanted["translation"]["evident"]
        assert made.translation_claim.source_language == wanted["translation"]["source_language"]
        assert made.translation_claim.translator_stated == wanted["translation"]["translator_stated"]
