"""Photo credits that end a caption without a label of their own line: in capitals, in brackets, as an agency's name.

Each pattern is searched at the end of a line and names what it finds ``credit``. Offsets are of the original text.
"""

import re

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.attributing.scripts import HANGUL
from colophon.spans import Span, trimmed

_LONGEST_CAPTION = 300  # code points of a line with its credit
_LONGEST_CREDIT = 120  # code points
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LETTER = r"[^\W\d_]"
# A letter that is no small one, whatever the case of the label before it.
_NOT_SMALL = r"(?-i:[^\W\d_a-zа-я])"
_NOT_SMALL_ANYWHERE = r"(?-i:[^\W\d_a-zà-ÿа-яіїєґё])"  # outside brackets accents and Ukrainian count too

# "…tras el último tanto. ANE MENDIETA": newspapers of Spain set the photographer in capitals after the caption.
_CAPITALS_LAST = re.compile(
    r"(?<=\w\w[.!?»”]) "  # a sentence has ended
    rf"(?P<credit>[{_CAPITAL}]{{3,}}(?:[ /.-]{{1,3}}[{_CAPITAL}]{{2,}}){{0,4}}"
    r"(?:\s?/\s?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){1,2})?)$"  # "/ Diario de Navarra": the outlet
)
# "… (Ane Mendieta/EFE)": a slash parts photographer and agency.
_BRACKETS_LAST = re.compile(
    r"(?<=\w\w[.!?»”\w]) [(]"
    rf"(?P<credit>{_LETTER}[^()/\n]{{3,40}} ?/ ?{_LETTER}[^()\n]{{1,40}})"
    r"[)]$"
)
# "(Photo Jérôme Lantier)": in brackets a label needs no colon.
_BRACKETED_LABEL = re.compile(
    r"[(（]"
    r"(?P<credit>(?:photos?|fotos?|fotografie|crédits?|credit|фото|zdj\.|fot\.|fotoğraf|foto:?)"
    rf"\s{_NOT_SMALL}[^()\n]{{3,60}})"
    r"[)）]$",
    re.IGNORECASE,
)
# "…na brzeg, fot. Rafał Nowicki": a label after a comma or a stop, a name to the line's end.
_LABEL_LAST = re.compile(
    r"(?<=\w[,;.–—-]) "
    r"(?P<credit>(?:fot\.|zdj\.|fotos?:?|photos?:?|фото:?)"
    rf"\s{_NOT_SMALL_ANYWHERE}[^()\n.]{{3,60}})$",
    re.IGNORECASE,
)
# "…있다. 박서연 기자": after a caption's last word, -다 or -요, its reporter took the picture.
_REPORTERS_PICTURE = re.compile(rf"(?<=[.다요]) (?P<credit>[{HANGUL}]{{2,4}} 기자)$")
# What follows the last full stop: a credit only where it is an agency's name.
_LAST_CHUNK = re.compile(r"(?<=[\w”」』»][.!?。]) ?(?P<credit>[^.!?。]{2,25})$")


def credits(reading: Reading, told: list[Span]) -> list[records.Statement]:
    """Return the credits that end their line's caption; what overlaps ``told`` is told already.

    "The harbour at dawn. ANE MENDIETA" credits Ane Mendieta, with the words before her as the caption.
    """
    made = []
    for line in reading.layout.lines:
        if line.tail or line.end - line.start > _LONGEST_CAPTION:
            continue
        whole = reading.line_span(line)
        found = _last_credit(reading, line, whole)
        if found is None:
            continue
        credit = Span(*found.span("credit"))
        parties = reading.names.parties(reading.text, credit)
        if parties and not any(credit.overlaps(other) for other in told):
            caption = trimmed(reading.text, Span(whole.start, credit.start), " (,;")
            bounds = (caption.start, caption.end)
            made.append(
                reading.inferred("photo_credit", credit, rule="caption-end", line=line, parties=parties, caption=bounds)
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
