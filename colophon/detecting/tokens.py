"""Words of one line, each of one script, and the places between them where a language may change."""

import re
from dataclasses import dataclass
from typing import Literal

from colophon.detecting import rules
from colophon.detecting.shadow import Shadow

Place = Literal["line", "sentence", "mark", "comma", "item", "slash", "capital", "space"]
Case = Literal["lower", "title", "upper", "mixed"]

# Addresses, handles, hashtags, file names, code and numbers: no evidence of any language.
_NEUTRAL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”’）】]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|[@#]\w+"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:com|org|net|edu|gov|info|io|co|uk|de|fr|es|it|ru|il|html?|php|pdf|jpe?g|png)\b(?:/[^\s]*)?"
    r"|\b\w+(?:[_(]\w*[_)(]\w*|\(\w*\))|(?<!\w)\.[a-z]\w+|\b[A-Za-z]\w*(?:\.[A-Za-z]\w*)+"
    r"|(?<!\w)[^\W\d]{0,40}\d[\w.,:/%°′″-]*"
)
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff]+[^\W\d_]*)*"
                   r"(?:['’ʼ‘׳״\"][^\W\d_]+|[-‐‑][^\W\d_]+)*")  # fmt: skip
_SENTENCE_END = re.compile(r"[.!?…:;]['\"”’»)\]]*\s|[。！？።۔؟։।॥]")
_MARK = re.compile(r"[\"“”„‟«»‹›「」『』【】《》〈〉()\[\]{}<>:|]|(?<!\w)['‘’‚]|['’](?!\w)|\s[-–—]\s|—")
# Asterisks and underscores that set a phrase off ("*so*", "_so_"); with spaces on both sides they are signs.
_EMPHASIS = re.compile(r"^[*_]|(?<=\S)[*_]|[*_](?!\s)")
_COMMA = re.compile(r"[,;،؛、，；・·•]")
_LABEL = re.compile(r"\s*[\w ]{2,24}:\s")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the shadow line, ``text[start:end]`` there; ``place`` is what stands before it."""

    start: int
    end: int
    word: str
    script: str
    case: Case
    place: Place
    initial: bool
    neutral: bool = False


def tokens_of(shadow: Shadow) -> list[Token]:
    """Return the words of a line in order; neutral pieces (addresses, codes, numbers) are left out."""
    text = shadow.text
    taken = [m.span() for m in _NEUTRAL.finditer(text)]
    found: list[Token] = []
    listed = _is_list(text)
    last = 0
    index = 0
    for match in _WORD.finditer(text):
        while index < len(taken) and taken[index][1] <= match.start():
            index += 1
        if index < len(taken) and taken[index][0] < match.end():
            continue
        for start, end, script in _runs(text, match.start(), match.end()):
            place = _place(text[last:start], at_start=not found, listed=listed)
            if place == "space" and text[start].isupper():
                place = "capital"
            found.append(_token(text, start, end, script, place))
            last = end
    return found


def _token(text: str, start: int, end: int, script: str, place: Place) -> Token:
    given = text[start:end]
    case: Case = "mixed"
    if given.islower() or not (given[0].isupper() or given[0].islower()):
        case = "lower"
    elif given.isupper() and len(given) > 1:
        case = "upper"
    elif given[0].isupper():
        case = "title"
    initial = place in ("line", "sentence", "mark", "slash")
    return Token(start, end, given.lower(), script, case, place, initial)


def _runs(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Cut a word where its script changes; marks, apostrophes and hyphens belong to what precedes them."""
    if text[start:end].isascii():
        return [(start, end, "Latn")]
    of = rules.scripts().of
    cuts: list[tuple[int, int, str]] = []
    begin, script = start, of(text[start])
    for i in range(start + 1, end):
        other = of(text[i])
        if other and other != script:
            if script:
                cuts.append((begin, i, script))
            begin, script = i, other
    cuts.append((begin, end, script))
    return [(b, _bare(text, b, e), s) for b, e, s in cuts if s and s != "Zyyy"]


def _bare(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1] in "'’ʼ‘׳״\"-‐‑":
        end -= 1
    return end


def _place(gap: str, *, at_start: bool, listed: bool) -> Place:
    if at_start:
        return "mark" if _MARK.search(gap) else "line"
    if gap == " " or not gap:
        return "space"
    if "/" in gap or "|" in gap:
        return "slash"
    if _MARK.search(gap) or _EMPHASIS.search(gap):
        return "mark"
    if _SENTENCE_END.search(gap + " "):
        return "sentence"
    if _COMMA.search(gap):
        return "item" if listed else "comma"
    return "space"


def _is_list(line: str) -> bool:
    """Say whether a line is a list of short items: at least two separators, no item over four words."""
    label = _LABEL.match(line)
    items = re.split(r"[,;،؛、，；•]", line[label.end() if label else 0 :])
    return len(items) >= 2 and all(len(item.split()) <= 4 for item in items) and (len(items) > 2 or bool(label))
