"""Laws of web archives, for any records and any damage."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.documents import SourceDocument
from colophon.reading import Rejection, input_references, read_inputs, read_references
from colophon.reading.archived import read_record
from colophon.reading.archives import records
from colophon.reading.gzip_members import GzipMembers, StoredBytes
from colophon.reading.json_lines import no_guard
from colophon.reading.rejections import RefusedError
from colophon.settings import ReadingSettings
from tests.unit.web_archive import answer, by_member, member, page, record

pytest.importorskip("fastwarc", reason="the extra archive is not installed")

SETTINGS = ReadingSettings(largest_input=1_000_000)
WORDS = st.from_regex(r"[a-z]{1,30}", fullmatch=True)
PIECES = st.sampled_from(
    [b"WARC/1.0\r\n", b"WARC/1.1\r\n", b"WARC-Type: response\r\n", b"Content-Length: 5\r\n", b"\r\n", b"\r\n\r\n",
     b"Content-Type: application/http\r\n", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\n",
     b"Content-Encoding: gzip\r\n", b"\x1f\x8b\x08", b"hello", page("a"), member(page("b")), b"\0"]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.binary(max_size=8), max_size=20).map(b"".join)


def read(data: bytes, name: str) -> list[SourceDocument | Rejection]:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        whole = list(read_inputs([str(path)], SETTINGS))
        assert list(read_references(input_references([str(path)], SETTINGS), SETTINGS)) == whole
        return whole


class TestReadingAnArchiveNeverRaises:
    @given(HOSTILE, st.sampled_from(["a.warc", "a.warc.gz"]))
    def test_on_any_bytes(self, data: bytes, name: str) -> None:
        assert read(data, name)
        assert read(member(data), name)

    @given(HOSTILE)
    def test_on_any_record(self, data: bytes) -> None:
        for hostile in (data, record(data), record(answer(data, "Transfer-Encoding: chunked", "Content-Encoding: br"))):
            assert isinstance(read_record(hostile, "x", SETTINGS), SourceDocument | Rejection)


class TestEveryPageIsAnsweredInOrder:
    @given(st.lists(WORDS, min_size=1, max_size=6), st.integers(1, 400))
    def test_however_it_is_cut_into_members(self, words: list[str], size: int) -> None:
        stored = b"".join(page(word) for word in words)
        packed = by_member(stored[at : at + size] for at in range(0, len(stored), size))
        for data, name in ((stored, "a.warc"), (packed, "a.warc.gz")):
            assert [item.text for item in read(data, name) if isinstance(item, SourceDocument)] == words


class TestDamage:
    @given(st.lists(WORDS, min_size=3, max_size=5, unique=True), st.data())
    def test_to_one_member_costs_at_most_its_page(self, words: list[str], data: st.DataObject) -> None:
        members = [member(page(word)) for word in words]
        hit = data.draw(st.integers(0, len(words) - 1))
        at = data.draw(st.integers(0, len(members[hit]) - 1))
        bit = data.draw(st.integers(0, 7))
        broken = bytearray(members[hit])
        broken[at] ^= 1 << bit
        members[hit] = bytes(broken)
        items = read(b"".join(members), "a.warc.gz")
        texts = [item.text for item in items if isinstance(item, SourceDocument)]
        expected = [word for number, word in enumerate(words) if number != hit]
        # Some bits of a gzip header mean nothing; then the page is whole.
        assert texts == words or (texts == expected and any(isinstance(item, Rejection) for item in items))

    @given(HOSTILE)
    def test_of_any_kind_leaves_the_page_before_it(self, data: bytes) -> None:
        first = next(iter(read(member(page("first")) + data, "a.warc.gz")))
        assert isinstance(first, SourceDocument)
        assert first.text == "first"


class TestAWindowIsNoView:
    @given(HOSTILE, st.integers(1, 50))
    def test_records_do_not_depend_on_how_bytes_arrive(self, data: bytes, step: int) -> None:
        class Dripping(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                return super().read(min(size or -1, step) if size and size > 0 else step)

        def found(raw: io.BytesIO) -> list[object]:
            try:
                return list(records(StoredBytes(raw), "x", SETTINGS, no_guard))
            except RefusedError as refusal:
                return [refusal.rejection]

        assert found(Dripping(data)) == found(io.BytesIO(data))

    @given(HOSTILE)
    def test_members_give_what_was_put_in(self, data: bytes) -> None:
        source = GzipMembers(io.BytesIO(by_member([data, data])), "x")
        pieces = []
        while piece := source.read(7):
            pieces.append(piece)
        assert b"".join(pieces) == data + data
