"""Where a caption ends and its photo credit begins and ends.

:func:`credits` finds those without a label: in capitals, in brackets, as an agency's name. Each of its patterns is
searched at the end of a line and names what it finds ``credit``. The other functions bound a credit that has a label.
Offsets are of the original text, or of its shadow where a shadow is given.
"""

import re

from colophon import records
from colophon.attributing.context import Reading
from colophon.attributing.layout import Line
from colophon.attributing.scripts import HANGUL
from colophon.spans import Span, trimmed

_LONGEST_CAPTION = 300  # code points of a line with its credit
_LONGEST_CREDIT = 120  # code points
_LONGEST_LABELLED = 14  # a name, with a title, before the word that makes it a credit ("新华社记者王建华 摄")
_SHORTEST_SENTENCE = 3  # letters before a full stop that is no initial's
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LETTER = r"[^\W\d_]"
# A letter that is no small one, whatever the case of the label before it.
_NOT_SMALL = r"(?-i:[^\W\d_a-zа-я])"
_NOT_SMALL_ANYWHERE = r"(?-i:[^\W\d_a-zà-ÿа-яіїєґё])"  # outside brackets accents and Ukrainian count too

# "…tras el último tanto. ANE MENDIETA": newspapers of Spain set the photographer in capitals after the caption.
_CAPITALS_LAST = re.compile(
    r"(?<=\w\w[.!?»”]) "  # a sentence has ended
    rf"(?P<credit>[{_CAPITAL}]{{3,}}(?:[ /.-]{{1,3}}[{_CAPITAL}]{{2,}}){{0,4}}"
    r"(?:\s?/\s?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){1,2}"  # "/ Diario de Navarra": the outlet
    r"| (?:POUR|FOR|PARA|PER) (?:« ?)?[A-ZÀ-Þ][A-ZÀ-Þ'’ -]+(?: ?»)?)?)$"  # "POUR « L'ESTRAN »"
)
# "… (Ane Mendieta/EFE)": a slash parts photographer and agency.
_BRACKETS_LAST = re.compile(
    r"(?<=[\w.!?»”]) [(]"
    rf"(?P<credit>{_LETTER}[^()/\n]{{3,40}} ?/ ?{_LETTER}[^()\n]{{1,40}})"
    r"[)]$"
)
# "…de Lorient. Maëlle Ferrand/Hans Lucas": the same without brackets, after a caption's stop.
_SLASH_LAST = re.compile(
    rf"(?<=\w[.!?»”]) (?P<credit>[{_CAPITAL}][\w'’-]+(?: [{_CAPITAL}][\w'’-]+){{1,2}}"
    rf" ?/ ?[{_CAPITAL}][\w'’-]+(?: [{_CAPITAL}][\w'’-]+){{0,2}}(?:, CC[ -]BY[\w. -]*)?)$"
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
# "Children at the lido, 2022 | Guy Smallman/Getty Images": a bar, and names, between paragraphs of the story.
_BAR_LAST = re.compile(
    rf"(?<=[\w.!?»”]) \| (?P<credit>[{_CAPITAL}][\w'’-]+(?: [{_CAPITAL}][\w'’-]+){{1,2}}(?: ?/ ?[{_CAPITAL}][\w'’ -]+)?)$"
)
# "…있다. 박서연 기자": after a caption's last word, -다 or -요, its reporter took the picture.
_REPORTERS_PICTURE = re.compile(rf"(?<=[.다요]) (?P<credit>[{HANGUL}]{{2,4}} 기자)$")
# What follows the last full stop: a credit only where it is an agency's name.
_LAST_CHUNK = re.compile(r"(?<=[\w”」』»][.!?。]) ?(?P<credit>[^.!?。]{2,25})$")

# What may end a credit; brackets count, and a full stop may end an initial.
_CREDIT_MARKS = re.compile(r"[(\[（)\]）】>》•。.]| (?=[|;] )")
# What ends a caption before a credit whose label is its last word; the first of them always does.
_SENTENCE_CUT = r"[。！？!?；;]\s*|\.\s+|="
_COMMA_CUT = r"[，,、]\s*"
_WORD_CUTS = (r"\s+(?=\S+\s+\S+\s*$)", r"\s+(?=\S+\s*$)")  # before the last two words, before the last
_NO_CREDIT = '.!?。"”'  # what no credit without a label ends with
_HIRAGANA = re.compile("[\u3040-\u309f]")


def credits(reading: Reading, told: list[Span]) -> list[records.Statement]:
    """Return the credits that end their line's caption; what overlaps ``told`` is told already.

    "The harbour at dawn. ANE MENDIETA" credits Ane Mendieta, with the words before her as the caption.
    """
    made = []
    for line in reading.layout.lines:
        if line.end - line.start > _LONGEST_CAPTION or reading.layout.text[line.end - 1] in _NO_CREDIT:
            continue
        found = _last_credit(reading, line, whole := reading.line_span(line))
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
    # No credit is longer: the paragraph before it is not searched.
    begin = max(span.start, span.end - _LONGEST_CREDIT)
    if last in ")）":
        return _BRACKETED_LABEL.search(text, begin, span.end) or _BRACKETS_LAST.search(text, begin, span.end)
    if (found := _CAPITALS_LAST.search(text, begin, span.end)) or (found := _LABEL_LAST.search(text, begin, span.end)):
        return found
    if line.prose or line.index == 0:
        return None
    if found := _SLASH_LAST.search(text, begin, span.end):
        return found
    if not line.head and not line.tail and (found := _BAR_LAST.search(text, begin, span.end)):
        return found
    if last == "자" and (found := _REPORTERS_PICTURE.search(text, begin, span.end)):
        return found
    chunk = _LAST_CHUNK.search(text, begin, span.end)
    return chunk if chunk and reading.names.agency(chunk["credit"]) == chunk["credit"] else None


def credit_start(text: str, start: int, end: int) -> int:
    """Return where a credit begins whose label is its last word: after the caption before it."""
    japanese = _HIRAGANA.search(text, start, end) is not None
    for cut in (_SENTENCE_CUT, _COMMA_CUT, *_WORD_CUTS):
        # A sentence and a "＝" always end before the credit; the rest only where it is long, a Japanese comma anyway.
        short = len(text[start:end].replace(" ", "")) <= _LONGEST_LABELLED
        if short and cut != _SENTENCE_CUT and not (japanese and cut == _COMMA_CUT):
            break
        start += max((found.end() for found in re.finditer(cut, text[start:end].rstrip(" /|"))), default=0)
    return start


def credit_end(text: str, start: int, end: int) -> int:
    """Return where a credit ends: at the bracket that closes it, a bar, a bullet, or its sentence's end."""
    depth = 0
    for mark in _CREDIT_MARKS.finditer(text, start):
        at, character = mark.start(), mark[0]
        if at >= end:
            break
        if character in "([（":
            depth += 1
        elif character in ")]）】>》":
            if depth == 0:
                return at
            depth -= 1
        elif character != "." or _ends_sentence(text, start, at):
            return at
    return end


def _ends_sentence(text: str, start: int, at: int) -> bool:
    """Say whether the full stop at ``at`` ends the credit from ``start``, not an initial ("Photo: J. Blau")."""
    last = text[at + 1 : at + 2] in ("", " ", "\n")
    return last and at - start > _SHORTEST_SENTENCE and text[at - 2 : at - 1] not in " ./"


def enclosing(text: str, line: Line, words: tuple[int, int]) -> tuple[int, int]:
    """Return the bounds of what the brackets around ``words`` hold; those of the line where none do."""
    opened = text.rfind("(", line.start, words[0] + 1)
    closed = text.find(")", words[1] - 1, line.end)
    if opened >= 0 and closed >= 0 and text.find(")", opened, words[0]) < 0:
        return opened + 1, closed
    return line.start, line.end
