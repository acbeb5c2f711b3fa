"""Put translations into a text, and take them out again."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``text[start:end]``, which reads ``before``, by ``after``; offsets are code points."""

    start: int
    end: int
    before: str
    after: str


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with every edit made; edits are ordered and do not overlap.

    Raises ValueError when an edit overlaps the one before, or its span does not hold exactly its ``before``.

    >>> apply_edits("in דוחא today", [Edit(3, 7, "דוחא", "Doha")])
    'in Doha today'
    """
    parts: list[str] = []
    done = 0
    for edit in edits:
        fits = len(edit.before) == edit.end - edit.start and text[edit.start : edit.end] == edit.before
        if edit.start < done or not fits:
            raise ValueError(f"edit at {edit.start}:{edit.end} overlaps another, or the text is not {edit.before!r}")
        parts += [text[done : edit.start], edit.after]
        done = edit.end
    return "".join([*parts, text[done:]])


def undone(edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that lead back, with offsets into the edited text."""
    back: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        back.append(Edit(start, start + len(edit.after), edit.after, edit.before))
        shift += len(edit.after) - (edit.end - edit.start)
    return back
