"""The two real articles that Colophon exists for, end to end with the embedded model, where they lie."""

import json
from pathlib import Path
from typing import Any

import pytest

from colophon.catalogue import read_catalogue
from colophon.records import DocumentRecord
from colophon.settings import RightsSettings, Settings
from colophon.worker import run

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
EMBEDDED = any(card.id == "colophon-he-en" for card in read_catalogue())

pytestmark = [
    pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not here"),
    pytest.mark.skipif(not EMBEDDED, reason="models/catalogue.toml lists no embedded model"),
]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, DocumentRecord]:
    out = tmp_path_factory.mktemp("seeds")
    settings = Settings(rights=RightsSettings(policy="ignore"))
    run([str(SEEDS / "000-ynet.txt"), str(SEEDS / "004-observer.txt")], out, settings)
    lines = (out / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return {Path(r.source.location).name: r for r in map(DocumentRecord.model_validate_json, lines)}


def expected() -> list[dict[str, Any]]:
    if not SEEDS.is_dir():
        return []
    documents: list[dict[str, Any]] = json.loads((SEEDS / "expected.json").read_text(encoding="utf-8"))["documents"]
    return documents


@pytest.mark.parametrize("wanted", expected(), ids=lambda w: w["file"])
def test_fragments(wanted: dict[str, Any], records: dict[str, DocumentRecord]) -> None:
    record = records[wanted["file"]]
    assert [(f.start, f.end, f.language, f.script, f.role) for f in record.fragments] == [
        (f["start"], f["end"], f["lang"], f["script"], f["role"]) for f in wanted["language_fragments"]
    ]
    assert record.language_tag == wanted.get("language_tag", wanted["document_lang"])


@pytest.mark.parametrize("wanted", expected(), ids=lambda w: w["file"])
def test_statements(wanted: dict[str, Any], records: dict[str, DocumentRecord]) -> None:
    record = records[wanted["file"]]

    def spans(*kinds: str) -> list[tuple[int | None, int | None]]:
        return [(s.start, s.end) for s in record.statements if s.kind in kinds]

    assert spans("photo_credit") == [(c["inner"]["start"], c["inner"]["end"]) for c in wanted["photo_credits"]]
    assert spans("byline") == [(b["start"], b["end"]) for b in wanted["byline"]]
    assert spans("disclaimer", "comment_policy") == [(d["start"], d["end"]) for d in wanted["disclaimers"]]
    source = wanted["source_url"]
    assert spans("source") == ([(source["start"], source["end"])] if source else [])
    assert [s.value for s in record.statements if s.kind == "publisher"][:1] == [wanted["publisher"]["name"]]
    assert spans("published", "translator") == []


@pytest.mark.parametrize("wanted", expected(), ids=lambda w: w["file"])
def test_decision(wanted: dict[str, Any], records: dict[str, DocumentRecord]) -> None:
    decision = records[wanted["file"]].reproduction
    assert decision.status == wanted["reproduction"]["status"]
    assert decision.treat_as == wanted["reproduction"]["treat_as"]
    assert list(decision.reserved_actions) == wanted["reproduction"]["reserved_actions"]
    assert [(n.start, n.end) for n in decision.notices] == [(n["start"], n["end"]) for n in wanted["notices"]]


def test_captions_are_translated_and_say_by_whom(records: dict[str, DocumentRecord]) -> None:
    fragments = records["000-ynet.txt"].fragments
    translations = [f.translation for f in fragments]
    assert len(translations) == 4
    for translation in translations:
        assert translation is not None
        assert translation.text is not None
        assert "Doha" in translation.text
        assert "Qatar" in translation.text
        assert translation.translator.model == "colophon-he-en"
        assert translation.translator.kind == "machine"
        assert translation.target_tag == "en-t-he-t0-und"
    first = translations[0]
    assert first is not None
    assert first.text is not None
    assert {"Trump", "Netanyahu", "Israeli", "strike"} <= set(first.text.replace(",", " ").split())
