"""HTML source to a tree, within limits: no network, no entities, nothing deep, nothing enormous."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from colophon.reading.rejections import RefusedError

if TYPE_CHECKING:
    from lxml.etree import _Element

    from colophon.settings import ReadingSettings

_TAG = re.compile(r"<[a-zA-Z][^\s/>]*")
# One attribute as the HTML standard's tokenizer takes it, with possessive quantifiers: linear time.
_ATTRIBUTE = re.compile(r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)?""")
_DECLARATION = re.compile(r"\s{0,64}<\?xml[^>]{0,300}\?>")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:+-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s{0,64}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:+-]{1,40})""")
_PROLOGUE = 4_096
_METADATA = frozenset({"base", "link", "meta", "noscript", "script", "style", "template", "title"})


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page declares in its first bytes; ``utf-16`` there can only mean UTF-8."""
    match = _META_CHARSET.search(data, 0, _PROLOGUE) or _XML_ENCODING.match(data)
    if match is None:
        return None
    label = match.group(1).decode("ascii", "replace")
    return "utf-8" if label.lower().startswith("utf-16") else label


def parse(source: str, location: str, settings: ReadingSettings) -> _Element:
    """Return the root element of ``source``.

    Raises:
        RefusedError: the page is beyond a limit, or has no element at all.
    """
    if len(source) > settings.largest_markup:
        detail = (
            f"{len(source):,} code points of markup; settings.reading.largest_markup is {settings.largest_markup:,}"
        )
        raise RefusedError(location, "too-large", detail)
    _refuse_attribute_bomb(source, location, settings.most_attributes)
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    body = _DECLARATION.sub("", source, count=1) if source.lstrip()[:5] == "<?xml" else source
    try:
        root: _Element | None = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise RefusedError(location, "broken-markup", f"libxml2: {error}") from error
    _refuse_limits(parser, location)
    if root is None:  # what lxml gives for a page of comments
        raise RefusedError(location, "no-text", "no element in the markup")
    _refuse_size(root, location, settings)
    _close_head(root)
    return root


def _close_head(root: _Element) -> None:
    """Move to the body what libxml2 leaves in a head that nobody closed.

    It does not know the elements of HTML5: ``<title>…</title><article>`` without ``<body>`` stays in the head. The
    standard closes a head at the first element that is no metadata (HTML, 13.2.6.4.4).
    """
    head = root.find("head")
    if head is None:
        return
    children = list(head)
    first = next((i for i, child in enumerate(children) if child.tag not in _METADATA), None)
    if first is None:
        return
    body = root.find("body")
    if body is None:
        body = root.makeelement("body", {})
        head.addnext(body)
    follows, body.text = body.text, None
    for place, child in enumerate(children[first:]):
        body.insert(place, child)  # its tail, text that followed it, goes along
    children[-1].tail = (children[-1].tail or "") + (follows or "")


def _refuse_limits(parser: object, location: str) -> None:
    for entry in parser.error_log:  # type: ignore[attr-defined]
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            deep = "depth" in entry.message.lower()
            raise RefusedError(location, "too-deep" if deep else "broken-markup", f"libxml2: {entry.message.strip()}")


def _refuse_size(root: _Element, location: str, settings: ReadingSettings) -> None:
    from lxml import etree

    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        if depth > settings.deepest_markup:
            raise RefusedError(location, "too-deep", f"more than {settings.deepest_markup} elements inside each other")
        if elements > settings.most_elements:
            raise RefusedError(location, "too-many-elements", f"more than {settings.most_elements:,} elements")


def _refuse_attribute_bomb(source: str, location: str, most: int) -> None:
    """Refuse a tag with very many attributes before libxml2 sees it.

    Every ``<x`` is tried as a tag, also inside quotes, scripts and comments, because a bomb could hide there
    from a stricter reading than libxml2's. Chains that meet are followed once, so the time is linear.
    """
    if len(source) < 4 * most:
        return
    seen: set[int] = set()
    for tag in _TAG.finditer(source):
        at = tag.end()
        for _ in range(most):
            found = _ATTRIBUTE.match(source, at)
            if found is None or found.end() in seen:
                break
            at = found.end()
            seen.add(at)
        else:
            raise RefusedError(location, "too-many-attributes", f"a tag with more than {most} attributes")
