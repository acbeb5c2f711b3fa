"""Foreign stretches of one line, in the shadow's offsets: other scripts first, then Latin letters."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from colophon.detecting import rules
from colophon.detecting.evidence import Weight, distances, each_distance, latin_evidence, script_evidence
from colophon.detecting.fragments import Stretch
from colophon.detecting.han import EAST_ASIAN, decided, east_asian
from colophon.detecting.paths import cheapest_path, may_leave
from colophon.detecting.profiles import profiles
from colophon.detecting.tokens import Place, Token

if TYPE_CHECKING:
    from colophon.detecting.profiles import Scores

_LEAST_GAIN = 5.0  # natural-log units by which a Latin-script stretch must beat English
# The same for a stretch of words that English lists too ("sang", "noon"), or that no list knows: names, codes.
_LEAST_GAIN_DOUBTED = 9.0
_WINDOW = 4_000  # words of one line that one search covers; a bound on memory for endless lines
_ITEM = 3.0  # gain below which an item that English lists is English
_SIDE = 3  # words that a stretch of another foreign language has at least
_STOPS = ("line", "sentence", "slash")
_CUT_STOP = 6.0  # natural-log units that two languages must explain better than one, where a sentence ends
_CUT = 16.0  # the same inside a sentence
_MOSTLY = 0.6  # share of a line's letters that makes it a line of that script


def latin_stretches(tokens: Sequence[Token]) -> list[Stretch]:
    """Return the stretches in Latin letters that are cheaper to read in another language than in English."""
    latin = [t for t in tokens if t.script == "Latn"]
    if not latin:
        return []
    places = _places(tokens)
    weights = latin_evidence(latin)
    if not may_leave([w.most for w in weights], places):
        return []
    gains = [w.gain for w in weights]
    priors = profiles("Latn").priors
    states: list[int] = []
    for at in range(0, len(gains), _WINDOW):
        stop = at + _WINDOW
        states += cheapest_path(gains[at:stop], places[at:stop], priors, home=True)
    found: list[Stretch] = []
    for begin, end, state in _uninterrupted(_runs(states), tokens):
        if state:
            begin = _after_labels(latin, begin, end)
            begin, end = _without_english_items(latin, gains, begin, end, state)
            if end - begin == 1 and _is_borrowed(latin, places, begin):
                continue
            for a, b in _by_language(latin, weights, begin, end):
                stretch = _latin_stretch(latin[a:b], weights[a:b])
                if stretch:
                    found.append(stretch)
    return found


def _by_language(tokens: Sequence[Token], weights: Sequence[Weight], begin: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch in two where close relatives meet; the path weighs words against English, not each other."""
    import numpy as np

    if end - begin < 2 * _SIDE:
        return [(begin, end)] if begin < end else []
    priors = profiles("Latn").priors[1:]
    sums = np.cumsum([d[1:] for d in each_distance(weights[begin:end])], axis=0)
    whole = float((sums[-1] + priors).max())
    best, at = 0.0, 0
    for i in range(_SIDE, end - begin - _SIDE + 1):
        apart = float((sums[i - 1] + priors).max() + (sums[-1] - sums[i - 1] + priors).max())
        gained = apart - whole - (_CUT_STOP if tokens[begin + i].place in _STOPS else _CUT)
        if gained > best:
            best, at = gained, begin + i
    if not at:
        return [(begin, end)]
    return [*_by_language(tokens, weights, begin, at), *_by_language(tokens, weights, at, end)]


def _uninterrupted(runs: Sequence[tuple[int, int, int]], tokens: Sequence[Token]) -> list[tuple[int, int, int]]:
    """Cut runs of Latin-script words where a word of another script stands between them."""
    breaks: set[int] = set()
    latin = 0
    for token in tokens:
        if token.script != "Latn":
            breaks.add(latin)
        else:
            latin += 1
    cut: list[tuple[int, int, int]] = []
    for begin, end, state in runs:
        edges = [begin, *(at for at in range(begin + 1, end) if at in breaks), end]
        cut += [(a, b, state) for a, b in itertools.pairwise(edges)]
    return cut


