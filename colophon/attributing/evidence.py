"""What markup and headers claim: JSON-LD, microdata, OpenGraph, Dublin Core, meta, link and HTTP evidence.

The reader hands over names as their source spells them; here they become statements, with their origin.
"""

import re
from urllib.parse import urlsplit

from colophon import records
from colophon.attributing.deciding import TdmSignals
from colophon.documents import SourceDocument

# Last part of the name as written, lower case, without punctuation -> what it states.
_NAMES: dict[str, records.StatementKind] = {
    "author": "byline",
    "byl": "byline",
    "creator": "byline",
    "articleauthor": "byline",
    "parselyauthor": "byline",
    "editor": "editor",
    "contributor": "contributor",
    "translator": "translator",
    "publisher": "publisher",
    "sitename": "publisher",
    "ogsitename": "publisher",
    "sourceorganization": "agency",
    "translationofwork": "source",
    "isbasedon": "source",
    "original": "source",
    "originalsource": "source",
    "syndicationsource": "source",
    "datepublished": "published",
    "publishedtime": "published",
    "articlepublishedtime": "published",
    "dateissued": "published",
    "issued": "published",
    "pubdate": "published",
    "datemodified": "updated",
    "modifiedtime": "updated",
    "articlemodifiedtime": "updated",
    "modified": "updated",
    "lastmodified": "updated",
    "license": "licence",
    "licence": "licence",
    "copyrightnotice": "copyright",
    "copyrightholder": "copyright",
    "copyright": "copyright",
    "rights": "copyright",
    "credittext": "photo_credit",
    "correction": "correction",
    "headline": "title",
    "ogtitle": "title",
    "title": "title",
}
_TRAILING = {"name", "url", "id", "text", "value", "content", "href", "rel"}
# Rank by origin: what was written for machines to reuse goes before what was written for share buttons.
_RANK = {"jsonld": 1, "microdata": 2, "dublincore": 3, "link": 4, "meta": 5, "opengraph": 6, "feed": 7, "http": 8}
_NO_AI = re.compile(r"\bno(?:image)?ai\b|\btrain-ai\s*=\s*n\b")


def _key(name: str) -> str:
    parts = [p for p in re.split(r"[^a-z0-9]+", re.sub(r"\[\d+\]", "", name).lower()) if p and not p.isdigit()]
    while len(parts) > 1 and parts[-1] in _TRAILING:
        parts.pop()
    if len(parts) > 1 and parts[-1] in ("title", "author", "time") and "".join(parts[-2:]) in _NAMES:
        return "".join(parts[-2:])
    return parts[-1] if parts else ""


def statements(document: SourceDocument) -> list[records.Statement]:
    """Return one statement a claim that says something of provenance; spans are None (it is not in the text)."""
    made: list[records.Statement] = []
    for claim in document.claims:
        key = "".join(re.split(r"[^a-z0-9]+", claim.name.lower()))
        kind = _NAMES.get(_key(claim.name)) or _NAMES.get(key)
        value = claim.value.strip()
        if kind is None or not value or len(value) > 2000:
            continue
        if kind == "source" and urlsplit(value).scheme not in ("http", "https"):
            continue
        if kind == "source" and value == document.url:
            continue
        if kind == "byline" and urlsplit(value).scheme in ("http", "https"):
            continue
        if kind in ("published", "updated"):
            found = re.match(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?", value)
            if found is None:
                continue
            value = found[0]
        made.append(
            records.Statement(
                kind=kind,
                value=value,
                start=None,
                end=None,
                text=None,
                origin=claim.origin,
                rule=f"claim:{claim.origin}:{claim.name}",
                rank=_RANK.get(claim.origin, 9),
            )
        )
    return made


def tdm_signals(document: SourceDocument) -> TdmSignals:
    """Return the text-and-data-mining signals: later layers supersede (file < header < meta), absence never resets."""
    order = {"http": 1, "meta": 2}
    value: str | None = None
    signals: list[str] = []
    training = False
    for claim in sorted(document.claims, key=lambda c: order.get(c.origin, 0)):
        name = claim.name.lower()
        if name in ("tdm-reservation", "tdm_reservation"):
            signals.append(f"{claim.origin}: {claim.name}={claim.value}")
            if claim.value.strip() in ("0", "1"):
                value = claim.value.strip()
        elif name == "tdm-policy":
            signals.append(f"{claim.origin}: {claim.name}={claim.value}")
        elif name in ("robots", "x-robots-tag", "content-usage") and _NO_AI.search(claim.value.lower()):
            signals.append(f"{claim.origin}: {claim.name}={claim.value}")
            training = True
    return TdmSignals(
        value="unset" if value is None else ("reserved" if value == "1" else "allowed"),
        signals=tuple(signals),
        ai_train=training,
    )


def conflicts(found: list[records.Statement]) -> list[records.Issue]:
    """Return one issue for each kind whose text and markup, or markup layers, disagree."""
    issues: list[records.Issue] = []
    for kind in ("publisher", "published", "source", "translator", "licence"):
        values: dict[str, str] = {}
        for statement in found:
            if statement.kind == kind and statement.about_article:
                plain = statement.value.casefold().strip()
                values.setdefault(
                    plain[:10] if kind == "published" else plain, f"{statement.origin}: {statement.value}"
                )
        outside = any(s.kind == kind and s.origin != "text" for s in found)
        if len(values) > 1 and outside:
            issues.append(records.Issue(code=f"conflicting-{kind}", detail="; ".join(values.values())))
    return issues


def with_licence_claims(decision: records.Reproduction, found: list[records.Statement]) -> records.Reproduction:
    """Return the decision with review asked for when markup names a licence that the text does not bear out.

    A licence in markup alone decides nothing (there are no words to quote), but a person should look.
    """
    claimed = [s for s in found if s.kind == "licence" and s.origin != "text"]
    if claimed and not any(s.kind == "licence" and s.origin == "text" for s in found):
        return decision.model_copy(update={"review_required": True})
    return decision
