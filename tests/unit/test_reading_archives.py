"""Web archives: every page is a document with what its server said, every break a rejection, no neighbour lost."""

import base64
import gzip
import hashlib
import json
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from colophon.documents import MetadataClaim, Retrieval, SourceDocument
from colophon.reading import REASONS, InputReference, Rejection, input_references, read_inputs, read_references
from colophon.reading.archived import read_record
from colophon.settings import ReadingSettings
from tests.unit.web_archive import answer, by_member, member, page, record

pytest.importorskip("fastwarc", reason="the extra archive is not installed")
from fastwarc.stream_io import BrotliWriter, ZstdWriter

SETTINGS = ReadingSettings()
Items = list[SourceDocument | Rejection]


def read(path: Path, settings: ReadingSettings = SETTINGS) -> Items:
    """Read, and check on the way that reading by reference gives the same, in order and one by one."""
    whole = list(read_inputs([str(path)], settings))
    references = [InputReference(**json.loads(json.dumps(asdict(r)))) for r in input_references([str(path)], settings)]
    assert list(read_references(references, settings)) == whole
    backwards = [next(read_references([reference], settings)) for reference in reversed(references)]
    assert backwards[::-1] == whole
    locations = [item.location for item in whole]
    assert len(set(locations)) == len(locations)
    return whole


def written(tmp_path: Path, data: bytes, name: str = "a.warc") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def texts(items: Items) -> list[str]:
    """Return texts, or ``!reason`` of rejections."""
    return [f"!{item.reason}" if isinstance(item, Rejection) else item.text for item in items]


ABOUT = (
    record(b"software: x\r\n", "warcinfo", "", "application/warc-fields"),
    record(b"GET / HTTP/1.1\r\n\r\n", "request"),
    record(b"fetchTimeMs: 3\r\n", "metadata", type="application/warc-fields"),
)
ARCHIVE = (*ABOUT[:2], page("one"), ABOUT[2], page("two"), page("three"))
WAYS: dict[str, tuple[str, Callable[[tuple[bytes, ...]], bytes]]] = {
    "stored": ("a.warc", b"".join),
    "a member a record": ("a.warc.gz", by_member),
    "one member": ("a.warc.gz", lambda records: member(b"".join(records))),
    "members that cut records": (
        "a.warc.gz",
        lambda records: by_member([b"".join(records)[at : at + 100] for at in range(0, len(b"".join(records)), 100)]),
    ),
    "zeros between": ("a.warc.gz", lambda records: b"\0".join(map(member, records)) + bytes(600)),
}


@pytest.mark.parametrize("way", WAYS)
def test_pages_are_read_whatever_the_compression(way: str, tmp_path: Path) -> None:
    name, pack = WAYS[way]
    items = read(written(tmp_path, pack(ARCHIVE), name))
    assert texts(items) == ["one", "two", "three"]
    assert [item.location for item in items] == [f"{tmp_path / name}#{number}" for number in (3, 5, 6)]


def test_a_record_is_reached_without_what_is_before_it(tmp_path: Path) -> None:
    path = written(tmp_path, by_member(ARCHIVE), "a.warc.gz")
    third = list(input_references([str(path)], SETTINGS))[2]
    assert third.offset == len(by_member(ARCHIVE[:5]))
    assert third.within == 0
    path.write_bytes(bytes(third.offset) + by_member(ARCHIVE[5:]))
    assert texts(list(read_references([third], SETTINGS))) == ["three"]


