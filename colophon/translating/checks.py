"""Checks that need no second model: what an output shows of being wrong, as typed flags.

A flag means that a person would not print the output as it is; none means only that nothing was seen.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from colophon.records import Flag
from colophon.source_text import plain_source
from colophon.translating.engine import EngineOutput

_NUMBER = re.compile(r"\d+(?:[.,:/\u066b\u066c]\d+)*")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_WORD = re.compile(r"\w+")
# First words of Unicode character names, and the script that data/checks.toml calls them by.
_SCRIPT_NAMES = {
    "HEBREW": "Hebr",
    "ARABIC": "Arab",
    "CYRILLIC": "Cyrl",
    "LATIN": "Latn",
    "GREEK": "Grek",
    "CJK": "Hani",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
    "HANGUL": "Hang",
}


@dataclass(frozen=True, slots=True)
class _Limits:
    short: int
    short_most: int
    ratios: dict[str, tuple[float, float]]
    repeats: dict[int, int]
    unit: int
    times: int
    length: int
    number_words: dict[str, frozenset[str]]
    months: frozenset[str]
    not_in_latin_letters: frozenset[str]


@cache
def _limits() -> _Limits:
    data = tomllib.loads(files("colophon").joinpath("data/checks.toml").read_text(encoding="utf-8"))
    length, repetition = data["length"], data["repetition"]
    return _Limits(
        short=length["short"],
        short_most=length["short_most"],
        ratios={name: (value[0], value[1]) for name, value in length.items() if isinstance(value, list)},
        repeats={int(words): times for words, times in repetition["words"].items()},
        unit=repetition["unit"],
        times=repetition["times"],
        length=repetition["length"],
        number_words={number: frozenset(words) for number, words in data["number_words"].items()},
        months=frozenset(data["months"]),
        not_in_latin_letters=frozenset(data["not_in_latin_letters"]),
    )


def faults(source: str, output: EngineOutput, language: str) -> tuple[Flag, ...]:
    """Return what is wrong with ``output`` as English for ``source``; empty when nothing was seen."""
    plain, english = plain_source(source), output.text
    if not _WORD.search(english):
        return ("empty",) if _WORD.search(plain) else ()
    found: list[Flag] = []
    if output.truncated or output.source_tokens != output.sentence_tokens:
        found.append("truncated")
    if loops(english) > loops(plain):
        found.append("repetition")
    if not _length_fits(plain, english):
        found.append("length-ratio")
    if _copies(plain, english, language):
        found.append("copied-source")
    if lost_numbers(plain, english):
        found.append("lost-number")
    if lost_latin(plain, english, language):
        found.append("lost-latin")
    return tuple(found)


def main_script(text: str) -> str:
    """Return the script of most letters of ``text``, ``other`` when none is known."""
    counts: dict[str, int] = {}
    for letter in filter(str.isalpha, text):
        name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
        script = _SCRIPT_NAMES.get(name, "other")
        counts[script] = counts.get(script, 0) + 1
    return max(counts, key=lambda script: counts[script]) if counts else "other"


def loops(text: str) -> int:
    """Count the places where ``text`` repeats itself in a row.

    >>> loops("the man the man the man"), loops("10000000000"), loops("very, very good")
    (1, 1, 0)
    """
    limits = _limits()
    words = [word.casefold() for word in _WORD.findall(text)]
    found = sum(_stutters(word) for word in words)
    at = 0
    while at < len(words):
        looped = next((n for n, times in limits.repeats.items() if _run(words, at, n) >= times), None)
        found += looped is not None
        at += 1 if looped is None else looped * _run(words, at, looped)
    return found


def _run(words: Sequence[str], at: int, size: int) -> int:
    """How often the ``size`` words at ``at`` stand there in a row."""
    unit, times = words[at : at + size], 1
    while len(unit) == size and words[at + times * size : at + (times + 1) * size] == unit:
        times += 1
    return times


def _stutters(word: str) -> bool:
    limits = _limits()
    if len(word) < limits.length:
        return False
    return any(
        _run(word, at, size) >= max(limits.times, limits.length // size)
        for size in range(1, limits.unit + 1)
        for at in range(min(len(word), 200))
    )


def _length_fits(source: str, english: str) -> bool:
    limits = _limits()
    if len(source) < limits.short:
        return len(english) <= limits.short_most
    least, most = limits.ratios.get(main_script(source), limits.ratios["other"])
    return least <= len(english) / len(source) <= most


def in_latin_letters(language: str) -> bool:
    """Say whether ``language`` is written in Latin letters."""
    return language.split("-", maxsplit=1)[0] not in _limits().not_in_latin_letters


def _copies(source: str, english: str, language: str) -> bool:
    """Whether letters of the source's script are left, or a source in Latin letters came back as it was."""
    if in_latin_letters(language):
        return source.casefold() == plain_source(english).casefold()
    return any(not unicodedata.name(letter, "LATIN").startswith("LATIN") for letter in english if letter.isalpha())


def lost_numbers(source: str, english: str) -> list[str]:
    """Return the numbers of ``source`` that ``english`` has neither in digits nor in words.

    >>> lost_numbers("7.10.2023, 1,700", "October 7, 2023; 1700"), lost_numbers("37", "some")
    ([], ['37'])
    """
    kept = [_digits(part) for number in _NUMBER.findall(english) for part in (number, *_parts(number))]
    words = {word.casefold() for word in _WORD.findall(english)}
    return [n for n in _NUMBER.findall(source) if not _kept(n, kept, words)]


def _kept(number: str, kept: list[str], words: set[str]) -> bool:
    if _has(_digits(number), kept, words):
        return True
    parts = _parts(number)
    if len(parts) > 1:
        return all(_has(_digits(part), kept, words) or _half_day(part, kept) for part in parts)
    day, _, month = number.partition(".")  # "7.10" may be a day of October, or a decimal that is lost
    return _digits(day) in kept and not _months(month).isdisjoint(words)


def _months(month: str) -> frozenset[str]:
    named = _limits().number_words.get(_digits(month).lstrip("0"), frozenset())
    return named & _limits().months


def _has(digits: str, kept: list[str], words: set[str]) -> bool:
    bare = digits.lstrip("0") or "0"
    named = _limits().number_words.get(bare, frozenset())
    # "300 thousand" may be 300,000, and "the 80s" the 1980s.
    scaled = any(k.startswith(bare) and k[len(bare) :].strip("0") == "" and len(k) - len(bare) >= 2 for k in kept)
    decade = len(digits) == 2 and any(len(k) == 4 and k.endswith(digits) for k in kept)
    return digits in kept or bare in kept or scaled or decade or not named.isdisjoint(words)


def _half_day(part: str, kept: list[str]) -> bool:
    """Whether an hour of the 24-hour clock stands as one of the 12-hour clock."""
    digits = _digits(part)
    return len(digits) == 2 and 13 <= int(digits) <= 23 and str(int(digits) - 12) in kept


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(c)) for c in number if c.isdigit() and unicodedata.digit(c, None) is not None)


def _parts(number: str) -> list[str]:
    """The parts of a date, a time or a score; one part when the marks are those of a decimal or of thousands."""
    parts = re.split(r"[^\d]", number)
    dated = ":" in number or "/" in number or number.count(".") > 1
    return parts if dated and "," not in number else [number]


def lost_latin(source: str, english: str, language: str) -> list[str]:
    """Return the Latin words of a source in another script that ``english`` does not have."""
    if in_latin_letters(language):
        return []
    folded = english.casefold()
    return [word for word in _LATIN_WORD.findall(source) if word.casefold() not in folded]