def _after_labels(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Leave an English label before a colon or bracket out of the stretch that it announces."""
    if begin + 1 < end and tokens[begin].word in rules.labels() and tokens[begin + 1].place == "mark":
        return begin + 1
    return begin


def _is_borrowed(tokens: Sequence[Token], places: Sequence[Place], at: int) -> bool:
    """Say whether one foreign word is a borrowing: very short, or bare in an English sentence."""
    if tokens[at].end - tokens[at].start < 3:
        return True
    follows = places[at + 1] if at + 1 < len(places) else "line"
    return places[at] in ("space", "capital") or follows in ("space", "capital")


def _without_english_items(
    tokens: Sequence[Token], gains: "Sequence[Scores]", begin: int, end: int, state: int
) -> tuple[int, int]:
    """Leave English words at the ends of a list out: items owe nothing to each other."""
    listed = profiles("Latn").listed_first

    def english(at: int) -> bool:
        return listed(tokens[at].word) and float(gains[at][state]) < _ITEM

    while begin + 1 < end and tokens[begin + 1].place == "item" and english(begin):
        begin += 1
    while begin < end - 1 and tokens[end - 1].place == "item" and english(end - 1):
        end -= 1
    return begin, end


def _places(tokens: Sequence[Token]) -> list[Place]:
    """Return the place before each Latin-script word; a word of another script before it counts as a mark."""
    places: list[Place] = []
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.script == "Latn":
            other = before is not None and before.script != "Latn" and token.place in ("space", "capital")
            places.append("mark" if other else token.place)
    return places


def _runs(states: Sequence[int]) -> list[tuple[int, int, int]]:
    cuts = [0, *(i for i in range(1, len(states)) if states[i] != states[i - 1]), len(states)]
    return [(a, b, states[a]) for a, b in itertools.pairwise(cuts)]


def _latin_stretch(tokens: Sequence[Token], weights: Sequence[Weight]) -> Stretch | None:
    import numpy as np

    known = profiles("Latn")
    total = np.add.reduce([w.gain for w in weights])
    ranked = distances(weights) + known.priors
    ranked[0] = -np.inf
    first, second = (int(i) for i in np.argsort(-ranked, kind="stable")[:2])
    gain, margin = float(total[1:].max()), float(ranked[first] - ranked[second])
    shared = all(known.listed_first(t.word) for t in tokens)
    unknown = all(t.word.isascii() and not known.listed(t.word) for t in tokens)
    if gain < (_LEAST_GAIN_DOUBTED if shared or unknown else _LEAST_GAIN):
        return None
    language, rival = known.languages[first], known.languages[second]
    evidence = f"{len(tokens)} words, {gain:.1f} over English, {margin:.1f} over {rival}"
    return Stretch(tokens[0].start, tokens[-1].end, language, "Latn", "profile", evidence, rival, margin, gain)


def other_stretches(tokens: Sequence[Token], text: str, taken: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches in other scripts; Latin names inside one belong to it."""
    found: list[Stretch] = []
    letters = sum(t.end - t.start for t in tokens)
    for group in _groups(tokens, text, taken, letters):
        found += _labelled([t for t in group if t.script != "Latn"], text)
    return found


def _family(token: Token) -> str:
    return "east" if token.script in EAST_ASIAN else token.script


def _groups(tokens: Sequence[Token], text: str, taken: Sequence[Stretch], letters: int) -> list[list[Token]]:
    """Join neighbouring words of one script, over Latin names between them."""
    groups: list[list[Token]] = []
    between: list[Token] = []
    english = sum(t.end - t.start for t in tokens if t.script == "Latn" and t.case == "lower")
    other = sum(t.end - t.start for t in tokens if t.script != "Latn")
    mostly = english < (1 - _MOSTLY) * letters and other >= _MOSTLY * letters
    greek = any(t.script == "Grek" and t.end - t.start > 2 for t in tokens)
    for token in tokens:
        if token.script == "Latn" or (not greek and _is_symbol(token)):
            between.append(token)
            continue
        last = groups[-1] if groups else None
        if last and _family(last[-1]) == _family(token) and _bridges(last, between, token, text, taken, mostly):
            last += [*between, token]
        else:
            groups.append([token])
        between = []
    return groups


def _is_symbol(token: Token) -> bool:
    """Say whether a Greek letter may stand for a quantity; on a line without Greek words it does."""
    return token.script == "Grek" and token.end - token.start <= 2


def _bridges(
    last: Sequence[Token], between: Sequence[Token], token: Token, text: str, taken: Sequence[Stretch], mostly: bool
) -> bool:
    if not between:
        return True
    gap = text[last[-1].end : token.start]
    if any(s.start < token.start and s.end > last[-1].end for s in taken):
        return False
    if mostly and len(between) <= 6:
        return True
    if _unbalanced(gap):
        return False
    return len(between) <= 4 and all(t.case != "lower" for t in between) and not any(c in gap for c in ",;.()")


def _unbalanced(gap: str) -> bool:
    depth = 0
    for character in gap:
        depth += (character in "([{“«") - (character in ")]}”»")
        if depth < 0:
            return True
    return depth != 0 or gap.count('"') % 2 == 1


def _labelled(group: Sequence[Token], text: str) -> list[Stretch]:
    script = group[0].script
    if script in EAST_ASIAN:
        return _east_asian(group, text)
    languages = rules.scripts().languages.get(script, ())
    start, end = group[0].start, group[-1].end
    if len(languages) == 1:
        return [Stretch(start, end, languages[0], script, "script", f"only {languages[0]} is written in {script}")]
    if not languages or (script not in rules.letters().owners and not profiles(script).languages):
        return [Stretch(start, end, "und", script, "script", f"{script} is not one language's script")]
    return _by_profile(group, script)


def _by_profile(group: Sequence[Token], script: str) -> list[Stretch]:
    import numpy as np

    known, priors = profiles(script).languages, profiles(script).priors
    scores = script_evidence(list(group), script)
    states = cheapest_path(scores, [t.place for t in group], priors, home=False)
    found = []
    for begin, end, _ in _runs(states):
        total = np.add.reduce(scores[begin:end]) + priors
        order = np.argsort(-total, kind="stable")
        first = known[int(order[0])]
        rival, margin = None, None
        if len(known) > 1:
            rival, margin = known[int(order[1])], float(total[order[0]] - total[order[1]])
        evidence = f"{end - begin} words, {margin or 0.0:.1f} over {rival}"
        part = group[begin:end]
        found.append(Stretch(part[0].start, part[-1].end, first, script, "profile", evidence, rival, margin))
    return found


def _east_asian(group: Sequence[Token], text: str) -> list[Stretch]:
    found: list[Stretch] = []
    for part in _east_asian_parts(group, text):
        language, script, evidence = east_asian(part, text)
        if found and found[-1].language == language:
            last = found.pop()
            found.append(Stretch(last.start, part[-1].end, language, script, "script", evidence))
        else:
            found.append(Stretch(part[0].start, part[-1].end, language, script, "script", evidence))
    return found


def _east_asian_parts(group: Sequence[Token], text: str) -> list[list[Token]]:
    """Cut at slashes, and at stops and spaces where what follows is another language by its own characters."""
    parts: list[list[Token]] = []
    language = ""
    for piece in _pieces(group):
        own = decided(piece, text)
        if not parts or piece[0].place == "slash" or (own and language and own != language):
            parts.append([])
            language = ""
        parts[-1] += piece
        language = own or language
    return parts


def _pieces(group: Sequence[Token]) -> list[list[Token]]:
    """Cut a run where a sentence may end; a space inside Chinese or Japanese is no other boundary."""
    pieces: list[list[Token]] = []
    for token in group:
        before = pieces[-1][-1] if pieces else None
        apart = before is not None and before.end < token.start and token.place in ("slash", "sentence", "space")
        if before is None or apart:
            pieces.append([])
        pieces[-1].append(token)
    return pieces
