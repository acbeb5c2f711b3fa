"""How much each word of a line speaks for each language and against English, in natural-log units."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from colophon.detecting import rules
from colophon.detecting.profiles import Profiles, profiles
from colophon.detecting.tokens import Token

if TYPE_CHECKING:
    from colophon.detecting.profiles import Scores

_MOST = 7.0  # one word never decides more than this
_SLOPE = 0.3  # what exceeds it counts by this share, so that languages keep their distance
_FAR = 10.0  # one word never sets two languages further apart than this
_NAME = 0.3  # a capitalised word inside a sentence is a name: hardly evidence
_NAME_AGAINST = -1.5
_INSIDE = ("space", "capital")
_CAPS = 1.0
_LOAN = 0.2  # a loan phrase leaves no English; between a foreign phrase and a mark it stays with the phrase
_UNLISTED = 2.5  # a capitalised word that opens a unit and stands on no list may be a name
_COINED = 4.0  # a word in plain letters that stands on no list may be rare English, or a product
_CLEAR = 18.0  # letters so far from English that no product or rare word reaches them
_INFLECTED = 1.0  # an unlisted word whose stem is English
_NAMED = 4.0  # a label before a colon that names the language
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "ness", "less", "like", "'s", "’s")


@dataclass(frozen=True, slots=True)
class Weight:
    """What one Latin-script word weighs for each language against English, and the most of it."""

    word: str
    kind: str
    gain: "Scores"
    most: float


def latin_evidence(tokens: list[Token]) -> list[Weight]:
    """Return what each Latin-script token weighs: positive for a language, negative for English."""
    known = profiles("Latn")
    kinds = _kinds(tokens)
    weights = [_weight(token.word, kind) for token, kind in zip(tokens, kinds, strict=True)]
    for i in range(1, len(tokens)):
        code = rules.named_languages().get(tokens[i - 1].word)
        if code in known.languages and tokens[i].place == "mark":
            weights[i] = _named(weights[i], known.languages.index(code))
    return weights


@lru_cache(maxsize=16_384)
def _weight(word: str, kind: str) -> Weight:
    known = profiles("Latn")
    gain = _gain(known, known.word(word), word, kind)
    return Weight(word, kind, gain, float(gain[1:].max()))


def _named(weight: Weight, column: int) -> Weight:
    """Let a label that names a language ("Italian: ...") speak for it in what follows."""
    gain = weight.gain.copy()
    gain[column] += _NAMED
    return Weight(weight.word, weight.kind, gain, max(weight.most, float(gain[column])))


def distances(weights: "Sequence[Weight]") -> "Scores":
    """Return how far each language stays behind the best one over these words, English left out."""
    import numpy as np

    total: Scores = np.add.reduce(each_distance(weights))
    named: Scores = weights[0].gain - _weight(weights[0].word, weights[0].kind).gain
    return total + named


def each_distance(weights: "Sequence[Weight]") -> "list[Scores]":
    """Return for each word how far each language stays behind the best one."""
    known = profiles("Latn")
    return [_distance(known.word(w.word), w.kind) for w in weights]


def _gain(known: Profiles, scores: "Scores", word: str, kind: str) -> "Scores":
    gain: Scores = scores - scores[0]
    if kind == "particle":
        gain[:] = 0.0
        return gain
    least, most, slope = _bounds(known, word, kind)
    over: Scores = (gain - most).clip(0.0, None)
    bounded: Scores = gain.clip(least, most) + slope * over
    return bounded


def _distance(scores: "Scores", kind: str) -> "Scores":
    distance: Scores = (scores - scores[1:].max()).clip(-_FAR, 0.0)
    if kind in ("name", "particle", "caps"):
        distance *= 0.1
    return distance


def _bounds(known: Profiles, word: str, kind: str) -> tuple[float, float, float]:
    """Return the least and the most that a word may weigh against English, and how much of the rest counts."""
    if kind == "name":
        return _NAME_AGAINST, _NAME, 0.0
    if kind == "loan":
        return -_MOST, _LOAN, 0.0
    if kind == "caps":
        return -_MOST, _CAPS, 0.0
    if kind == "opening":
        abroad = known.listed(word) and not known.listed_first(word)
        return (-_MOST, _MOST, _SLOPE) if abroad else (-_MOST, _UNLISTED, 0.0)
    if known.listed(word):
        return -_MOST, _MOST, _SLOPE
    most = _bound(known, word)
    if most == _COINED and "-" not in word and float((known.word(word)[1:] - known.word(word)[0]).max()) > _CLEAR:
        most = _MOST
    return -_MOST, most, _SLOPE if most == _MOST else 0.0


def _bound(known: Profiles, word: str) -> float:
    """Return how much an unlisted word may weigh; letters that English lacks weigh in full."""
    for ending in _ENDINGS:
        if word.endswith(ending) and known.listed_first(word.removesuffix(ending)):
            return _INFLECTED
    if "-" in word and all(known.listed_first(part) for part in word.split("-") if part):
        return _INFLECTED
    return _COINED if word.isascii() else _MOST


def _kinds(tokens: list[Token]) -> list[str]:
    """Say what each word is: word, opening (capitalised, first in its unit), name, caps, particle, loan."""
    kinds = [_kind(token) for token in tokens]
    _mark_shouting(tokens, kinds)
    _mark_particles(tokens, kinds)
    _mark_names(tokens, kinds)
    _mark_nouns(tokens, kinds)
    _mark_loans(tokens, kinds)
    return kinds


def _kind(token: Token) -> str:
    if token.case == "lower":
        return "word"
    if token.case == "upper":
        return "caps"
    opens = token.initial or token.place in ("item", "comma")
    return "opening" if opens and token.case == "title" else "name"


def _mark_shouting(tokens: list[Token], kinds: list[str]) -> None:
    """Read capitals as ordinary words where two long ones stand side by side; acronyms stand alone."""
    for i in range(1, len(tokens)):
        pair = (tokens[i - 1], tokens[i])
        if tokens[i].place in _INSIDE and all(t.case == "upper" and len(t.word) > 3 for t in pair):
            kinds[i - 1] = kinds[i] = "word"


def _mark_particles(tokens: list[Token], kinds: list[str]) -> None:
    """Read small words between capitalised ones as part of a name."""
    small = rules.particles()
    i = 1
    while i < len(tokens) - 1:
        end = i
        while end < len(tokens) - 1 and tokens[end].word in small and tokens[end].case == "lower":
            end += 1
        inside = i < end <= i + 2 and all(t.place in _INSIDE for t in tokens[i : end + 1])
        if inside and tokens[i - 1].case in ("title", "mixed") and tokens[end].case in ("title", "mixed"):
            kinds[i:end] = ["particle"] * (end - i)
        i = max(end, i + 1)


def _mark_names(tokens: list[Token], kinds: list[str]) -> None:
    """Read a unit that holds only capitalised words and particles as a name, unless it is one quoted word."""
    begin = 0
    for i in range(1, len(tokens) + 1):
        if i == len(tokens) or tokens[i].place not in _INSIDE:
            unit = range(begin, i)
            alone = len(unit) == 1 and tokens[begin].place == "mark"
            if not alone and all(kinds[k] in ("opening", "name", "particle", "caps") for k in unit):
                for k in unit:
                    kinds[k] = "name" if kinds[k] == "opening" else kinds[k]
            begin = i


def _mark_nouns(tokens: list[Token], kinds: list[str]) -> None:
    """Read two capitalised items of a list side by side as nouns where German lists them and English does not."""
    known = profiles("Latn")
    nouns = [
        kind == "name" and token.place == "item" and known.lists_only("de", token.word)
        for token, kind in zip(tokens, kinds, strict=True)
    ]
    for i in range(1, len(tokens)):
        if nouns[i - 1] and nouns[i]:
            kinds[i - 1] = kinds[i] = "opening"


def _mark_loans(tokens: list[Token], kinds: list[str]) -> None:
    phrases = rules.loans()
    flat = [(k, piece) for k, t in enumerate(tokens) for piece in _pieces(t.word)]
    for at, (_, piece) in enumerate(flat):
        for phrase in phrases.get(piece, ()):
            stop = at + len(phrase)
            if tuple(p for _, p in flat[at:stop]) == phrase:
                for k, _ in flat[at:stop]:
                    kinds[k] = "loan"


def _pieces(word: str) -> list[str]:
    return rules.plain(word).replace("'", " ").replace("-", " ").split()


def script_evidence(tokens: list[Token], script: str) -> "list[Scores]":
    """Return for each token its log-probability under each language of a script, letters included."""
    known = profiles(script)
    table = rules.letters()
    owners = table.owners.get(script, {})
    scored = []
    for token in tokens:
        scores = known.word(token.word).copy()
        for letter in set(token.word) & owners.keys():
            scores -= [0.0 if code in owners[letter] else table.weight for code in known.languages]
        scored.append((scores - scores.max()).clip(-_MOST, 0.0))
    return scored
