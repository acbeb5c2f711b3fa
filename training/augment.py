"""More in-domain pairs from the ones there are: names exchanged in news pairs, and a caption grammar.

A name that stands on both sides of an authored pair is replaced, consistently, by another of its kind
from ``names.tsv.xz``, keeping the Hebrew prefix letters glued to it; the grammar in ``captions.toml`` fills
written templates. Both teach the model to carry names over, which is what captions are made of. Seeded.
"""

import random
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from training.corpus import Pair

GRAMMAR = Path(__file__).with_name("captions.toml")
SPLICED = "authored-news+names"
GRAMMATICAL = "caption-grammar"
# Sources of ``names`` whose entries are places; people are the two-to-three-word entries of the others.
# CLDR lists languages and currencies beside territories: there a place is what the news pairs speak of.
PLACE_ORIGINS = frozenset({"eladnava/pikud-haoref-api", "GNOME/libgweather"})
MIXED_ORIGIN = "unicode-org/cldr-json"
PEOPLE_ORIGINS = frozenset({"steveash/NETransliteration-COLING2018", "Betswish/Cross-Lingual-Consistency"})
# One or two of the letters that Hebrew writes together with the next word: and, that, in, to, from, as, the.
_PREFIX = re.compile("^([ושכבלמה]{0,2})(.+)$")
_HEBREW_NAME = re.compile(r"[\u05d0-\u05ea'\"-]{2,}(?: [\u05d0-\u05ea'\"-]{2,}){0,3}")
_ENGLISH_NAME = re.compile(r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,3}")


@dataclass(frozen=True, slots=True)
class Names:
    """Name pairs by kind: people (two or three words) and places."""

    people: list[tuple[str, str]]
    places: list[tuple[str, str]]


def names_by_kind(pairs: list[Pair]) -> Names:
    """Sort the pairs of the ``names`` file into people and places."""
    found = Names([], [])
    news = [p for p in pairs if p.file == "authored-news"]
    told = set(_ENGLISH_NAME.findall("\n".join(p.target for p in news))), "\n".join(p.source for p in news)
    for pair in pairs:
        if pair.file != "names" or not (_HEBREW_NAME.fullmatch(pair.source) and _ENGLISH_NAME.fullmatch(pair.target)):
            continue
        words = len(pair.source.split())
        if pair.origin in PEOPLE_ORIGINS and words in (2, 3) and words == len(pair.target.split()):
            found.people.append((pair.source, pair.target))
        elif pair.origin in PLACE_ORIGINS and words <= 2:
            found.places.append((pair.source, pair.target))
        elif pair.origin == MIXED_ORIGIN and pair.target in told[0] and pair.source in told[1]:
            found.places.extend([(pair.source, pair.target)] * 5)  # as often as the many small towns together
    return found


def splice(
    pair: Pair, index: dict[str, list[tuple[str, str, str]]], names: Names, chance: random.Random
) -> Pair | None:
    """Return ``pair`` with its known names exchanged, or None when it has none."""
    words = pair.source.split(" ")
    source, target = pair.source, pair.target
    for i in range(len(words)):
        match = _PREFIX.match(words[i])
        if match is None:
            continue
        for cut in range(len(match[1]) + 1):
            stem = words[i][cut:].rstrip(",.:;?!")
            for hebrew, english, kind in index.get(stem, ()):
                if hebrew not in source or english not in target:
                    continue
                old = words[i][:cut] + hebrew
                if re.search(rf"(?<!\S){re.escape(old)}(?![\u05d0-\u05ea])", source) is None:
                    continue
                if len(re.findall(rf"\b{re.escape(english)}\b", target)) != 1 or source.count(hebrew) != 1:
                    continue
                new_hebrew, new_english = chance.choice(names.people if kind == "person" else names.places)
                source = source.replace(hebrew, new_hebrew)
                target = re.sub(rf"\b{re.escape(english)}\b", new_english.replace("\\", ""), target)
    return replace(pair, source=source, target=target, file=SPLICED) if source != pair.source else None


def spliced(pairs: list[Pair], names: Names, rounds: int) -> list[Pair]:
    """Exchange names ``rounds`` times in every authored news pair that has some."""
    index: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    glossary = {(p.source, p.target) for p in pairs if p.file == "authored-glossary" and p.target[:1].isupper()}
    places = set(names.places)
    people = set(names.people) | {(h, e) for h, e in glossary if len(h.split()) in (2, 3) and len(e.split()) in (2, 3)}
    for kind, entries in (("person", people), ("place", places)):
        for hebrew, english in sorted(entries):
            index[hebrew.split(" ")[0]].append((hebrew, english, kind))
    chance = random.Random(7)
    news = [p for p in pairs if p.file == "authored-news"]
    return [new for _ in range(rounds) for p in news if (new := splice(p, index, names, chance)) is not None]


def grammatical(names: Names, count: int) -> list[Pair]:
    """Fill ``count`` templates of the caption grammar."""
    grammar = tomllib.loads(GRAMMAR.read_text(encoding="utf-8"))
    chance = random.Random(11)
    out = []
    for _ in range(count):
        template = chance.choice(grammar["templates"])
        slots: dict[str, tuple[str, str]] = {
            "person": chance.choice(names.people),
            "person2": chance.choice(names.people),
            "place": chance.choice(names.places),
            "place2": chance.choice(names.places),
            "month": tuple(chance.choice(grammar["months"])),
            "weekday": tuple(chance.choice(grammar["weekdays"])),
            "office": tuple(chance.choice(grammar["offices"])),
            "agency": (chance.choice(grammar["agencies"]),) * 2,
            "day": (str(chance.randint(1, 31)),) * 2,
            "year": (str(chance.randint(1930, 2027)),) * 2,
            "number": (f"{chance.randint(2, 90000):,}",) * 2,
            "small": (str(chance.randint(2, 99)),) * 2,
        }
        source = template["he"].format(**{k: v[0] for k, v in slots.items()})
        target = template["en"].format(**{k: v[1] for k, v in slots.items()})
        out.append(Pair(source, target[:1].upper() + target[1:], GRAMMATICAL, "authored", "authored for this project"))
    return out


def augmented(pairs: list[Pair], weights: dict[str, float]) -> list[Pair]:
    """Return the extra pairs that ``weights`` asks for; none when it names neither kind."""
    names = names_by_kind(pairs)
    extra: list[Pair] = []
    if weights.get(SPLICED, 0) > 0:
        extra += spliced(pairs, names, rounds=4)
    if weights.get(GRAMMATICAL, 0) > 0:
        extra += grammatical(names, count=60_000)
    return extra
