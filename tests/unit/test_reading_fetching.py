"""Fetching stays outside: guard, redirects, limits, robots, conditional requests, against a server of our own."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("httpx", reason="needs the extra fetch")
pytest.importorskip("feedparser", reason="needs the extra fetch")


from colophon.documents import SourceDocument
from colophon.errors import UsageError
from colophon.reading import Rejection
from colophon.reading.addresses import is_public, networks
from colophon.reading.feeds import FeedEntry, read_feed, read_sitemap, read_url_list
from colophon.reading.fetching import Fetched, Fetcher, Validators, fetched_document
from colophon.reading.robots import parse_robots
from colophon.settings import FetchingSettings, ReadingSettings

ARTICLE = "<article><h1>T</h1><p>Body.</p><figure><figcaption lang=he>שער</figcaption></figure></article>"


class Zoo(BaseHTTPRequestHandler):
    """Every animal is a path; ``hits`` counts what was asked."""

    hits: list[str]
    robots: str
    flaky: int

    def do_GET(self) -> None:
        server = self.server
        server.hits.append(self.path)  # type: ignore[attr-defined]
        name = self.path.split("?")[0].strip("/").replace("-", "_").replace(".", "_")
        animal = getattr(self, f"animal_{name}", None)
        if self.path.startswith("/to/"):
            self.answer(302, {"location": self.path[4:]})
        elif self.path.startswith("/loop/"):
            self.answer(302, {"location": f"/loop/{int(self.path[6:]) + 1}"})
        elif animal is None:
            self.answer(404, {})
        else:
            animal()

    def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for key, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def animal_robots_txt(self) -> None:
        robots = self.server.robots  # type: ignore[attr-defined]
        self.answer(200 if robots else 404, {}, robots.encode())

    def animal_article(self) -> None:
        if self.headers.get("if-none-match") == '"one"':
            self.answer(304, {"etag": '"one"'})
        else:
            headers = {"content-type": "text/html; charset=windows-1255", "etag": '"one"', "tdm-reservation": "1"}
            self.answer(200, headers, ARTICLE.encode("cp1255"))

    def animal_gzip(self) -> None:
        self.answer(200, {"content-encoding": "gzip", "content-type": "text/plain"}, gzip.compress(b"packed words"))

    def animal_bomb(self) -> None:
        self.answer(200, {"content-encoding": "gzip"}, gzip.compress(b"0" * 30_000_000))

    def animal_cut(self) -> None:
        self.answer(200, {"content-encoding": "gzip"}, gzip.compress(b"words" * 1000)[:-10])

    def animal_brotli(self) -> None:
        self.answer(200, {"content-encoding": "br"}, b"x")

    def animal_huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(2_000):
                self.wfile.write(b"x" * 65_536)
        except OSError:
            pass  # the client had enough, as it should

    def animal_hangs(self) -> None:
        time.sleep(3)

    def animal_drips(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(40):
                self.wfile.write(f"x-{number}: y\r\n".encode())
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    def animal_garbage(self) -> None:
        self.wfile.write(b"\x00\xff garbage\r\n\r\n")

    def animal_picture(self) -> None:
        self.answer(200, {"content-type": "image/png"}, b"\x89PNG")

    def animal_broken(self) -> None:
        self.answer(500, {})

    def animal_flaky(self) -> None:
        self.server.flaky += 1  # type: ignore[attr-defined]
        if self.server.flaky < 3:  # type: ignore[attr-defined]
            self.answer(503, {"retry-after": "7"})
        else:
            self.answer(200, {"content-type": "text/plain"}, b"at last")

    def animal_feed(self) -> None:
        etag = f'"{len(FEED)}"'
        if self.headers.get("if-none-match") == etag:
            self.answer(304, {})
        else:
            self.answer(200, {"etag": etag, "content-type": "application/rss+xml"}, FEED.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><language>en</language>
<item><guid isPermaLink="false">1</guid><title>One</title><link>/article</link><author>A. B.</author></item>
<item><guid isPermaLink="false">2</guid><title>Two</title><link>/missing</link></item>
<item><title>No link</title></item>
</channel></rss>"""


