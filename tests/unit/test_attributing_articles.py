"""Whole short articles: what must be found, with its exact words, and nothing besides."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from colophon.attributing import Attributor
from colophon.documents import SourceDocument

FILE = Path(__file__).parent.parent / "cases" / "provenance" / "articles.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["case"]
ALWAYS = ("byline", "translator", "photo_credit", "source", "published")
WHERE_TOLD = ("publisher", "disclaimer", "updated", "correction")


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["label"])
def test_article(case: dict[str, Any], attributor: Attributor) -> None:
    made = attributor.attribute(SourceDocument.of_text(case["text"]))
    found = {
        kind: [s.text for s in made.statements if s.kind == kind and s.about_article] for kind in (*ALWAYS, *WHERE_TOLD)
    }
    found["publisher"] = found["publisher"][:1]
    told = [kind for kind in WHERE_TOLD if kind in case]
    assert {kind: found[kind] for kind in (*ALWAYS, *told)} == {k: case.get(k, []) for k in (*ALWAYS, *told)}
    assert made.reproduction.status == case["status"]
    for statement in made.statements:
        if statement.start is not None:
            assert case["text"][statement.start : statement.end] == statement.text
