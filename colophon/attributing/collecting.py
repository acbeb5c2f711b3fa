"""What labels tell, collected: each fact once, by the first label that tells it."""

from dataclasses import dataclass, field

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.matching import Hit
from colophon.spans import Span

PEOPLE = frozenset({"byline", "editor", "contributor", "translator"})
_ONE_EACH = frozenset({"published", "source"})


@dataclass(slots=True)
class Collector:
    """Statements of one document, with the spans and names that they take."""

    reading: Reading
    statements: list[records.Statement] = field(default_factory=list)
    _taken: dict[str, list[Span]] = field(default_factory=dict)
    _named: set[tuple[str, str]] = field(default_factory=set)
    _label: tuple[int, int, int] = (-1, 0, 0)  # the line, begin and end of the last label whose value held

    def taken(self, kind: str) -> list[Span]:
        """Return the spans of what is told of a kind, publishers too."""
        return self._taken.get(kind, [])

    def why_told(self, hit: Hit) -> str | None:
        """Return why a hit needs no reading, as its words are told already; None when it does.

        "Foto:" and "Original:" are labels in a dozen languages, and each has a rule for them.
        """
        line, begin, end = self._label
        if hit.line.index == line and begin < hit.start < end:
            return "its label is a part of another one"
        taken = self._taken.get(hit.rule.kind)
        if not taken:
            return None
        if hit.rule.kind == "published" or (hit.rule.kind == "source" and "url" in hit.groups):
            return "told already, nearer the head"
        value = hit.groups.get("name", (hit.start, hit.start))[0]
        at = self.reading.shadow.original(value)
        return "the same words are told already" if any(span.start <= at < span.end for span in taken) else None

    def add(self, hit: Hit, statement: records.Statement) -> bool:
        """Keep a statement, and say whether it was kept: not when its words or its name are told already."""
        kind, person = statement.kind, statement.kind in PEOPLE
        if statement.start is None or statement.end is None:
            return False
        span = Span(statement.start, statement.end)
        name = (kind, statement.value.casefold())
        if any(span.overlaps(other) for other in self.taken(kind)):
            hit.lost = hit.lost or "the same words are told already"
        elif person and name in self._named:
            hit.lost = "the name is told already"
        elif kind in _ONE_EACH and self.taken(kind):
            hit.lost = "told already, nearer the head"
        else:
            self._named.add(name)
            if person:
                self.reading.people.add(statement.value)
                if "name" in hit.groups:
                    self._label = (hit.line.index, hit.start, hit.groups["name"][0])
            self._taken.setdefault(kind, []).append(span)
            # Publishers are ranked once all are known.
            if kind != "publisher":
                self.statements.append(statement)
            return True
        return False

    def add_inferred(self, statements: list[records.Statement]) -> None:
        """Keep what no label tells."""
        for statement in statements:
            if statement.start is not None and statement.end is not None:
                self._taken.setdefault(statement.kind, []).append(Span(statement.start, statement.end))
        self.statements += statements
