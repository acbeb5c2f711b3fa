"""A normalised copy of one line, for scoring only, with the way back to the line as given.

Compatibility forms are folded (NFKC), and what carries no evidence is left out: format controls, Hebrew points,
Arabic vowel signs. Nothing outside this module sees a normalised text.
"""

import re
import unicodedata
from dataclasses import dataclass

# Bidi marks, joiners, soft hyphen, BOM, variation selectors; points and vowel signs that few texts write.
_DROPPED = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe00-\ufe0f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u0640]"
)
_CLUSTER = re.compile(r"(?s).[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\uff9e\uff9f]*")


@dataclass(frozen=True, slots=True)
class Shadow:
    """``text`` is what is scored; ``starts[i]`` and ``ends[i]`` bound its character i in the line as given."""

    text: str
    starts: tuple[int, ...] | None
    ends: tuple[int, ...] | None

    def start(self, index: int) -> int:
        """Return where shadow character ``index`` begins in the line as given."""
        return index if self.starts is None else self.starts[index]

    def end(self, index: int) -> int:
        """Return where the shadow character before ``index`` ends in the line as given."""
        return index if self.ends is None else self.ends[index - 1]


def shadow_of(line: str) -> Shadow:
    """Return the normalised copy of ``line``; the line itself when there is nothing to normalise."""
    if line.isascii() or (unicodedata.is_normalized("NFKC", line) and not _DROPPED.search(line)):
        return Shadow(line, None, None)
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _CLUSTER.finditer(line):
        folded = _DROPPED.sub("", unicodedata.normalize("NFKC", match.group()))
        if not folded and ends and unicodedata.category(match.group()) == "Mn":
            ends[-1] = match.end()  # a point or vowel sign stays with the letter that carries it
        for character in folded:
            characters.append(character)
            starts.append(match.start())
            ends.append(match.end())
    return Shadow("".join(characters), tuple(starts), tuple(ends))
