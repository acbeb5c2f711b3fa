"""Object stores by URL: what an operator names is read, and nothing else is opened."""

import gzip
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from colophon.documents import SourceDocument
from colophon.errors import MissingExtraError, UsageError
from colophon.reading import InputReference, Rejection, input_references, read_inputs, read_references
from colophon.settings import ReadingSettings
from tests.conftest import ROOT
from tests.unit.web_archive import by_member, page

fsspec = pytest.importorskip("fsspec", reason="the extra archive is not installed")

SETTINGS = ReadingSettings()


@pytest.fixture
def store() -> Iterator[Any]:
    """Give an empty store in memory."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield files
    files.store.clear()


def read(*inputs: str) -> list[SourceDocument | Rejection]:
    """Read, and check on the way that reading by reference gives the same."""
    whole = list(read_inputs(inputs, SETTINGS))
    references = [InputReference(**json.loads(json.dumps(asdict(r)))) for r in input_references(inputs, SETTINGS)]
    assert list(read_references(references, SETTINGS)) == whole
    return whole


def outcomes(items: list[SourceDocument | Rejection]) -> dict[str, str]:
    return {item.location: f"!{item.reason}" if isinstance(item, Rejection) else item.text for item in items}


FILES = {
    "/news/a.txt": b"one",
    "/news/b/c.html": b"<p>two</p>",
    "/news/b/d.jsonl": b'{"text": "three"}\n{"text": "four"}\n',
    "/news/b/e.jsonl.gz": gzip.compress(b'{"text": "five"}\n', mtime=0),
    "/news/f.warc.gz": by_member([page("six"), page("seven")]),
    "/news/g.pdf": b"%PDF",
    "/news/.h.txt": b"hidden",
    "/other/i.txt": b"eight",
}


@pytest.fixture
def news(store: Any) -> None:
    for name, data in FILES.items():
        store.pipe(name, data)


@pytest.mark.usefixtures("news")
class TestWhatIsRead:
    def test_everything_below_a_prefix_in_the_order_of_names(self) -> None:
        assert list(outcomes(read("memory://news")).items()) == [
            ("memory:///news/.h.txt", "!hidden"),
            ("memory:///news/a.txt", "one"),
            ("memory:///news/b/c.html", "two"),
            ("memory:///news/b/d.jsonl#1", "three"),
            ("memory:///news/b/d.jsonl#2", "four"),
            ("memory:///news/b/e.jsonl.gz#1", "five"),
            ("memory:///news/f.warc.gz#1", "six"),
            ("memory:///news/f.warc.gz#2", "seven"),
            ("memory:///news/g.pdf", "!unknown-extension"),
        ]

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("memory://news/a.txt", {"memory:///news/a.txt": "one"}),
            ("memory:///news/a.txt", {"memory:///news/a.txt": "one"}),
            ("memory://news/.h.txt", {"memory:///news/.h.txt": "hidden"}),
            ("memory://*/*.txt", {"memory:///news/.h.txt": "!hidden", "memory:///news/a.txt": "one"}),
            ("memory://news/*.md", {"memory://news/*.md": "!no-match"}),
            ("memory://nothing", {"memory://nothing": "!missing"}),
        ],
    )
    def test_an_object_or_a_pattern(self, given: str, expected: dict[str, str]) -> None:
        found = outcomes(read(given))
        assert expected.items() <= found.items()

    @pytest.mark.parametrize("name", ["x::file:///etc/hosts.txt", "x::memory://other/i.txt", "[a]*?.txt", "a\nb.txt"])
    def test_the_name_of_an_object_leads_nowhere_else(self, name: str, store: Any) -> None:
        store.store.clear()
        store.pipe(f"/news/{name}", b"mine")
        assert outcomes(read("memory://news")) == {f"memory:///news/{name}": "mine"}
        if "::" not in name:
            assert outcomes(read(f"memory://news/{name}")) == {f"memory:///news/{name}": "mine"}

    def test_an_object_named_twice_is_read_once(self) -> None:
        assert len(read("memory://news/a.txt", "memory:///news/a.txt", "memory://news/a*.txt")) == 1

    def test_an_object_that_is_gone_is_a_rejection(self, store: Any) -> None:
        references = list(input_references(["memory://news/a.txt"], SETTINGS))
        store.rm("/news/a.txt")
        (item,) = read_references(references, SETTINGS)
        assert isinstance(item, Rejection)
        assert item.reason == "unreadable"

    def test_the_limit_holds(self) -> None:
        (item,) = read_inputs(["memory://news/b/c.html"], ReadingSettings(largest_input=5))
        assert isinstance(item, Rejection)
        assert (item.reason, item.detail[:8]) == ("too-large", "10 bytes")


def test_a_file_url_is_the_path(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    assert outcomes(read(f"file://{tmp_path}/a.txt", str(tmp_path))) == {f"{tmp_path}/a.txt": "one"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("http://news.example/a.html", "watch-feeds"),
        ("https://news.example/a.warc.gz", "watch-feeds"),
        ("HTTPS://news.example/a.html", "watch-feeds"),
        ("zip://a.txt::memory://news/b.zip", "chained"),
        ("simplecache::s3://bucket/a.txt", "chained"),
        ("filecache::https://169.254.169.254/a.txt", "chained"),
        ("memory://a::b", "chained"),
        ("ftp://host/a.txt", "Colophon opens file://, s3://, gs://, memory://"),
        ("github://a:b@/c.txt", "Colophon opens"),
        ("reference://x.txt", "Colophon opens"),
        ("s3://key:secret@bucket/a.txt", "user name"),
        ("s3://", "name the bucket"),
        ("s3:///a.txt", "name the bucket"),
        ("gs://*/a.txt", "name the bucket"),
        ("file://host/a.txt", "file:///"),
        ("file:relative", "no such file"),
    ],
)
def test_what_is_not_opened(given: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fsspec, "filesystem", lambda *_, **__: pytest.fail("was opened"))
    (item,) = read(given)
    assert isinstance(item, Rejection)
    assert words in item.detail
    assert item.reason in ("unsupported-url", "missing")


@pytest.mark.skipif(importlib.util.find_spec("s3fs") is not None, reason="s3fs is installed")
def test_a_store_without_its_library_says_what_to_install() -> None:
    with pytest.raises(UsageError, match="pip install s3fs"):
        list(input_references(["s3://bucket/a.txt"], SETTINGS))


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match=r"colophon\[archive\]"):
        list(read_inputs(["memory://news"], SETTINGS))


def test_without_fastwarc_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.warc").write_bytes(page("one"))
    monkeypatch.setitem(__import__("sys").modules, "fastwarc", None)
    with pytest.raises(MissingExtraError, match=r"colophon\[archive\]"):
        list(input_references([str(tmp_path)], SETTINGS))


def test_a_url_inside_a_document_is_never_opened(tmp_path: Path, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store.pipe("/secret.txt", b"secret")
    line = {
        "id": "memory://secret.txt",
        "url": "memory://secret.txt",
        "html": '<p>a</p><iframe src="memory://secret.txt">',
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    monkeypatch.setattr(fsspec, "filesystem", lambda *_, **__: pytest.fail("was opened"))
    (item,) = read(str(tmp_path / "a.jsonl"))
    assert isinstance(item, SourceDocument)
    assert "secret" not in item.text


def test_the_page_says_what_is_opened() -> None:
    words = (ROOT / "docs/reading.md").read_text("utf-8")
    assert all(f"`{scheme}://`" in words for scheme in ("s3", "gs", "memory", "file"))
