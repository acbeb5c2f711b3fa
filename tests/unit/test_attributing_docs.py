"""The table in docs/provenance.md says what the rule files hold."""

from pathlib import Path

from colophon.attributing.rules import load

PAGE = Path(__file__).parents[2] / "docs" / "provenance.md"


def table() -> str:
    rules = load().rules
    langs = sorted({rule.id.split("-")[0] if not rule.id.startswith("zh") else rule.id[:7] for rule in rules})
    kinds = sorted({rule.kind for rule in rules})
    rows = ["| kind | " + " | ".join(langs) + " |", "|---" * (len(langs) + 1) + "|"]
    for kind in kinds:
        counts = (sum(1 for r in rules if r.kind == kind and r.id.startswith(lang + "-")) for lang in langs)
        rows.append(f"| {kind} | " + " | ".join(str(n or "") for n in counts) + " |")
    return "\n".join(rows)


def test_the_table_is_current() -> None:
    assert table() in PAGE.read_text("utf-8"), f"put this table into docs/provenance.md:\n{table()}"
