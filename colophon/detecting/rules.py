"""The detector's data files, read once: scripts, languages, letters, loan phrases."""

import tomllib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from colophon.errors import DataError


def data(name: str) -> Traversable:
    """Return the data file or folder ``name`` of the detector."""
    return files("colophon").joinpath("data", "detecting", name)


def _table(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data(name).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, FileNotFoundError) as error:
        raise DataError(f"data/detecting/{name}", f"{error}; reinstall colophon") from error


class Scripts:
    """Which script a letter belongs to, and which languages share a script."""

    def __init__(self) -> None:
        rows = _table("scripts.toml")["script"]
        bounds = sorted((*_bounds(r), row["code"]) for row in rows for r in row["ranges"])
        self._starts = [low for low, _, _ in bounds]
        self._bounds = bounds
        self._known: dict[str, str] = {}
        self.languages: dict[str, tuple[str, ...]] = {row["code"]: tuple(row["languages"]) for row in rows}

    def of(self, character: str) -> str:
        """Return the ISO 15924 code of a letter or mark; the empty string for anything else."""
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = self._look_up(character)
        return known

    def _look_up(self, character: str) -> str:
        point = ord(character)
        index = bisect_right(self._starts, point) - 1
        if index >= 0 and point <= self._bounds[index][1]:
            return str(self._bounds[index][2]) if unicodedata.category(character)[0] in "LMN" else ""
        return "Zyyy" if unicodedata.category(character)[0] == "L" else ""


def _bounds(row: str) -> tuple[int, int]:
    low, _, high = row.partition("-")
    return int(low, 16), int(high or low, 16)


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters that only some languages of a script write."""

    weight: float
    owners: dict[str, dict[str, tuple[str, ...]]]


@cache
def scripts() -> Scripts:
    """Return the script table."""
    return Scripts()


@cache
def priors() -> dict[str, float]:
    """Return how much rarer than the common ones each language is, in natural-log units; 0 when not listed."""
    table = _table("languages.toml")["priors"]
    return {code: float(row["value"]) for row in table for code in row["languages"]}


@cache
def latin_languages() -> tuple[str, ...]:
    """Return the languages written in Latin letters that the path chooses among."""
    return tuple(_table("languages.toml")["latin"]["languages"])


@cache
def labels() -> frozenset[str]:
    """Return the English words that stand as a label before a colon."""
    return frozenset((*_table("languages.toml")["labels"]["words"], *named_languages()))


@cache
def named_languages() -> dict[str, str]:
    """Return English names of languages, in lower case, with their codes."""
    return dict(_table("languages.toml")["named"])


@cache
def letters() -> Letters:
    """Return the letters that decide between languages of one script."""
    table = dict(_table("languages.toml")["letters"])
    weight = float(table.pop("weight"))
    owners = {
        script: {letter: tuple(languages) for group, languages in rows.items() for letter in group}
        for script, rows in table.items()
    }
    return Letters(weight, owners)


@cache
def particles() -> frozenset[str]:
    """Return the small words of names in Latin letters."""
    return frozenset(_table("languages.toml")["names"]["particles"])


@cache
def loans() -> dict[str, frozenset[tuple[str, ...]]]:
    """Return loan phrases as tuples of plain words, by their first word."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for group in _table("loans.toml").values():
        for phrase in group.split(";"):
            words = tuple(plain(phrase).replace("'", " ").replace("-", " ").split())
            if words:
                found.setdefault(words[0], set()).add(words)
    return {first: frozenset(phrases) for first, phrases in found.items()}


def plain(word: str) -> str:
    """Return ``word`` in lower case without accents.

    >>> plain("Vis-à-vis")
    'vis-a-vis'
    """
    folded = unicodedata.normalize("NFD", word.lower().replace("’", "'").replace("œ", "oe"))
    return "".join(c for c in folded if not unicodedata.combining(c))
