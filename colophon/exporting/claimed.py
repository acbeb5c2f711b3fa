"""What the document, or its markup, claims of itself, as PROV. Whether it is true is not for this bundle to say."""

from colophon.exporting.describing import uri
from colophon.exporting.provenance_bundle import RecordBundle, fields
from colophon.records import DocumentRecord, Notice, Statement, StatementKind

_PEOPLE: frozenset[StatementKind] = frozenset({"byline", "editor", "contributor", "agency", "translator", "publisher"})
_ORGANISATIONS: frozenset[StatementKind] = frozenset({"agency", "publisher"})
_TERMS: dict[StatementKind, str] = {
    "title": "dcterms:title",
    "published": "dcterms:issued",
    "updated": "dcterms:modified",
}
_EVIDENCE = ("start", "end", "origin", "rule", "basis", "zone", "rank", "caption", "source_language", "about_article")


def claim(record: DocumentRecord, bundle: RecordBundle) -> None:
    """Fill ``bundle`` with every statement and notice, quoted from the document, and who they make responsible."""
    claimed = record.translation_claim
    terms = {_TERMS[s.kind]: s.value for s in reversed(record.statements) if s.kind in _TERMS and s.about_article}
    names = ("evident", "translator_stated", "source_language", "basis")
    translation = {f"colophon:translation_{name}": getattr(claimed, name) for name in names}
    document = bundle.entity("", {**terms, **translation})
    for number, statement in enumerate(record.statements):
        _statement(bundle, document, number, statement)
        _responsible(bundle, document, number, statement)
        if statement.kind == "source":
            _original(bundle, document, number, statement, translated=claimed.evident)
        if statement.kind == "photo_credit":
            _picture(bundle, document, number, statement)
    for prefix, notices in (("n", record.reproduction.notices), ("c", record.reproduction.clues)):
        for number, notice in enumerate(notices):
            _notice(bundle, document, f"{prefix}{number}", notice)


def _statement(bundle: RecordBundle, document: str, number: int, statement: Statement) -> None:
    attributes = {"prov:value": statement.value, "colophon:text": statement.text, **fields(statement, *_EVIDENCE)}
    entity = bundle.entity(f"s{number}", attributes, kind=f"colophon:{statement.kind}")
    bundle.bundle.quotation(entity, document)


def _responsible(bundle: RecordBundle, document: str, number: int, statement: Statement) -> None:
    """Attribute the document to whom the statement names; a translator translated it, whatever else others did."""
    if statement.kind not in _PEOPLE:
        return
    kind = "prov:Organization" if statement.kind in _ORGANISATIONS else None
    agent = bundle.agent(
        f"a{number}", {"schema:name": statement.value}, kind="prov:SoftwareAgent" if statement.machine else kind
    )
    if not statement.about_article:
        return
    activity = bundle.activity(f"{'translating' if statement.kind == 'translator' else 'making'}{number}")
    bundle.associate(activity, agent, role=statement.kind)
    bundle.bundle.generation(document, activity)
    bundle.bundle.attribution(document, agent)


def _original(bundle: RecordBundle, document: str, number: int, statement: Statement, *, translated: bool) -> None:
    original = bundle.entity(f"o{number}", {"schema:url": uri(statement.value), "dcterms:identifier": statement.value})
    bundle.bundle.derivation(document, original)
    if translated:
        bundle.bundle.alternate(document, original)


def _picture(bundle: RecordBundle, document: str, number: int, statement: Statement) -> None:
    """Attribute the picture of a caption to the parties of its credit."""
    picture = bundle.entity(f"p{number}", {"schema:creditText": statement.value, "dcterms:isPartOf": document})
    for place, party in enumerate(statement.parties):
        for role in ("creator", "outlet", "agency"):
            name = getattr(party, role)
            if name is None:
                continue
            kind = None if role == "creator" else "prov:Organization"
            spans = {"colophon:start": party.start, "colophon:end": party.end, "colophon:text": party.text}
            agent = bundle.agent(f"p{number}-{role}{place}", {"schema:name": name, **spans}, kind=kind)
            bundle.bundle.attribution(picture, agent)


def _notice(bundle: RecordBundle, document: str, part: str, notice: Notice) -> None:
    evidence = fields(notice, "start", "end", "kind", "rule", "zone", "relevance", "quoted", "sha256", "holder", "spdx")
    words = {"prov:value": notice.text, "dcterms:language": notice.language}
    entity = bundle.entity(part, {**words, **evidence}, kind="colophon:notice")
    bundle.bundle.quotation(entity, document)
