"""A record as a person reads it: right-to-left text in isolates, so that a line keeps its order."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from colophon.records import DocumentRecord, Fragment, Statement

# Unicode UAX #9: a terminal that knows bidi shows what stands between these on its own terms.
_FIRST_STRONG, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{RIGHT-TO-LEFT ISOLATE}"
# ISO 15924 codes of the scripts that are written from right to left and used in print.
_RIGHT_TO_LEFT_SCRIPTS = frozenset(
    ("Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi")
)
# Markdown's own characters, so that no document writes headings, links or images.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|~>:@/-])")
_LONGEST_CELL = 300  # code points
_LINE_OF_FILE = re.compile(r"(.+\.(?:jsonl|warc)(?:\.gz)?|-)#\d+", re.IGNORECASE | re.DOTALL)
_SHOWN_ORDER = ("title", "publisher", "byline", "editor", "contributor", "agency", "translator", "published", "updated")


def isolated(text: str) -> str:
    r"""Return ``text`` safe to print beside other text: isolated, without controls that could escape.

    >>> isolated("שלום").encode("unicode_escape").decode()
    '\\u2068\\u05e9\\u05dc\\u05d5\\u05dd\\u2069'
    """
    return f"{_FIRST_STRONG}{printable(text)}{_POP}"


def directed(text: str, script: str) -> str:
    r"""Return ``text`` as ``isolated`` does, in the direction of its script: its first letter may be of another.

    >>> directed("AP, ירושלים", "Hebr").encode("unicode_escape").decode()[:6]
    '\\u2067'
    """
    opening = _RIGHT_TO_LEFT if script in _RIGHT_TO_LEFT_SCRIPTS else _LEFT_TO_RIGHT
    return f"{opening}{printable(text)}{_POP}"


def printable(text: str) -> str:
    """Return ``text`` on one line, with control and format characters shown as escapes.

    A document must not move the cursor, colour the terminal or reverse the lines around it.
    """
    return "".join(_shown(ch) for ch in text)


def _shown(ch: str) -> str:
    if ch in "\n\t\r":
        return " "
    # Zero-width joiners shape Arabic and Indic letters and move nothing.
    if unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp") and ch not in "\u200c\u200d":
        return f"<U+{ord(ch):04X}>"
    return ch


def record_lines(record: DocumentRecord) -> Iterator[str]:
    """Yield the lines of one record, each safe to print: a record may have been made by anybody."""
    yield f"{isolated(record.input_id)}   {record.language_tag}   {printable(record.id)}"
    yield f"  from      {isolated(record.source.url or record.source.location)}"
    yield from _statement_lines(record)
    yield from _rights_lines(record)
    if record.fragments:
        yield f"  fragments {len(record.fragments)}"
    for number, fragment in enumerate(record.fragments):
        if fragment.duplicate_of is None:
            yield from _fragment_lines(number, fragment, record)
    for issue in record.issues:
        where = "" if issue.fragment is None else f" (fragment {issue.fragment})"
        yield f"  look at   {printable(issue.code)}{where}: {isolated(issue.detail)}"
    if record.disclosure:
        yield f"  disclose  {isolated(record.disclosure)}"


def _statement_lines(record: DocumentRecord) -> Iterator[str]:
    for statement in record.statements:
        if statement.kind in _SHOWN_ORDER:
            yield f"  {statement.kind:9} {isolated(statement.value)}{_place(statement)}"
    for statement in record.statements:
        if statement.kind not in _SHOWN_ORDER:
            yield f"  {statement.kind.replace('_', ' '):9} {isolated(statement.value)}{_place(statement)}"


def _place(statement: Statement) -> str:
    where = statement.origin if statement.start is None else f"{statement.start}:{statement.end}"
    return f"  [{where}{', inferred' if statement.basis == 'inferred' else ''}]"


def _rights_lines(record: DocumentRecord) -> Iterator[str]:
    decision = record.reproduction
    treated = "" if decision.status == decision.treat_as else f", treat as {decision.treat_as}"
    yield f"  reproduce {decision.status}{treated}"
    for override in decision.overrides:
        signed = f"by {isolated(override.by)} at {printable(override.at)}"
        yield f"  decided   {override.status} {signed}: {isolated(override.reason)}"
    for notice in decision.notices:
        where = f"{notice.start}:{notice.end} {printable(notice.rule)}"
        yield f"            {isolated(notice.text or '(withheld)')}  [{where}]"
    if record.access.withheld:
        yield f"  withheld  {', '.join(record.access.withheld)}: {printable(record.access.reason or 'no reason given')}"


def _fragment_lines(number: int, fragment: Fragment, record: DocumentRecord) -> Iterator[str]:
    same = sum(f.duplicate_of == number for f in record.fragments)
    again = f" ×{same + 1}" if same else ""
    where = f"{fragment.start}:{fragment.end} {fragment.language} {fragment.role}{again}"
    yield f"    [{where}]  {isolated(fragment.text or '(withheld)')}"
    if fragment.translation is None:
        yield f"      not translated: {fragment.untranslated_because}"
        return
    made = fragment.translation
    sure = "" if made.confidence is None else f"  (confidence {made.confidence:.2f})"
    doubts = f"  ⚠ {', '.join(made.flags)}" if made.flags else ""
    yield f"      → {isolated(made.text or '(withheld)')}{sure}{doubts}"
    if made.review != "unreviewed":
        yield f"      {isolated(made.review)}"


def source_rows(
    records: Iterable[DocumentRecord], rejected: Iterable[str], most: int
) -> Iterator[dict[str, str | int]]:
    """Yield what came of each source: a feed, a file, or the lines of a file together; at most ``most``.

    ``rejected`` are locations. A last row says how many sources more there are, and sums them.
    """
    tallies: dict[str, Counter[str]] = {}
    for record in records:
        tally = tallies.setdefault(source_of(record), Counter())
        translated = sum(f.translation is not None for f in record.fragments)
        tally.update(records=1, fragments=len(record.fragments), translated=translated, review=int(record.needs_review))
    for location in rejected:
        tallies.setdefault(file_of(location), Counter()).update(rejected=1)
    columns = ("records", "rejected", "fragments", "translated", "review")
    ranked = sorted(tallies)
    for source in ranked[:most]:
        yield {"source": isolated(_cut(source)), **{column: tallies[source][column] for column in columns}}
    if len(ranked) > most:
        rest = sum((tallies[source] for source in ranked[most:]), Counter())
        yield {"source": f"and {len(ranked) - most:,} more", **{column: rest[column] for column in columns}}


def source_of(record: DocumentRecord) -> str:
    """Return what a record is counted under: who announced it, else its file."""
    retrieval = record.source.retrieval
    return file_of(record.source.location) if retrieval is None else retrieval.announced_by or retrieval.requested


def file_of(location: str) -> str:
    """Return the file of a location; only a line of a file that has lines is cut off.

    >>> file_of("in/a.jsonl#12"), file_of("in/no#1.txt"), file_of("in/C#3")
    ('in/a.jsonl', 'in/no#1.txt', 'in/C#3')
    """
    found = _LINE_OF_FILE.fullmatch(location)
    return found[1] if found else location


def sample_markdown(records: Iterable[DocumentRecord], most: int) -> str:
    """Return at most ``most`` fragments before and after; only what the record itself shows.

    Not a table: long lines would be cut by its edge.
    """
    samples: list[str] = []
    for record in records:
        for fragment in record.fragments:
            if len(samples) == most:
                return "\n\n".join(samples)
            made = fragment.translation
            if fragment.duplicate_of is None and fragment.text is not None and made is not None and made.text:
                before = cell(directed(_cut(fragment.text), fragment.script))
                after = cell(directed(_cut(made.text), "Latn"))
                where = cell(isolated(_cut(record.input_id)))
                samples.append(f"**{fragment.language}** in {where}\n\n> {before}\n>\n> {after}")
    return "\n\n".join(samples) or "No fragment of this run may be shown."


def cell(text: str) -> str:
    r"""Return text that is only text to Markdown and HTML.

    >>> print(cell("# <b>a|b</b>"))
    \# &lt;b&gt;a\|b&lt;\/b&gt;
    """
    return _MARKDOWN.sub(r"\\\1", html.escape(text, quote=False))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
