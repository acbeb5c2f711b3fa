"""Attribution of any text: it returns, its offsets are the original's, and what is cut short is granted nothing."""

import json
import time
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colophon.attributing import Attribution, Attributor
from colophon.documents import SourceDocument

CASES = Path(__file__).parent.parent / "cases" / "provenance"
ARTICLES: list[str] = [case["text"] for case in tomllib.loads((CASES / "articles.toml").read_text("utf-8"))["case"]]
GRANTS = ("permitted", "permitted-with-conditions")
# Pieces that rules look for, marks that change lengths, and what comes between.
PIECES = st.sampled_from(
    [
        "By ",
        "Photo: ",
        "(",
        ")",
        "«",
        "»",
        "„",
        "“",
        '"',
        "「",
        "」",
        "《",
        "[",
        "]",
        ";",
        ". ",
        "\n",
        "\n\n",
        "©",
        "ⓒ",
        " 2026",
        "https://a.example/b",
        "Anna Keller",
        "Reuters/",
        "Nachdruck ",
        "verboten",
        "without permission",
        "转载",
        "未经授权",
        "무단 전재",
        "記者",
        "İ",
        "ﬁ",
        "e\u0301",
        "\u05d0\u05b8",
        "\u200b",
        "\ufeff",
        "\u202e",
        "ß",
        "Translated by ",
        "CC BY 4.0",
        "12 March 2026",
        "、",
        "。",
        "\u3000",
        "\x00",
        "\ud800",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200)


# Lines of many writers in 30 languages as no writer put them together: labels without values, heads amid stories.
LINES: list[str] = [
    line
    for file in sorted(CASES.glob("strangers_*.json"))
    for case in json.loads(file.read_text("utf-8"))
    for line in case["text"].split("\n")
    if line.strip()
]
SHORT = [line for line in LINES if len(line) < 120]
MIXED = st.tuples(
    st.lists(st.sampled_from(SHORT) | st.sampled_from(LINES), min_size=1, max_size=14),
    st.sampled_from(["\n", "\n\n", " "]),
    st.integers(0, 40),
).map(lambda made: made[1].join(made[0])[: -made[2] or None])


@cache
def attributor() -> Attributor:
    return Attributor()


def attributed(text: str) -> Attribution:
    return attributor().attribute(SourceDocument.of_text(text))


@settings(max_examples=300, deadline=None)
@given(TEXTS | MIXED)
def test_spans_are_of_the_original(text: str) -> None:
    made = attributed(text)
    for statement in made.statements:
        assert text[statement.start : statement.end] == statement.text
        for party in statement.parties:
            assert text[party.start : party.end] == party.text
    for notice in (*made.reproduction.notices, *made.reproduction.clues):
        assert text[notice.start : notice.end] == notice.text


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(ARTICLES), st.sampled_from(["\u200b", "\ufeff", "\u200e"]))
def test_marks_without_width_before_each_line_change_nothing(article: str, mark: str) -> None:
    text = article.replace("\n", "\n" + mark)
    plain = [(s.kind, s.text) for s in attributed(article).statements]
    marked = [(s.kind, (s.text or "").replace(mark, "")) for s in attributed(text).statements]
    assert marked == plain


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(ARTICLES), st.data())
def test_a_cut_text_is_granted_nothing_more(article: str, data: st.DataObject) -> None:
    whole = attributed(article).reproduction.status
    cut = data.draw(st.integers(0, len(article)))
    if attributed(article[:cut]).reproduction.status in GRANTS:
        assert whole in GRANTS


@pytest.mark.parametrize(
    "broken", ["Nachdruck honorarfrei nur mit", "You may reprint this article, but", "Przedruk dozwolony, ale"]
)
def test_a_grant_that_breaks_off_is_none(broken: str) -> None:
    decision = attributed(f"A bridge\n\n{broken}").reproduction
    assert decision.status not in GRANTS


def test_a_story_that_breaks_off_after_a_grant_leaves_it_in_doubt() -> None:
    grant = "This article may be freely reproduced.\n\n"
    story = "The council met for four hours and sent the plan back to the engineers, who had warned of its cost, and"
    story += " the mayor"
    assert attributed(grant + story + " left.").reproduction.status == "permitted"
    decision = attributed(grant + story).reproduction
    assert (decision.status, decision.review_required) == ("reserved", True)


@pytest.mark.parametrize(
    "text",
    [
        "Photo: " * 1000,
        "By Anna Keller and " * 500,
        "«" * 500 + "Nachdruck verboten" + "»" * 500,
        '"' + "no reproduction without permission " * 300 + '"',
        "a" * 20_000 + " All rights reserved.",
        "Source: https://a.example/" + "b/" * 5_000,
        "e\u0301" * 5_000 + "© 2026 The Coast Post",
        "(" * 1000 + "AP Photo/Alex Stone" + ")" * 1000,
    ],
    ids=["labels", "names", "nested", "quoted", "long-word", "long-address", "marks", "brackets"],
)
def test_a_hostile_line_takes_no_more_than_seconds(text: str) -> None:
    attributor()
    started = time.process_time()
    made = attributed(text)
    assert time.process_time() - started < 10
    for statement in made.statements:
        assert text[statement.start : statement.end] == statement.text
