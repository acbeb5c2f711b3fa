"""A record as schema.org JSON-LD: the English text, what it was made from, who made it, how it may be used.

schema.org wants a type for everybody: names after "by", "edited by" and "translated by" become Person, publishers
and agencies Organization. A machine is neither, so ``backstory`` and ``digitalSourceType`` tell of it.
"""

from typing import Any

from colophon.exporting.describing import (
    address,
    deciding_notices,
    decision_sentence,
    english_tag,
    licence_uri,
    licences,
    said,
    sole_holder,
    uri,
    words,
)
from colophon.provenance import COMPOSITE, MACHINE_MADE
from colophon.records import DocumentRecord, Fragment, Statement, StatementKind
from colophon.reviewing import in_force

Node = dict[str, Any]
CONTEXT = "https://schema.org"
# schema.org has members of its own for the IPTC's terms.
_DIGITAL_SOURCES = {
    COMPOSITE: "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    MACHINE_MADE: "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
}
_PRESS: tuple[StatementKind, ...] = ("byline", "agency", "publisher")


def schemaorg(record: DocumentRecord) -> Node:
    """Return the English text as a ``NewsArticle``, or as an ``Article`` when nothing says that the press made it."""
    press = next(said(record, *_PRESS), None) is not None
    return _filled(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle" if press else "Article",
            "@id": address(record),
            "url": uri(record.source.url),
            "identifier": [record.id, *_hashes(english=record.english.sha256)],
            "inLanguage": english_tag(record),
            "headline": _first(record, "title"),
            "articleBody": record.english.text,
            **_people(record),
            **_dates(record),
            **_rights(record),
            "translationOfWork": _originals(record),
            "isBasedOn": _sources(record),
            "digitalSourceType": _DIGITAL_SOURCES.get(record.digital_source_type or ""),
            "backstory": _backstory(record),
            "correction": [_typed("CorrectionComment", text=s.value) for s in said(record, "correction")],
            "publishingPrinciples": [
                _typed("CreativeWork", text=s.value)
                for s in record.statements
                if s.kind in ("disclaimer", "comment_policy")
            ],
            "image": [_image(record, s) for s in said(record, "photo_credit")],
            "hasPart": [_part(record, number) for number in range(len(record.fragments))],
        }
    )


def _filled(node: Node) -> Node:
    """Drop what the record does not say; a list of one becomes its item."""
    kept = {key: value for key, value in node.items() if value is not None and value != []}
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in kept.items()}


def _typed(kind: str, **properties: Any) -> Node:
    return _filled({"@type": kind, **properties})


def _named(kind: str, names: list[str]) -> list[Node]:
    return [_typed(kind, name=name) for name in dict.fromkeys(names)]


def _hashes(**digests: str) -> list[Node]:
    return [_typed("PropertyValue", propertyID="sha256", name=name, value=value) for name, value in digests.items()]


def _first(record: DocumentRecord, kind: StatementKind) -> str | None:
    return next((statement.value for statement in said(record, kind)), None)


def _people(record: DocumentRecord) -> Node:
    def every(kind: StatementKind) -> list[str]:
        return [s.value for s in said(record, kind) if not s.machine]

    return {
        "author": _named("Person", every("byline")),
        "editor": _named("Person", every("editor")),
        "contributor": _named("Person", every("contributor")),
        "translator": _named("Person", every("translator")),
        "sourceOrganization": _named("Organization", every("agency")),
        "publisher": _named("Organization", every("publisher")),
    }


def _dates(record: DocumentRecord) -> Node:
    return {"datePublished": _first(record, "published"), "dateModified": _first(record, "updated")}


def _rights(record: DocumentRecord) -> Node:
    """Return notices in their words, the licence in force, and the decision."""
    holder = sole_holder(record)
    notices = deciding_notices(record)
    terms = [_typed("CreativeWork", name=n.kind, text=n.text, inLanguage=_known(n.language)) for n in notices]
    linked = [s.value for s in said(record, "licence") if s.origin != "text" and uri(s.value)]
    decision = _typed("CreativeWork", identifier=address(record, "policy"), name="decision")
    decision["text"] = decision_sentence(record)
    if record.access.withheld:
        decision["description"] = f"Withheld here: {', '.join(record.access.withheld)}."
    return {
        "copyrightNotice": [n.text for n in notices if n.kind == "copyright"],
        "copyrightHolder": None if holder is None else _typed("Organization", name=holder),
        "license": [licence_uri(spdx) or _typed("CreativeWork", name=spdx) for spdx in licences(record)],
        "usageInfo": [decision, *terms, *(linked if in_force(record).open else [])],
        "creditText": [words(s) for s in said(record, "photo_credit")],
    }


def _known(language: str) -> str | None:
    return None if language == "und" else language


def _originals(record: DocumentRecord) -> list[Node]:
    """Return what the English text is a translation of: the document as read, or what it says it translates."""
    found = []
    if record.translation_claim.evident:
        addresses: list[str | None] = [a for s in said(record, "source") if (a := uri(s.value))]
        language = record.translation_claim.source_language
        found += [_typed("CreativeWork", url=a, inLanguage=language) for a in addresses or [None] if a or language]
    if any(f.translation is not None and f.language == record.language for f in record.fragments):
        read = _typed("CreativeWork", url=uri(record.source.url), inLanguage=record.language, text=record.body.text)
        found.append({**read, "identifier": _hashes(body=record.body.sha256)[0]})
    return found


def _sources(record: DocumentRecord) -> list[Any]:
    """Return where the text comes from when it is no translation of it."""
    if record.translation_claim.evident:
        return []
    return [uri(s.value) or _typed("CreativeWork", name=s.value) for s in said(record, "source")]


def _backstory(record: DocumentRecord) -> list[str]:
    claimed = [words(s) for s in said(record, "machine_translation")]
    machines = [f"Translated by machine: {s.value}" for s in said(record, "translator") if s.machine]
    return [*([record.disclosure] if record.disclosure else []), *claimed, *machines]


def _image(record: DocumentRecord, credit: Statement) -> Node:
    """Return the picture that a credit is about, with the caption that the record still has."""
    caption = None
    if credit.caption is not None and record.body.text is not None:
        caption = record.body.text[slice(*credit.caption)]
    outlets = [name for party in credit.parties for name in (party.outlet, party.agency) if name]
    return _typed(
        "ImageObject",
        creditText=words(credit),
        creator=_named("Person", [party.creator for party in credit.parties if party.creator]),
        sourceOrganization=_named("Organization", outlets),
        caption=caption,
    )


def _part(record: DocumentRecord, number: int) -> Node:
    """Return a fragment: in English with what it was translated from, or as it stands."""
    fragment = record.fragments[number]
    made = fragment.translation
    if made is None:
        return _original_part(record, fragment, number)
    machine = made.translator.kind == "machine"
    return _typed(
        "CreativeWork",
        identifier=[address(record, f"f{number}-en"), *_hashes(english=made.sha256)],
        inLanguage=made.target_tag,
        text=made.text,
        description=made.disclosure,
        creativeWorkStatus=made.review,
        digitalSourceType=_DIGITAL_SOURCES[MACHINE_MADE] if machine else None,
        translationOfWork=_original_part(record, fragment, number),
    )


def _original_part(record: DocumentRecord, fragment: Fragment, number: int) -> Node:
    return _typed(
        "CreativeWork",
        identifier=address(record, f"f{number}"),
        inLanguage=_known(fragment.language),
        text=fragment.text,
    )
