"""Interlinear glosses: known English written behind the words of a source line, for models trained to read it.

A model of nine million parameters cannot remember a hundred thousand names; one that has learnt to read
``שוטר police officer בלוד in Lod`` only has to put them in order and to notice when a gloss does not fit.
The method is that of Dinu et al., "Training Neural Machine Translation to Apply Terminology Constraints"
(2019), with a whole dictionary in place of a few terms. Scripts tell source from gloss, so nothing marks them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from colophon.errors import DataError

LONGEST_PHRASE = 5  # words
# Letters that Hebrew writes together with the next word: and, that, in, to, from, as, the; and pairs of them.
_PREFIX = re.compile("[ושכבלמה]|ו[שכבלמה]|ש[בלמהכ]|כש|מה")
_SHORTEST_STEM = 3  # code points; a shorter rest is seldom a word of its own
NO_TERMS: Mapping[str, str] = MappingProxyType({})
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?['׳]?", re.DOTALL)  # a word without the punctuation around it


@dataclass(frozen=True, slots=True)
class GlossedLine:
    """A line with its glosses; ``terms`` are those of the user's that it shows, as (phrase, English)."""

    text: str
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Glosses:
    """Phrases of one source language with one English reading each."""

    english: Mapping[str, str] = field(repr=False)

    def applied(self, text: str, terms: Mapping[str, str] = NO_TERMS, keep: Callable[[], bool] = lambda: True) -> str:
        """Return ``text`` with a gloss behind each known phrase, longest phrases first, from left to right.

        ``terms`` are a user's, looked up first. ``keep`` is asked for each gloss; training leaves some out, so
        that a model learns to do without.
        """
        return self.glossed(text, terms, keep).text

    def terms_in(self, text: str, terms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield those of ``terms`` that ``applied`` shows for ``text``, as (phrase, English)."""
        yield from self.glossed(text, terms).terms

    def glossed(
        self, text: str, terms: Mapping[str, str] = NO_TERMS, keep: Callable[[], bool] = lambda: True
    ) -> GlossedLine:
        """Return what ``applied`` and ``terms_in`` say of ``text``, from one pass over it."""
        out: list[str] = []
        shown: list[tuple[str, str]] = []
        for words, gloss in self._matches(text.split(), terms):
            out += words
            if gloss and keep():
                body = _CORE.search(words[-1])
                end = len(words[-1]) if body is None else body.end()
                out[-1:] = [words[-1][:end], gloss + words[-1][end:]]
                core = _CORE.search(" ".join(words))
                if core and gloss in {terms.get(core[0][cut:]) for cut in (0, 1, 2)}:
                    shown.append((core[0], gloss))
        return GlossedLine(" ".join(out), tuple(shown))

    def _matches(self, words: list[str], terms: Mapping[str, str]) -> Iterator[tuple[list[str], str | None]]:
        """Partition ``words`` into known phrases with their English and single other words."""
        cores = [body[0] if (body := _CORE.search(word)) else "" for word in words]
        i = 0
        while i < len(words):
            for length in range(min(LONGEST_PHRASE, len(words) - i), 0, -1):
                if gloss := self._find(" ".join(cores[i : i + length]), terms):
                    yield words[i : i + length], gloss
                    i += length
                    break
            else:
                yield [words[i]], None
                i += 1

    def _find(self, phrase: str, terms: Mapping[str, str]) -> str | None:
        for cut in (0, 1, 2):
            if cut and (len(phrase) - cut < _SHORTEST_STEM or _PREFIX.fullmatch(phrase[:cut]) is None):
                continue
            if found := terms.get(phrase[cut:]) or self.english.get(phrase[cut:]):
                return found
        return None


def read_glosses(path: Path) -> Glosses:
    """Read ``phrase<TAB>English`` lines, ``#`` comments; DataError when a line is not of that shape."""
    english: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#") or not line:
            continue
        phrase, tab, gloss = line.partition("\t")
        if not (phrase and tab and gloss) or "\t" in gloss:
            raise DataError(f"{path}:{number}", f"expected a phrase, one tab and its English, not {line[:60]!r}")
        english[phrase] = gloss
    return Glosses(english)
