"""Visits take what is new and nothing twice, whatever dies in between; captures give the same document again."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("httpx", reason="needs the extra fetch")
pytest.importorskip("feedparser", reason="needs the extra fetch")

from colophon.documents import SourceDocument
from colophon.errors import DataError, OutputError, UsageError
from colophon.reading import Rejection, read_inputs
from colophon.reading.captures import Capture, capture_line, capture_of, refusal_line
from colophon.reading.editions import Edition, Editions
from colophon.reading.fetch_state import FetchState, Memory
from colophon.reading.fetching import Validators
from colophon.reading.making import read_line
from colophon.reading.rejections import RefusedError
from colophon.reading.visiting import PATIENCE, Sources, Visit, capture
from colophon.settings import FetchingSettings, ReadingSettings

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
READING = ReadingSettings()
SETTINGS = FetchingSettings(
    operator="desk@example.org",
    allowed_networks=("127.0.0.1/32",),
    read_timeout=2,
    total_timeout=3,
    crawl_delay=0,
    attempts=1,
)


class Site(ThreadingHTTPServer):
    """Pages by path: status, headers, body; ``hits`` are the paths asked for, robots.txt aside."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.hits: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def page(self, path: str, text: str) -> None:
        body = f"<html><body><article><p>{text}</p></article></body></html>".encode()
        self.pages[path] = (200, {"content-type": "text/html; charset=utf-8", "set-cookie": "who=me"}, body)

    def feed(self, path: str, *items: str, etag: str | None = None) -> None:
        inner = "".join(f"<item><guid>{i}</guid><link>{i}</link><author>A. B.</author></item>" for i in items)
        body = f'<rss version="2.0"><channel><title>F</title>{inner}</channel></rss>'.encode()
        self.pages[path] = (200, {"etag": etag} if etag else {}, body)

    def sitemap(self, path: str, *pages: tuple[str, str], kind: str = "urlset") -> None:
        entry = "url" if kind == "urlset" else "sitemap"
        inner = "".join(f"<{entry}><loc>{u}</loc><lastmod>{d}</lastmod></{entry}>" for u, d in pages)
        name = "http://www.sitemaps.org/schemas/sitemap/0.9"
        self.pages[path] = (200, {}, f'<{kind} xmlns="{name}">{inner}</{kind}>'.encode())


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if self.path != "/robots.txt":
            self.server.hits.append(self.path)
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        etag = headers.get("etag")
        if etag is not None and self.headers.get("if-none-match") == etag:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def visit(
    out: Path, sources: Sources, *, most: int = 100, publish: bool = True
) -> tuple[list[str], list[Visit], Edition]:
    """Return what a run captures: URLs or reasons; published as a run that does not die would."""
    with Editions(out) as editions:
        edition = editions.current(NOW)
        visits = capture(sources, edition, editions.state, SETTINGS, most=most)
        taken = []
        if edition.planned:
            read = read_inputs([str(edition.captures)], READING)
            taken = [item.id if isinstance(item, SourceDocument) else item.reason for item in read]
            if publish:
                (edition.folder / "manifest.json").write_text("{}")
                editions.remember(edition, edition.memory)
    return taken, visits, edition


