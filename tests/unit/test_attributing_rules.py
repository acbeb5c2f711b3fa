"""Every rule's own examples: its positives must be found by it, its negatives must not."""

from pathlib import Path

import pytest

from colophon.attributing import Attributor, Explanation
from colophon.attributing.rules import Rule, load
from colophon.documents import SourceDocument
from colophon.errors import DataError

RULES = load().rules
CASES = [(rule, text, True) for rule in RULES for text in rule.positive]
CASES += [(rule, text, False) for rule in RULES for text in rule.negative]
# Losing to another rule over the same words is no failure of an example.
FINE = ("the same words", "the same sentence", "told already")
# Kinds that languages word alike and that are read alike: the rule of the first language stands for all.
ALIKE = ("photo_credit", "source")


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


def won(explained: list[Explanation], rule: Rule) -> bool:
    """Say whether the rule tells it, or loses to another over the same words."""
    return any(e.rule == rule.id and (e.won or e.why.startswith(FINE)) for e in explained)


def told(explained: list[Explanation], rule: Rule) -> bool:
    """Say whether a rule of that kind tells it: where languages word it alike, the first of them does."""
    return any(e.kind == rule.kind and e.won for e in explained)


@pytest.mark.parametrize(("rule", "text", "holds"), CASES, ids=[f"{r.id}-{h}-{n}" for n, (r, _, h) in enumerate(CASES)])
def test_example(rule: Rule, text: str, holds: bool, attributor: Attributor) -> None:
    explained = attributor.explain(SourceDocument.of_text(text))
    if rule.kind == "reporting":
        held = any(e.rule == rule.id or (holds and e.kind == rule.kind) for e in explained)
        assert held == holds
    elif rule.nature == "clue" and holds:
        assert any(e.rule == rule.id for e in explained)
    else:
        held = won(explained, rule) or (holds and rule.kind in ALIKE and told(explained, rule))
        assert held == holds, explained


def test_every_rule_has_both_kinds_of_example() -> None:
    assert [rule.id for rule in RULES if not rule.positive or not rule.negative] == []


def test_every_packaged_pattern_compiles() -> None:
    for rule in RULES:
        assert all(template.pattern for template in rule.templates), rule.id
        assert all(words.search for words in rule.needs + rule.unless), rule.id


@pytest.mark.parametrize("text", ["Photo (by: {NAME}", "By {NAME} and {NAME}"])
def test_a_wrong_template_of_ones_own_is_named_when_it_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "byline.toml").write_text(
        f'kind = "byline"\nis = "tag"\nzone = "head"\n[[rule]]\nid = "en-mine"\ntext = ["{text}"]\n', "utf-8"
    )
    with pytest.raises(DataError, match=r"en-mine.*is no template"):
        load(tmp_path)
