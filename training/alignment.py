"""Which English word stands for a Hebrew word, told by translated sentences alone.

IBM Model 1 in both directions (Brown et al., "The Mathematics of Statistical Machine Translation", 1993), a
few rounds of expectation and maximisation; a word pair counts when each side prefers the other.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 6
LEAST = 0.35  # probability of the English word given the Hebrew one
LEAST_BACK = 0.1  # and back: one English word stands for several Hebrew forms
LEAST_SEEN = 2.0  # expected links
_HEBREW = re.compile(r"[\u05d0-\u05ea](?:[\u05d0-\u05ea'\"-]*[\u05d0-\u05ea])?'?")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*")

Ids = NDArray[np.int64]


def aligned(sentences: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the English word of each Hebrew word that ``sentences`` settle; written as inside a sentence."""
    hebrew, english = _Words(), _Words()
    rows = [(hebrew.of(_HEBREW.findall(h)), english.of(_ENGLISH.findall(e))) for h, e in sentences]
    rows = [(h, e) for h, e in rows if h and e]
    sources = np.concatenate([np.repeat(h, len(e)) for h, e in rows])
    targets = np.concatenate([np.tile(e, len(h)) for h, e in rows])
    sizes = np.array([len(h) * len(e) for h, e in rows])
    pair = np.repeat(np.arange(len(rows)), sizes)
    keys, links = np.unique(sources * len(english.known) + targets, return_inverse=True)
    heads, tails = keys // len(english.known), keys % len(english.known)
    # Each English word was made by one Hebrew word of its sentence, and the other way round.
    forward = _chances(links, heads, pair * len(english.known) + targets)
    back = _chances(links, tails, pair * len(hebrew.known) + sources)
    seen = np.bincount(heads, weights=forward[1], minlength=len(hebrew.known))
    words, readings = hebrew.words(), english.words()
    found: dict[str, str] = {}
    for i in np.argsort(-forward[0], kind="stable"):
        if forward[0][i] < LEAST:
            break
        if back[0][i] >= LEAST_BACK and forward[1][i] >= LEAST_SEEN and seen[heads[i]] > 0:
            found.setdefault(words[heads[i]], readings[tails[i]])
    return found


def _chances(links: Ids, given: Ids, choice: Ids) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probability of each distinct link under its given word, and how often it is expected.

    ``choice`` numbers the sets of links of which one is real.
    """
    _, sets = np.unique(choice, return_inverse=True)
    chance: NDArray[np.float64] = np.ones(len(given))
    expected: NDArray[np.float64] = chance
    for _ in range(ROUNDS):
        weight: NDArray[np.float64] = chance[links]
        weight = np.divide(weight, np.bincount(sets, weights=weight)[sets], dtype=np.float64)
        expected = np.asarray(np.bincount(links, weights=weight, minlength=len(given)), dtype=np.float64)
        chance = np.divide(expected, np.bincount(given, weights=expected)[given], dtype=np.float64)
    return chance, expected


class _Words:
    """Words by number, in lower case, and how each is written inside a sentence."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self._written: list[Counter[str]] = []

    def of(self, words: Sequence[str]) -> list[int]:
        out = []
        for place, word in enumerate(words):
            number = self.known.setdefault(word.lower(), len(self.known))
            if number == len(self._written):
                self._written.append(Counter())
            if place:  # the first word of a sentence has a capital anyhow
                self._written[number][word] += 1
            out.append(number)
        return out

    def words(self) -> list[str]:
        return [
            written.most_common(1)[0][0] if written else word
            for word, written in zip(self.known, self._written, strict=True)
        ]