class TestOnlyWhatIsNew:
    def test_a_feed(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        site.page("/b", "Two.")
        site.feed("/feed", "/a", etag='"1"')
        feed = Sources(feeds=(f"{site.url}/feed",))
        taken, visits, _ = visit(tmp_path, feed)
        assert taken == [f"{site.url}/a"]
        assert (visits[0].announced, visits[0].captured) == (1, 1)
        site.hits.clear()
        assert visit(tmp_path, feed)[0] == []
        assert site.hits == ["/feed"]  # 304: not even the entries are looked at
        site.feed("/feed", "/b", "/a", etag='"2"')
        site.hits.clear()
        assert visit(tmp_path, feed)[0] == [f"{site.url}/b"]
        assert site.hits == ["/feed", "/b"]

    def test_a_run_that_dies_before_it_publishes_takes_the_same_again(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        site.feed("/feed", "/a", etag='"1"')
        feed = Sources(feeds=(f"{site.url}/feed",))
        _, _, edition = visit(tmp_path, feed, publish=False)
        with Editions(tmp_path) as editions:
            assert editions.unremembered() == [edition]
            assert editions.state.validators(f"{site.url}/feed") is None
            (edition.folder / "manifest.json").write_text("{}")
            editions.remember(edition, edition.memory)
            assert editions.unremembered() == []
        assert visit(tmp_path, feed)[0] == []

    def test_a_run_that_dies_while_it_fetches_leaves_nothing(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        site.feed("/feed", "/a")
        with Editions(tmp_path) as editions:
            begun = editions.current(NOW)
            (begun.folder / "captures.jsonl.partial").write_text('{"capture": 1, "ur')
        taken, _, edition = visit(tmp_path, Sources(feeds=(f"{site.url}/feed",)))
        assert taken == [f"{site.url}/a"]
        assert edition == begun
        assert not list(begun.folder.glob("*.partial"))

    def test_a_page_of_two_feeds_is_taken_once(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        site.pages["/short"] = (302, {"location": "/a"}, b"")
        site.feed("/one", "/a")
        site.feed("/two", "/a", "/short")
        taken, visits, _ = visit(tmp_path, Sources(feeds=(f"{site.url}/one", f"{site.url}/two")))
        assert taken == [f"{site.url}/a"]
        assert [v.known for v in visits] == [0, 2]
        site.feed("/three", "/short")
        assert visit(tmp_path, Sources(feeds=(f"{site.url}/three",)))[0] == []

    def test_a_sitemap_names_a_changed_page_again(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        site.page("/b", "Two.")
        site.sitemap("/map", (f"{site.url}/a", "2026-01-01"), (f"{site.url}/b", "2026-01-01"))
        site.sitemap("/index", (f"{site.url}/map", "2026-01-01"), kind="sitemapindex")
        index = Sources(sitemaps=(f"{site.url}/index",))
        assert visit(tmp_path, index)[0] == [f"{site.url}/a", f"{site.url}/b"]
        site.page("/a", "One, corrected.")
        site.sitemap("/map", (f"{site.url}/a", "2026-01-02"), (f"{site.url}/b", "2026-01-02"))
        taken, visits, _ = visit(tmp_path, index)
        assert taken == [f"{site.url}/a"]  # b's date changed, its bytes did not
        assert [v.source for v in visits] == [f"{site.url}/index", f"{site.url}/map"]

    def test_an_index_of_itself_ends(self, site: Site, tmp_path: Path) -> None:
        site.sitemap("/one", (f"{site.url}/one", "a"), (f"{site.url}/two", "a"), kind="sitemapindex")
        site.sitemap("/two", (f"{site.url}/one", "a"), (f"{site.url}/two", "a"), kind="sitemapindex")
        assert visit(tmp_path, Sources(sitemaps=(f"{site.url}/one",)))[0] == []
        assert len(site.hits) < 6

    def test_a_list_takes_a_page_when_it_changes(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "One.")
        (tmp_path / "pages.txt").write_text(f"# ours\n{site.url}/a\n\n{site.url}/a\n")
        pages = Sources(url_lists=(str(tmp_path / "pages.txt"),))
        assert visit(tmp_path / "out", pages)[0] == [f"{site.url}/a"]
        assert visit(tmp_path / "out", pages)[0] == []
        site.page("/a", "One, corrected.")
        assert visit(tmp_path / "out", pages)[0] == [f"{site.url}/a"]
        site.pages["/list"] = (200, {}, b"/a\n")
        assert visit(tmp_path / "out", Sources(url_lists=(f"{site.url}/list",)))[0] == []

    def test_what_is_over_the_limit_is_left_for_the_next_run(self, site: Site, tmp_path: Path) -> None:
        for name in "abc":
            site.page(f"/{name}", name)
        site.feed("/feed", "/a", "/b", "/c", etag='"1"')
        feed = Sources(feeds=(f"{site.url}/feed",))
        taken, visits, _ = visit(tmp_path, feed, most=2)
        assert taken == [f"{site.url}/a", f"{site.url}/b"]
        assert visits[0].left == 1
        assert visit(tmp_path, feed, most=2)[0] == [f"{site.url}/c"]


class TestTrouble:
    def test_a_page_that_is_not_there_is_rejected_once(self, site: Site, tmp_path: Path) -> None:
        site.feed("/feed", "/missing")
        feed = Sources(feeds=(f"{site.url}/feed",))
        assert visit(tmp_path, feed)[0] == ["http-error"]
        assert visit(tmp_path, feed)[0] == []

    def test_a_server_in_trouble_is_asked_again_and_given_up_at_last(self, site: Site, tmp_path: Path) -> None:
        site.pages["/a"] = (503, {}, b"")
        site.feed("/feed", "/a", etag='"1"')
        feed = Sources(feeds=(f"{site.url}/feed",))
        for _ in range(PATIENCE - 1):
            taken, visits, _ = visit(tmp_path, feed)
            assert (taken, visits[0].left) == ([], 1)
        assert visit(tmp_path, feed)[0] == ["try-later"]
        assert visit(tmp_path, feed)[0] == []

    def test_trouble_that_passes_costs_nothing(self, site: Site, tmp_path: Path) -> None:
        site.pages["/a"] = (503, {}, b"")
        site.feed("/feed", "/a", etag='"1"')
        feed = Sources(feeds=(f"{site.url}/feed",))
        assert visit(tmp_path, feed)[0] == []
        site.page("/a", "Here.")
        assert visit(tmp_path, feed)[0] == [f"{site.url}/a"]
        with FetchState(tmp_path / "state.sqlite") as state:
            assert state.failures(f"{site.url}/a") == 0

    def test_robots_that_cannot_be_read_are_trouble_and_a_site_that_says_no_is_not(
        self, site: Site, tmp_path: Path
    ) -> None:
        site.page("/a", "Here.")
        (tmp_path / "pages.txt").write_text(f"{site.url}/a\n")
        pages = Sources(url_lists=(str(tmp_path / "pages.txt"),))
        site.pages["/robots.txt"] = (500, {}, b"")
        assert visit(tmp_path / "out", pages)[1][0].left == 1
        site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\n")
        assert visit(tmp_path / "out", pages)[0] == ["robots"]

    @pytest.mark.parametrize(
        ("sources", "reason"),
        [
            (Sources(feeds=("{site}/nothing",)), "http-error"),
            (Sources(feeds=("{site}/page",)), "broken-feed"),
            (Sources(sitemaps=("ftp://example.org/",)), "unsupported-url"),
            (Sources(feeds=("http://127.0.0.2/",)), "refused-address"),
            (Sources(url_lists=("nowhere.txt",)), "unreadable"),
            (Sources(url_lists=("{site}/nothing",)), "http-error"),
        ],
    )
    def test_a_source_that_fails_is_said(self, sources: Sources, reason: str, site: Site, tmp_path: Path) -> None:
        site.page("/page", "No feed.")
        named = [tuple(s.format(site=site.url) for s in group) for group in (sources.feeds, sources.sitemaps)]
        lists = tuple(s.format(site=site.url) for s in sources.url_lists)
        taken, visits, edition = visit(tmp_path, Sources(named[0], named[1], lists))
        assert (taken, [v.failure and v.failure.reason for v in visits]) == ([], [reason])
        assert not edition.folder.exists()

    def test_no_source_is_wrong_usage(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="at least one"):
            visit(tmp_path, Sources())


class TestEditions:
    def test_two_runs_do_not_write_one_series(self, tmp_path: Path) -> None:
        with Editions(tmp_path), pytest.raises(OutputError, match="another run"):
            Editions(tmp_path)
        with Editions(tmp_path):
            pass

    def test_names_do_not_collide_and_sort_by_time(self, tmp_path: Path) -> None:
        with Editions(tmp_path) as editions:
            names = []
            for _ in range(3):
                edition = editions.current(NOW)
                edition.plan(Memory())
                names.append(edition.name)
            assert names == ["20261126T160000Z", "20261126T160000Z-2", "20261126T160000Z-3"]
            assert [edition.name for edition in editions] == names

    def test_what_is_published_never_changes(self, tmp_path: Path) -> None:
        with Editions(tmp_path) as editions:
            edition = editions.current(NOW)
            with pytest.raises(OutputError, match="not published"):
                editions.remember(edition, Memory())
            (edition.folder / "manifest.json").write_text("{}")
            with pytest.raises(OutputError, match="never changes"):
                edition.drop()

    def test_a_spoilt_memory_is_named(self, tmp_path: Path) -> None:
        with Editions(tmp_path) as editions:
            edition = editions.current(NOW)
            (edition.folder / "memory.json").write_text('{"pages": 1}')
            with pytest.raises(DataError, match=r"memory\.json"):
                edition.memory.to_json()

    @given(
        pages=st.dictionaries(st.text(), st.builds(Validators, st.none() | st.text(), st.none() | st.text())),
        entries=st.lists(st.tuples(st.text(), st.text())),
    )
    def test_a_memory_survives_its_file(self, pages: dict[str, Validators], entries: list[tuple[str, str]]) -> None:
        memory = Memory(pages, dict.fromkeys(entries))
        assert Memory.from_json(memory.to_json(), "x") == memory


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


class TestCaptures:
    @given(
        made=st.builds(
            Capture,
            url=TEXT,
            hops=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
            headers=st.lists(st.tuples(TEXT.filter(lambda name: "cookie" not in name), TEXT), max_size=3).map(tuple),
            fetched_at=TEXT,
            body=st.binary(max_size=50),
            announced_by=st.none() | TEXT,
            claims=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
        )
    )
    def test_a_capture_survives_its_line(self, made: Capture) -> None:
        assert capture_of(capture_line(made).encode(), "here") == made

    def test_the_document_knows_how_it_came(self, site: Site, tmp_path: Path) -> None:
        site.page("/a", "שריפה בשוק")
        site.pages["/old"] = (301, {"location": "/a"}, b"")
        site.feed("/feed", "/old")
        _, _, edition = visit(tmp_path, Sources(feeds=(f"{site.url}/feed",)))
        (read,) = read_inputs([str(edition.captures)], READING)
        assert isinstance(read, SourceDocument)
        assert (read.id, read.url, read.text) == (f"{site.url}/old", f"{site.url}/a", "שריפה בשוק")
        assert read.location == f"{edition.captures}#1"
        assert read.byte_length == len(site.pages["/a"][2])
        retrieval = read.retrieval
        assert retrieval is not None
        assert (retrieval.requested, retrieval.redirects) == (f"{site.url}/old", ())
        assert retrieval.announced_by == f"{site.url}/feed"
        assert ("content-type", "text/html; charset=utf-8") in retrieval.headers
        assert datetime.fromisoformat(retrieval.fetched_at).tzinfo is not None
        assert ("feed", "author", "A. B.") in [(c.origin, c.name, c.value) for c in read.claims]
        assert b"who=me" not in edition.captures.read_bytes()

    @pytest.mark.parametrize(
        "change",
        [
            {"body": "%%%"}, {"body": 3}, {"hops": []}, {"hops": [1]}, {"headers": [["a"]]}, {"capture": 2},
            {"url": None}, {"claims": {"a": "b"}}, {"announced_by": 4}, {"url": "\ud800"}, {"refused": "invented"},
            {"refused": "timeout", "body": 1, "hops": 1} | {"refused": ["timeout"]},
        ],
    )  # fmt: skip
    def test_a_spoilt_capture_is_no_document(self, change: dict[str, object]) -> None:
        good = capture_line(Capture("u", ("u",), (), "2026-01-01T00:00:00Z", b"<p>words</p>"))
        assert isinstance(read_line(good.encode(), "x#1", READING), SourceDocument)
        spoilt = read_line(json.dumps(json.loads(good) | change).encode(), "x#1", READING)
        if change.get("refused") == "invented":
            assert isinstance(spoilt, SourceDocument)  # an unknown word beside a whole page
        else:
            assert isinstance(spoilt, Rejection)

    def test_a_refusal_is_about_the_page(self) -> None:
        line = refusal_line(Rejection("https://e.example.org/a", "robots", "asks not to be read"))
        with pytest.raises(RefusedError) as caught:
            capture_of(line.encode(), "x#1")
        assert caught.value.rejection == Rejection("https://e.example.org/a", "robots", "asks not to be read")

    def test_a_picture_is_rejected_by_its_address(self) -> None:
        made = Capture(
            "https://e.example.org/a.png", ("https://e.example.org/a.png",), (("content-type", "image/png"),), "", b"x"
        )
        read = read_line(capture_line(made).encode(), "x#1", READING)
        assert read == Rejection("https://e.example.org/a.png", "unsupported-media-type", "image/png, not a page")
