"""A record as an IPTC ninjs 3.1 news object.

ninjs 3.1 has no field for a translator's part, a credit line or a date without a time: people carry a ``rel``,
pictures are associations with a ``by``, and what has no place of its own stands in ``descriptions`` under a role
that begins with ``colophon:``.
"""

import re
from collections.abc import Iterator
from typing import Any

from colophon.exporting.describing import (
    address,
    deciding_notices,
    decision_sentence,
    english_tag,
    json_line,
    said,
    sole_holder,
    uri,
    words,
)
from colophon.exporting.odrl import odrl
from colophon.records import DocumentRecord, Statement, StatementKind
from colophon.reviewing import in_force

Item = dict[str, Any]
STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
_ODRL = "http://www.w3.org/ns/odrl/2/"
# RFC 3339, as JSON Schema's "date-time" asks: a date alone, or a time without a zone, is none.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")
_PEOPLE: tuple[StatementKind, ...] = ("byline", "editor", "contributor", "translator")
_RELATIONS = {"byline": "author"}
_TOLD: tuple[StatementKind, ...] = ("disclaimer", "comment_policy", "correction", "machine_translation")


def ninjs(record: DocumentRecord) -> Item:
    """Return the English text as a ninjs object, with pictures, original and fragments as associations."""
    item: Item = {
        "uri": address(record),
        "standard": STANDARD,
        "type": "text",
        "representationType": "partial" if record.access.withheld else "full",
        # A text without a grant is usable as far as it is here; a ban is a ban.
        "pubStatus": "withheld" if in_force(record).treat_as == "prohibited" else "usable",
        "language": english_tag(record),
        "headlines": [{"value": s.value} for s in said(record, "title")][:1],
        "bodies": _bodies(record),
        "by": _by(record),
        "people": [_person(s) for s in said(record, *_PEOPLE) if not s.machine],
        "infoSources": list(_sources(record)),
        **_moments(record),
        "copyrightHolder": sole_holder(record),
        "copyrightNotice": _joined([n.text for n in deciding_notices(record, "copyright")]),
        "usageTerms": _joined([n.text for n in deciding_notices(record)]),
        "rightsInfo": {"langId": _ODRL, "encodedRights": json_line(odrl(record))},
        "edNote": _note(record),
        "descriptions": list(_descriptions(record)),
        "digitalSourceType": {"uri": record.digital_source_type} if record.digital_source_type else None,
        "altIds": list(_other_ids(record)),
        "associations": list(_associations(record)),
    }
    return {key: value for key, value in item.items() if value is not None and value != []}


def _joined(texts: list[str | None]) -> str | None:
    return "\n".join(dict.fromkeys(text for text in texts if text)) or None


def _bodies(record: DocumentRecord) -> list[Item]:
    if record.english.text is None:
        return []
    body = {"role": "main", "contentType": "text/plain", "value": record.english.text}
    return [{**body, "charCount": record.english.length}]


def _by(record: DocumentRecord) -> str | None:
    return ", ".join(dict.fromkeys(s.value for s in said(record, "byline"))) or None


def _person(statement: Statement) -> Item:
    return {"name": statement.value, "rel": _RELATIONS.get(statement.kind, statement.kind)}


def _sources(record: DocumentRecord) -> Iterator[Item]:
    for statement in said(record, "publisher", "agency"):
        yield {"name": statement.value, "role": statement.kind}
    for statement in said(record, "translator"):
        if statement.machine:
            yield {"name": statement.value, "role": "machine-translator"}


def _moments(record: DocumentRecord) -> Item:
    """Return publication and update as far as they have a time and a zone."""
    kinds: dict[str, StatementKind] = {"firstCreated": "published", "versionCreated": "updated"}
    found = {
        field: [s.value for s in said(record, kind) if _MOMENT.fullmatch(s.value)] for field, kind in kinds.items()
    }
    return {field: values[0] for field, values in found.items() if values}


