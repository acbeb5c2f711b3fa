"""What a page says of itself outside its text: meta, links, JSON-LD, microdata. Nothing is believed here.

Names: ``meta`` and ``opengraph`` as the page spells them; ``link`` by its rel, with the language for alternates
(``alternate:he``); JSON-LD and microdata as a dotted path that begins with the type (``NewsArticle.author.name``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from colophon.documents import ClaimOrigin, MetadataClaim

if TYPE_CHECKING:
    from lxml.etree import _Element

    from colophon.settings import ReadingSettings

_RELATIONS = frozenset(("license", "canonical", "alternate", "author", "shortlink", "original", "copyright"))
_OPENGRAPH = ("og:", "article:", "book:", "profile:")
_DUBLIN_CORE = ("dc.", "dc:", "dcterms.", "dcterms:")
_DEEPEST = 8
# A value is a name or a date; items nested around a whole book must not each collect it.
_MOST_PIECES = 50
# The text of the article itself, given again; a claim about it would be longer than all others together.
_NOT_CLAIMS = frozenset(("articleBody", "text", "@context"))


def claims_of(root: _Element, settings: ReadingSettings) -> tuple[tuple[MetadataClaim, ...], tuple[str, ...]]:
    """Return the claims of a page, each once, in order; and remarks on what was cut or unreadable."""
    claims: dict[MetadataClaim, None] = {}
    remarks: list[str] = []
    for claim in _all(root, remarks):
        if len(claims) >= settings.most_claims:
            remarks.append(f"claims-cut: more than {settings.most_claims}")
            break
        if not claim.value.strip():
            continue
        if len(claim.value) > settings.longest_claim:
            remarks.append(f"claim-shortened: {claim.name[:80]}")
        claims[MetadataClaim(claim.origin, claim.name[:200], claim.value.strip()[: settings.longest_claim])] = None
    return tuple(claims), tuple(dict.fromkeys(remarks))


def _all(root: _Element, remarks: list[str]) -> Iterator[MetadataClaim]:
    yield from _head(root)
    yield from _links(root)
    yield from _jsonld(root, remarks)
    yield from _microdata(root)


def _head(root: _Element) -> Iterator[MetadataClaim]:
    lang = root.get("lang") or root.get("xml:lang")
    if lang:
        yield MetadataClaim("meta", "lang", lang)
    title = next(root.iter("title"), None)
    if title is not None and title.text:
        yield MetadataClaim("meta", "title", title.text)
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
        value = meta.get("content")
        if name and value:
            yield MetadataClaim(_origin(name), name.strip(), value)


def _origin(name: str) -> ClaimOrigin:
    lower = name.strip().lower()
    if lower.startswith(_OPENGRAPH):
        return "opengraph"
    return "dublincore" if lower.startswith(_DUBLIN_CORE) else "meta"


def _links(root: _Element) -> Iterator[MetadataClaim]:
    for element in root.iter("link", "a", "area"):
        target = element.get("href")
        if not target:
            continue
        for relation in (element.get("rel") or "").lower().split():
            if relation not in _RELATIONS or (relation == "alternate" and not element.get("hreflang")):
                continue
            language = f":{element.get('hreflang')}" if relation == "alternate" else ""
            yield MetadataClaim("link", f"{relation}{language}", target)


def _jsonld(root: _Element, remarks: list[str]) -> Iterator[MetadataClaim]:
    for script in root.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            remarks.append("jsonld-unreadable")
            continue
        yield from _nodes(data)


def _nodes(data: object) -> Iterator[MetadataClaim]:
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict) and "@graph" in node and "@type" not in node:
            graph = node["@graph"]
            for item in graph if isinstance(graph, list) else [graph]:
                yield from _paths(item, _type_of(item), 0)
        else:
            yield from _paths(node, _type_of(node), 0)


def _type_of(node: object) -> str:
    kind = node.get("@type") if isinstance(node, dict) else None
    if isinstance(kind, list) and kind:
        kind = kind[0]
    return kind if isinstance(kind, str) else "Thing"


def _paths(value: object, path: str, depth: int) -> Iterator[MetadataClaim]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NOT_CLAIMS:
                yield from _paths(inner, f"{path}.{key}", depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path, depth + 1)
    elif isinstance(value, str):
        yield MetadataClaim("jsonld", path, value)
    elif isinstance(value, bool | int | float):
        yield MetadataClaim("jsonld", path, json.dumps(value))


def _microdata(root: _Element) -> Iterator[MetadataClaim]:
    for element in root.iterfind(".//*[@itemprop]"):
        if element.get("itemscope") is not None:
            continue  # its own properties follow, with its path
        value = _microdata_value(element)
        for name in (element.get("itemprop") or "").split():
            if name not in _NOT_CLAIMS:
                yield MetadataClaim("microdata", f"{_microdata_path(element)}.{name}", value)


def _microdata_value(element: _Element) -> str:
    for attribute in ("content", "datetime", "href", "src"):
        value = element.get(attribute)
        if value:
            return value
    return " ".join("".join(str(piece) for piece in islice(element.itertext("*"), _MOST_PIECES)).split())


def _microdata_path(element: _Element) -> str:
    """Return the type of the outermost item and the properties that lead to this element's."""
    names: list[str] = []
    for item in element.iterancestors():
        if item.get("itemscope") is None:
            continue
        if item.get("itemprop") is None:
            names.append((item.get("itemtype") or "Thing").rstrip("/").rsplit("/", 1)[-1])
            break
        names.append(str(item.get("itemprop")).split()[0] if str(item.get("itemprop")).split() else "item")
    return ".".join(reversed(names)) or "Thing"
