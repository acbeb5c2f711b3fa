"""Feeds, sitemaps and URL lists: where new documents are announced.

Needs the extra ``fetch`` (feedparser, httpx).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from colophon.documents import MetadataClaim, SourceDocument
from colophon.errors import MissingExtraError
from colophon.reading.fetching import Fetched, Fetcher, Validators, fetched_document
from colophon.reading.rejections import Rejection

if TYPE_CHECKING:
    from colophon.reading.fetch_state import FetchState
    from colophon.settings import FetchingSettings, ReadingSettings

_CLAIMS = ("title", "author", "publisher", "rights", "license", "language", "published", "updated")
_LONGEST_CLAIM = 2_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One announcement: ``id`` is stable in its source, ``url`` absolute, ``claims`` what the feed says of it."""

    id: str
    url: str
    claims: tuple[MetadataClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Announced:
    """A document, or why there is none, and the entry that announced it; None when the source itself failed."""

    entry: FeedEntry | None
    result: SourceDocument | Rejection


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


def new_entries(
    url: str, fetcher: Fetcher, state: FetchState, settings: FetchingSettings
) -> tuple[Fetched, tuple[FeedEntry, ...]] | Rejection:
    """Return the feed or sitemap at ``url`` and its entries not yet remembered; none when it is unchanged."""
    fetched = fetcher.fetch(url, state.validators(url))
    if isinstance(fetched, Rejection):
        return fetched
    if fetched.unchanged:
        return fetched, ()
    sitemap = b"<urlset" in fetched.body[:2_000] or b"<sitemapindex" in fetched.body[:2_000]
    read = read_sitemap if sitemap else read_feed
    entries = read(fetched.body, fetched.final_url, settings)
    if isinstance(entries, Rejection):
        return entries
    return fetched, tuple(entry for entry in entries if not state.seen(url, entry.id))


class Watch:
    """One visit to a feed or sitemap: iterate for what is new, say what is written, then finish.

    A visit that ends early, or whose entries are not all written, is repeated by the next one.
    """

    def __init__(
        self, url: str, fetcher: Fetcher, state: FetchState, fetching: FetchingSettings, reading: ReadingSettings
    ) -> None:
        self.url = url
        self._fetcher = fetcher
        self._state = state
        self._fetching = fetching
        self._reading = reading
        self._validators: Validators | None = None
        self._open: set[str] = set()
        self._written: list[str] = []

    def __iter__(self) -> Iterator[Announced]:
        """Yield each new document, or the rejection in its place."""
        found = new_entries(self.url, self._fetcher, self._state, self._fetching)
        if isinstance(found, Rejection):
            yield Announced(None, found)
            return
        fetched, entries = found
        self._open = {entry.id for entry in entries}
        self._validators = None if fetched.unchanged else fetched.validators
        for entry in entries:
            yield Announced(entry, self._read(entry))

    def written(self, entry: FeedEntry) -> None:
        """Note that an entry is safe in the output, as a record or as a rejection that is not worth another try."""
        self._open.discard(entry.id)
        self._written.append(entry.id)

    def finish(self) -> None:
        """Remember what was written; the source itself only when nothing of it is left."""
        known = self._state.validators(self.url) or Validators()
        complete = self._validators is not None and not self._open
        validators = self._validators if complete and self._validators is not None else known
        self._state.remember(self.url, validators, self._written)

    def _read(self, entry: FeedEntry) -> SourceDocument | Rejection:
        fetched = self._fetcher.fetch(entry.url)
        if isinstance(fetched, Rejection):
            return fetched
        read = fetched_document(fetched, self._reading)
        return read if isinstance(read, Rejection) else replace(read, claims=read.claims + entry.claims)
