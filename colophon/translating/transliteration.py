"""Latin letters for a Hebrew name that could not be translated: a reading aid, marked as one."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from colophon.source_text import plain_source

_NAME = re.compile(r"[א-ת]+(?:['\"][א-ת]+|')?(?:[ -][א-ת]+(?:['\"][א-ת]+|')?){0,2}")
_WORD = re.compile(r"[א-ת]['א-ת\"]*")
_VOWELS = "aeiou"


@cache
def _rules() -> dict[str, dict[str, str]]:
    data = tomllib.loads(files("colophon").joinpath("data/transliteration.toml").read_text(encoding="utf-8"))
    rules: dict[str, dict[str, str]] = data["he"]
    return rules


def looks_like_a_name(text: str) -> bool:
    """Say whether ``text`` is one to three Hebrew words and nothing else, so that letters may stand for it."""
    return _NAME.fullmatch(plain_source(text)) is not None


def transliterated(text: str) -> str:
    """Return ``text`` with each Hebrew word in Latin letters.

    >>> transliterated("טראמפ")
    'Tramp'
    """
    return _WORD.sub(lambda match: _word(match.group()), plain_source(text))


def _word(word: str) -> str:
    sounds = _sounds(word.replace('"', ""))
    vowels = [sound in _VOWELS for sound in sounds]
    # Two consonants at the start have a vowel between them that is not written, but for tr-, pl- and their like.
    blends = sounds[1:2] in (["r"], ["l"]) and vowels[2:3] == [True]
    if vowels[:2] == [False, False] and not blends:
        sounds.insert(1, "a")
    return "".join(sounds).capitalize()


def _sounds(word: str) -> list[str]:
    rules = _rules()
    found: list[str] = []
    at = 0
    while at < len(word):
        pair, letter, last = word[at : at + 2], word[at], len(word) - 1
        if pair in rules["doubled"]:
            found.append(rules["doubled"][pair])
            at += 2
        elif pair[1:] == "'":
            found.append(rules["geresh"].get(letter, rules["consonants"].get(letter, "")))
            at += 2
        else:
            table = "initial" if at == 0 else "final" if at == last else "inside"
            found.append(rules[table].get(letter, rules["consonants"].get(letter, "")))
            at += 1
    return [sound for sound in found if sound]
