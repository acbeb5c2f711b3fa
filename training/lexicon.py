"""Write the run-time lexicon from the authored glossary: whole items of keyword captions, one reading each.

python -m training.lexicon ../shared/data/he-en colophon/data/lexicon.he.tsv
"""

import lzma
import re
import sys
from pathlib import Path

from colophon.source_text import plain_source

HEADER = """\
# Hebrew forms with their English, written for this project: source, tab, English. Used for a whole fragment or
# a whole item of a keyword caption, never inside a sentence; glossary.toml and a user's file win over it.
# A leading "the" is left out, as in captions. Written by: python -m training.lexicon
"""


def entries(folder: Path) -> dict[str, str]:
    """Return the authored glossary as captions write it; the first reading of a form counts."""
    found: dict[str, str] = {}
    with lzma.open(folder / "authored-glossary.tsv.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            source, english, _ = line.rstrip("\n").split("\t")
            short = re.sub(r"^the (?=\S)", "", english.strip())
            if plain_source(source) and short:
                found.setdefault(plain_source(source), short)
    return found


def main() -> None:
    """Write the file."""
    rows = sorted(entries(Path(sys.argv[1])).items())
    Path(sys.argv[2]).write_text(HEADER + "".join(f"{s}\t{e}\n" for s, e in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
