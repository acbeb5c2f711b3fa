"""Read the parallel files, keep what is clean and openly licensed, and weight it by domain.

    python -m training.corpus ../shared/data/he-en

prints how many pairs of each file and licence are kept, and why the others are not.
"""

import csv
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colophon.source_text import plain_source

# Files of a language pair's folder that hold training pairs; dev/ is never read here.
FILES = ("authored-news", "authored-glossary", "sentences", "docs", "l10n", "names", "dictionary")
LONGEST = 400  # code points; longer pairs are misaligned paragraphs more often than sentences
_LETTER = {"he": re.compile("[\u05d0-\u05ea]")}
# Placeholders, markup, key accelerators and context marks: software text that no caption contains.
_SOFTWARE = re.compile(r"[{}<>|\\^~]|%[sd(0-9]|\$\w|&\w+;|&[A-Za-z]|\b_\w|\w_\w|https?://|==|`")


@dataclass(frozen=True, slots=True)
class Pair:
    """One aligned pair; ``file`` is one of FILES, ``origin`` a repository or ``authored``."""

    source: str
    target: str
    file: str
    origin: str
    licence: str


def licences(folder: Path) -> dict[tuple[str, str], str]:
    """Licence of each (origin, file) that SOURCES lists; what it does not list is not used."""
    table = folder.parent / f"SOURCES-{folder.name.split('-')[0]}.tsv"
    with table.open(encoding="utf-8", newline="") as lines:
        return {(row["source"], row["file"]): row["licence"] for row in csv.DictReader(lines, delimiter="\t")}


def fault(source: str, target: str, language: str) -> str | None:
    """Why a pair is not used, or None. Both sides are already plain."""
    if not source or not target:
        return "empty"
    if not _LETTER[language].search(source):
        return "no source letters"
    if _LETTER[language].search(target):
        return "source letters in the target"
    if max(len(source), len(target)) > LONGEST:
        return "too long"
    if _SOFTWARE.search(source) or _SOFTWARE.search(target):
        return "software markup"
    if len(source) > 20 and not 0.4 < len(target) / len(source) < 3.0:
        return "length ratio"
    if len(source) > 60 and _numbers(source) - _numbers(target):
        return "numbers differ"
    return None


def _numbers(text: str) -> set[str]:
    return {n for n in re.findall(r"\d+", text) if len(n) > 1}


def read_pairs(folder: Path, rejected: Counter[str]) -> Iterator[Pair]:
    """Yield the usable pairs of ``folder`` once each; count the others in ``rejected`` by file and reason."""
    language = folder.name.split("-")[0]
    licence = licences(folder)
    held_out = {plain_source(line) for path in sorted((folder / "dev").glob("*.*")) for line in _dev_lines(path)}
    seen: set[tuple[str, str]] = set()
    for name in FILES:
        for source, target, origin in _rows(folder / f"{name}.tsv.xz"):
            terms = "authored for this project" if origin == "authored" else licence.get((origin, name))
            reason = "no licence listed" if terms is None else fault(source, target, language)
            if reason is None and (source, target) in seen:
                reason = "repeated"
            if reason is None and source in held_out:
                reason = "in a dev set"
            if reason is not None or terms is None:
                rejected[f"{name}: {reason}"] += 1
                continue
            seen.add((source, target))
            yield Pair(source, target, name, origin, terms)


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            source, target, origin = line.rstrip("\n").split("\t")
            yield plain_source(source), plain_source(target), origin


def _dev_lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")[1] if path.suffix == ".tsv" else line


def main() -> None:
    rejected: Counter[str] = Counter()
    kept: Counter[tuple[str, str]] = Counter()
    for pair in read_pairs(Path(sys.argv[1]), rejected):
        kept[pair.file, pair.licence] += 1
    for (file, licence), count in kept.most_common():
        print(f"{count:8}  {file:18} {licence}")
    print("not used:")
    for reason, count in rejected.most_common():
        print(f"{count:8}  {reason}")


if __name__ == "__main__":
    main()
