"""Fetching: pages and feeds from the network, politely, within limits, and only what is new.

Needs the extra ``fetch`` (httpx). Nothing that a document points to is fetched: no picture, no script.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from colophon.documents import MetadataClaim, SourceDocument
from colophon.errors import MissingExtraError, UsageError
from colophon.reading import addresses
from colophon.reading.headers import charset_of, claims_of_headers, media_type_of
from colophon.reading.making import read_bytes
from colophon.reading.rejections import RefusedError, Rejection
from colophon.reading.robots import NOTHING_ALLOWED, Robots, parse_robots

if TYPE_CHECKING:
    import httpx

    from colophon.reading.guarded_http import Exchange
    from colophon.settings import FetchingSettings, ReadingSettings

AGENT = "Colophon"
_REDIRECTS = (301, 302, 303, 307, 308)
_WORTH_A_RETRY = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``hops`` are the URLs on the way, the last being where ``body`` came from.

    ``unchanged`` says that the server has nothing newer than the validators given; the body is empty then.
    """

    url: str
    hops: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    unchanged: bool = False

    @property
    def final_url(self) -> str:
        """The URL after all redirects."""
        return self.hops[-1]

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def validators(self) -> Validators:
        """What to send next time."""
        return Validators(self.header("etag"), self.header("last-modified"))


class Fetcher:
    """Fetches with one memory of robots.txt and of when each host was last asked. Not for several threads."""

    def __init__(
        self,
        settings: FetchingSettings,
        *,
        resolver: addresses.Resolver = addresses.resolve,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not (settings.operator or "").strip():
            raise UsageError("set settings.fetching.operator to how site owners reach you (an address or a page)")
        try:
            self._allowed = addresses.networks(settings.allowed_networks)
        except ValueError as error:
            raise UsageError(f"settings.fetching.allowed_networks: {error}") from error
        self._settings = settings
        self._resolver = resolver
        self._sleep = sleep
        self._clock = clock
        self._robots: dict[str, Robots] = {}
        self._asked: dict[str, float] = {}

    def fetch(self, url: str, known: Validators | None = None) -> Fetched | Rejection:
        """Return the answer to ``url``, or why there is none; ``known`` makes the request conditional."""
        try:
            return self._followed(url, known or Validators())
        except RefusedError as refusal:
            return Rejection(url, refusal.rejection.reason, refusal.detail)

    def _followed(self, url: str, known: Validators) -> Fetched:
        hops = [url]
        headers = _conditional(known)
        for _ in range(self._settings.most_redirects + 1):
            target = _checked(hops[-1])
            self._refuse_unwanted(target)
            answer = self._patiently(target, headers)
            if answer.status in _REDIRECTS and answer.header("location"):
                hops.append(urljoin(hops[-1], answer.header("location") or ""))
                continue
            unchanged = answer.status == 304 and bool(headers)
            if answer.status != 200 and not unchanged:
                later = answer.status in _WORTH_A_RETRY
                detail = f"status {answer.status} from {hops[-1]}"
                raise RefusedError(hops[-1], "try-later" if later else "http-error", detail)
            return Fetched(url, tuple(hops), answer.headers, answer.body, unchanged)
        raise RefusedError(
            url, "too-many-redirects", f"more than {self._settings.most_redirects}: {' -> '.join(hops[:4])}"
        )

    def _patiently(self, url: httpx.URL, headers: Mapping[str, str]) -> Exchange:
        """Ask again, later each time, while the trouble may pass."""
        for attempt in range(self._settings.attempts):
            last = attempt == self._settings.attempts - 1
            wait = min(self._settings.first_wait * 2**attempt, self._settings.longest_wait)
            self._keep_distance(url)
            try:
                answer = self._once(url, headers)
            except RefusedError as refusal:
                if last or refusal.rejection.reason not in ("timeout", "unreachable"):
                    raise
            else:
                if last or answer.status not in _WORTH_A_RETRY:
                    return answer
                wait = min(max(wait, _retry_after(answer)), self._settings.longest_wait)
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, url: httpx.URL, headers: Mapping[str, str]) -> Exchange:
        from colophon.reading.guarded_http import exchange

        named = {"user-agent": f"{AGENT}/1.0 (+{self._settings.operator})", **headers}
        return exchange(url, named, self._settings, resolver=self._resolver, allowed=self._allowed)

    def _keep_distance(self, url: httpx.URL) -> None:
        """Wait until the host may be asked again."""
        site = _site(url)
        wished = self._robots[site].crawl_delay if site in self._robots else None
        delay = min(max(self._settings.crawl_delay, wished or 0), self._settings.longest_wait)
        if site in self._asked:
            left = self._asked[site] + delay - self._clock()
            if left > 0:
                self._sleep(left)
        self._asked[site] = self._clock()

    def _refuse_unwanted(self, url: httpx.URL) -> None:
        site = _site(url)
        if site not in self._robots:
            self._robots[site] = self._fetch_robots(site)
        if self._robots[site] is NOTHING_ALLOWED:
            raise RefusedError(str(url), "try-later", f"{site}/robots.txt cannot be read, so nothing is until it can")
        if not self._robots[site].allow(url.raw_path.decode("ascii", "replace")):
            raise RefusedError(str(url), "robots", f"{site}/robots.txt asks {AGENT} not to read this")

    def _fetch_robots(self, site: str) -> Robots:
        """Return the site's rules: all is allowed without a file, nothing while the server fails (RFC 9309)."""
        target = _checked(f"{site}/robots.txt")
        for _ in range(self._settings.most_redirects + 1):
            try:
                answer = self._once(target, {})
            except RefusedError as refusal:
                if refusal.rejection.reason in ("timeout", "unreachable", "refused-address"):
                    raise
                return NOTHING_ALLOWED
            if answer.status in _REDIRECTS and answer.header("location"):
                target = _checked(urljoin(str(target), answer.header("location") or ""))
                continue
            if answer.status == 200:
                return parse_robots(answer.body[:500_000].decode("utf-8", "replace"), AGENT)
            return NOTHING_ALLOWED if answer.status >= 500 else Robots()
        return NOTHING_ALLOWED


