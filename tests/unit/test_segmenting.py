"""Where sentences end, and where they only seem to."""

import pytest

from colophon.segmenting import pieces, segments
from colophon.spans import Span

CASES = [
    ("two sentences", "he", "הגשם פסק. השמש יצאה.", ["הגשם פסק. ", "השמש יצאה."]),
    ("decimal point", "he", "המדד עלה ב-4.5% במאי", ["המדד עלה ב-4.5% במאי"]),
    ("initial", "he", "ד. שגב נאמה בטקס", ["ד. שגב נאמה בטקס"]),
    ("gershayim", "he", 'ח"כ לשעבר הגיע', ['ח"כ לשעבר הגיע']),
    ("closing quote", "he", '"נחזור." כך אמר', ['"נחזור." ', "כך אמר"]),
    ("ellipsis", "he", "חיכינו... ואז הלכנו", ["חיכינו... ", "ואז הלכנו"]),
    ("line break", "he", "כותרת\nגוף", ["כותרת\n", "גוף"]),
    ("edges", "he", "  \n שלום  ", ["  \n שלום  "]),
    ("chinese", "zh", "下雨了。我们走吧！", ["下雨了。", "我们走吧！"]),
    ("arabic question", "ar", "متى وصلوا؟ لا أحد يعرف", ["متى وصلوا؟ ", "لا أحد يعرف"]),
    ("russian abbreviation", "ru", "Ущерб 5 млн. рублей. Точка", ["Ущерб 5 млн. рублей. ", "Точка"]),
    ("url", "he", "כתבו אל news.example.org היום", ["כתבו אל news.example.org היום"]),
    ("empty", "he", "", []),
    ("white space only", "he", " \n", [" \n"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_sentences(language: str, text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in segments(text, language, 300)] == expected


def test_a_long_sentence_is_cut_at_a_clause_mark() -> None:
    text = "אחרי הפסקה ארוכה חזרו השחקנים למגרש, והקהל קם על רגליו"
    assert [s.of(text) for s in segments(text, "he", 40)] == [
        "אחרי הפסקה ארוכה חזרו השחקנים למגרש, ",
        "והקהל קם על רגליו",
    ]


def test_without_marks_at_a_space_and_without_spaces_anywhere() -> None:
    assert [s.of("aaa bbb ccc") for s in pieces("aaa bbb ccc", Span(0, 11), 8)] == ["aaa bbb ", "ccc"]
    assert [len(s) for s in pieces("א" * 50, Span(0, 50), 20)] == [20, 20, 10]
