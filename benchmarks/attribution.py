"""Precision and recall of attribution over articles whose statements are known.

python benchmarks/attribution.py [--failures SET] [FILE.toml...]

A case names its words; a found statement is right when it has the kind and the span of one that is told. What
only markup says is compared by value. Prints one row a set; ``--failures`` lists what went wrong in one set.
"""

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colophon.attributing import Attribution, Attributor
from colophon.documents import SourceDocument
from colophon.reading.making import read_bytes
from colophon.records import Statement
from colophon.settings import ReadingSettings

CASES = Path(__file__).parent.parent / "tests" / "cases" / "provenance"
# Statement kinds that are scored, by the name that cases use.
KINDS = {
    "byline": "byline",
    "translator": "translator",
    "photo_credit": "photo_credit",
    "publisher": "publisher",
    "source": "source",
    "published": "published",
    "disclaimer": "disclaimer",
    "comment_policy": "disclaimer",
}
OUTER = " \t\n\"'“”‘’«»„()[]（）【】〔〕「」『』《》<>.,;:。，；：、"
Span = tuple[str, int, int, str]


@dataclass
class Score:
    """Counts of one set of cases."""

    cases: int = 0
    status: int = 0
    traps: int = 0
    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Return a line of a Markdown table."""
        right, found, told = (sum(c.values()) for c in (self.right, self.found, self.told))
        r, f, t = self.right, self.found, self.told
        parts = [f"{ratio(r[k], f[k])}/{ratio(r[k], t[k])}" for k in dict.fromkeys(KINDS.values())]
        overall = f"{ratio(right, found)}/{ratio(right, told)}"
        return f"| {name} | {self.status}/{self.cases} | {self.traps} | {overall} | " + " | ".join(parts) + " |"


def ratio(part: int, whole: int) -> str:
    """Return a share with two decimals, or a dash for nothing."""
    return f"{part / whole:.2f}" if whole else "-"


def document(case: dict[str, Any]) -> SourceDocument:
    """Read a case as the pipeline would."""
    if "text" in case:
        return SourceDocument.of_text(case["text"], id=case["label"], url=case.get("url"))
    read = read_bytes(case["html"].lstrip().encode(), case["label"], ReadingSettings(), media_type="text/html")
    assert isinstance(read, SourceDocument), read
    return read


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut outer brackets and punctuation, as the convention of the spans says."""
    while start < end and text[start] in OUTER:
        start += 1
    while start < end and text[end - 1] in OUTER:
        end -= 1
    return start, end


def told(case: dict[str, Any], text: str) -> set[Span]:
    """Return what a case expects: kind, span, words; (-1, -1) for what stands in markup alone."""
    made: set[Span] = set()
    for kind in dict.fromkeys(KINDS.values()):
        for entry in case.get(kind, []):
            words, _, place = str(entry).partition("||")
            if words.startswith("~"):
                made.add((kind, -1, -1, words[1:]))
                continue
            at = -1
            for _ in range(int(place or 1)):
                at = text.index(words, at + 1)
            start, end = trimmed(text, at, at + len(words))
            made.add((kind, start, end, text[start:end]))
    return made


def found(made: Attribution, text: str, unscored: list[str]) -> set[Span]:
    """Return what was found; a publisher once, and markup only where the text does not say the same."""
    spans: set[Span] = set()
    values: set[tuple[str, str]] = set()
    publishers = False
    for statement in sorted(made.statements, key=lambda s: (s.start is None, s.rank)):
        kind = KINDS.get(statement.kind)
        if kind is None or kind in unscored or (kind == "publisher" and publishers):
            continue
        publishers |= kind == "publisher"
        if statement.start is not None and statement.end is not None:
            start, end = trimmed(text, statement.start, statement.end)
            spans.add((kind, start, end, text[start:end]))
        elif (kind, _value(statement)) not in values:
            spans.add((kind, -1, -1, statement.value))
        values.add((kind, _value(statement)))
    return spans


def _value(statement: Statement) -> str:
    return statement.value[:10] if statement.kind == "published" else statement.value.casefold()


def score(cases: list[dict[str, Any]], attributor: Attributor) -> Score:
    """Attribute each case and count."""
    result = Score()
    for case in cases:
        read = document(case)
        made = attributor.attribute(read)
        wanted = told(case, read.text)
        # The first cases tell publishers and disclaimers only where they matter.
        untold = [] if "set" in case else [kind for kind in ("publisher", "disclaimer") if kind not in case]
        got = found(made, read.text, case.get("unscored", untold))
        result.cases += 1
        result.right.update(s[0] for s in wanted & got)
        result.found.update(s[0] for s in got)
        result.told.update(s[0] for s in wanted)
        status = made.reproduction.status
        result.status += status == case["status"]
        taken = traps(case, read.text, made)
        result.traps += len(taken)
        label = case["label"]
        if status != case["status"]:
            result.failures.append(f"{label}: status {status}, not {case['status']}")
        result.failures += [f"{label}: missed {kind} {words!r}" for kind, _, _, words in sorted(wanted - got)]
        result.failures += [f"{label}: wrong {kind} {words!r}" for kind, _, _, words in sorted(got - wanted)]
        result.failures += [f"{label}: trap {words!r}" for words in taken]
    return result


def traps(case: dict[str, Any], text: str, made: Attribution) -> list[str]:
    """Return the traps that a statement or a deciding notice overlaps."""
    spans = [(s.start, s.end) for s in made.statements if s.start is not None and s.end is not None]
    spans += [(n.start, n.end) for n in made.reproduction.notices]
    taken = []
    for words in case.get("traps", []):
        start = text.index(words)
        if any(a < start + len(words) and start < b for a, b in spans):
            taken.append(words)
    return taken


def main() -> None:
    """Print the table."""
    arguments = sys.argv[1:]
    listed = arguments[1] if arguments[:1] == ["--failures"] else None
    files = [Path(name) for name in arguments[2 if listed else 0 :]] or [
        CASES / "articles.toml",
        CASES / "held_out.toml",
    ]
    sets: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        for case in tomllib.loads(file.read_text("utf-8"))["case"]:
            sets.setdefault(case.get("set", file.stem), []).append(case)
    attributor = Attributor()
    kinds = list(dict.fromkeys(KINDS.values()))
    print("| set | status | traps taken | all | " + " | ".join(kinds) + " |")
    print("|---" * (4 + len(kinds)) + "|")
    for name, cases in sets.items():
        result = score(cases, attributor)
        print(result.row(name))
        if listed == name:
            print("\n".join(result.failures))


if __name__ == "__main__":
    main()
