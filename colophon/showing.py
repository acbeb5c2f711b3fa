"""A record as a person reads it: right-to-left text in isolates, so that a line keeps its order."""

import unicodedata
from collections.abc import Iterator

from colophon.records import DocumentRecord, Fragment, Statement

# Unicode UAX #9: a terminal that knows bidi shows what stands between these on its own terms.
_FIRST_STRONG, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_SHOWN_ORDER = ("title", "publisher", "byline", "editor", "contributor", "agency", "translator", "published", "updated")


def isolated(text: str) -> str:
    r"""Return ``text`` safe to print beside other text: isolated, without controls that could escape.

    >>> isolated("שלום").encode("unicode_escape").decode()
    '\\u2068\\u05e9\\u05dc\\u05d5\\u05dd\\u2069'
    """
    return f"{_FIRST_STRONG}{printable(text)}{_POP}"


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
