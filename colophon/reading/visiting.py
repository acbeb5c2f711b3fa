"""Visiting: ask feeds, sitemaps and URL lists what is new, capture it, and note what to remember of it.

Needs the extra ``fetch``. New is what no earlier run remembered: an entry by its id and date, a page by its URL
and the hash of its bytes, so that a page which two feeds announce is taken once and a corrected one again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

from colophon.errors import UsageError
from colophon.reading.captures import Capture, capture_line, refusal_line
from colophon.reading.editions import Edition
from colophon.reading.feeds import FeedEntry, is_sitemap, is_sitemap_index, read_feed, read_sitemap, read_url_list
from colophon.reading.fetch_state import FetchState, Memory
from colophon.reading.fetching import Fetched, Fetcher
from colophon.reading.rejections import Rejection

if TYPE_CHECKING:
    from colophon.settings import FetchingSettings

# Trouble that may be over by the next run.
PASSING = ("timeout", "unreachable", "try-later")
# Runs that may fail to fetch a page before it is rejected.
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Sources:
    """What to visit: addresses; a URL list may also be a file."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    url_lists: tuple[str, ...] = ()


@dataclass(slots=True)
class Visit:
    """What came of one source: counts of its entries, or why the source itself could not be read.

    ``left`` are entries for the next run: their server was in trouble, or this run had taken enough.
    """

    source: str
    announced: int = 0
    known: int = 0
    captured: int = 0
    refused: int = 0
    left: int = 0
    failure: Rejection | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class Visitor:
    """One run over sources: writes ``captures`` and fills ``memory``; ``most`` bounds the pages taken."""

    def __init__(
        self,
        fetcher: Fetcher,
        state: FetchState,
        settings: FetchingSettings,
        captures: IO[str],
        *,
        most: int,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.memory = Memory()
        self.troubled: set[str] = set()
        self.lines = 0
        self._fetcher = fetcher
        self._state = state
        self._settings = settings
        self._captures = captures
        self._most = most
        self._now = now
        self._handled: set[str] = set()

    def visit_all(self, sources: Sources) -> Iterator[Visit]:
        """Visit one source after the other."""
        for url in (*sources.feeds, *sources.sitemaps):
            yield from self.announcements(url)
        for location in sources.url_lists:
            yield self.listed(location)

    def announcements(self, url: str, *, inside: bool = False) -> list[Visit]:
        """Visit a feed or a sitemap; the sitemaps of an index each have a visit of their own, unless ``inside`` one."""
        visit = Visit(url)
        fetched = self._fetcher.fetch(url, self._state.validators(url))
        if isinstance(fetched, Rejection):
            visit.failure = fetched
        elif not fetched.unchanged:
            entries = _entries(fetched, self._settings)
            if isinstance(entries, Rejection):
                visit.failure = entries
            elif is_sitemap_index(fetched.body):
                # An index seldom says when its sitemaps change: it is read each time, they say it themselves.
                return [visit] if inside else [visit, *(self._of_index(entry.url) for entry in entries)]
            else:
                self._take_all(visit, entries)
                if not visit.left:
                    self.memory.pages[url] = fetched.validators
        return [visit]

    def url_list(self, location: str, body: bytes) -> Visit:
        """Visit the pages of a list, one a line; each that changed since it was taken is new again."""
        visit = Visit(location)
        for entry in read_url_list(body, location, self._settings):
            visit.announced += 1
            self._take(visit, entry)
        return visit

    def listed(self, location: str) -> Visit:
        """Visit the pages of a list that is a file, or itself on the network."""
        if location.startswith(("http://", "https://")):
            fetched = self._fetcher.fetch(location)
            if isinstance(fetched, Rejection):
                return Visit(location, failure=fetched)
            return self.url_list(location, fetched.body)
        try:
            return self.url_list(location, Path(location).read_bytes())
        except OSError as error:
            return Visit(location, failure=Rejection(location, "unreadable", error.strerror or str(error)))

    def _of_index(self, url: str) -> Visit:
        """Visit a sitemap of an index; an index inside an index is not followed."""
        (visit,) = self.announcements(url, inside=True)
        return visit

    def _take_all(self, visit: Visit, entries: Iterable[FeedEntry]) -> None:
        for entry in entries:
            visit.announced += 1
            key = _key(entry)
            if self._state.seen(visit.source, key):
                visit.known += 1
            elif self._take(visit, entry):
                self.memory.note(visit.source, key)

    def _take(self, visit: Visit, entry: FeedEntry) -> bool:
        """Capture a page that is new; say whether its entry is done with."""
        if entry.url in self._handled:
            visit.known += 1
            return entry.url not in self.troubled
        if self.lines >= self._most:
            visit.left += 1
            return False
        self._handled.add(entry.url)
        fetched = self._fetcher.fetch(entry.url, self._state.validators(entry.url))
        if isinstance(fetched, Rejection):
            return self._refuse(visit, entry, fetched)
        if fetched.unchanged:
            visit.known += 1
            return True
        self.memory.pages[entry.url] = fetched.validators
        # Two addresses that redirect to one page are one page.
        digest = sha256(fetched.body).hexdigest()
        if self._state.seen(fetched.final_url, digest) or self.memory.noted(fetched.final_url, digest):
            visit.known += 1
        else:
            self._write(capture_line(self._capture(visit, entry, fetched)))
            self.memory.note(fetched.final_url, digest)
            visit.captured += 1
        return True

    def _refuse(self, visit: Visit, entry: FeedEntry, rejection: Rejection) -> bool:
        """Write why there is no page, once; leave it for the next run while its trouble may pass."""
        again = f"{rejection.reason} {rejection.detail}"
        if rejection.reason in PASSING and self._state.failures(entry.url) + 1 < PATIENCE:
            self.troubled.add(entry.url)
            visit.left += 1
            return False
        if self._state.seen(entry.url, again):
            visit.known += 1
            return True
        self._write(refusal_line(rejection))
        self.memory.note(entry.url, again)
        visit.refused += 1
        return True

    def _write(self, line: str) -> None:
        self._captures.write(line)
        self.lines += 1

    def _capture(self, visit: Visit, entry: FeedEntry, fetched: Fetched) -> Capture:
        return Capture(
            url=entry.url,
            hops=fetched.hops,
            headers=fetched.headers,
            fetched_at=self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            body=fetched.body,
            announced_by=visit.source,
            claims=tuple((claim.name, claim.value) for claim in entry.claims),
        )


def _entries(fetched: Fetched, settings: FetchingSettings) -> tuple[FeedEntry, ...] | Rejection:
    read = read_sitemap if is_sitemap(fetched.body) else read_feed
    return read(fetched.body, fetched.final_url, settings)


def _key(entry: FeedEntry) -> str:
    """Return what an entry is known by: an entry whose date changed is looked at again."""
    updated = next((claim.value for claim in entry.claims if claim.name == "updated"), "")
    return f"{entry.id} {updated}".strip()


def capture(
    sources: Sources, edition: Edition, state: FetchState, settings: FetchingSettings, *, most: int
) -> list[Visit]:
    """Visit all sources and keep what is new in the edition, planned when there is anything, else dropped.

    Raises:
        UsageError: no source, or no operator to name.
    """
    if not (sources.feeds or sources.sitemaps or sources.url_lists):
        raise UsageError("name at least one feed, sitemap or URL list")
    fetcher = Fetcher(settings)
    with edition.capturing() as captures:
        visitor = Visitor(fetcher, state, settings, captures, most=most)
        visits = list(visitor.visit_all(sources))
    state.failed(sorted(visitor.troubled))
    if visitor.lines:
        edition.plan(visitor.memory)
    else:
        edition.drop()
        state.remember(visitor.memory)
    return visits