def fetched_document(fetched: Fetched, settings: ReadingSettings) -> SourceDocument | Rejection:
    """Return the page of an answer; its location and URL are those after redirects."""
    declared = fetched.header("content-type") or "text/html"
    media_type = media_type_of(declared)
    if media_type is None:
        return Rejection(fetched.url, "unsupported-media-type", f"{declared[:100]}, not a page")
    read = read_bytes(
        fetched.body,
        fetched.final_url,
        settings,
        media_type=media_type,
        charset=charset_of(declared),
        url=fetched.final_url,
    )
    if isinstance(read, Rejection):
        return read
    hops = tuple(MetadataClaim("http", "redirected-from", hop) for hop in fetched.hops[:-1])
    return replace(read, claims=read.claims + claims_of_headers(fetched.headers) + hops)


def _checked(url: str) -> httpx.URL:
    try:
        import httpx
    except ImportError as error:
        raise MissingExtraError("httpx", "fetch", "fetching from the network") from error
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise RefusedError(url, "unsupported-url", f"no URL: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise RefusedError(url, "unsupported-url", f"only http and https with a host: {url[:200]}")
    if parsed.userinfo or "@" in urlsplit(str(parsed)).netloc:
        raise RefusedError(url, "unsupported-url", "a URL with a user name or password in it")
    return parsed.copy_with(fragment=None)


def _site(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _conditional(known: Validators) -> dict[str, str]:
    headers = {"if-none-match": known.etag, "if-modified-since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def _retry_after(answer: Exchange) -> float:
    value = (answer.header("retry-after") or "").strip()
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 8 else 0.0
