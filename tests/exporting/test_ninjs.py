"""IPTC ninjs 3.1: the standard's properties, types and enumerations, transcribed, judge every export."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from colophon.exporting import json_line, ninjs, odrl
from colophon.records import DocumentRecord
from tests.conftest import ROOT
from tests.exporting.records import examples, full, made

TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "tests/cases/exporting/ninjs.toml").read_text(encoding="utf-8")
)
SIMPLE = {
    "text": {"type": "string"},
    "uri": {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"},
    "moment": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
    "count": {"type": "integer"},
}


def shape(form: str | list[str]) -> dict[str, Any]:
    if isinstance(form, list):
        return {"enum": form}
    if form in SIMPLE:
        return SIMPLE[form]
    inner = {"$ref": f"#/$defs/{form[1:-1]}"}
    return {"type": "array", "items": inner} if form.startswith("[") else inner


def table(name: str) -> dict[str, Any]:
    own = {key: form for key, form in TABLES[name].items() if key != "of"}
    rows = {**TABLES[TABLES[name]["of"]], **own} if "of" in TABLES[name] else own
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key.rstrip("!"): shape(form) for key, form in rows.items()},
        "required": [key.rstrip("!") for key in rows if key.endswith("!")],
    }
    if name == "rights":
        schema["oneOf"] = [{"required": ["linkedRights"]}, {"required": ["encodedRights"]}]
    return schema


JUDGE = Draft202012Validator({"$ref": "#/$defs/item", "$defs": {name: table(name) for name in TABLES}})


@pytest.mark.parametrize("record", examples(), ids=lambda r: r.input_id)
def test_the_examples_are_ninjs(record: DocumentRecord) -> None:
    JUDGE.validate(json.loads(json_line(ninjs(record))))


@given(made())
def test_any_record_is_ninjs(record: DocumentRecord) -> None:
    JUDGE.validate(json.loads(json_line(ninjs(record))))


WRONG: dict[str, dict[str, Any]] = {
    "an invented property": {"translatedFrom": "x"},
    "a credit line": {"creditline": "x"},
    "a status of another standard": {"pubStatus": "reserved"},
    "a date without a time": {"firstCreated": "2025-05-06"},
    "a time without a zone": {"versionCreated": "2025-05-06T10:00:00"},
    "a role on a person": {"people": [{"name": "x", "role": "translator"}]},
    "rights without a link or words": {"rightsInfo": {"langId": "http://www.w3.org/ns/odrl/2/"}},
    "an association without an address": {"associations": [{"name": "x"}]},
    "a body without words": {"bodies": [{"role": "main"}]},
    "a path as an address": {"uri": "articles/ferry.txt"},
}


@pytest.mark.parametrize("change", WRONG)
def test_the_check_itself_finds_what_is_wrong(change: str) -> None:
    assert not JUDGE.is_valid({**ninjs(full()), **WRONG[change]})


class TestWhatIsSaid:
    def test_a_ban_is_withheld_and_silence_is_partial(self) -> None:
        reserved = next(r for r in examples() if r.access.withheld)
        item = ninjs(reserved)
        assert (item["pubStatus"], item["representationType"]) == ("usable", "partial")
        assert "bodies" not in item
        banned = reserved.reproduction.model_copy(update={"status": "prohibited", "treat_as": "prohibited"})
        assert ninjs(reserved.model_copy(update={"reproduction": banned}))["pubStatus"] == "withheld"

    def test_people_and_sources(self) -> None:
        item = ninjs(full())
        assert item["by"] == "Miriam Halpern, Markup Author"
        assert {"name": "Dana Roth", "rel": "translator"} in item["people"]
        assert not [p for p in item["people"] if p["name"] == "Lingua Bot"]
        assert {"name": "Lingua Bot", "role": "machine-translator"} in item["infoSources"]

    def test_a_date_alone_is_told_and_not_made_into_a_time(self) -> None:
        item = ninjs(full())
        assert "firstCreated" not in item
        told = {"role": "colophon:published", "contentType": "text/plain", "value": "2025-05-06"}
        assert told in item["descriptions"]
        assert item["versionCreated"] == "2025-05-07T10:00:00Z"

    def test_the_original_and_the_fragments_are_associations(self) -> None:
        items = ninjs(full())["associations"]
        assert items[0]["rel"] == "translatedFrom"
        assert (items[0]["uri"], items[0]["language"]) == ("https://example.org/he", "he")
        (english,) = next(i for i in items if i["name"] == "fragment")["associations"]
        assert english["language"] == "en-t-he-t0-und"
        assert english["edNote"].startswith("unreviewed")

    def test_the_decision_travels_as_odrl(self) -> None:
        rights = ninjs(full())["rightsInfo"]
        assert rights["langId"] == "http://www.w3.org/ns/odrl/2/"
        assert json.loads(rights["encodedRights"]) == odrl(full())
