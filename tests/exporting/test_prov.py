"""W3C PROV: the library's own reader takes it back unchanged, bundles stay apart, and every name is introduced."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from prov.model import ProvDocument

from colophon.errors import MissingExtraError
from colophon.exporting import json_line, prov
from colophon.exporting.prov import prov_document
from colophon.records import DocumentRecord
from tests.conftest import ROOT, environment
from tests.exporting.records import examples, full, made


def read(record: DocumentRecord) -> ProvDocument:
    document = ProvDocument.deserialize(content=json_line(prov(record)), format="json")
    assert isinstance(document, ProvDocument)
    return document


@pytest.mark.parametrize("record", examples(), ids=lambda r: r.input_id)
def test_the_library_reads_it_back_unchanged(record: DocumentRecord) -> None:
    document = read(record)
    assert document == prov_document(record)
    # Every name means one thing: nothing is lost when what is said of it comes together.
    unified = document.unified()
    assert len(list(unified.bundles)) == 2
    for bundle, whole in zip(document.bundles, unified.bundles, strict=True):
        names = {str(r.identifier) for r in bundle.get_records() if r.identifier}
        assert names == {str(r.identifier) for r in whole.get_records() if r.identifier}


@given(made())
def test_so_it_is_for_any_record(record: DocumentRecord) -> None:
    document = read(record)
    assert document == prov_document(record)
    document.unified()
    # PROV-N has the narrowest names of all forms; writing it would warn of one that does not fit.
    assert document.get_provn().startswith("document")


def bundles(record: DocumentRecord) -> tuple[dict[str, Any], dict[str, Any]]:
    found = prov(record)["bundle"]
    claimed, observed = (next(found[name] for name in found if name.endswith(end)) for end in ("claimed", "observed"))
    return claimed, observed


ENDS = {
    "wasAttributedTo": (("prov:entity", "entity"), ("prov:agent", "agent")),
    "wasAssociatedWith": (("prov:activity", "activity"), ("prov:agent", "agent"), ("prov:plan", "entity")),
    "wasGeneratedBy": (("prov:entity", "entity"), ("prov:activity", "activity")),
    "used": (("prov:activity", "activity"), ("prov:entity", "entity")),
    "wasDerivedFrom": (("prov:generatedEntity", "entity"), ("prov:usedEntity", "entity")),
    "specializationOf": (("prov:specificEntity", "entity"), ("prov:generalEntity", "entity")),
    "alternateOf": (("prov:alternate1", "entity"), ("prov:alternate2", "entity")),
    "actedOnBehalfOf": (("prov:delegate", "agent"), ("prov:responsible", "agent"), ("prov:activity", "activity")),
}


@given(made())
def test_every_relation_joins_what_its_bundle_introduces(record: DocumentRecord) -> None:
    for bundle in bundles(record):
        assert set(bundle) <= {*ENDS, "entity", "activity", "agent", "prefix"}
        for relation, ends in ENDS.items():
            for line in bundle.get(relation, {}).values():
                for end, kind in ends:
                    assert end not in line or line[end] in bundle[kind], (relation, line)


class TestBundles:
    def test_claims_and_observations_are_apart(self) -> None:
        claimed, observed = (json.dumps(b, ensure_ascii=False) for b in bundles(full()))
        for name in ("Miriam Halpern", "Dana Roth", "Coast Agency", "https://example.org/he", "Lingua Bot"):
            assert f'"{name}"' in claimed
            assert f'"{name}"' not in observed
        for name in ("he-en", "rules-1", "licence no. 17", "https://example.org/feed", "Gil Tam"):
            assert f'"{name}"' in observed
            assert f'"{name}"' not in claimed

    def test_each_document_has_two_bundles_that_are_entities_too(self) -> None:
        document = prov(full())
        assert sorted(document["bundle"]) == sorted(document["entity"])
        assert [name.rpartition("-")[2] for name in sorted(document["bundle"])] == ["claimed", "observed"]

    def test_who_translated_is_a_person_only_where_the_record_says_so(self) -> None:
        claimed, observed = bundles(full())
        kinds = {a["schema:name"]: a.get("prov:type") for a in claimed["agent"].values()}
        assert kinds["Dana Roth"] is None
        assert kinds["Lingua Bot"]["$"] == "prov:SoftwareAgent"
        assert kinds["Coast Agency"]["$"] == "prov:Organization"
        roles = [a.get("prov:role") for a in claimed["wasAssociatedWith"].values()]
        assert roles.count("translator") == 2
        machine = next(a for name, a in observed["agent"].items() if name.endswith("-translator0"))
        assert machine["prov:type"]["$"] == "prov:SoftwareAgent"

    def test_a_translation_comes_from_its_fragment_by_an_engine_with_a_plan(self) -> None:
        _, observed = bundles(full())
        (line,) = [d for d in observed["wasDerivedFrom"].values() if d["prov:generatedEntity"].endswith("-f0-en")]
        assert line["prov:usedEntity"].endswith("-f0")
        (took,) = [a for a in observed["wasAssociatedWith"].values() if a["prov:activity"] == line["prov:activity"]]
        plan = observed["entity"][took["prov:plan"]]
        assert (plan["colophon:model"], plan["colophon:revision"]) == ("he-en", "r1")

    def test_only_persons_and_the_network_have_times(self) -> None:
        _, observed = bundles(full())
        times = {name.partition("-")[2]: a.get("prov:startTime") for name, a in observed["activity"].items()}
        timed = {name for name, time in times.items() if time}
        assert timed == {"fetching", "deciding-1", "review-f2"}
        assert times["review-f2"].startswith("2026-11-01T08:00:00")

    def test_a_persons_decision_is_a_revision_and_both_stay(self) -> None:
        record = full()
        two = record.reproduction.model_copy(update={"overrides": record.reproduction.overrides * 2})
        _, observed = bundles(record.model_copy(update={"reproduction": two}))
        revisions = [
            (d["prov:generatedEntity"].partition("-")[2], d["prov:usedEntity"].partition("-")[2])
            for d in observed["wasDerivedFrom"].values()
            if "Revision" in str(d.get("prov:type"))
        ]
        assert sorted(revisions) == [("policy-1", "policy"), ("policy-2", "policy-1")]


def test_the_bytes_are_the_same_in_any_process() -> None:
    code = (
        "import sys; from colophon.exporting import json_line, prov; from tests.exporting.records import full;"
        "sys.stdout.buffer.write(json_line(prov(full())).encode())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment(PYTHONHASHSEED=seed),
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    }
    assert len(outputs) == 1


def test_without_the_library_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prov.model", None)
    with pytest.raises(MissingExtraError, match=r'pip install "colophon\[prov\]"'):
        prov(full())
