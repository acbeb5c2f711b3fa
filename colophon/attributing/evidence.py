"""What markup and headers claim: JSON-LD, microdata, OpenGraph, Dublin Core, meta, link and HTTP evidence.

The reader hands over names as their source spells them; here they become statements, with their origin.
"""

import re

from colophon import records
from colophon.attributing import addresses, licences
from colophon.attributing.deciding import TdmSignals
from colophon.attributing.shadow import shadow_of
from colophon.documents import MetadataClaim, SourceDocument

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
    "canonical": "source",
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
_LAST = 9
_STRUCTURED = frozenset({"jsonld", "microdata"})
_LONGEST = 2000  # code points of a value; what is longer is no name, date or address
# Kinds whose value is a name.
_NAMED = frozenset({"byline", "editor", "contributor", "translator", "publisher", "agency"})
# Parts of a JSON-LD or microdata path: what is said there is said of another thing than the article.
_PICTURES = frozenset({"image", "imageobject", "thumbnail", "photo", "associatedmedia", "primaryimageofpage"})
_OTHERS = frozenset(
    {
        "comment", "review", "video", "videoobject", "audio", "audioobject", "citation", "mentions", "about", "logo",
        "haspart", "subjectof", "potentialaction", "breadcrumb", "breadcrumblist", "itemlist", "itemlistelement", "website",
        "person", "organization", "newsmediaorganization", "product", "event", "worktranslation", "ispartof",
    }
)  # fmt: skip
_ORIGINALS = frozenset({"translationofwork", "isbasedon", "exampleofwork"})
_ADDRESS = re.compile(r"(?:[a-z][a-z+.-]*:)?//|/|www\.|mailto:|@|\S+@\S+\.\S+$", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?")
_LINK = re.compile(r"<([^<>\s]{1,2000})>[^,<]{0,200}?;\s*rel=\"?([^\",;]{1,100})", re.IGNORECASE)
# A claim's licence is an address or a short name; words such as "Namensnennung" stand in texts.
_NO_WORDS = {key: re.compile(r"(?!)") for key in ("named", "by", "nc", "nd", "sa")}
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
    for claim in _opened(document.claims):
        kind = _kind(claim)
        value = None if kind is None else _value(kind, claim, document.url)
        if kind is None or value is None:
            continue
        own = kind == "source" and claim.name == "canonical" and _is_own(value, document.url)
        made.append(
            records.Statement(
                kind=kind,
                value=value,
                start=None,
                end=None,
                text=None,
                origin=claim.origin,
                rule=f"claim:{claim.origin}:{claim.name}",
                basis="inferred" if own else "stated",
                rank=_LAST if own else _RANK.get(claim.origin, _LAST),
                # A page's canonical address says where it stands, not what it was made from.
                about_article=not own,
            )
        )
    return made


def _opened(claims: tuple[MetadataClaim, ...]) -> list[MetadataClaim]:
    """Return the claims with each ``Link`` header as the links it holds."""
    made = []
    for claim in claims:
        if (claim.origin, claim.name.lower()) != ("http", "link"):
            made.append(claim)
            continue
        made += [
            MetadataClaim("http", relation, found[1])
            for found in _LINK.finditer(claim.value)
            for relation in found[2].lower().split()
            if relation in ("license", "canonical", "original")
        ]
    return made


def _kind(claim: MetadataClaim) -> records.StatementKind | None:
    """Return what a claim states of the article; None for what it states of an image, a comment, a site."""
    path = re.sub(r"\[\d+\]", "", claim.name).lower().split(".")
    if claim.origin in ("jsonld", "microdata"):
        inside = {part.rsplit(":", 1)[-1] for part in path[:-1]}
        if inside & _PICTURES:
            return "photo_credit" if _key(claim.name) == "credittext" else None
        if inside & _OTHERS or path[-1] == "@type":
            return None
        if inside & _ORIGINALS:
            return "source" if path[-1] in ("url", "@id", "sameas") else None
    key = "".join(re.split(r"[^a-z0-9]+", claim.name.lower()))
    return _NAMES.get(_key(claim.name)) or _NAMES.get(key)


def _value(kind: records.StatementKind, claim: MetadataClaim, url: str | None) -> str | None:
    """Return a claim's value in normal form; None when it is no value of that kind."""
    value = claim.value.strip()
    if not value or len(value) > _LONGEST:
        return None
    address = "://" in value[:10] and addresses.is_web(value)
    if kind == "source":
        return value if address and value != url else None
    if kind in _NAMED:
        # An address or a handle is no name, whatever link or tag holds it.
        return None if claim.origin == "link" or _ADDRESS.match(value) or not _LETTER.search(value) else value
    if kind in ("published", "updated"):
        found = _STAMP.match(value)
        return found[0] if found else None
    if kind == "licence":
        shadow = shadow_of(value)
        named = licences.find(shadow, 0, len(shadow), _NO_WORDS)
        return named.spdx if named else value
    return None if kind == "copyright" and (claim.origin == "link" or address) else value


def _is_own(value: str, url: str | None) -> bool:
    """Say whether a canonical address is the page's own: a copy elsewhere names another host as its original."""
    return url is None or _host(value) == _host(url)


def _host(url: str) -> str:
    return addresses.host(url).removeprefix("m.").removeprefix("amp.")


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
        mine = [s for s in found if s.kind == kind and s.about_article]
        values: dict[str, str] = {}
        for statement in mine:
            values.setdefault(_plain(statement), f"{statement.origin}: {statement.value}")
        if kind == "licence":
            values = _versioned(values)
        if len(values) > 1 and any(s.origin != "text" for s in mine):
            issues.append(records.Issue(code=f"conflicting-{kind}", detail="; ".join(values.values())))
    return issues


def with_publishers_ranked(found: list[records.Statement]) -> list[records.Statement]:
    """Return ``found`` with its publishers ranked: what a text states, what it bears out of the markup, the markup.

    A holder inferred from a copyright line comes after a publisher that JSON-LD or microdata states: it may be the
    owner of the outlet.
    """
    stated = {s.value.casefold() for s in found if s.kind == "publisher" and s.origin in _STRUCTURED}

    def order(statement: records.Statement) -> tuple[int, int]:
        if statement.origin in _STRUCTURED:
            return 2, statement.rank
        if statement.origin != "text":
            return 4, statement.rank
        if statement.basis == "stated":
            return 0, statement.rank
        return (1 if statement.value.casefold() in stated else 3), statement.rank

    ordered = sorted((s for s in found if s.kind == "publisher"), key=order)
    ranks = {id(statement): rank for rank, statement in enumerate(ordered)}
    return [s.model_copy(update={"rank": ranks[id(s)]}) if id(s) in ranks else s for s in found]


def _plain(statement: records.Statement) -> str:
    """Return what two statements of one value share: a date without its time, an address without its decoration."""
    plain = statement.value.casefold().strip()
    if statement.kind == "published":
        return plain[:10]
    if statement.kind == "source":
        return re.sub(r"^https?://(?:www\.)?|/$|#.*$", "", plain)
    return plain


def _versioned(values: dict[str, str]) -> dict[str, str]:
    """Leave out a licence without its version where the same licence stands with one."""
    full = {re.sub(r"-[1-4]\.\d.*$", "", plain) for plain in values if not plain.startswith("licenseref-")}
    return {
        plain: told
        for plain, told in values.items()
        if plain.removeprefix("licenseref-").removesuffix("-unversioned") not in full
        or not plain.startswith("licenseref-")
    }


def with_licence_claims(decision: records.Reproduction, found: list[records.Statement]) -> records.Reproduction:
    """Return the decision with review asked for when markup names a licence that the text does not bear out.

    A licence in markup alone decides nothing (there are no words to quote), but a person should look.
    """
    claimed = [s for s in found if s.kind == "licence" and s.origin != "text"]
    if claimed and not any(s.kind == "licence" and s.origin == "text" for s in found):
        return decision.model_copy(update={"review_required": True})
    return decision
