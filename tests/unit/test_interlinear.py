"""Glosses behind the words of a source line."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.errors import DataError
from colophon.translating.interlinear import Glosses, read_glosses

KNOWN = Glosses(
    {
        "שוטר": "police officer",
        "לוד": "Lod",
        "בית": "house",
        "בית החולים": "the hospital",
        "בית החולים הדסה": "Hadassah Hospital",
        'ד"ר': "Dr.",
        "פרופ'": "Prof.",
        "ים": "sea",
    }
)


@pytest.mark.parametrize(
    ("line", "glossed"),
    [
        ("שוטר", "שוטר police officer"),
        ("שוטר בלוד", "שוטר police officer בלוד Lod"),
        ("ושבלוד", "ושבלוד"),  # three prefix letters are read as part of the word
        ("בית החולים הדסה", "בית החולים הדסה Hadassah Hospital"),  # the longest phrase wins
        ("בית החולים הישן", "בית החולים the hospital הישן"),
        ("מבית החולים", "מבית החולים the hospital"),
        ("בים", "בים"),  # a rest of two letters is no evidence
        ("(שוטר, לוד).", "(שוטר police officer, לוד Lod)."),
        ("ד\"ר כהן ופרופ' לוי", "ד\"ר Dr. כהן ופרופ' Prof. לוי"),
        ("אלוד", "אלוד"),  # א is no prefix
        ("BBC 2025", "BBC 2025"),
        ("", ""),
    ],
)
def test_gloss(line: str, glossed: str) -> None:
    assert KNOWN.applied(line) == glossed


def test_terms_of_a_user_come_first() -> None:
    terms = {"לוד": "Lydda", "שוטר בלוד": "a Lod constable"}
    assert KNOWN.applied("שוטר בלוד", {"לוד": "Lydda"}) == "שוטר police officer בלוד Lydda"
    assert KNOWN.applied("שוטר בלוד", terms) == "שוטר בלוד a Lod constable"
    assert list(KNOWN.terms_in("בית בלוד", terms)) == [("בלוד", "Lydda")]


@given(st.lists(st.sampled_from(["שוטר", "לוד", "בלוד,", "בית", "החולים", "NATO", "-", "!", "ן"])), st.integers())
def test_source_words_stay_in_order(words: list[str], seed: int) -> None:
    chance = random.Random(seed)
    line = " ".join(words)
    kept = KNOWN.applied(line, keep=lambda: chance.random() < 0.5)
    assert KNOWN.applied(line, keep=lambda: False) == line

    def hebrew(text: str) -> list[str]:
        return ["".join(c for c in word if c >= "\u05d0") for word in text.split()]

    assert [w for w in hebrew(kept) if w] == [w for w in hebrew(line) if w]


def test_a_malformed_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "glosses.tsv"
    path.write_text("# head\nלוד\tLod\nשוטר police\n", encoding="utf-8")
    with pytest.raises(DataError, match=r":3.*one tab"):
        read_glosses(path)
