"""Laws of reading, for any bytes and any page."""

import io
import json
from dataclasses import asdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from colophon.documents import SourceDocument
from colophon.reading import Rejection, read_bytes, read_inputs
from colophon.reading.references import MEDIA_TYPES
from colophon.settings import ReadingSettings

SETTINGS = ReadingSettings()
PIECES = st.sampled_from(
    ["<p>", "</p>", "<div lang=he dir=rtl>", "</div>", "<span class=credit>", "</span>", "<figure>", "</figure>",
     "<figcaption>", "</figcaption>", "<article>", "</article>", "<br>", "<pre>", "</pre>", "<i lang=en>", "</i>",
     "<blockquote>", "<footer>", "</footer>", "<td>", "<script>", "</script>", "<!--", "-->", "<a href=x>", "</a>",
     "<aside class=related>", "</aside>", "<h1>", "</h1>",
     " ", "\n", "\t", "\u00a0", "word", "שלום", "🔥", "&amp;", "&#0;"]
)  # fmt: skip
PAGES = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)


class TestReadingNeverRaises:
    @given(st.binary(max_size=300), st.sampled_from(sorted(set(MEDIA_TYPES.values()))))
    def test_on_any_bytes(self, data: bytes, media_type: str) -> None:
        assert isinstance(read_bytes(data, "x", SETTINGS, media_type=media_type), SourceDocument | Rejection)

    @given(st.text(max_size=200), st.sampled_from(["utf-16", "cp1255", "gb18030", "cp932", "utf-8"]))
    def test_on_any_text_in_any_encoding(self, text: str, encoding: str) -> None:
        read = read_bytes(text.encode(encoding, "ignore"), "x", SETTINGS)
        assert isinstance(read, SourceDocument | Rejection)

    @given(st.binary(max_size=30), st.text(max_size=20))
    def test_whatever_is_declared(self, data: bytes, charset: str) -> None:
        read_bytes(data, "x", SETTINGS, charset=charset)
        read_bytes(data, "x", SETTINGS.model_copy(update={"encoding": charset}))


class TestEveryLineIsAnswered:
    @given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line and line.strip()), max_size=8))
    def test_once_and_in_order(self, lines: list[bytes]) -> None:
        items = list(read_inputs(["-"], SETTINGS, stdin=io.BytesIO(b"\n".join(lines))))
        assert [item.location for item in items] == ([f"-#{n + 1}" for n in range(len(lines))] or ["-"])

    @given(st.lists(st.text(min_size=1), max_size=5))
    def test_text_comes_through_unchanged(self, texts: list[str]) -> None:
        stream = io.BytesIO("\n".join(json.dumps({"text": text}) for text in texts).encode())
        items = [item for item in read_inputs(["-"], SETTINGS, stdin=stream) if isinstance(item, SourceDocument)]
        assert [item.text for item in items] == [text for text in texts if text.strip()]


class TestTextIsNeverCleaned:
    @given(st.text(min_size=1, max_size=200))
    def test_utf_8_comes_through(self, text: str) -> None:
        read = read_bytes(b"\xef\xbb\xbf" + text.encode(), "x", SETTINGS)
        assert read.reason == "empty" if isinstance(read, Rejection) else read.text == text


class TestHintsAreExact:
    @given(PAGES)
    def test_they_lie_inside_the_text_and_touch_no_edge_space(self, html: str) -> None:
        read = read_bytes(html.encode("utf-8", "replace"), "x", SETTINGS, media_type="text/html")
        if isinstance(read, Rejection):
            return
        assert read.text.strip("\n\t") == read.text
        for hint in read.hints:
            assert 0 <= hint.start < hint.end <= len(read.text)
        for kind in ("lang", "dir"):
            spans = sorted((hint.start, hint.end) for hint in read.hints if hint.kind == kind)
            assert all(a[1] <= b[0] for a, b in pairwise(spans))

    @given(
        st.lists(
            st.tuples(st.sampled_from(["he", "en", "fr"]), st.from_regex(r"[a-zא-ת]{1,8}", fullmatch=True)),
            min_size=1,
            max_size=8,
        )
    )
    def test_each_paragraph_has_the_language_of_its_element(self, paragraphs: list[tuple[str, str]]) -> None:
        html = "".join(f"<p lang={lang}>{word}</p>" for lang, word in paragraphs)
        read = read_bytes(html.encode(), "x", SETTINGS, media_type="text/html")
        assert isinstance(read, SourceDocument)
        at = 0
        for lang, word in paragraphs:
            at = read.text.index(word, at)
            covering = [h.value for h in read.hints if h.kind == "lang" and h.start <= at and at + len(word) <= h.end]
            assert covering == [lang]
            at += len(word)


class TestReadingIsDeterministic:
    @given(PAGES)
    def test_twice_the_same(self, html: str) -> None:
        data = html.encode("utf-8", "replace")
        first, second = (read_bytes(data, "x", SETTINGS, media_type="text/html") for _ in range(2))
        assert json.dumps(asdict(first)) == json.dumps(asdict(second))
