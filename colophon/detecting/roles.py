"""What a fragment is for: told by markup, the line that it stands on, and the lines around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from colophon.documents import MarkupHint
from colophon.records import Role
from colophon.spans import Span

_HINTED: dict[str, Role] = {
    "caption": "caption", "credit": "credit", "heading": "heading", "quote": "quote", "footer": "notice",
}  # fmt: skip
_GALLERY = re.compile(
    r"\s*(?:\d+\s+)?(?:view (?:gallery|image|photo)s?|gallery|photo gallery|image \d+ of \d+)\s*", re.IGNORECASE
)
_CREDIT = re.compile(
    r"\s*[(\[]?\s*(?:photo(?:graph)?s?|image|picture|credit|illustration|video)\b[^:]{0,30}:", re.IGNORECASE
)
_CAPTION_LABEL = re.compile(
    r"\s*(?:photo|image|picture|caption|figure|fig\.?|left|right|above|below|top|bottom|gallery)[^:]{0,20}[:：]",
    re.IGNORECASE,
)
_KEYWORD_LABEL = re.compile(r"\s*(?:tags?|keywords?|topics?|subjects?)\s*[:：]", re.IGNORECASE)
_NOTICE = re.compile(r"©|\(c\)|\ball rights\b|\bcopyright\b", re.IGNORECASE)
_OPEN_QUOTES = '"“„«‹「『‘‚”'
_CLOSE_QUOTES = '"”“»›」』’‘'


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a document and what markup says of them."""

    text: str
    lines: tuple[Span, ...]
    hints: tuple[MarkupHint, ...]

    def role(self, number: int, start: int, end: int) -> Role:
        """Return the role of the fragment ``text[start:end]`` on line ``number``."""
        for hint in self.hints:
            if hint.kind == "role" and hint.start <= start and end <= hint.end and hint.value in _HINTED:
                return _HINTED[hint.value]
        line = self.lines[number]
        before, after = self.text[line.start : start], self.text[end : line.end]
        if not _lettered(after) and (not _lettered(before) or _CAPTION_LABEL.fullmatch(before.rstrip())):
            return self._whole_line(number, before, self.text[start:end])
        return _inside(before, after)

    def _whole_line(self, number: int, before: str, inside: str) -> Role:
        if _CAPTION_LABEL.match(before) or self._beside_picture(number):
            return "caption"
        if _NOTICE.search(inside):
            return "notice"
        if _listed(inside):
            return "keywords"
        if number == self._first() and not inside.rstrip().endswith((".", "。", "।", "!", "?", "؟")):
            return "heading"
        return "body"

    def _first(self) -> int:
        return next((n for n, line in enumerate(self.lines) if len(line)), 0)

    def _beside_picture(self, number: int) -> bool:
        """Look up and down over neighbouring lines without English for a gallery label or a photo credit."""
        for step in (-1, 1):
            other = number + step
            for _ in range(4):
                if not 0 <= other < len(self.lines):
                    break
                line = self.lines[other].of(self.text)
                if _GALLERY.fullmatch(line) or (step == 1 and _CREDIT.match(line)):
                    return True
                if not line.strip() or any("a" <= c <= "z" for c in line):
                    break
                other += step
        return False


def _inside(before: str, after: str) -> Role:
    if _KEYWORD_LABEL.match(before):
        return "keywords"
    left, right = before.rstrip(), after.lstrip(" .,!?…")
    if left[-1:] and left[-1] in _OPEN_QUOTES and right[:1] and right[0] in _CLOSE_QUOTES:
        return "quote"
    opened = max(before.rfind("("), before.rfind("["))
    if opened > max(before.rfind(")"), before.rfind("]")) and re.match(r"[^(\[]*[)\]]", after):
        return "parenthesis"
    return "body"


def _listed(inside: str) -> bool:
    items = re.split(r"[,;،؛、，；]", inside)
    return len(items) >= 3 and all(0 < len(item.split()) <= 4 for item in items)


def _lettered(text: str) -> bool:
    return any(c.isalpha() for c in text)


def layout(text: str, lines: Sequence[Span], hints: Sequence[MarkupHint]) -> Layout:
    """Return the layout of a document."""
    return Layout(text, tuple(lines), tuple(hints))
