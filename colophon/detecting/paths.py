"""The cheapest way through a line over language states: staying is free, changing costs what the place says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from colophon.detecting.tokens import Place

if TYPE_CHECKING:
    from colophon.detecting.profiles import Scores

# Natural-log units to pay for a change of language at a place. Inside a sentence a change is rare; quotation
# marks, brackets, dashes and colons announce one; a list may change at each item.
CHANGE: dict[Place, float] = {
    "line": 3.0,
    "mark": 3.5,
    "slash": 3.0,
    "sentence": 4.5,
    "item": 4.0,
    "comma": 8.0,
    "space": 11.0,
}


def cheapest_path(gains: "Sequence[Scores]", places: Sequence[Place], *, home: bool) -> list[int]:
    """Return the language index of each word. With ``home`` the path starts in language 0 and may return to it."""
    import numpy as np

    value = np.zeros(len(gains[0]), dtype=np.float32)
    if home:
        value[1:] -= CHANGE[places[0]]
    value += gains[0]
    back: list[tuple[int, Scores]] = []
    for gain, place in zip(gains[1:], places[1:], strict=True):
        best = int(value.argmax())
        entered = value[best] - CHANGE[place]
        stays = value >= entered
        back.append((best, stays))
        value = np.where(stays, value, entered) + gain
    state = int(value.argmax())
    states = [state]
    for best, stays in reversed(back):
        state = state if stays[state] else best
        states.append(state)
    return states[::-1]


def may_leave(gains: "Sequence[Scores]", places: Sequence[Place]) -> bool:
    """Say whether any stretch could pay for leaving English; a cheap upper bound that spares the full search."""
    best = 0.0
    for gain, place in zip(gains, places, strict=True):
        most = float(gain[1:].max())
        best = max(best, -CHANGE[place]) + most
        if best > 0:
            return True
        best = max(best, -20.0)
    return False