def _note(record: DocumentRecord) -> str:
    parts = [decision_sentence(record)]
    if record.access.withheld:
        parts.append(f"Withheld: {', '.join(record.access.withheld)} ({record.access.reason or 'no reason given'}).")
    if record.access.basis:
        parts.append(f"Kept on the ground of: {record.access.basis}.")
    parts += [f"Look at {issue.code}: {issue.detail}." for issue in record.issues]
    return "\n".join(parts)


def _descriptions(record: DocumentRecord) -> Iterator[Item]:
    if record.disclosure is not None:
        yield {"role": "colophon:disclosure", "contentType": "text/plain", "value": record.disclosure}
    for statement in record.statements:
        timeless = statement.kind in ("published", "updated") and not _MOMENT.fullmatch(statement.value)
        if statement.kind in _TOLD or timeless:
            yield {"role": f"colophon:{statement.kind}", "contentType": "text/plain", "value": statement.value}


def _other_ids(record: DocumentRecord) -> Iterator[Item]:
    yield {"role": "colophon:id", "value": record.id}
    yield {"role": "colophon:input_id", "value": record.input_id}
    yield {"role": "colophon:english_sha256", "value": record.english.sha256}
    yield {"role": "colophon:body_sha256", "value": record.body.sha256}
    if record.source.url is not None:
        yield {"role": "url", "value": record.source.url}


def _associations(record: DocumentRecord) -> Iterator[Item]:
    for number, statement in enumerate(said(record, "source")):
        relation = "translatedFrom" if record.translation_claim.evident else "source"
        found = {"name": "original", "rel": relation, "uri": uri(statement.value) or address(record, f"source{number}")}
        language = record.translation_claim.source_language if record.translation_claim.evident else None
        named = {} if uri(statement.value) else {"title": statement.value}
        yield {**found, **named, **({"language": language} if language else {})}
    for number, credit in enumerate(said(record, "photo_credit")):
        yield _picture(record, credit, number)
    for number in range(len(record.fragments)):
        yield _fragment(record, number)


def _picture(record: DocumentRecord, credit: Statement, number: int) -> Item:
    picture: Item = {"name": "picture", "rel": "picture", "uri": address(record, f"picture{number}"), "type": "picture"}
    picture["by"] = words(credit)
    parties = [party.model_dump(include={"creator", "outlet", "agency"}, exclude_none=True) for party in credit.parties]
    people = [{"name": party["creator"], "rel": "photographer"} for party in parties if "creator" in party]
    sources = [{"name": p[role], "role": role} for p in parties for role in ("outlet", "agency") if role in p]
    if credit.caption is not None and record.body.text is not None:
        picture["descriptions"] = [{"role": "caption", "value": record.body.text[slice(*credit.caption)]}]
    return {**picture, **({"people": people} if people else {}), **({"infoSources": sources} if sources else {})}


def _fragment(record: DocumentRecord, number: int) -> Item:
    """Return one fragment as it stands, with its English as an association of its own."""
    fragment = record.fragments[number]
    item: Item = {"name": "fragment", "rel": fragment.role, "uri": address(record, f"f{number}"), "type": "component"}
    if fragment.language != "und":
        item["language"] = fragment.language
    if fragment.text is not None:
        item["bodies"] = [{"contentType": "text/plain", "value": fragment.text}]
    made = fragment.translation
    if made is None:
        return item
    english: Item = {"name": "translation", "rel": "translation", "uri": address(record, f"f{number}-en")}
    english |= {"type": "component", "language": made.target_tag}
    if made.text is not None:
        english["bodies"] = [{"contentType": "text/plain", "value": made.text}]
    english["edNote"] = f"{made.review}; confidence {made.confidence}; flags: {', '.join(made.flags) or 'none'}."
    english["descriptions"] = [{"role": "colophon:disclosure", "value": made.disclosure}]
    return {**item, "associations": [english]}
