"""What several formats ask of a record: its address, what it says of the article, the decision in force.

Nothing here is made up: what a record does not say, a description does not have.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from colophon.provenance import text_sha256
from colophon.records import DocumentRecord, Fragment, Notice, Statement, StatementKind
from colophon.reviewing import in_force

_OWN_ID = re.compile(r"urn:colophon:([0-9a-f]{32})")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Of the form that RFC 3986 asks for, at least in its beginning, and without what no URI may hold.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20\x7f-\U0010ffff]+")
_CREATIVE_COMMONS = re.compile(r"CC-(BY(?:-NC|-SA|-ND)*)-(\d\.\d)(?:-([A-Z]{2,3}))?")
# A page that embeds JSON in <script> ends it at "</", hides what follows "<!--", and JavaScript before 2019 ended
# strings at these two separators.
# U+0085 is a line break to some readers, and C1 controls move terminals.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in [*"<>&\u2028\u2029", *map(chr, range(0x7F, 0xA0))]}


def json_line(value: Any) -> str:
    r"""Return ``value`` as one line of JSON that may stand inside an HTML ``<script>`` element.

    A lone surrogate, which UTF-8 has no bytes for, becomes U+FFFD.

    >>> json_line({"name": "</script>"})
    '{"name": "\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).translate(_ESCAPED)


def local_name(record: DocumentRecord) -> str:
    """Return 32 hexadecimal digits that stand for the record: those of its id, or of its id's hash."""
    own = _OWN_ID.fullmatch(record.id)
    return own[1] if own else text_sha256(record.id)[:32]


def address(record: DocumentRecord, part: str = "") -> str:
    """Return a URI for the record, or for a ``part`` of it (``f0``, ``f0-en``, ``policy``)."""
    return f"urn:colophon:{local_name(record)}" + (f"-{part}" if part else "")


def uri(text: str | None) -> str | None:
    """Return ``text`` when it is a URI, else None: names and file paths are none.

    >>> uri("https://example.org/a"), uri("articles/ferry.txt"), uri("https://example.org/a b")
    ('https://example.org/a', None, None)
    """
    return text if text is not None and _URI.fullmatch(text) else None


def said(record: DocumentRecord, *kinds: StatementKind) -> Iterator[Statement]:
    """Yield the statements of ``kinds`` that are about the article, the highest ranking first."""
    mine = [s for s in record.statements if s.kind in kinds and s.about_article]
    yield from sorted(mine, key=lambda s: s.rank)


def words(statement: Statement) -> str:
    """Return the words of a statement, or its value when they are withheld or were never in the text."""
    return statement.value if statement.text is None else statement.text


def licence_uri(spdx: str) -> str | None:
    """Return the address of a Creative Commons licence; None for any other.

    >>> licence_uri("CC-BY-SA-3.0-DE"), licence_uri("LicenseRef-own")
    ('https://creativecommons.org/licenses/by-sa/3.0/de/', None)
    """
    if spdx == "CC0-1.0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _CREATIVE_COMMONS.fullmatch(spdx)
    if found is None:
        return None
    port = f"{found[3].lower()}/" if found[3] else ""
    return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/{port}"


def decision_sentence(record: DocumentRecord) -> str:
    """Return the decision in force in one sentence, for formats that have no field for it."""
    now = in_force(record)
    parts = [f"Reproduction: {now.status}" + (f", treated as {now.treat_as}" if now.treat_as != now.status else "")]
    if now.conditions:
        parts.append(f"conditions: {', '.join(now.conditions)}")
    if now.reserved:
        parts.append(f"reserved: {', '.join(now.reserved)}")
    if record.reproduction.tdm != "unset":
        parts.append(f"text and data mining: {record.reproduction.tdm}")
    if now.override is not None:
        machine = record.reproduction.status
        parts.append(
            f"decided by {now.override.by} at {now.override.at}: {now.override.reason} (found by machine: {machine})"
        )
    return "; ".join(parts) + "."


def deciding_notices(record: DocumentRecord, *kinds: str) -> list[Notice]:
    """Return the unquoted notices whose words the record still has, of ``kinds`` or of any."""
    return [n for n in record.reproduction.notices if n.text is not None and (not kinds or n.kind in kinds)]


def sole_holder(record: DocumentRecord) -> str | None:
    """Return the rights holder when the notices name exactly one."""
    holders = {notice.holder for notice in record.reproduction.notices if notice.holder is not None}
    return holders.pop() if len(holders) == 1 else None


def licences(record: DocumentRecord) -> list[str]:
    """Return the SPDX identifiers of the licences that the notices name, each once; none when none is in force."""
    if not in_force(record).open:
        return []
    return list(dict.fromkeys(n.spdx for n in record.reproduction.notices if n.spdx is not None))


def english_tag(record: DocumentRecord) -> str:
    """Return the language tag of the English text: of the translations, when they are most of its main language."""
    if record.language == "en":
        return record.language_tag
    main = [f for f in record.fragments if f.language == record.language]
    translated = [f for f in main if f.translation is not None]
    if not translated or 2 * _length(translated) < _length(main):
        return record.language_tag
    longest = max(translated, key=lambda f: f.end - f.start).translation
    return record.language_tag if longest is None else longest.target_tag


def _length(fragments: list[Fragment]) -> int:
    return sum(fragment.end - fragment.start for fragment in fragments)
