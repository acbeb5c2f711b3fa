"""Law 1: the segments of a text, joined, equal the text."""

from hypothesis import given
from hypothesis import strategies as st

from colophon.segmenting import clauses, segments

TEXTS = st.text(st.sampled_from("אבגד abc.,!?;:\n\t\"'”。，！ 12-–…٣א\u0301\u200f\U0001f600")) | st.text()


@given(TEXTS, st.sampled_from(["he", "ar", "zh-Hans", "ru", "und"]), st.integers(20, 60))
def test_segments_partition_the_text(text: str, language: str, longest: int) -> None:
    spans = segments(text, language, longest)
    assert "".join(span.of(text) for span in spans) == text
    assert all(len(span) for span in spans)
    assert all(len(span.of(text).strip()) <= longest for span in spans)


@given(TEXTS)
def test_clauses_partition_the_text(text: str) -> None:
    assert "".join(span.of(text) for span in clauses(text)) == text
