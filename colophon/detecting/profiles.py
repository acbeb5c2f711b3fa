"""What one word says about the languages of a script: frequencies of words, and of three letters in a row.

Letter frequencies are langdetect's own profiles, read from its package and never through its random sampling;
languages that it lacks come from ``data/detecting/ngrams``. Word frequencies are in ``data/detecting/words``.
How both were made: ``training/profiles.py``.
"""

import gzip
import json
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from colophon.detecting import rules
from colophon.errors import DataError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Scores = NDArray[float32]

# Our code -> langdetect's file, where they differ.
_SHIPPED = {"nb": "no", "fil": "tl"}
_TOTAL = 1_000_000.0  # letters that every profile is scaled to
_UNSEEN = 20.0  # counts kept for what a context never showed, besides what its profile cut off
_WORD_SHARE = 0.65  # how far a listed word is read as a word, the rest as letters
_ABSENT = 255  # a word that a language's list lacks
_LONGEST = 60  # letters of one word that are read
_STEP = 4  # centibels to one unit of the word table
_NEPER = 0.0230258509  # natural-log units to a centibel
# langdetect's profiles fold these letters, so everything that is scored against them does.
_FOLDED: dict[int, str] = dict.fromkeys(range(0x1EA0, 0x1F00), "\u1ec3")
_FOLDED |= {0x6CC: "\u064a", 0x219: "\u015f", 0x21B: "\u0163"}
# Yiddish ligatures, which texts write as one letter or as two.
_FOLDED |= {0x5F0: "\u05d5\u05d5", 0x5F1: "\u05d5\u05d9", 0x5F2: "\u05d9\u05d9"}
_FOLDS = re.compile(f"[{''.join(map(chr, _FOLDED))}]")


class Profiles:
    """The languages of one script, and how likely each makes a word."""

    def __init__(self, languages: Iterable[str]) -> None:
        known = [(code, counts) for code in languages if (counts := _counts(code))]
        self.languages = tuple(code for code, _ in known)
        self._fill_letters([counts for _, counts in known])
        # One list a language: one table for all costs more to fill than the words of many documents to look up.
        self._lists = [_words(code) for code in self.languages]
        self._rarest = self._tails()
        self.priors = self._priors()
        self._grams: dict[str, Scores] = {}
        self._words: dict[str, Scores] = {}

    def _fill_letters(self, profiles: list[dict[str, float]]) -> None:
        import numpy as np

        grams = sorted(set().union(*profiles))
        self._row = dict(zip(grams, range(len(grams)), strict=True))
        self._count = np.zeros((len(self._row) + 1, len(profiles)), dtype=np.float32)
        for column, counts in enumerate(profiles):
            rows = np.fromiter(map(self._row.__getitem__, counts), dtype=np.intp, count=len(counts))
            self._count[rows, column] = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        self._none = len(self._row)
        self._rest = self._cut_off()

    def _cut_off(self) -> "Scores":
        """Return what each context's count holds beyond its listed continuations: profiles drop rare n-grams."""
        import numpy as np

        none = self._none
        contexts = np.array([self._row.get(g[:-1], none) if len(g) > 1 else none for g in self._row], dtype=np.intp)
        order = np.argsort(contexts, kind="stable")
        order = order[: np.searchsorted(contexts[order], none)]
        starts = np.flatnonzero(np.diff(contexts[order], prepend=-1))
        held = np.zeros_like(self._count)
        if len(starts):
            held[contexts[order[starts]]] = np.add.reduceat(self._count[order], starts, axis=0)
        rest: Scores = np.maximum(self._count - held, 0.0) + _UNSEEN
        return rest

    def _priors(self) -> "Scores":
        import numpy as np

        return np.array([rules.priors().get(code, 0.0) for code in self.languages], dtype=np.float32)

    def _tails(self) -> "Scores":
        """Return how likely the rarest word on each language's list is: no word that a list lacks is likelier."""
        import numpy as np

        tails = [-max(words.values()) * _STEP * _NEPER if words else 0.0 for words in self._lists]
        return np.array(tails, dtype=np.float32)

    def listed(self, word: str) -> bool:
        """Say whether ``word`` (in lower case) stands on any language's list."""
        return any(word in words for words in self._lists)

    def listed_first(self, word: str) -> bool:
        """Say whether ``word`` (in lower case) stands on the list of the first language, for Latin letters English."""
        return word in self._lists[0]

    def lists_only(self, code: str, word: str) -> bool:
        """Say whether ``word`` stands on the list of language ``code`` and not on the first language's."""
        return word in self._lists[self.languages.index(code)] and word not in self._lists[0]

    def word(self, word: str) -> "Scores":
        """Return the log-probability of ``word`` (in lower case) under each language, in natural-log units."""
        known = self._words.get(word)
        if known is None:
            if len(self._words) > 12_000:  # a bound on memory; what is dropped is computed again
                self._words.clear()
            known = self._words[word] = self._score(word[:_LONGEST])
        return known

    def _score(self, word: str) -> "Scores":
        import numpy as np

        spelled = np.minimum(self._spelled(word), self._rarest)
        stored = np.array([words.get(word, _ABSENT) for words in self._lists], dtype=np.uint8)
        if not (stored != _ABSENT).any():
            return spelled + np.float32(np.log(1 - _WORD_SHARE))
        listed = np.where(stored == _ABSENT, -60.0, stored * (-_STEP * _NEPER) + np.log(_WORD_SHARE))
        mixed: Scores = np.logaddexp(listed, spelled + np.log(1 - _WORD_SHARE)).astype(np.float32)
        return mixed

    def _spelled(self, word: str) -> "Scores":
        import numpy as np

        total = np.zeros(len(self.languages), dtype=np.float32)
        for part in word.translate(_FOLDED).replace("’", "'").replace("'", "-").split("-"):
            padded = f" {part} " if part else ""
            if padded:
                total += self._gram(padded[:2])
            for i in range(len(padded) - 2):
                total += self._gram(padded[i : i + 3])
        return total

    def _gram(self, gram: str) -> "Scores":
        known = self._grams.get(gram)
        if known is None:
            import numpy as np

            if len(self._grams) > 30_000:
                self._grams.clear()
            chance = self._three(gram) if len(gram) == 3 else self._two(gram)
            known = self._grams[gram] = np.log(chance).astype(np.float32)
        return known

    def _at(self, gram: str) -> "Scores":
        found: Scores = self._count[self._row.get(gram, self._none)]
        return found

    def _three(self, gram: str) -> "Scores":
        context = self._row.get(gram[:2], self._none)
        rest = self._rest[context]
        chance: Scores = (self._at(gram) + rest * self._two(gram[1:])) / (self._count[context] + rest)
        return chance

    def _two(self, gram: str) -> "Scores":
        context = self._row.get(gram[0], self._none)
        rest = self._rest[context]
        one = (self._at(gram[1]) + 1.0) / (_TOTAL * 1.2)
        chance: Scores = (self._at(gram) + rest * one) / (self._count[context] + rest)
        return chance


