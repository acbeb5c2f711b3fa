"""Write the interlinear glosses that go with a model: glossary, names, dictionary, and what translated pairs tell.

    python -m training.glosses ../shared/data/he-en models/he-en/glosses.tsv

Words that the news pairs show often are left out, because a model learns those itself; so is what comes under a
licence that asks more than attribution and share-alike of a file. Training and run time read the same file.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from training.alignment import aligned
from training.augment import PEOPLE_ORIGINS
from training.corpus import Pair, read_pairs

OWN = Path(__file__).with_name("glosses-he.tsv")
OFTEN = 150  # occurrences in the authored news pairs from which a word needs no gloss
TRANSLATED = frozenset({"authored-news", "sentences"})  # files of whole sentences, not about software alone
LONGEST_ENGLISH = 40  # code points; a longer "translation" is an explanation
# A file of copied entries stays under terms that a text may keep: no GPL here, weights are another matter.
_CLOSED = re.compile(r"\bA?L?GPL")
_HEBREW = re.compile(r"[\u05d0-\u05ea][\u05d0-\u05ea'\"׳״. -]*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ0-9'’., &-]+")
_HEADER = """\
# Hebrew phrases with one English reading each, read by colophon-he-en behind the words of its input.
# From the glossary written for this project, from names and dictionaries under CC0, Unicode, MIT, Apache, ISC,
# CC-BY and CC-BY-SA terms, and from words aligned in the training pairs (sources: the card). As a whole CC-BY-SA-4.0.
# Written by: python -m training.glosses
"""


def _usable(pair: Pair) -> bool:
    return (
        _CLOSED.search(pair.licence) is None
        and _HEBREW.fullmatch(pair.source) is not None
        and _LATIN.fullmatch(pair.target) is not None
        and len(pair.target) <= LONGEST_ENGLISH
    )


def _own() -> dict[str, str]:
    lines = OWN.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def parts_of_names(names: list[Pair]) -> dict[str, str]:
    """Given names and surnames: the commonest English of each word of names with as many words on both sides."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in names:
        hebrew, english = pair.source.split(), pair.target.split()
        if pair.origin in PEOPLE_ORIGINS and len(hebrew) == len(english) > 1:
            for one, other in zip(hebrew, english, strict=True):
                if len(one) > 2 and other[0].isupper():
                    seen[one][other] += 1
    return {word: readings.most_common(1)[0][0] for word, readings in seen.items()}


def refuted(candidates: dict[str, str], pairs: list[Pair]) -> set[str]:
    """Words that stand in translated sentences mostly without what ``candidates`` says that they mean.

    Compared by the first four letters, so that "listen" is borne out by "listened".
    """
    stood: Counter[str] = Counter()
    borne_out: Counter[str] = Counter()
    for pair in pairs:
        if pair.file in TRANSLATED:
            target = pair.target.lower()
            for word in {w.strip(',.:;?!()"') for w in pair.source.split()}:
                if word in candidates:
                    stood[word] += 1
                    borne_out[word] += candidates[word].lower()[:4] in target
    return {word for word, count in stood.items() if borne_out[word] < count / 3}


def glosses_from(pairs: list[Pair]) -> dict[str, str]:
    """Return one reading a phrase: the glossary's, our own, a name's, the dictionary's or an aligned word's."""
    news = Counter(word for p in pairs if p.file == "authored-news" for word in p.source.split())
    by_file: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if _usable(pair):
            by_file[pair.file].append(pair)
    written = {p.source: p.target for p in reversed(by_file["authored-glossary"])}  # the first reading counts
    collected = {p.source: p.target for file in ("dictionary", "names") for p in reversed(by_file[file])}
    collected = parts_of_names(by_file["names"]) | collected
    wrong = refuted(collected, pairs)
    told = aligned([(p.source, p.target) for p in pairs if p.file in TRANSLATED])
    known = {phrase: english for phrase, english in collected.items() if phrase not in wrong}
    found = told | known | _own() | written
    kept = {phrase: english for phrase, english in found.items() if news[phrase] < OFTEN}
    return {phrase: english for phrase, english in kept.items() if not _follows(phrase, english, kept)}


def _follows(phrase: str, english: str, kept: dict[str, str]) -> bool:
    """Whether the words of a phrase, glossed one by one, already say the same."""
    words = phrase.split()
    return len(words) > 1 and " ".join(kept.get(word, "?") for word in words) == english


def write_glosses(pairs: list[Pair], path: Path) -> int:
    """Write the glosses that ``pairs`` give; return how many there are."""
    rows = sorted(glosses_from(pairs).items())
    path.write_text(_HEADER + "".join(f"{s}\t{e}\n" for s, e in rows), encoding="utf-8")
    return len(rows)


def main() -> None:
    print(write_glosses(list(read_pairs(Path(sys.argv[1]), Counter())), Path(sys.argv[2])), "phrases")


if __name__ == "__main__":
    main()
