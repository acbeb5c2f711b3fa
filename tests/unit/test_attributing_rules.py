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


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


def won(attributor: Attributor, text: str, rule: Rule) -> list[Explanation]:
    tried = attributor.explain(SourceDocument.of_text(text))
    return [e for e in tried if e.rule == rule.id and (e.won or e.why.startswith(FINE))]


@pytest.mark.parametrize(("rule", "text", "holds"), CASES, ids=[f"{r.id}-{h}-{n}" for n, (r, _, h) in enumerate(CASES)])
def test_example(rule: Rule, text: str, holds: bool, attributor: Attributor) -> None:
    if rule.kind == "reporting":
        held = any(e.rule == rule.id for e in attributor.explain(SourceDocument.of_text(text)))
        assert held == holds
    elif rule.nature == "clue" and holds:
        assert any(e.rule == rule.id for e in attributor.explain(SourceDocument.of_text(text)))
    else:
        assert bool(won(attributor, text, rule)) == holds, attributor.explain(SourceDocument.of_text(text))


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
