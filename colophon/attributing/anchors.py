"""Where the words stand that rules are found by: one look over a text for the anchors of all rules and languages.

A text is first searched for the few letters that anchors begin with; the anchors that begin so are then compared whole.
That keeps the pattern short: quick to compile, and quick to run.
"""

import re
from collections.abc import Iterable

from colophon.attributing.tries import trie

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTERS_OF_WORDS = 6  # of an anchor that begins with a word: few texts have six by chance
_LETTERS_ANYWHERE = 2  # of an anchor that stands anywhere: two ideographs are as rare
Place = tuple[int, str]  # offset, anchor


class AnchorFinder:
    """Finds anchors; one with a leading ``*``, or of a script without spaces, also within words."""

    def __init__(self, anchors: Iterable[str]) -> None:
        every = set(anchors)
        opened = {anchor[1:] for anchor in every if anchor.startswith("*")}
        named = {anchor.lstrip("*") for anchor in every}
        worded = {anchor for anchor in named if anchor[0].isalnum() and not _UNSPACED.match(anchor)}
        # What may begin within a word is in two of them: the longest at a place may be another in each.
        anywhere = (named - worded) | opened
        latin = {anchor for anchor in anywhere if _is_latin(anchor)}
        self._words = _Beginnings(worded, _LETTERS_OF_WORDS)
        self._latin = _Beginnings(latin, _LETTERS_OF_WORDS)
        self._others = _Beginnings(anywhere - latin, _LETTERS_ANYWHERE)
        self._word = _word_pattern(self._words)
        # A letter is taken and what it begins is looked at, so that no anchor hides one that begins within it.
        self._within = re.compile(rf"{_one_of(self._latin)}(?<=(?=({trie(self._latin)})).)")
        self._first = re.compile(_one_of(self._others))

    def find(self, text: str) -> list[Place]:
        """Return the anchors in ``text`` (a shadow) with their places, in order; the longest at each place."""
        found: list[Place] = []
        for place in self._word.finditer("\n" + text):
            at = place.start()  # of the mark before the word, in a text that is one longer
            if (anchor := self._words.longest(place[1], text, at)) is not None:
                found.append((at, anchor))
        for place in self._within.finditer(text):
            at = place.start()
            if (anchor := self._latin.longest(place[1], text, at)) is not None:
                found.append((at, anchor))
        for place in self._first.finditer(text):
            at = place.start()
            letters = text[at : at + _LETTERS_ANYWHERE]
            letters = letters if letters in self._others else letters[0]
            if letters in self._others and (anchor := self._others.longest(letters, text, at)) is not None:
                found.append((at, anchor))
        return sorted(found)


class _Beginnings(dict[str, list[str]]):
    """Anchors by their first ``length`` letters, the longest first."""

    def __init__(self, anchors: Iterable[str], length: int) -> None:
        super().__init__()
        every = set(anchors)
        for anchor in sorted(every, key=len, reverse=True):
            self.setdefault(anchor[:length], []).append(anchor)
        # Where the letters of a long anchor stand, one that is shorter than those letters stands too.
        for letters, named in self.items():
            begun = (letters[:cut] for cut in range(len(letters) - 1, 0, -1))
            named += [short for short in begun if short in every]

    def longest(self, letters: str, text: str, at: int) -> str | None:
        """Return the longest anchor at ``at``, where ``letters`` stand; None when the text goes on otherwise."""
        for anchor in self[letters]:
            if text.startswith(anchor, at):
                return anchor
        return None


def _word_pattern(beginnings: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of words that begin so.

    They are found by what is no word before them: that is one step a word, where a word boundary is one a letter. Most
    words are Latin; the letters of all other scripts are compared only where one of them stands.
    """
    latin: list[str] = []
    other: list[str] = []
    for letters in beginnings:
        (latin if _is_latin(letters) else other).append(letters)
    return re.compile(rf"\W(?=({trie(latin)}|(?={_one_of(other)}){trie(other)}))")


def _is_latin(word: str) -> bool:
    return word[0].isascii() and word[0].isalnum()


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of the first letters of words; of nothing when there are none."""
    letters = sorted({word[0] for word in words})
    return f"[{''.join(map(re.escape, letters))}]" if letters else r"(?!)"
