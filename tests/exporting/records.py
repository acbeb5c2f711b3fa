"""Records to export: one that says everything a record can, the committed examples, and any that the pipeline makes."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from colophon.documents import MetadataClaim, SourceDocument
from colophon.provenance import text_sha256
from colophon.records import DocumentRecord, Override
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import process_batch
from tests.conftest import ROOT
from tests.property.strategies import WRITABLE

TEXT = (
    "Ferry returns\nBy Miriam Halpern. Edited by Adam Roy. With Ben Ode. Translated by Dana Roth, by Lingua Bot.\n"
    "המעבורת בנמל הישן\n(Photo: Noa Lavi/Harbour Post/Coast Agency)\nהמעבורת בנמל הישן\n"
    "Harbour Post, Coast Agency, 2025-05-06, 2025-05-07T10:00:00Z. Source: https://example.org/he\n"
    "Machine translated. Views are the author's. Comments are moderated. Corrected: the year. CC BY-SA 4.0.\n"
    "© Harbour Post\n“Do not copy”\nDie Fähre\n"
)


def full() -> DocumentRecord:
    """Return a record in which no field is empty, and every kind of statement and notice occurs."""
    value = json.loads((ROOT / "schemas/examples/valid/caption-translated.json").read_text(encoding="utf-8"))
    made = _translation("The ferry in the old harbour")
    human = {
        **_translation("The ferry"),
        "target_tag": "en-t-de",
        "review": "reviewed by Gil Tam at 2026-11-01T08:00:00Z",
    }
    human["translator"] = {"kind": "human", "engine": None, "model": None, "revision": None, "model_sha256": None}
    caption, german = "המעבורת בנמל הישן", "Die Fähre"
    first, second = TEXT.index(caption), TEXT.rindex(caption)
    fragments = [
        _fragment(caption, first, "he", "Hebr", made),
        {**_fragment(caption, second, "he", "Hebr", None), "duplicate_of": 0},
        _fragment(german, TEXT.index(german), "de", "Latn", human),
    ]
    english = TEXT.replace(caption, made["text"], 1).replace(german, human["text"])
    value |= {
        "body": _body(TEXT),
        "english": _body(english),
        "language_tag": "en-t-he",
        "fragments": fragments,
        "statements": list(_statements()),
        "translation_claim": {
            "evident": True,
            "translator_stated": True,
            "source_language": "he",
            "basis": "translator is stated",
        },
        "reproduction": _reproduction(),
        "access": {"policy": "full", "withheld": [], "reason": "none is withheld", "basis": "licence no. 17"},
        "issues": [{"code": "low-confidence", "detail": "look here", "fragment": 0}],
        "needs_review": True,
    }
    value["source"] |= {"repairs": ["one", "two"], "retrieval": _retrieval()}
    return DocumentRecord.model_validate(value)


def _retrieval() -> dict[str, Any]:
    return {
        "requested": "https://example.org/f",
        "redirects": ["https://example.org/g"],
        "announced_by": "https://example.org/feed",
        "fetched_at": "2026-11-20T07:00:00Z",
        "headers": [["etag", "abc"]],
    }


def _body(text: str) -> dict[str, Any]:
    return {"text": text, "length": len(text), "sha256": text_sha256(text)}


def _translation(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "sha256": text_sha256(text),
        "target_tag": "en-t-he-t0-und",
        "confidence": 0.5,
        "flags": ["low-confidence"],
        "glossary_terms": ["ferry"],
        "review": "unreviewed",
        "disclosure": "Translated from Hebrew into English by machine (m); not reviewed by a person.",
        "translator": {
            "kind": "machine",
            "engine": "ctranslate2 4.6.0",
            "model": "he-en",
            "revision": "r1",
            "model_sha256": text_sha256("m"),
        },
    }


def _fragment(text: str, start: int, language: str, script: str, made: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "start": start,
        "end": start + len(text),
        "text": text,
        "language": language,
        "script": script,
        "confidence": 0.9,
        "method": "script",
        "evidence": "letters",
        "rival": "yi",
        "margin": 2.5,
        "role": "caption",
        "duplicate_of": None,
        "translation": made,
        "untranslated_because": None if made else "disabled",
    }


def _statements() -> Iterator[dict[str, Any]]:
    words = {
        "title": "Ferry returns",
        "byline": "Miriam Halpern",
        "editor": "Adam Roy",
        "contributor": "Ben Ode",
        "translator": "Dana Roth",
        "agency": "Coast Agency",
        "publisher": "Harbour Post",
        "published": "2025-05-06",
        "updated": "2025-05-07T10:00:00Z",
        "source": "https://example.org/he",
        "machine_translation": "Machine translated.",
        "disclaimer": "Views are the author's.",
        "comment_policy": "Comments are moderated.",
        "correction": "Corrected: the year.",
        "licence": "CC BY-SA 4.0",
        "copyright": "© Harbour Post",
    }
    for rank, (kind, text) in enumerate(words.items()):
        yield {**_statement(kind, text), "rank": rank, "source_language": "he" if kind == "translator" else None}
    yield {**_statement("translator", "Lingua Bot"), "machine": True, "rank": 90}
    names = {"creator": "Noa Lavi", "outlet": "Harbour Post", "agency": "Coast Agency"}
    party = {**_place("Noa Lavi/Harbour Post/Coast Agency"), **names}
    caption = TEXT.index("המעבורת")
    credit = _statement("photo_credit", "Photo: Noa Lavi/Harbour Post/Coast Agency")
    yield {**credit, "parties": [party], "caption": [caption, caption + 17], "zone": "caption"}
    outside = {
        **_statement("byline", "Miriam Halpern"),
        "start": None,
        "end": None,
        "text": None,
        "value": "Markup Author",
    }
    yield {**outside, "origin": "jsonld", "zone": None, "rank": 91}


def _statement(kind: str, text: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "value": text,
        **_place(text),
        "origin": "text",
        "rule": f"en.{kind}",
        "basis": "stated",
        "zone": "line",
        "rank": 0,
        "parties": [],
        "caption": None,
        "machine": False,
        "source_language": None,
        "about_article": kind != "comment_policy",
    }


def _place(text: str) -> dict[str, Any]:
    start = TEXT.index(text)
    return {"start": start, "end": start + len(text), "text": text}


def _reproduction() -> dict[str, Any]:
    notice = {
        "language": "en",
        "zone": "tail",
        "relevance": 90,
        "quoted": False,
        "holder": "Harbour Post",
        "spdx": None,
    }
    licence, line, clue = "CC BY-SA 4.0.", "© Harbour Post", "Do not copy"
    notices = [
        {
            **notice,
            **_place(licence),
            "kind": "licence",
            "rule": "l",
            "sha256": text_sha256(licence),
            "spdx": "CC-BY-SA-4.0",
        },
        {**notice, **_place(line), "kind": "copyright", "rule": "c", "sha256": text_sha256(line)},
    ]
    person = {"by": "Gil Tam", "reason": "asked", "at": "2026-11-02T08:00:00Z"}
    quoted = {**notice, **_place(clue), "kind": "reproduction_prohibited", "rule": "q", "sha256": text_sha256(clue)}
    return {
        "status": "permitted-with-conditions",
        "treat_as": "permitted-with-conditions",
        "conditions": ["attribution", "share-alike"],
        "reserved_actions": ["ai_train"],
        "scope": "article",
        "notices": notices,
        "clues": [{**quoted, "quoted": True}],
        "conflict": True,
        "tdm": "reserved",
        "tdm_signals": ["meta: tdm-reservation=1"],
        "review_required": True,
        "decided_by": "rules-1",
        "overrides": [{"status": "permitted-with-conditions", **person}],
    }


def examples() -> list[DocumentRecord]:
    """Return the committed examples and the full record."""
    paths = sorted((ROOT / "schemas/examples/valid").glob("*.json"))
    return [*(DocumentRecord.model_validate_json(p.read_text(encoding="utf-8")) for p in paths), full()]


CLAIMS = st.lists(
    st.sampled_from(
        (
            MetadataClaim("jsonld", "author", "Miriam Halpern"),
            MetadataClaim("opengraph", "og:site_name", "Harbour Post"),
            MetadataClaim("meta", "tdm-reservation", "1"),
            MetadataClaim("meta", "robots", "noai"),
            MetadataClaim("jsonld", "license", "https://creativecommons.org/licenses/by/4.0/"),
            MetadataClaim("opengraph", "article:published_time", "2025-05-06T07:08:09+02:00"),
            MetadataClaim("jsonld", "datePublished", "2025-05-06"),
        )
    ),
    max_size=4,
)
OVERRIDES = st.lists(
    st.builds(
        Override,
        status=st.sampled_from(("prohibited", "reserved", "permitted", "permitted-with-conditions", "unknown")),
        by=st.sampled_from(("Dana Roth", "</script>", "דנה רות")),
        reason=st.text(max_size=9),
        at=st.sampled_from(("2026-11-26T15:00:00Z", "yesterday")),
    ),
    max_size=2,
)
POLICIES = st.sampled_from(
    [RightsSettings(policy="full", basis="own"), RightsSettings(), RightsSettings(policy="metadata-only")]
)


@st.composite
def made(draw: st.DrawFn) -> DocumentRecord:
    """Draw a record as the pipeline makes it, from any text, with a person's decisions appended."""
    document = SourceDocument.of_text(
        draw(WRITABLE), id="d", url=draw(st.sampled_from((None, "https://example.org/a")))
    )
    changes = {"claims": tuple(draw(CLAIMS))}
    claiming = SourceDocument(**{name: getattr(document, name) for name in document.__slots__} | changes)
    settings = Settings(translation=TranslationSettings(engine="echo"), rights=draw(POLICIES))
    (record,), rejected = process_batch([claiming], settings)
    assert not rejected
    decision = record.reproduction.model_copy(update={"overrides": tuple(draw(OVERRIDES))})
    return record.model_copy(update={"reproduction": decision})


def strings(value: Any) -> Iterator[str]:
    """Yield every string of a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def poisoned(value: Any, words: str, fixed: frozenset[str], key: str = "") -> Any:
    """Return a copy of a record in which every free string is ``words``, as an enemy would write it."""
    if isinstance(value, BaseModel):
        fields = {name: poisoned(getattr(value, name), words, fixed, name) for name in type(value).model_fields}
        return type(value).model_construct(**fields)
    if isinstance(value, tuple):
        return tuple(poisoned(inner, words, fixed, key) for inner in value)
    return words if isinstance(value, str) and key not in fixed else value


# Words of the contract, which no document chooses.
CLOSED = frozenset(
    (
        "schema_name",
        "schema_version",
        "kind",
        "role",
        "method",
        "status",
        "treat_as",
        "scope",
        "tdm",
        "policy",
        "withheld",
        "flags",
        "zone",
        "encoding_basis",
        "origin",
        "basis",
        "reserved_actions",
        "review",
        "untranslated_because",
    )
)