def _counts(code: str) -> dict[str, float]:
    """Return the n-gram counts of a language in lower case, scaled to _TOTAL letters; empty when there are none."""
    path = rules.data("ngrams").joinpath(f"{code}.txt.gz")
    pairs: Iterable[tuple[str, float]]
    if path.is_file():
        text = _folded(gzip.decompress(path.read_bytes()).decode("utf-8").replace("_", " "))
        pairs = ((gram, float(number)) for gram, _, number in (row.partition("\t") for row in text.splitlines()))
    else:
        shipped = files("langdetect").joinpath("profiles", _SHIPPED.get(code, code))
        if not shipped.is_file():
            return {}
        # In lower case some n-grams are one; a list of pairs keeps them all.
        profile = dict(json.loads(_folded(shipped.read_text("utf-8").lower()), object_pairs_hook=list))
        pairs = profile["freq"]
    counts: dict[str, float] = {}
    for gram, number in pairs:
        counts[gram] = counts.get(gram, 0.0) + number
    return _scaled(counts)


def _folded(text: str) -> str:
    """Return ``text`` with the letters of _FOLDED replaced; most files have none, and translating is slow."""
    return text.translate(_FOLDED) if _FOLDS.search(text) else text


def _scaled(counts: dict[str, float]) -> dict[str, float]:
    letters = sum(n for gram, n in counts.items() if len(gram) == 1 and gram != " ")
    if not letters:
        return {}
    counts[" "] = sum(n for gram, n in counts.items() if len(gram) == 2 and gram[0] == " ")
    factor = _TOTAL / letters
    return {gram: n * factor for gram, n in counts.items()}


def _words(code: str) -> dict[str, int]:
    path = rules.data("words").joinpath(f"{code}.txt.gz")
    if not path.is_file():
        return {}
    words: dict[str, int] = {}
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
        centibels, tab, row = line.partition("\t")
        if not tab:
            raise DataError(f"data/detecting/words/{code}.txt.gz", f"no tab in {line[:40]!r}; reinstall colophon")
        value = min(int(centibels) // _STEP, _ABSENT - 1)
        words.update(dict.fromkeys(row.split(" "), value))
    return words


@cache
def profiles(script: str) -> Profiles:
    """Return the profiles of a script, loaded on first use and kept: they are data and never change."""
    if script == "Latn":
        return Profiles(("en", *rules.latin_languages()))
    return Profiles(rules.scripts().languages[script])
