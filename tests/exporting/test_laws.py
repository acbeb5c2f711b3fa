"""What holds for every form and any record: JSON in UTF-8, pure, and nothing in it that the record does not say."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from colophon.exporting import FORMS, json_line
from colophon.exporting.describing import address, english_tag, local_name
from colophon.provenance import text_sha256
from colophon.records import DocumentRecord, NoticeKind
from tests.exporting.records import CLOSED, full, made, poisoned, strings

# Keys whose values are facts about the document, the people or the machines: they must be in the record.
FACTS = {
    "name", "headline", "text", "articleBody", "url", "creditText", "copyrightNotice", "datePublished", "dateModified",
    "caption", "by", "value", "title", "copyrightHolder", "firstCreated", "versionCreated", "inLanguage", "language",
    "schema:name", "schema:url", "schema:creditText", "prov:value", "dcterms:title", "dcterms:issued",
    "dcterms:modified", "dcterms:language", "dcterms:identifier", "creativeWorkStatus", "schema:softwareVersion",
}  # fmt: skip
# Our own names for things, which are no facts.
OURS = {"decision", "english", "body", "ninjs", "original", "picture", "fragment", "translation", "Colophon"}
OURS |= set(get_args(NoticeKind))


def facts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if key in FACTS:
            yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from facts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from facts(inner, key)


def invented(record: DocumentRecord, form: str) -> list[tuple[str, str]]:
    """Return the facts of an export that the record does not have."""
    known = set(strings(record.model_dump(mode="json"))) | OURS | {address(record), english_tag(record)}
    text = record.body.text or ""
    # Composed of the record's own words, in ways that have tests of their own.
    notices = [n for n in record.reproduction.notices if n.text]
    derived = {
        ", ".join(dict.fromkeys(bylines(record))),
        "\n".join(dict.fromkeys(n.text for n in notices if n.text)),
        "\n".join(dict.fromkeys(n.text for n in notices if n.text and n.kind == "copyright")),
    }
    found = facts(json.loads(json_line(FORMS[form](record))))
    return [
        (key, value)
        for key, value in found
        if value not in known | derived
        and not (key in {"caption", "value"} and value in text)  # what a caption span says
        and not (key == "text" and value.startswith("Reproduction: "))
    ]


def bylines(record: DocumentRecord) -> list[str]:
    mine = [s for s in record.statements if s.kind == "byline" and s.about_article]
    return [s.value for s in sorted(mine, key=lambda s: s.rank)]


@given(made())
@example(full())
def test_no_fact_is_invented(record: DocumentRecord) -> None:
    for form in FORMS:
        assert invented(record, form) == [], form


def test_the_check_itself_finds_an_invention(monkeypatch: pytest.MonkeyPatch) -> None:
    def inventive(_: DocumentRecord) -> dict[str, Any]:
        return {
            "@type": "Article",
            "author": {"@type": "Person", "name": "Nobody"},
            "datePublished": "2025-05-06T00:00:00Z",
        }

    monkeypatch.setitem(FORMS, "schemaorg", inventive)
    assert invented(full(), "schemaorg") == [("name", "Nobody"), ("datePublished", "2025-05-06T00:00:00Z")]


@given(made())
def test_exporting_changes_nothing_and_says_the_same_again(record: DocumentRecord) -> None:
    before = record.model_dump_json()
    for make in FORMS.values():
        assert json_line(make(record)) == json_line(make(record))
    assert record.model_dump_json() == before


@given(
    st.sampled_from(
        [
            "\ud800",
            "a\udfff\ud83d",
            "\x00",
            "\ufeff",
            "</script>",
            "\u2028",
            "\x85",
            "\x9b2J",
            "🔥",
            '"\\',
            "\U000e0041",
        ]
    )
    | st.text()
)
def test_any_words_become_one_line_of_json_in_utf_8(words: str) -> None:
    record = poisoned(full(), words, CLOSED)
    for make in FORMS.values():
        line = json_line(make(record))
        line.encode("utf-8")
        assert len(line.splitlines()) == 1
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize(
    ("id", "digits"),
    [
        ("urn:colophon:9694cc0c252388a6069259db05f7baf8", "9694cc0c252388a6069259db05f7baf8"),
        ("urn:colophon:9694", text_sha256("urn:colophon:9694")[:32]),
        ("any words at all", text_sha256("any words at all")[:32]),
    ],
)
def test_every_record_has_an_address(id: str, digits: str) -> None:
    record = full().model_copy(update={"id": id})
    assert local_name(record) == digits
    assert address(record, "f0") == f"urn:colophon:{digits}-f0"
