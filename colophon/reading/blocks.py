"""Blocks: a page's text in pieces as a browser would set them, each with what markup says of it.

White space collapses as in a browser; preformatted text keeps its lines. Nothing else is changed.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from colophon.documents import HintKind, MarkupHint

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
class Open:
    """A hint whose element has not ended yet; ``start`` is None until its first letter."""

    kind: HintKind
    value: str
    level: int
    start: int | None = None


@dataclass(slots=True)
class BlockBuilder:
    """Collects text and open hints, and cuts blocks where the layout does."""

    blocks: list[Block] = field(default_factory=list)
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
    _open: list[Open] = field(default_factory=list)
    _hints: list[tuple[int, MarkupHint]] = field(default_factory=list)

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

    def open(self, kind: HintKind, value: str) -> Open:
        """Begin a hint at the next letter."""
        hint = Open(kind, value, len(self._open))
        self._open.append(hint)
        return hint

    def close(self, hint: Open) -> None:
        """End a hint after the last letter; one without letters leaves no trace."""
        self._record(hint)
        self._open.remove(hint)

    def cut(self, gap: str) -> None:
        """End the block, if it has text, and remember how far the next one stands off."""
        if self._length:
            for hint in self._open:
                self._record(hint)
            self.blocks.append(
                Block(
                    "".join(self._parts),
                    _innermost(self._hints),
                    self._gap,
                    self._linked,
                    self.inside > 0,
                    self.aside > 0,
                    self.furniture > 0,
                )
            )
            self._parts, self._hints, self._length, self._linked, self._gap = [], [], 0, 0, ""
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
        for hint in self._open:
            if hint.start is None:
                hint.start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self.links:
            self._linked += len(text)

    def _record(self, hint: Open) -> None:
        if hint.start is not None and hint.start < self._length:
            self._hints.append((hint.level, MarkupHint(hint.start, self._length, hint.kind, hint.value)))
        hint.start = None


def _innermost(levelled: list[tuple[int, MarkupHint]]) -> list[MarkupHint]:
    """Return roles as they are, and languages and directions cut so that each letter has only its innermost."""
    hints = list(dict.fromkeys(hint for _, hint in levelled if hint.kind == "role"))
    kinds: tuple[HintKind, ...] = ("lang", "dir")
    for kind in kinds:
        layers = sorted(((n, h) for n, h in levelled if h.kind == kind), key=lambda layer: layer[0])
        edges = sorted({edge for _, hint in layers for edge in (hint.start, hint.end)})
        pieces: list[MarkupHint] = []
        for start, end in pairwise(edges):
            covering = [hint.value for _, hint in layers if hint.start <= start and end <= hint.end]
            if not covering:
                continue
            if pieces and pieces[-1].end == start and pieces[-1].value == covering[-1]:
                start = pieces.pop().start
            pieces.append(MarkupHint(start, end, kind, covering[-1]))
        hints += pieces
    return hints


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
