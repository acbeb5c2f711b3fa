"""Which legacy encoding do these bytes use? Decode by each candidate and weigh the letters that come out.

Only words with a letter beyond ASCII are evidence: English around one Hebrew caption says nothing.
"""

import re
import unicodedata
from itertools import islice, pairwise

from colophon.reading.encodings import Candidate, codec_of, encodings

_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN_SIGN = re.compile(r"[^\w\x00-\x7f]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SAMPLE = 4_000  # words or signs: enough for any text, little for any machine
_WINDOW = 300_000  # code points from shortly before the first foreign one
_PLAUSIBLE = 0.2
_CYRILLIC_VOWELS = frozenset("аеёиоуыэюяіїєўъ")
_FINALS = frozenset("ךםןףץ")
_TYPOGRAPHY = frozenset("“”‘’„‚«»‹›–—…•·°§©®™€£¥ 、。「」『』，．！？：；（）【】《》·・ー〜、،؛؟")


def likeliest(data: bytes) -> str | None:
    """Return the name of the most plausible legacy encoding, or None when nothing makes words."""
    best: tuple[float, str] | None = None
    for candidate in encodings().candidates:
        try:
            text = data.decode(codec_of(candidate.name))
        except UnicodeDecodeError:
            continue
        weight = _weight(text, candidate)
        if best is None or weight > best[0]:
            best = (weight, candidate.name)
    if best is not None and best[0] >= _PLAUSIBLE:
        return best[1]
    return _second_opinion(data)


def _weight(text: str, candidate: Candidate) -> float:
    """Return the mean weight of the characters beyond ASCII, from -2 to 1."""
    first = _FOREIGN.search(text)
    begin = max(0, first.start() - 100) if first else 0
    text = text[begin : begin + _WINDOW]
    total = 0.0
    count = 0
    words = (match.group() for match in _WORD.finditer(text))
    for word in islice((w for w in words if not w.isascii()), _SAMPLE):
        foreign = [letter for letter in word if letter > "\x7f"]
        count += len(foreign)
        total += sum(_letter(letter, candidate) for letter in foreign) - _oddities(word, foreign, candidate)
    for match in islice(_FOREIGN_SIGN.finditer(text), _SAMPLE):
        count += 1
        total += _sign(match.group(), candidate)
    return total / count if count else 0.0


def _letter(letter: str, candidate: Candidate) -> float:
    if unicodedata.category(letter) in ("Co", "Cn"):
        return -2.0
    return candidate.weights.get(letter.lower(), candidate.other)


def _oddities(word: str, foreign: list[str], candidate: Candidate) -> float:
    """Return what to take off for a word that nobody writes."""
    if candidate.script in ("Hani", "Jpan", "Kore"):
        # A byte pair that swallowed a no-break space and the letter after it.
        return 1.5 * sum(
            1 for a, b, c in zip(word, word[1:], word[2:], strict=False) if (a + c).isascii() and b > "\x7f"
        )
    odd = sum(1.0 for a, b in pairwise(word) if a.islower() and b.isupper())
    if candidate.script == "Latn":
        # Accented letters stand between plain ones; a row of them is another script misread.
        return odd + 1.2 * sum(1 for a, b in pairwise(word) if a > "\x7f" and b > "\x7f")
    # A letter alone is a word in French and Russian alike; the longer words decide.
    alone = 0.5 if len(word) == 1 else 0.0
    if candidate.script == "Hebr":
        # Five letters have another form at the end of a word, and only there.
        odd += sum(1.0 for letter in word[:-1] if letter in _FINALS) - (0.8 if word[-1] in _FINALS else 0.0)
    if candidate.script == "Cyrl" and len(word) > 2:
        # A word has a vowel, and none begins with a sign that softens or hardens the letter before it.
        odd += 0.0 if _CYRILLIC_VOWELS.intersection(word.lower()) else 0.5 * len(word)
        odd += 1.0 if word[0] in "ъьы" else 0.0
    # windows-1256 has French letters, but not inside Arabic words; capitals belong at the front.
    strange = sum(1.5 for letter in foreign if candidate.script == "Arab" and letter < "\u0250")
    strange += sum(0.2 for letter in word[1:] if letter.isupper())
    return odd + alone + strange + (1.5 * len(foreign) if len(foreign) < len(word) else 0.0)


def _sign(sign: str, candidate: Candidate) -> float:
    if sign in _TYPOGRAPHY or sign.isspace():
        return 0.5
    if unicodedata.category(sign) == "Mn" and candidate.script in ("Hebr", "Arab"):
        return 0.6
    return -0.5 if unicodedata.category(sign) not in ("Cc", "Co", "Cn") else -2.0


def _second_opinion(data: bytes) -> str | None:
    """Ask charset-normalizer, which knows many more encodings and is weaker on short texts."""
    from charset_normalizer import from_bytes

    match = from_bytes(data[:200_000]).best()
    if match is None or match.encoding.startswith(("utf_16", "utf_32")):
        return None
    try:
        data.decode(match.encoding)
    except UnicodeDecodeError:
        return None
    return str(match.encoding).replace("_", "-")
