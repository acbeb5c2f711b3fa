"""Feeds, sitemaps and URL lists: where new documents are announced.

Needs the extra ``fetch`` (feedparser, httpx).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from colophon.documents import MetadataClaim
from colophon.errors import MissingExtraError
from colophon.reading.rejections import Rejection

if TYPE_CHECKING:
    from colophon.settings import FetchingSettings

_CLAIMS = ("title", "author", "publisher", "rights", "license", "language", "published", "updated")
_LONGEST_CLAIM = 2_000
_BEGINNING = 2_000  # bytes
_SITEMAP = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>]")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One announcement: ``id`` is stable in its source, ``url`` absolute, ``claims`` what the feed says of it."""

    id: str
    url: str
    claims: tuple[MetadataClaim, ...] = ()


def read_feed(body: bytes, url: str, settings: FetchingSettings) -> tuple[FeedEntry, ...] | Rejection:
    """Return the entries of an RSS or Atom feed in its order, at most ``most_entries``; those without link are left."""
    try:
        import feedparser
    except ImportError as error:
        raise MissingExtraError("feedparser", "fetch", "reading feeds") from error
    # A stream, because feedparser opens files and URLs when it is given strings or bytes that name them.
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-location": url}, sanitize_html=False)
    if not parsed.get("version"):
        return Rejection(url, "broken-feed", f"neither RSS nor Atom: {str(parsed.get('bozo_exception', ''))[:200]}")
    language = parsed.feed.get("language")
    entries = [_entry(item, url, language) for item in parsed.entries[: settings.most_entries]]
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


def _entry(item: Any, feed: str, language: object) -> FeedEntry | None:
    link = item.get("link")
    if not isinstance(link, str) or not link.strip():
        return None
    url = urljoin(feed, link.strip())
    values = {"language": language, **{name: item.get(name) for name in _CLAIMS if item.get(name)}}
    claims = tuple(
        MetadataClaim("feed", name, value.strip()[:_LONGEST_CLAIM])
        for name, value in sorted(values.items())
        if isinstance(value, str) and value.strip()
    )
    identity = item.get("id")
    return FeedEntry(identity if isinstance(identity, str) and identity else url, url, claims)


def read_sitemap(body: bytes, url: str, settings: FetchingSettings) -> tuple[FeedEntry, ...] | Rejection:
    """Return the pages of a sitemap, or the sitemaps of an index, in its order; no entity is expanded."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return Rejection(url, "broken-feed", f"no XML: {str(error)[:200]}")
    if etree.QName(root).localname not in ("urlset", "sitemapindex"):
        return Rejection(url, "broken-feed", "XML, but no sitemap")
    entries = []
    for node in root.iter("{*}loc"):
        address = urljoin(url, (node.text or "").strip())
        parent = node.getparent()
        stamp = parent.findtext("{*}lastmod") if parent is not None else None
        claims = (MetadataClaim("feed", "updated", stamp.strip()[:100]),) if stamp and stamp.strip() else ()
        # A page that changed is new: its date is part of its identity here.
        entries.append(FeedEntry(f"{address} {stamp.strip()[:100]}" if claims and stamp else address, address, claims))
        if len(entries) >= settings.most_entries:
            break
    return tuple(dict.fromkeys(entries))


def read_url_list(body: bytes, url: str, settings: FetchingSettings) -> tuple[FeedEntry, ...]:
    """Return the URLs of a text, one a line; ``#`` begins a comment line."""
    lines = (line.strip() for line in body.decode("utf-8-sig", "replace").splitlines())
    wanted = [line for line in lines if line and not line.startswith("#")][: settings.most_entries]
    return tuple(dict.fromkeys(FeedEntry(urljoin(url, line), urljoin(url, line)) for line in wanted))


def is_sitemap(body: bytes) -> bool:
    """Say whether an XML text is a sitemap or an index of sitemaps, by its beginning."""
    return _SITEMAP.search(body[:_BEGINNING]) is not None


def is_sitemap_index(body: bytes) -> bool:
    """Say whether an XML text lists sitemaps, not pages."""
    found = _SITEMAP.search(body[:_BEGINNING])
    return found is not None and found[1] == b"sitemapindex"