def test_what_the_answer_said_is_kept(tmp_path: Path) -> None:
    headers = ("Last-Modified: Sat, 01 Mar 2025 05:00:00 GMT", "Server: x", "X-Robots-Tag: noai")
    html = answer(
        "<title>A</title><p>שלום</p>".encode("windows-1255"), *headers, type="text/html; charset=windows-1255"
    )
    (item,) = read(written(tmp_path, record(html, uri="<https://news.example/a?b>", more="WARC-Truncated: time\r\n")))
    assert isinstance(item, SourceDocument)
    assert (item.text, item.url, item.encoding) == ("שלום", "https://news.example/a?b", "windows-1255")
    said = [(c.name, c.value) for c in item.claims if c.origin == "http"]
    assert said == [
        ("last-modified", "Sat, 01 Mar 2025 05:00:00 GMT"),
        ("x-robots-tag", "noai"),
        ("warc-date", "2025-03-01T06:30:00Z"),
        ("warc-record-id", "<urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427>"),
        ("warc-truncated", "time"),
    ]
    assert MetadataClaim("http", "server", "x") not in item.claims
    assert item.retrieval == Retrieval(
        requested="https://news.example/a?b",
        fetched_at="2025-03-01T06:30:00Z",
        headers=(
            ("content-type", "text/html; charset=windows-1255"),
            ("last-modified", "Sat, 01 Mar 2025 05:00:00 GMT"),
            ("x-robots-tag", "noai"),
        ),
    )


@pytest.mark.parametrize("old", ["WARC-Date: 2025-03-01T06:30:00Z", "WARC-Target-URI: http://news.example/1"])
def test_without_a_time_or_a_place_nothing_is_said_of_the_fetching(old: str, tmp_path: Path) -> None:
    data = page("one").replace(old.encode(), b"WARC-Date: yesterday" if "Date" in old else b"WARC-X: y")
    (item,) = read(written(tmp_path, data))
    assert isinstance(item, SourceDocument)
    assert item.retrieval is None


def packed(writer: Any, data: bytes) -> bytes:
    path = Path(tempfile.mkdtemp()) / "packed"
    with writer(str(path)) as stream:
        stream.write(data)
    return path.read_bytes()


def deflated(data: bytes, window: int) -> bytes:
    packer = zlib.compressobj(wbits=window)
    return packer.compress(data) + packer.flush()


