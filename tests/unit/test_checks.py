"""Faults in outputs, each beside an output that only looks like one."""

import pytest

from colophon.records import Flag
from colophon.translating import EngineOutput
from colophon.translating.checks import faults, loops, lost_latin, lost_numbers

SEA = "הים היה גבוה מאוד אתמול בערב"


def said(text: str, *, truncated: bool = False) -> EngineOutput:
    return EngineOutput(text, -0.3, 8, 8, truncated)


FAULTS: list[tuple[str, str, str, tuple[Flag, ...]]] = [
    ("right", SEA, "The sea was very high last night", ()),
    ("empty", SEA, "", ("empty",)),
    ("marks only", SEA, "...", ("empty",)),
    ("marks for marks", "—", "—", ()),
    ("loop of a word", SEA, "The sea sea sea was high last night", ("repetition",)),
    ("loop of a phrase", SEA, "The sea was high and the sea was high and the sea", ("repetition",)),
    ("loop of digits", "בשנה שעברה נפתח הגשר החדש", "In 30000000000 the new bridge opened", ("repetition",)),
    ("doubled on purpose", "ים ים ים קראו הילדים", "Sea, sea, sea, the children called", ()),
    ("twice is no loop", SEA, "Very, very high sea last night", ()),
    ("too short", SEA, "The sea", ("length-ratio",)),
    ("too long", "שלום", "Hello " + "and welcome to everybody who has come here " * 3, ("repetition", "length-ratio")),
    ("one word may be three", "לכשתרצה", "whenever you want to", ()),
    ("left in Hebrew", SEA, "The sea was מאוד high last night", ("copied-source",)),
    ("accents are Latin", "הקפה נפתח ברחוב הראשי", "The café opened on the main street", ()),
    ("lost number", "37 בני אדם נפגעו בתאונה", "People were hurt in the accident", ("lost-number",)),
    ("lost Latin", "המטוס של KLM נחת בשלום", "The plane landed safely", ("lost-latin",)),
]


@pytest.mark.parametrize(("source", "english", "expected"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS])
def test_faults(source: str, english: str, expected: tuple[Flag, ...]) -> None:
    assert faults(source, said(english), "he") == expected


def test_what_the_engine_says_of_truncation_is_a_fault() -> None:
    assert faults(SEA, said("The sea was very high last night", truncated=True), "he") == ("truncated",)
    assert faults(SEA, EngineOutput("The sea was very high last night", -0.3, 7, 8, False), "he") == ("truncated",)


def test_a_source_in_latin_letters_may_share_words_but_not_come_back_whole() -> None:
    assert faults("Le président arrive à Paris", said("The president arrives in Paris"), "fr") == ()
    assert faults("Le président arrive à Paris", said("Le président arrive à Paris"), "fr") == ("copied-source",)


NUMBERS = [
    ("same", "בשנת 2025", "in 2025", []),
    ("thousands mark", "1,700 איש", "1700 people", []),
    ("word", "3 דגים", "three fish", []),
    ("ordinal", "המקום ה-2", "second place", []),
    ("thousand", "100 אלף שקל", "100,000 shekels", []),
    ("million", "2.5 מיליון", "2.5 million", []),
    ("date", "7.10.2023", "October 7, 2023", []),
    ("date, month lost", "7.11.2023", "7 days in 2023", ["7.11.2023"]),
    ("half day", "20:30", "8:30 p.m.", []),
    ("decade", "שנות ה-80", "the 1980s", []),
    ("other number", "בן 43", "aged 34", ["43"]),
    ("prefix is not it", "12 נפגעים", "123 hurt", ["12"]),
    ("arabic-indic", "٣٧ شخصا", "37 people", []),
    ("day and month", "ב-7.10 בבוקר", "on the morning of October 7", []),
    ("percent", "4.5%", "5.4%", ["4.5"]),
]


@pytest.mark.parametrize(("source", "english", "expected"), [c[1:] for c in NUMBERS], ids=[c[0] for c in NUMBERS])
def test_lost_numbers(source: str, english: str, expected: list[str]) -> None:
    assert lost_numbers(source, english) == expected


def test_lost_latin_ignores_case_and_single_letters() -> None:
    assert lost_latin("ה-iPhone של A", "the IPHONE", "he") == []
    assert lost_latin("ה-iPhone", "the phone", "he") == ["iPhone"]


def test_loops_in_a_huge_output_take_no_time() -> None:
    assert loops("a" * 200_000) == 1
    assert loops("ab cd " * 50_000) == 1
