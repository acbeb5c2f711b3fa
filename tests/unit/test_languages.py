"""One internal language code, and what outside codes become."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.languages import internal_code

CASES = {
    "he": "he", "iw": "he", "IW_IL": "he", "heb": "he", "he-IL": "he", "he_IL.UTF-8": "he", " he ": "he",
    "ji": "yi", "in": "id", "no": "nb", "nn": "nn", "tl": "fil",
    "zh": "zh", "zh-CN": "zh-Hans", "zh_TW": "zh-Hant", "zh-Hans-CN": "zh-Hans", "zh-Hant-HK": "zh-Hant",
    "zho-Hant": "zh-Hant", "cmn-Hans-CN": "zh-Hans", "zh_CN.UTF-8": "zh-Hans", "zh-latn": "zh",
    "en-GB": "en", "eng": "en", "sr-Latn": "sr", "sr@latin": "sr",
    "": "und", "x-default": "und", "*": "und", "-": "und", "1a": "und", "עב": "und", "he; drop": "und",
    "toolongcode": "und", "e": "und",
}  # fmt: skip


@pytest.mark.parametrize("outside", CASES)
def test_code(outside: str) -> None:
    assert internal_code(outside) == CASES[outside]


def test_no_code_is_undetermined() -> None:
    assert internal_code(None) == "und"


@given(st.text(max_size=12))
def test_every_answer_is_a_tag_and_stays_what_it_is(outside: str) -> None:
    code = internal_code(outside)
    assert re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", code)
    assert internal_code(code) == code
