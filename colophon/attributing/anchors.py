"""Where the words stand that rules are found by: one look over a text for the anchors of all rules and languages.

A text is first searched for the few letters that anchors begin with; the anchors that begin so are then compared whole.
That keeps the pattern short: quick to compile, and quick to run.
"""

import re
from collections.abc import Iterable

from colophon.attributing.tries import trie

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTERS_OF_WORDS = 5  # of an anchor that begins with a word: few texts have five by chance
_LETTERS_ANYWHERE = 2  # of an anchor that stands anywhere: two ideographs are as rare
Place = tuple[int, str]  # offset, anchor


class AnchorFinder:
    """Finds anchors; one with a leading ``*``, or of a script without spaces, also within words."""

    def __init__(self, anchors: Iterable[str]) -> None:
        every = set(anchors)
        opened = {anchor[1:] for anchor in every if anchor.startswith("*")}
        named = {anchor.lstrip("*") for anchor in every}
        spaced = {anchor for anchor in named if not _UNSPACED.match(anchor)}
        worded = {anchor for anchor in spaced if anchor[0].isalnum()}
        self._words = _Beginnings(worded, _LETTERS_OF_WORDS)
        # What may begin within a word is in both: the longest at a place may be another there.
        self._anywhere = _Beginnings((named - worded) | opened, _LETTERS_ANYWHERE)
        latin = [letters for letters in self._words if letters[0].isascii()]
        other = [letters for letters in self._words if not letters[0].isascii()]
        # Words are found by what is no word before them: that is one step a word, where a word boundary is one a letter.
        # Most words are Latin; the letters of all other scripts are compared only where one of them stands.
        self._word = re.compile(rf"\W(?=({trie(latin)}|(?={_one_of(other)}){trie(other)}))")
        self._first = re.compile(_one_of(self._anywhere))

    def find(self, text: str) -> list[Place]:
        """Return the anchors in ``text`` (a shadow) with their places, in order; the longest at each place."""
        found: list[Place] = []
        named = self._words
        for place in self._word.finditer("\n" + text):
            at = place.start()  # of the mark before the word, in a text that is one longer
            if (anchor := named.longest(place[1], text, at)) is not None:
                found.append((at, anchor))
        named = self._anywhere
        for place in self._first.finditer(text):
            at = place.start()
            letters = text[at : at + _LETTERS_ANYWHERE]
            letters = letters if letters in named else letters[0]
            if letters in named and (anchor := named.longest(letters, text, at)) is not None:
                found.append((at, anchor))
        return sorted(found)


class _Beginnings(dict[str, list[str]]):
    """Anchors by their first ``length`` letters, the longest first."""

    def __init__(self, anchors: Iterable[str], length: int) -> None:
        super().__init__()
        ordered = sorted(anchors, key=len, reverse=True)
        for anchor in ordered:
            self.setdefault(anchor[:length], []).append(anchor)
        # Where the letters of a long anchor stand, one that is shorter than those letters stands too.
        for short in [anchor for anchor in ordered if len(anchor) < length]:
            for letters, named in self.items():
                if letters.startswith(short) and letters != short:
                    named.append(short)

    def longest(self, letters: str, text: str, at: int) -> str | None:
        """Return the longest anchor at ``at``, where ``letters`` stand; None when the text goes on otherwise."""
        for anchor in self[letters]:
            if text.startswith(anchor, at):
                return anchor
        return None


def _one_of(words: Iterable[str]) -> str:
    """Return a pattern of the first letters of words; of nothing when there are none."""
    letters = sorted({word[0] for word in words})
    return f"[{''.join(map(re.escape, letters))}]" if letters else r"(?!)"
