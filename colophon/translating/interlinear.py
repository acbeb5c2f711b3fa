"""Interlinear glosses: known English written behind the words of a source line, for models trained to read it.

A model of nine million parameters cannot remember a hundred thousand names; one that has learnt to read
``שוטר police officer בלוד in Lod`` only has to put them in order and to notice when a gloss does not fit.
The method is that of Dinu et al., "Training Neural Machine Translation to Apply Terminology Constraints"
(2019), with a whole dictionary in place of a few terms. Scripts tell source from gloss, so nothing marks them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from colophon.errors import ModelError

LONGEST_PHRASE = 5  # words
# Letters that Hebrew writes together with the next word: and, that, in, to, from, as, the; and pairs of them.
_PREFIX = re.compile("[ושכבלמה]|ו[שכבלמה]|ש[בלמהכ]|כש|מה")
_SHORTEST_STEM = 3  # code points; a shorter rest is seldom a word of its own
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?['׳]?", re.DOTALL)  # a word without the punctuation around it


@dataclass(frozen=True)
class Glosses:
    """Phrases of one source language with one English reading each."""

    english: dict[str, str] = field(repr=False)

    @cached_property
    def _longest(self) -> int:
        return min(LONGEST_PHRASE, max((phrase.count(" ") + 1 for phrase in self.english), default=0))

    def applied(self, text: str, keep: Callable[[], bool] = lambda: True) -> str:
        """Return ``text`` with a gloss behind each known phrase, longest phrases first, from left to right.

        ``keep`` is asked for each gloss; training leaves some out, so that a model learns to do without.
        """
        out: list[str] = []
        for words, gloss in self._matches(text.split()):
            out += words
            if gloss and keep():
                body = _CORE.search(words[-1])
                end = len(words[-1]) if body is None else body.end()
                out[-1:] = [words[-1][:end], gloss + words[-1][end:]]
        return " ".join(out)

    def _matches(self, words: list[str]) -> Iterator[tuple[list[str], str | None]]:
        """Partition ``words`` into known phrases with their English and single other words."""
        cores = [body[0] if (body := _CORE.search(word)) else "" for word in words]
        i = 0
        while i < len(words):
            for length in range(min(self._longest, len(words) - i), 0, -1):
                if gloss := self._find(" ".join(cores[i : i + length])):
                    yield words[i : i + length], gloss
                    i += length
                    break
            else:
                yield [words[i]], None
                i += 1

    def _find(self, phrase: str) -> str | None:
        if found := self.english.get(phrase):
            return found
        for cut in (1, 2):
            if len(phrase) - cut >= _SHORTEST_STEM and _PREFIX.fullmatch(phrase[:cut]):
                if found := self.english.get(phrase[cut:]):
                    return found
        return None


def read_glosses(path: Path) -> Glosses:
    """Read ``phrase<TAB>English`` lines, ``#`` comments; ModelError when a line is not of that shape."""
    english: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line:
            continue
        phrase, tab, gloss = line.partition("\t")
        if not (phrase and tab and gloss) or "\t" in gloss:
            raise ModelError(f"{path}, line {number}: expected a phrase, one tab and its English: {line[:60]!r}")
        english[phrase] = gloss
    return Glosses(english)
