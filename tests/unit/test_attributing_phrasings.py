"""Wordings of Chinese, Japanese, Korean, Hebrew, Arabic, Persian newspapers; story sentences that say nothing."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from colophon.attributing import Attribution, Attributor
from colophon.documents import SourceDocument

FILE = Path(__file__).parent.parent / "cases" / "provenance" / "phrasings.toml"
LANGUAGES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["language"]
CASES = [(language, case) for language in LANGUAGES for case in language["case"]]
SENTENCES = [(language, sentence) for language in LANGUAGES for sentence in language["story_sentences"]]
OUTER = " \t\n\"'“”‘’«»„()[]（）【】〔〕「」『』《》<>.,;:。，；：、"
TOLD = {"byline", "translator", "photo_credit", "publisher", "source", "published", "disclaimer"}


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


def lines(language: dict[str, Any], place: str, line: str) -> str:
    first, second, third = language["story"]
    made = {
        "head": [line, first, second, third],
        "caption": [first, line, second, third],
        "tail": [first, second, third, line],
    }[place]
    return "\n\n".join([language["headline"], *made])


def found(made: Attribution) -> set[str]:
    """Return what is told as "kind: words", dates by their ISO value, comment policies as disclaimers."""
    told = set()
    for statement in made.statements:
        kind = "disclaimer" if statement.kind == "comment_policy" else statement.kind
        if kind in TOLD and statement.text is not None:
            told.add(f"{kind}: {statement.value if kind == 'published' else statement.text.strip(OUTER)}")
    return told


@pytest.mark.parametrize(("language", "case"), CASES, ids=lambda v: v.get("line") or v["lang"])
def test_line(language: dict[str, Any], case: dict[str, Any], attributor: Attributor) -> None:
    made = attributor.attribute(SourceDocument.of_text(lines(language, case["place"], case["line"])))
    assert set(case.get("found", [])) <= found(made)
    assert made.reproduction.status == case.get("status", "unknown")
    if "found" not in case and "status" not in case:
        assert found(made) == set()


@pytest.mark.parametrize(("language", "sentence"), SENTENCES, ids=lambda v: v if isinstance(v, str) else v["lang"])
def test_story_sentence(language: dict[str, Any], sentence: str, attributor: Attributor) -> None:
    first, second, third = language["story"]
    space = " " if language["lang"] in ("ko", "he", "ar", "fa") else ""
    for story in ([first, second + space + sentence, third], [first, second, third + space + sentence]):
        made = attributor.attribute(SourceDocument.of_text("\n\n".join([language["headline"], *story])))
        assert found(made) == set()
        assert made.reproduction.status == "unknown"
