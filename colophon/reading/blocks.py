"""Blocks: a page's text in pieces as a browser would set them, each with what markup says of it.

White space collapses as in a browser; preformatted text keeps its lines. Nothing else is changed.
"""

import re
from dataclasses import dataclass, field

from colophon.documents import HintKind, MarkupHint

# A quotation in a quotation in a quotation: a page that says more says nothing.
_MOST_NESTED = 3
_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Block:
    """A paragraph, line or cell. Offsets of hints are within ``text``; ``linked`` counts letters inside links."""

    text: str
    hints: list[MarkupHint]
    gap: str
    linked: int
    inside: bool
    aside: bool
    furniture: bool

    def has(self, *roles: str) -> bool:
        """Say whether any part of the block has one of the roles."""
        return any(hint.kind == "role" and hint.value in roles for hint in self.hints)


@dataclass(slots=True)
class OpenRole:
    """A role whose element has not ended yet; ``start`` is None until its first letter."""

    value: str
    start: int | None = None


@dataclass(slots=True)
class BlockBuilder:
    """Collects text, roles and languages, and cuts blocks where the layout does.

    Each letter has at most one language and one direction: those of the innermost element that says one.
    """

    blocks: list[Block] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    directions: list[str] = field(default_factory=list)
    preformatted: int = 0
    links: int = 0
    inside: int = 0
    aside: int = 0
    furniture: int = 0
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _pending: str = ""
    _gap: str = ""
    _linked: int = 0
    _roles: list[OpenRole] = field(default_factory=list)
    _hints: list[MarkupHint] = field(default_factory=list)
    _last: dict[HintKind, int] = field(default_factory=dict)

    def add(self, raw: str | None) -> None:
        """Append text of the page to the current block."""
        if not raw:
            return
        if self.preformatted:
            self._add_lines(raw)
            return
        text = _SPACE.sub(" ", raw)
        if text[0] == " ":
            self._pending = self._pending or " "
        bare = text.strip(" ")
        if bare:
            self._emit(bare)
            self._pending = " " if text[-1] == " " else ""

    def break_line(self) -> None:
        """Begin a new line in the current block."""
        self._pending = "\n\n" if self._pending.startswith("\n") else "\n"

    def open_role(self, value: str) -> OpenRole | None:
        """Begin a role at the next letter; None where the same role is already open often enough."""
        if sum(role.value == value for role in self._roles) >= _MOST_NESTED:
            return None
        self._roles.append(OpenRole(value))
        return self._roles[-1]

    def close_role(self, role: OpenRole) -> None:
        """End the innermost role after the last letter; one without letters leaves no trace."""
        self._record(role)
        self._roles.pop()

    def cut(self, gap: str) -> None:
        """End the block, if it has text, and remember how far the next one stands off."""
        if self._length:
            for role in self._roles:
                self._record(role)
            text, hints = "".join(self._parts), list(dict.fromkeys(self._hints))
            flags = self.inside > 0, self.aside > 0, self.furniture > 0
            self.blocks.append(Block(text, hints, self._gap, self._linked, *flags))
            self._parts, self._hints, self._last = [], [], {}
            self._length, self._linked, self._gap = 0, 0, ""
        self._pending = ""
        self._gap = max(self._gap, gap, key=_distance)

    def _add_lines(self, raw: str) -> None:
        for number, line in enumerate(raw.replace("\r\n", "\n").split("\n")):
            if number:
                self._pending = self._pending + "\n" if self._pending.startswith("\n") else "\n"
            if line.strip():
                self._emit(line)

    def _emit(self, text: str) -> None:
        if self._pending and self._length:
            self._parts.append(self._pending)
            self._length += len(self._pending)
        self._pending = ""
        for role in self._roles:
            if role.start is None:
                role.start = self._length
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self.links:
            self._linked += len(text)
        self._paint("lang", self.languages, start)
        self._paint("dir", self.directions, start)

    def _paint(self, kind: HintKind, open_values: list[str], start: int) -> None:
        """Give the text from ``start`` its innermost value; continue the hint before it if that is the same."""
        last = self._last.pop(kind, None)
        if not open_values:
            return
        value = open_values[-1]
        if last is not None and self._hints[last].value == value:
            self._hints[last] = MarkupHint(self._hints[last].start, self._length, kind, value)
            self._last[kind] = last
            return
        self._last[kind] = len(self._hints)
        self._hints.append(MarkupHint(start, self._length, kind, value))

    def _record(self, role: OpenRole) -> None:
        if role.start is not None and role.start < self._length:
            self._hints.append(MarkupHint(role.start, self._length, "role", role.value))
        role.start = None


def _distance(gap: str) -> int:
    return ("", "\t", "\n", "\n\n").index(gap)


def joined(blocks: list[Block]) -> tuple[str, tuple[MarkupHint, ...]]:
    """Return the text of all blocks and their hints in it; equal hints on whole neighbouring blocks become one."""
    parts: list[str] = []
    hints: list[MarkupHint] = []
    running: dict[tuple[HintKind, str], int] = {}
    length = 0
    for block in blocks:
        gap = block.gap if parts else ""
        parts.extend((gap, block.text))
        previous, length = length, length + len(gap)
        still: dict[tuple[HintKind, str], int] = {}
        for hint in block.hints:
            key = (hint.kind, hint.value)
            moved = MarkupHint(hint.start + length, hint.end + length, hint.kind, hint.value)
            mergeable = hint.kind != "role" and hint.start == 0
            if mergeable and key in running and hints[running[key]].end == previous:
                index = running[key]
                hints[index] = MarkupHint(hints[index].start, moved.end, hint.kind, hint.value)
            else:
                index = len(hints)
                hints.append(moved)
            if hint.end == len(block.text):
                still[key] = index
        running = still
        length += len(block.text)
    return "".join(parts), tuple(sorted(set(hints), key=lambda h: (h.start, -h.end, h.kind, h.value)))