PAGE = b"<p>harbour</p>"
CHUNKS = b"4;x=y\r\n<p>h\r\nA \r\narbour</p>\r\n0\r\n\r\n"
BLOCKS: dict[str, tuple[bytes, str]] = {
    "plain page": (answer(PAGE), "harbour"),
    "no type is taken for a page": (b"HTTP/1.0 200 OK\r\n\r\n" + PAGE, "harbour"),
    "plain text": (answer(b"harbour\n", type="text/plain"), "harbour\n"),
    "chunks": (answer(CHUNKS, "Transfer-Encoding: chunked"), "harbour"),
    "chunks joined before": (answer(PAGE, "Transfer-Encoding: chunked"), "harbour"),
    "chunks that are cut": (answer(CHUNKS[:15], "Transfer-Encoding: chunked"), "!broken-archive"),
    "chunks that break": (answer(CHUNKS.replace(b"A ", b"x "), "Transfer-Encoding: chunked"), "!broken-archive"),
    "gzip": (answer(gzip.compress(PAGE), "Content-Encoding: gzip"), "harbour"),
    "gzip undone before": (answer(PAGE, "Content-Encoding: gzip"), "harbour"),
    "gzip that is cut": (answer(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip"), "!broken-archive"),
    "gzip with another sum": (
        answer(gzip.compress(PAGE)[:-8] + bytes(8), "Content-Encoding: gzip"),
        "!broken-archive",
    ),
    "deflate": (answer(deflated(PAGE, 15), "Content-Encoding: deflate"), "harbour"),
    "raw deflate": (answer(deflated(PAGE, -15), "Content-Encoding: deflate"), "harbour"),
    "brotli": (answer(packed(BrotliWriter, PAGE), "Content-Encoding: br"), "harbour"),
    "brotli that is cut": (answer(packed(BrotliWriter, PAGE)[:-2], "Content-Encoding: br"), "!broken-archive"),
    "zstandard": (answer(packed(ZstdWriter, PAGE), "Content-Encoding: zstd"), "harbour"),
    "zstandard that is cut": (answer(packed(ZstdWriter, PAGE)[:-2], "Content-Encoding: zstd"), "!broken-archive"),
    "a bomb of brotli": (answer(packed(BrotliWriter, bytes(300_000)), "Content-Encoding: br"), "!expands-too-much"),
    "gzip inside chunks": (
        answer(
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(PAGE)), gzip.compress(PAGE)),
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
        ),
        "harbour",
    ),
    "a bomb": (answer(gzip.compress(bytes(300_000)), "Content-Encoding: gzip"), "!expands-too-much"),
    "a picture": (answer(b"\x89PNG", type="image/png"), "!unsupported-media-type"),
    "a redirect": (answer(b"", "Location: /b", status="301 Moved"), "!http-error"),
    "not found": (answer(PAGE, status="404 Not Found"), "!http-error"),
    "no answer": (b"garbage", "!broken-archive"),
    "an empty block": (b"", "!broken-archive"),
    "an empty page": (answer(b""), "!empty"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_an_answer(name: str, tmp_path: Path) -> None:
    block, expected = BLOCKS[name]
    settings = ReadingSettings(largest_input=200_000)
    items = read(written(tmp_path, page("before") + record(block) + page("after")), settings)
    assert texts(items) == ["before", expected, "after"]


def digest(block: bytes, of: bytes) -> str:
    return f"WARC-Block-Digest: sha1:{base64.b32encode(hashlib.sha1(of).digest()).decode()}\r\n" + block.decode()


KINDS: dict[str, tuple[bytes, str]] = {
    "resource": (record(PAGE, "resource", type="text/html"), "harbour"),
    "text that the archive's maker took out": (record(b"harbour", "conversion", type="text/plain"), "harbour"),
    "name server": (record(b"20250301\nx. A 1.2.3.4", uri="dns:x", type="text/dns"), "!unsupported-media-type"),
    "revisit": (record(b"", "revisit"), "!no-page"),
    "continuation": (record(b"x", "continuation"), "!no-page"),
    "of a kind to come": (record(b"x", "dream"), "!no-page"),
    "right digest": (record(answer(PAGE), more=digest(b"", answer(PAGE))), "harbour"),
    "wrong digest": (record(answer(PAGE), more=digest(b"", b"another")), "!broken-archive"),
    "digest of an unknown kind": (record(answer(PAGE), more="WARC-Block-Digest: blake9:abc\r\n"), "harbour"),
    "line breaks too many": (page("harbour") + b"\r\n\r\n\n", "harbour"),
    "line breaks too few": (page("harbour")[:-3], "harbour"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_record(name: str, tmp_path: Path) -> None:
    data, expected = KINDS[name]
    assert texts(read(written(tmp_path, page("before") + data + page("after")))) == ["before", expected, "after"]


def with_length(data: bytes, length: int | str) -> bytes:
    head, rest = data.split(b"Content-Length: ", 1)
    return head + f"Content-Length: {length}".encode() + rest[rest.index(b"\r\n") :]


# What is broken, between two good records; each costs one rejection and nothing else.
BREAKS: dict[str, tuple[bytes, str]] = {
    "length too long": (with_length(page("bad"), 200), "broken-archive"),
    "length beyond the end": (with_length(page("bad"), 100_000), "broken-archive"),
    "length enormous": (with_length(page("bad"), 10**14), "too-large"),
    "length too short": (with_length(page("bad"), 3), "broken-archive"),
    "length negative": (with_length(page("bad"), -1), "broken-archive"),
    "no length": (page("bad").replace(b"Content-Length", b"Length"), "broken-archive"),
    "no header": (page("bad").replace(b"WARC/1.1", b"1.1/WARC"), "broken-archive"),
    "header without end": (b"WARC/1.1\r\n" + b"x" * 100_000 + b"\r\n\r\n", "broken-archive"),
    "garbage": (bytes(range(256)) * 300 + b"\r\n\r\n", "broken-archive"),
    "larger than allowed": (page("bad" * 100_000), "too-large"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_costs_no_neighbour(name: str, tmp_path: Path) -> None:
    data, reason = BREAKS[name]
    settings = ReadingSettings(largest_input=200_000)
    items = read(written(tmp_path, page("before") + data + page("after") + page("last")), settings)
    assert texts(items) == ["before", f"!{reason}", "after", "last"]
    (bad,) = (item for item in items if isinstance(item, Rejection))
    assert bad.reason in REASONS
    assert bad.location.endswith("#2")


def test_an_archive_that_is_cut_says_so(tmp_path: Path) -> None:
    data = page("one") + page("two")
    assert texts(read(written(tmp_path, data[:-20]))) == ["one", "!broken-archive"]
    assert texts(read(written(tmp_path, by_member([page("one"), page("two")])[:-20], "b.warc.gz"))) == [
        "one",
        "!broken-archive",
    ]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


MIDDLE = member(page("bad and long enough to be cut in two"))
MEMBERS: dict[str, bytes] = {
    "changed": flipped(MIDDLE, len(MIDDLE) // 2),
    "changed in its first byte": flipped(MIDDLE, 10),
    "another sum": flipped(MIDDLE, len(MIDDLE) - 6),
    "cut": MIDDLE[: len(MIDDLE) // 2],
    "garbage between": b"no gzip at all",
}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_broken_member_costs_no_neighbour(name: str, tmp_path: Path) -> None:
    data = member(page("before")) + MEMBERS[name] + member(page("after")) + member(page("last"))
    assert texts(read(written(tmp_path, data, "a.warc.gz"))) == ["before", "!broken-archive", "after", "last"]


NOTHING: dict[str, tuple[str, bytes, list[str]]] = {
    "empty": ("a.warc", b"", ["!empty"]),
    "empty, compressed": ("a.warc.gz", b"", ["!empty"]),
    "only about others": ("a.warc", b"".join(ABOUT), ["!empty"]),
    "garbage": ("a.warc", b"garbage" * 99, ["!broken-archive"]),
    "garbage, compressed": ("a.warc.gz", b"garbage" * 99, ["!broken-archive"]),
    "not compressed": ("a.warc.gz", page("one"), ["!broken-archive"]),
    "no archive inside": ("a.warc.gz", member(b"hello"), ["!broken-archive"]),
    "a bomb": ("a.warc.gz", member(bytes(60_000_000)), ["!expands-too-much"]),
    "line breaks": ("a.warc", b"\r\n" * 99_999, ["!empty"]),
}


@pytest.mark.parametrize("name", NOTHING)
def test_an_archive_without_pages(name: str, tmp_path: Path) -> None:
    file, data, expected = NOTHING[name]
    assert texts(read(written(tmp_path, data, file), ReadingSettings(largest_input=1_000_000))) == expected


@pytest.mark.parametrize(("name", "pack"), [("a.warc", bytes), ("a.warc.gz", member)])
def test_very_many_breaks_end_the_archive(name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    bad = pack(page("bad").replace(b"Content-Length", b"Length"))
    items = read(written(tmp_path, bad * 200, name))
    assert len(items) == 101
    assert isinstance(items[-1], Rejection)
    assert "more than 100 places" in items[-1].detail


def test_members_that_break_again_and_again_are_not_followed_for_ever(tmp_path: Path) -> None:
    items = read(written(tmp_path, MIDDLE[:-9] * 300, "a.warc.gz"))
    assert sum(isinstance(item, Rejection) for item in items) == 101
    assert isinstance(items[-1], Rejection)
    assert "more than 100 places" in items[-1].detail


def test_an_archive_that_changed_is_not_read_for_another(tmp_path: Path) -> None:
    path = written(tmp_path, page("one") + page("two"))
    references = list(input_references([str(path)], SETTINGS))
    path.write_bytes(b"x" + page("one") + page("two"))
    assert texts(list(read_references(references, SETTINGS))) == ["!changed", "!changed"]


def test_a_reference_without_its_place_is_refused(tmp_path: Path) -> None:
    path = str(written(tmp_path, page("one")))
    reference = InputReference(path, path, "application/warc", line=1)
    assert texts(list(read_references([reference], SETTINGS))) == ["!changed"]


@pytest.mark.parametrize("data", [b"", b"x", b"WARC/1.0", b"WARC/1.0\r\n\r\n", bytes(100)])
def test_bytes_that_are_no_record(data: bytes) -> None:
    assert isinstance(read_record(data, "x", SETTINGS), Rejection)


def test_memory_is_that_of_one_record(tmp_path: Path) -> None:
    """Many records pass through one window that keeps none of them."""
    path = tmp_path / "many.warc.gz"
    with path.open("wb") as out:
        out.writelines(member(page("word " * 20_000 + str(number))) for number in range(60))
    tracemalloc.start()
    for _ in input_references([str(path)], SETTINGS):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