class Server(ThreadingHTTPServer):
    """A zoo with its address."""

    daemon_threads = True

    def __init__(self, host: str) -> None:
        super().__init__((host, 0), Zoo)
        self.hits: list[str] = []
        self.robots = ""
        self.flaky = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


def running(host: str) -> Iterator[Server]:
    server = Server(host)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def zoo() -> Iterator[Server]:
    yield from running("127.0.0.1")


@pytest.fixture
def inner() -> Iterator[Server]:
    """A server on another loopback address, which must never be reached."""
    yield from running("127.0.0.2")


SETTINGS = FetchingSettings(
    operator="desk@example.org",
    allowed_networks=("127.0.0.1/32",),
    read_timeout=0.5,
    total_timeout=1,
    crawl_delay=0,
    first_wait=0,
    attempts=1,
    largest_body=1_000_000,
)


def fetcher(**changes: object) -> Fetcher:
    return Fetcher(SETTINGS.model_copy(update=changes), sleep=lambda _: None)


def reason(result: Fetched | Rejection) -> str:
    return result.reason if isinstance(result, Rejection) else "fetched"


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "192.88.99.1", "198.18.0.1", "192.0.0.8",
            "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1",
            "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "fe80::1", "fe80::1%eth0",
            "fc00::1", "fd00:ec2::254", "ff02::1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::7f00:1",
            "not an address", "",
        ],
    )  # fmt: skip
    def test_inside_is_refused(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
    def test_outside_is_not(self, address: str) -> None:
        assert is_public(address)

    def test_the_operator_may_allow_a_network(self) -> None:
        assert is_public("10.1.2.3", networks(["10.1.0.0/16"]))
        assert not is_public("10.2.2.3", networks(["10.1.0.0/16"]))


class TestNobodyReachesInside:
    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/", "//example.org/", "example.org", "http://",
            "http:///x", "http://user:secret@example.org/", "http://user@example.org/", "javascript:alert(1)",
            "http://exa mple/",
            "http://[::1", "",
        ],
    )  # fmt: skip
    def test_by_strange_urls(self, url: str) -> None:
        assert reason(fetcher().fetch(url)) in ("unsupported-url", "unreachable")

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.2", "localhost", "2130706434", "0x7f.2", "0177.0.0.2", "127.2", "[::1]", "[::ffff:127.0.0.2]", "0",
         "169.254.169.254", "10.0.0.1", "[fd00:ec2::254]"],
    )  # fmt: skip
    def test_by_any_spelling(self, host: str, inner: Server) -> None:
        port = inner.server_address[1]
        assert reason(fetcher(allowed_networks=()).fetch(f"http://{host}:{port}/article")) in (
            "refused-address",
            "unreachable",
            "unsupported-url",
        )
        assert inner.hits == []

    @pytest.mark.parametrize(
        "target",
        ["http://127.0.0.2:{port}/article", "//127.0.0.2:{port}/article", "http://[::ffff:127.0.0.2]:{port}/article"],
    )
    def test_by_a_redirect(self, target: str, zoo: Server, inner: Server) -> None:
        result = fetcher().fetch(f"{zoo.url}/to/{target.format(port=inner.server_address[1])}")
        assert reason(result) == "refused-address"
        assert inner.hits == []

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "http://u:p@127.0.0.1/", "data:,x"])
    def test_by_a_redirect_to_another_scheme(self, target: str, zoo: Server) -> None:
        assert reason(fetcher().fetch(f"{zoo.url}/to/{target}")) == "unsupported-url"

    def test_by_a_robots_file_that_redirects(self, zoo: Server, inner: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        def elsewhere(animal: Zoo) -> None:
            animal.answer(302, {"location": f"{inner.url}/article"})

        monkeypatch.setattr(Zoo, "animal_robots_txt", elsewhere)
        assert reason(fetcher().fetch(f"{zoo.url}/article")) == "refused-address"
        assert inner.hits == []

    def test_by_an_answer_that_changes(self, zoo: Server, inner: Server) -> None:
        """The name server says a good address first and a bad one after: each connection judges its own answer."""
        answers = iter([["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]])
        visitor = Fetcher(SETTINGS, resolver=lambda _host, _port: next(answers), sleep=lambda _: None)
        url = f"http://rebind.example:{zoo.server_address[1]}/article"
        assert reason(visitor.fetch(url)) == "fetched"  # robots.txt, then the page
        assert reason(visitor.fetch(url)) == "refused-address"
        assert inner.hits == []

    def test_by_one_bad_address_among_good_ones(self, zoo: Server) -> None:
        visitor = Fetcher(SETTINGS, resolver=lambda _host, _port: ["127.0.0.1", "10.0.0.1"])
        assert reason(visitor.fetch(f"http://two.example:{zoo.server_address[1]}/article")) == "refused-address"
        assert zoo.hits == []

    def test_by_a_proxy_of_the_environment(self, zoo: Server, inner: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", inner.url)
        monkeypatch.setenv("ALL_PROXY", inner.url)
        assert reason(fetcher().fetch(f"{zoo.url}/article")) == "fetched"
        assert inner.hits == []


class TestLimits:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("/article", "fetched"), ("/gzip", "fetched"), ("/to//article", "fetched"),
            ("/loop/1", "too-many-redirects"),
            ("/bomb", "expands-too-much"), ("/huge", "too-large"), ("/cut", "broken-archive"),
            ("/brotli", "broken-archive"),
            ("/hangs", "timeout"), ("/drips", "timeout"), ("/garbage", "unreachable"), ("/missing", "http-error"),
            ("/broken", "try-later"), ("/to/", "http-error"),
        ],
    )  # fmt: skip
    def test_each_animal(self, path: str, expected: str, zoo: Server) -> None:
        started = time.monotonic()
        assert reason(fetcher().fetch(zoo.url + path)) == expected
        assert time.monotonic() - started < 3

    def test_nobody_there(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        assert reason(fetcher().fetch(f"http://127.0.0.1:{port}/")) == "unreachable"

    def test_trouble_that_passes_is_waited_for(self, zoo: Server) -> None:
        waits: list[float] = []
        visitor = Fetcher(SETTINGS.model_copy(update={"attempts": 3, "first_wait": 1}), sleep=waits.append)
        assert reason(visitor.fetch(f"{zoo.url}/flaky")) == "fetched"
        assert waits == [7, 7]


class TestManners:
    def test_an_operator_is_named(self) -> None:
        with pytest.raises(UsageError, match="operator"):
            Fetcher(FetchingSettings())

    def test_a_wrong_network_is_named(self) -> None:
        with pytest.raises(UsageError, match="allowed_networks"):
            Fetcher(FetchingSettings(operator="a", allowed_networks=("everything",)))

    def test_robots_are_asked_once_and_obeyed(self, zoo: Server) -> None:
        zoo.robots = "User-agent: *\nDisallow: /\n\nUser-agent: colophon\nDisallow: /gzip\nCrawl-delay: 9\n"
        waits: list[float] = []
        visitor = Fetcher(SETTINGS, sleep=waits.append, clock=lambda: 100.0)
        assert reason(visitor.fetch(f"{zoo.url}/gzip")) == "robots"
        assert reason(visitor.fetch(f"{zoo.url}/article")) == "fetched"
        assert reason(visitor.fetch(f"{zoo.url}/article")) == "fetched"
        assert zoo.hits == ["/robots.txt", "/article", "/article"]
        assert waits == [9]

    @pytest.mark.parametrize(
        ("robots", "path", "allowed"),
        [
            ("", "/a", True),
            ("User-agent: *\nDisallow:", "/a", True),
            ("User-agent: *\nDisallow: /", "/a", False),
            ("User-agent: other\nDisallow: /", "/a", True),
            ("User-agent: *\nDisallow: /\nUser-agent: Colophon\nAllow: /", "/a", True),
            ("User-agent: a\nUser-agent: colophon\nDisallow: /a # no", "/ab", False),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", True),
            ("User-agent: *\nDisallow: /*/x*y", "/a/x-y", False),
            ("User-agent: *\nDisallow: /" + "*a" * 2_000 + "$", "/" + "a" * 1_999 + "b", True),
            ("\ufeffUSER-AGENT : *\r\nDISALLOW : /a", "/a", False),
            ("nonsense\n::\nDisallow: /", "/a", True),
        ],
    )
    def test_robots_rules(self, robots: str, path: str, allowed: bool) -> None:
        assert parse_robots(robots, "Colophon").allow(path) is allowed


class TestDocuments:
    def test_what_the_answer_says_is_kept(self, zoo: Server) -> None:
        fetched = fetcher().fetch(f"{zoo.url}/to//article")
        assert isinstance(fetched, Fetched)
        read = fetched_document(fetched, ReadingSettings())
        assert isinstance(read, SourceDocument)
        assert (read.url, read.encoding, read.encoding_basis) == (f"{zoo.url}/article", "windows-1255", "declared")
        assert read.text == "T\n\nBody.\n\nשער"
        assert ("http", "tdm-reservation", "1") in [(c.origin, c.name, c.value) for c in read.claims]
        assert ("http", "redirected-from", f"{zoo.url}/to//article") in [
            (c.origin, c.name, c.value) for c in read.claims
        ]

    def test_a_picture_is_no_document(self, zoo: Server) -> None:
        fetched = fetcher().fetch(f"{zoo.url}/picture")
        assert isinstance(fetched, Fetched)
        read = fetched_document(fetched, ReadingSettings())
        assert isinstance(read, Rejection)
        assert read.reason == "unsupported-media-type"

    def test_only_what_is_new(self, zoo: Server) -> None:
        first = fetcher().fetch(f"{zoo.url}/article")
        assert isinstance(first, Fetched)
        assert first.validators == Validators('"one"', None)
        again = fetcher().fetch(f"{zoo.url}/article", first.validators)
        assert isinstance(again, Fetched)
        assert (again.unchanged, again.body) == (True, b"")


class TestFeeds:
    def test_atom(self) -> None:
        body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>urn:1</id><title>T</title>
        <link href="a.html"/><updated>2026-01-02T03:04:05Z</updated><rights>(c) A</rights></entry></feed>"""
        entries = read_feed(body, "https://e.example.org/feed/", SETTINGS)
        assert isinstance(entries, tuple)
        assert (entries[0].id, entries[0].url) == ("urn:1", "https://e.example.org/feed/a.html")
        assert {claim.name for claim in entries[0].claims} == {"title", "rights", "updated"}

    @pytest.mark.parametrize("body", [b"", b"<html></html>", b"/etc/passwd", b"http://127.0.0.1/", b"\x00\xff"])
    def test_no_feed(self, body: bytes) -> None:
        result = read_feed(body, "u", SETTINGS)
        assert isinstance(result, Rejection)
        assert result.reason == "broken-feed"

    def test_sitemaps(self) -> None:
        body = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://e.example.org/a </loc>
        <lastmod>2026-01-02</lastmod></url><url><loc>https://e.example.org/b</loc></url></urlset>"""
        entries = read_sitemap(body, "https://e.example.org/sitemap.xml", SETTINGS)
        assert isinstance(entries, tuple)
        assert [(e.id, e.url) for e in entries] == [
            ("https://e.example.org/a 2026-01-02", "https://e.example.org/a"),
            ("https://e.example.org/b", "https://e.example.org/b"),
        ]

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"<a/>", b"no xml",
            b'<!DOCTYPE urlset [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]><x>&c;</x>',
        ],
    )  # fmt: skip
    def test_no_sitemap(self, body: bytes) -> None:
        assert isinstance(read_sitemap(body, "u", SETTINGS), Rejection)

    def test_a_sitemaps_entities_are_not_expanded(self) -> None:
        body = (
            b'<!DOCTYPE urlset [<!ENTITY c SYSTEM "file:///etc/hostname">]>'
            b"<urlset><url><loc>https://e.example.org/&c;</loc></url></urlset>"
        )
        entries = read_sitemap(body, "https://e.example.org/", SETTINGS)
        assert isinstance(entries, tuple)
        assert entries[0].url == "https://e.example.org/"

    def test_url_lists(self) -> None:
        body = b"# ours\nhttps://e.example.org/a\n\nhttps://e.example.org/a\nb\n"
        assert read_url_list(body, "https://e.example.org/list", SETTINGS) == (
            FeedEntry("https://e.example.org/a", "https://e.example.org/a"),
            FeedEntry("https://e.example.org/b", "https://e.example.org/b"),
        )
