"""What looks like a notice or credit and is none, with its near misses; each family in three languages or more."""

import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from colophon.attributing import Attributor
from colophon.documents import SourceDocument

FILE = Path(__file__).parent.parent / "cases" / "provenance" / "false_friends.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["case"]
STORY = (
    "The council met for four hours and sent the plan back to the engineers, who had warned of the cost in spring. "
    "Nobody from the lower town was heard, although nineteen families had asked to speak before the vote."
)


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['family']}-{c['lang']}")
def test_line_after_a_story(case: dict[str, Any], attributor: Attributor) -> None:
    text = f"A bridge\n\n{STORY}\n\n{case['line']}\n"
    made = attributor.attribute(SourceDocument.of_text(text))
    found = {(s.kind, s.text) for s in made.statements if s.about_article}
    notices = {(n.kind, n.text) for n in made.reproduction.notices}
    kinds = {kind for kind, _ in found} | {kind for kind, _ in notices}
    assert kinds.isdisjoint(case.get("none", [])), (found, notices)
    for told in case.get("found", []):
        kind, _, words = told.partition(": ")
        assert (kind, words) in found | notices


def test_every_family_speaks_three_languages() -> None:
    spoken = defaultdict(set)
    for case in CASES:
        if "none" in case:
            spoken[case["family"]].add(case["lang"])
    assert {family: langs for family, langs in spoken.items() if len(langs) < 3} == {}
