"""Precision and recall of attribution over articles whose statements are known.

python benchmarks/attribution.py [--failures SET] [FILE...]

A case names its words; a found statement is right when it has the kind and the span of one that is told. What
only markup says is compared by value. Prints one row a set; ``--failures`` lists what went wrong in one set.
``strangers_*.json`` were written by people who had read no rule (their brief: strangers.md beside them).
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colophon.attributing import Attribution, Attributor
from colophon.attributing.scripts import EAST_ASIAN_LETTER
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
OUTER = " \t\n\"'“”‘’«»„()[]（）【】〔〕「」『』《》<>.,;:。，；：、،؛※*•|"
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


def told(case: dict[str, Any], text: str) -> tuple[set[Span], dict[Span, Span]]:
    """Return what a case expects: kind, span, words; (-1, -1) for what stands in markup alone.

    The second value leads from mentions that prove the same to the one that is counted.
    """
    made: set[Span] = set()
    same: dict[Span, Span] = {}
    for kind in dict.fromkeys(KINDS.values()):
        for entry in case.get(kind, []):
            names, place = (entry["names"], entry["place"]) if isinstance(entry, dict) else _parted(str(entry))
            if names[0].startswith("~"):
                made.add((kind, -1, -1, names[0][1:]))
                continue
            spans = [
                (kind, *trimmed(text, *span)) for name in names for span in places(text, name, any_part=bool(place))
            ]
            mentions = [(kind, start, end, text[start:end]) for kind, start, end in spans]
            if kind == "published":
                # A day is right without the time of day that stands beside it.
                mentions += [
                    (kind, start, at, text[start:at]) for _, start, end in spans for at in range(start + 6, end)
                ]
            counted = mentions[(place or 1) - 1]
            made.add(counted)
            same |= dict.fromkeys(mentions, counted) if place is None or kind == "published" else {}
    return made, same


def _parted(entry: str) -> tuple[list[str], int]:
    words, _, place = entry.partition("||")
    return [words], int(place or 1)


def places(text: str, words: str, *, any_part: bool) -> Iterator[tuple[int, int]]:
    """Yield where ``words`` stand: whole, not within a longer word, unless they never do or ``any_part`` is asked."""
    found = [at for at in range(len(text)) if text.startswith(words, at)]
    assert found, f"the text does not hold {words!r}"
    whole = [at for at in found if not (text[at - 1 : at].isalpha() or text[at + len(words) :][:1].isalpha())]
    if EAST_ASIAN_LETTER.match(words):
        whole = found  # words of these scripts stand side by side
    yield from ((at, at + len(words)) for at in (found if any_part else whole or found))


def read_cases(file: Path) -> list[dict[str, Any]]:
    """Read a case file; a stranger's answers get the names that cases use, and any equal mention is right."""
    if file.suffix == ".toml":
        return list(tomllib.loads(file.read_text("utf-8"))["case"])
    made = []
    for case in json.loads(file.read_text("utf-8")):
        answers = case["expected"]
        answers = {**answers, "source": answers["source_url"], "published": answers["date"]}
        expected = {kind: [_answer(entry) for entry in answers[kind]] for kind in dict.fromkeys(KINDS.values())}
        made.append({"label": case["id"], "set": file.stem, "text": case["text"], "status": case["status"], **expected})
    return made


def _answer(entry: str | list[Any] | dict[str, Any]) -> dict[str, Any]:
    if isinstance(entry, dict):
        names = [entry["text"], *entry.get("also", [])]
        return {"names": names, "place": entry.get("occurrence"), "value": entry.get("value")}
    if isinstance(entry, list):
        return {"names": [n if isinstance(n, str) else n["text"] for n in entry], "place": None}
    return {"names": [entry], "place": None}


def found(made: Attribution, text: str, unscored: list[str], most: int = 1) -> set[Span]:
    """Return what was found; the ``most`` first publishers, and markup only where the text does not say the same."""
    spans: set[Span] = set()
    values: set[tuple[str, str]] = set()
    publishers = 0
    for statement in sorted(made.statements, key=lambda s: (s.start is None, s.rank)):
        kind = KINDS.get(statement.kind)
        if kind is None or kind in unscored or (kind == "publisher" and publishers >= most):
            continue
        publishers += kind == "publisher"
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
        wanted, same = told(case, read.text)
        # The first cases tell publishers and disclaimers only where they matter.
        untold = [] if "set" in case else [kind for kind in ("publisher", "disclaimer") if kind not in case]
        most = max(1, len(case.get("publisher", [])))
        got = {same.get(span, span) for span in found(made, read.text, case.get("unscored", untold), most)}
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
        result.failures += [f"{label}: value {words}" for words in other_values(case, made)]
        result.failures += [f"{label}: trap {words!r}" for words in taken]
    return result


def other_values(case: dict[str, Any], made: Attribution) -> list[str]:
    """Return dates that were found as written, and read as another day or time than the case tells."""
    values = {s.text: s.value for s in made.statements if s.kind == "published" and s.text}
    told_values = [e for e in case["published"] if isinstance(e, dict)] if "published" in case else []
    pairs = [(e["value"], values[e["names"][0]]) for e in told_values if e.get("value") and e["names"][0] in values]
    return [f"{value}, not {right}" for right, value in pairs if value[:10] != right[:10]]


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
        for case in read_cases(file):
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
