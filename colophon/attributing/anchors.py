"""Where the words stand that rules are found by: one look over a text for the anchors of all rules and languages.

The look is an automaton's (Aho and Corasick, "Efficient string matching", CACM 1975): each letter of a text is read once,
however many anchors there are.
"""

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
Place = tuple[int, str]  # offset, anchor


class AnchorFinder:
    """Finds anchors; one with a leading ``*``, or of a script without spaces, also within words."""

    def __init__(self, anchors: Iterable[str]) -> None:
        every = set(anchors)
        self._anchors = sorted({anchor.lstrip("*") for anchor in every})
        self._anywhere = [
            "*" + anchor in every or not anchor[0].isalnum() or _UNSPACED.match(anchor) is not None
            for anchor in self._anchors
        ]
        self._automaton = AhoCorasick(self._anchors)

    def find(self, text: str) -> list[Place]:
        """Return the anchors in ``text`` (a shadow) with their places, in order; the longest at each place."""
        # Of those that begin at one place the longer come later, and stay: matches come by their ends.
        longest = {
            start: number
            for number, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if not start or self._anywhere[number] or not ((before := text[start - 1]).isalnum() or before == "_")
        }
        return [(start, self._anchors[number]) for start, number in sorted(longest.items())]
