"""Photo credits that end a caption without a label: in capitals, in brackets, as an agency's name.

Offsets are of the original text.
"""

import re

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.spans import Span, trimmed

# "…tras el último tanto. ANE MENDIETA": newspapers of Spain set the photographer in capitals after the caption.
_CAPITALS_LAST = re.compile(
    r"(?<=\w\w[.!?»”]) (?P<credit>[A-ZÀ-ÖØ-Þ]{3,}(?:[ /.-]{1,3}[A-ZÀ-ÖØ-Þ]{2,}){0,4}(?:\s?/\s?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){1,2})?)$"
)
_BRACKETS_LAST = re.compile(r"(?<=\w\w[.!?»”\w]) [(](?P<credit>[^\W\d_][^()/\n]{3,40} ?/ ?[^\W\d_][^()\n]{1,40})[)]$")
_LONGEST_CAPTION = 300  # code points of a line
_LONGEST_CREDIT = 120
# "(Photo Jérôme Lantier)": in brackets a label needs no colon.
_BRACKETED_LABEL = re.compile(
    r"[(（](?P<credit>(?:photos?|fotos?|fotografie|crédits?|credit|фото|zdj\.|fot\.|fotoğraf|foto:?)\s(?-i:[^\W\d_a-zа-я])[^()\n]{3,60})[)）]$",
    re.IGNORECASE,
)
_REPORTERS_PICTURE = re.compile(r"(?<=[.다요]) (?P<credit>[\uac00-\ud7a3]{2,4} 기자)$")
_LAST_CHUNK = re.compile(r"(?<=[\w”」』»][.!?。]) ?(?P<credit>[^.!?。]{2,25})$")
# "…na brzeg, fot. Rafał Nowicki": a label after a comma or a stop, a name to the line's end.
_LABEL_LAST = re.compile(
    r"(?<=\w[,;.–—-]) (?P<credit>(?:fot\.|zdj\.|fotos?:?|photos?:?|фото:?)\s(?-i:[^\W\d_a-zà-ÿа-яіїєґё])[^()\n.]{3,60})$",
    re.IGNORECASE,
)


def credits(reading: Reading, told: list[Span]) -> list[records.Statement]:
    """Return the credits that end their line's caption; what overlaps ``told`` is told already."""
    made = []
    for line in reading.layout.lines:
        if line.tail or line.end - line.start > _LONGEST_CAPTION:
            continue
        span = reading.span(line.start, line.end)
        found = _last_credit(reading, line, span)
        if found is None:
            continue
        credit = Span(*found.span("credit"))
        parties = reading.names.parties(reading.text, credit)
        if parties and not any(credit.overlaps(other) for other in told):
            caption = trimmed(reading.text, Span(span.start, credit.start), " (,;")
            made.append(
                records.Statement(
                    kind="photo_credit",
                    value=credit.of(reading.text),
                    start=credit.start,
                    end=credit.end,
                    text=credit.of(reading.text),
                    origin="text",
                    rule="caption-end",
                    basis="inferred",
                    zone=reading.zone(line),
                    parties=parties,
                    caption=(caption.start, caption.end),
                )
            )
    return made


def _last_credit(reading: Reading, line: Line, span: Span) -> re.Match[str] | None:
    """Return what ends a caption and can be nothing but its credit; the last letter says what it could be."""
    text, last = reading.text, reading.text[span.end - 1]
    if last in '.!?。"”»':
        return None
    # No credit is longer: the paragraph before it is not searched.
    begin = max(span.start, span.end - _LONGEST_CREDIT)
    if last in ")）":
        return _BRACKETED_LABEL.search(text, begin, span.end) or _BRACKETS_LAST.search(text, begin, span.end)
    if (found := _CAPITALS_LAST.search(text, begin, span.end)) or (found := _LABEL_LAST.search(text, begin, span.end)):
        return found
    if line.prose or line.index == 0:
        return None
    if last == "자" and (found := _REPORTERS_PICTURE.search(text, begin, span.end)):
        return found
    chunk = _LAST_CHUNK.search(text, begin, span.end)
    return chunk if chunk and reading.names.agency(chunk["credit"]) == chunk["credit"] else None
