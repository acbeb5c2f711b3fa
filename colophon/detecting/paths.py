"""The cheapest way through a line over language states: staying is free, changing costs what the place says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from colophon.detecting.tokens import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from colophon.detecting.profiles import Scores

# Natural-log units to pay for leaving English at a place. Inside a sentence that is rare; quotation marks,
# brackets, dashes and colons announce it; a list may change at each item.
LEAVE: dict[Place, float] = {
    "line": 3.0, "mark": 3.5, "slash": 3.5, "sentence": 4.5, "item": 5.5, "comma": 7.0, "capital": 10.0, "space": 10.0,
}  # fmt: skip
# For coming back. Items of a list owe nothing to each other, so a list lets go of a language at once.
RETURN: dict[Place, float] = {
    "line": 3.0, "mark": 3.5, "slash": 3.5, "sentence": 4.0, "item": 1.0, "comma": 7.0, "capital": 10.0, "space": 10.0,
}  # fmt: skip
# For passing from one foreign language to another: hardly ever without a stop or a slash between them.
EXCHANGE: dict[Place, float] = {
    "line": 0.0, "mark": 14.0, "slash": 5.0, "sentence": 9.0, "item": 9.0, "comma": 18.0,
    "capital": 13.0, "space": 20.0,
}  # fmt: skip


def cheapest_path(gains: "Sequence[Scores]", places: Sequence[Place], priors: "Scores", *, home: bool) -> list[int]:
    """Return the language index of each word. With ``home``, language 0 is English and the path starts there.

    ``priors`` (natural-log units, at most 0) are paid once on entering a language.
    """
    import numpy as np

    value = priors.copy()
    if home:
        value[1:] -= LEAVE[places[0]]
    value += gains[0]
    back: list[tuple[NDArray[np.intp], NDArray[np.bool_]]] = []
    for gain, place in zip(gains[1:], places[1:], strict=True):
        source, entered = _entered(value, place, home=home)
        entered = entered + priors
        stays = value >= entered
        back.append((source, stays))
        value = np.where(stays, value, entered) + gain
    state = int(value.argmax())
    states = [state]
    for source, kept in reversed(back):
        state = state if kept[state] else int(source[state])
        states.append(state)
    return states[::-1]


def _entered(value: "Scores", place: Place, *, home: bool) -> "tuple[NDArray[np.intp], Scores]":
    """Return for each language the best language to come from, and the value on entering."""
    import numpy as np

    if not home:
        best = int(value.argmax())
        return np.full(len(value), best), np.full(len(value), value[best] - EXCHANGE[place], dtype=np.float32)
    best = 1 + int(value[1:].argmax())
    abroad, english = value[best] - EXCHANGE[place], value[0] - LEAVE[place]
    source = np.full(len(value), 0 if english >= abroad else best)
    entered = np.full(len(value), max(english, abroad), dtype=np.float32)
    source[0], entered[0] = best, value[best] - RETURN[place]
    return source, entered


def may_leave(most: Sequence[float], places: Sequence[Place]) -> bool:
    """Say whether any stretch could pay for leaving English, given the most that each word could weigh."""
    best = 0.0
    for weight, place in zip(most, places, strict=True):
        best = max(best, -LEAVE[place]) + weight
        if best > 0:
            return True
    return False
