"""Laws of detection: offsets are true, spans are in order, and lines do not leak into each other."""

from hypothesis import given
from hypothesis import strategies as st

from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.settings import DetectionSettings

PIECES = st.sampled_from(
    ["The bridge is shut. ", "הגשר סגור ", "мост закрыт, ", "le pont est fermé ", "“", "” ", "(", ") ", "桥关闭了。",
     "\u200f",
     "e\u0301", "\u202b", " / ", "12 ", "橋は閉鎖 ", "शहर ", "Dana Levi ", "😀", "\u00a0", "α"]
)  # fmt: skip
LINES = st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=5)
ANYTHING = st.text(max_size=80)
DETECTOR = FragmentDetector(DetectionSettings())


@given(st.one_of(ANYTHING, LINES.map("\n".join)))
def test_spans_are_ordered_inside_the_text_and_inside_one_line(text: str) -> None:
    last = 0
    for span in DETECTOR.detect(SourceDocument.of_text(text)):
        assert last <= span.start < span.end <= len(text)
        assert len(text[span.start : span.end].splitlines()) == 1
        assert 0 <= span.confidence <= 1
        last = span.end


@given(LINES)
def test_line_by_line_equals_the_whole_document(rows: list[str]) -> None:
    text = "\n".join(rows)
    whole = [(s.start, s.end, s.language) for s in DETECTOR.detect(SourceDocument.of_text(text))]
    apart, offset = [], 0
    for row in rows:
        found = DETECTOR.detect(SourceDocument.of_text(row))
        apart += [(offset + s.start, offset + s.end, s.language) for s in found]
        offset += len(row) + 1
    assert whole == apart
