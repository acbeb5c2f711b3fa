"""Articles by writers who had read no rule (their brief: tests/cases/provenance/strangers.md)."""

import json
from functools import cache
from pathlib import Path

import pytest

from benchmarks.attribution import read_cases, score
from colophon.attributing import Attributor

CASES = Path(__file__).parents[1] / "cases" / "provenance"
FILES = sorted(CASES.glob("strangers_*.json"))
ARTICLES = [case for file in FILES for case in read_cases(file)]
# What is known to fail, each for a reason that the rules do not cure.
KNOWN = {
    "en-gov-1": "a remark after a credit (copyright, permission) is left out of it here",
    "en-b-4": "a remark after a credit (permission) is left out of it here",
    "zhs-wechat-3": "a pen name of two letters between a mark and an account, parted by spaces",
    "ar-b-1": "an outlet in the middle of a sentence without quotation marks or a word for newspaper",
    "ja-b-1": "an outlet in the menu below the page",
    "el-b-1": "comments that express their writers, in Greek",
    "c-nl-translated-1": "first published elsewhere is reserved here (design, syndication); the stranger says unknown",
    "d-vi-bao-1": "the weekday belongs to the date here",
    "en-column-2": "an author whom only a note below the story names",
    "fr-regional-1": "a credit that is one name after the sign",
    "de-regional-1": "an author's initials in brackets",
    "i-fa-1": "the word for agency belongs to the name here, as two other writers have it",
    "i-tr-2": "an author on the first line, above the column's name and the headline",
    "k-uk-1": "the word for agency belongs to the name here, before a quoted name",
    "l-ru-1": "the word for agency belongs to the name here, before a quoted name",
    "l-ru-2": "a translator's account name in small letters",
    "j-da-1": "an agency as the only author is kept as an agency here",
    "j-nb-1": "each author above a role of her own; the word for copyright before the holder, in Norwegian",
    "m-en-3": "an author in the headline, before a colon",
    "n-en-3": "an outlet in a long line that begins with the translator",
    "o-ja-1": "a signature in brackets below the story, above a related link",
    "o-fr-1": "a credit without a label whose body has small letters",
    "p-fr-2": "an agency as the only author is kept as an agency here",
    "p-pl-1": "an outlet and its author on one line below the story; a journal that an article reports on",
    "q-en-4": "a portal's disclaimer about what institutions post",
    "q-el-1": "an outlet that is an address, amid a condition",
    "r-fa-1": "the word for news between the word for site and the outlet's name",
    "r-es-1": "an outlet after the word for cooperative, in a licence's sentence",
    "s-en-3": "a note that a story comes from a feed, as a disclaimer",
    "s-en-4": "an author whom only the standfirst and a note below the story name",
    "s-he-2": "a grant beside a courtesy: what was permitted to the site is reserved here",
    "s-zh-Hans-1": "the label before a disclaimer belongs to its sentence here",
    "s-zh-Hant-1": "two labels on a line, a space between them",
    "s-ko-2": "a foreign name in two Korean words of three syllables",
    "s-ru-2": "an outlet in Latin letters after a translated author",
    "s-nl-1": "a rule about commenting under one's own name",
    "h-he-2": "a comment policy whose word for law reads like a report",
    "c-ar-mag-2": "the word for magazine belongs to the name here, where two later writers leave such words out",
    "f-de-1": "an outlet and the date alone on a line below the story",
}


@cache
def attributor() -> Attributor:
    return Attributor()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True, reason=KNOWN[case["label"]])] if case["label"] in KNOWN else [],
        )
        for case in ARTICLES
    ],
)
def test_a_strangers_article(case: dict[str, object]) -> None:
    assert score([case], attributor()).failures == []


def test_the_articles_are_many_and_of_many_languages() -> None:
    told = [json.loads(file.read_text("utf-8")) for file in FILES]
    languages = {article["lang"] for articles in told for article in articles}
    assert len(ARTICLES) >= 230
    assert len(languages) >= 20
