"""The glossary: fixed English for whole names, places and offices; users add their own file.

A term stands for a whole fragment or a whole item of a keyword caption. Inside a sentence Hebrew joins words
and inflects them, and a blind replacement would be wrong too often: there a term is shown to a model that was
trained to read glosses (``translating.interlinear``), which decides.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from colophon.errors import DataError
from colophon.languages import internal_code
from colophon.source_text import plain_source
from colophon.translating.interlinear import NO_TERMS

Terms = Mapping[str, Mapping[str, str]]
KINDS = frozenset({"people", "places", "offices", "organisations", "terms"})


class Glossary:
    """Terms by language; ``sha256`` identifies their content in a record's signature.

    ``lexicon`` adds words, which only ever stand for a whole item; the terms are names and win over it.
    """

    def __init__(self, terms: Terms, lexicon: Terms = MappingProxyType({})) -> None:
        self._named = {language: dict(t) for language, t in terms.items()}
        terms = {code: {**lexicon.get(code, {}), **terms.get(code, {})} for code in {*lexicon, *terms}}
        self._terms = MappingProxyType({language: MappingProxyType(dict(t)) for language, t in terms.items()})
        listed = sorted((language, *pair) for language, t in self._terms.items() for pair in t.items())
        self.sha256 = sha256(repr(listed).encode()).hexdigest()

    def find(self, text: str, language: str) -> str | None:
        """Return the English of ``text`` when the whole of it is a term."""
        terms = self._terms.get(language.split("-", maxsplit=1)[0])
        return None if terms is None else terms.get(plain_source(text))

    def names(self, language: str) -> Mapping[str, str]:
        """Return the names alone, for engines that take terms inside a sentence."""
        return self._named.get(language.split("-", maxsplit=1)[0], NO_TERMS)

    def __len__(self) -> int:
        return sum(map(len, self._terms.values()))


def read_glossary(user_file: str | None) -> Glossary:
    """Return the glossary that ships, with the terms of ``user_file`` over it; DataError when it is wrong."""
    if user_file is None:
        return _read(None, changed=0)
    path = Path(user_file)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise DataError(user_file, f"glossary cannot be read: {error.strerror}") from error
    return _read(user_file, changed=changed)


@lru_cache(maxsize=8)
def _read(user_file: str | None, *, changed: int) -> Glossary:  # noqa: ARG001  a file that changed is read again
    shipped = files("colophon").joinpath("data/glossary.toml")
    terms: dict[str, dict[str, str]] = {}
    for language, more in parsed(shipped.read_text(encoding="utf-8"), "colophon/data/glossary.toml").items():
        terms.setdefault(language, {}).update(more)
    if user_file is not None:
        try:
            text = Path(user_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(user_file, f"glossary cannot be read: {error}") from error
        for language, more in parsed(text, user_file).items():
            terms.setdefault(language, {}).update(more)
    return Glossary(terms, _lexicons())


def _lexicons() -> dict[str, dict[str, str]]:
    """Return the terms of ``data/lexicon.LANGUAGE.tsv``; they are plain already, so reading them is cheap."""
    terms: dict[str, dict[str, str]] = {}
    for entry in sorted(files("colophon").joinpath("data").iterdir(), key=lambda e: e.name):
        if entry.name.startswith("lexicon.") and entry.name.endswith(".tsv"):
            rows = (row for row in entry.read_text(encoding="utf-8").splitlines() if not row.startswith("#"))
            terms[entry.name.split(".")[1]] = dict(row.split("\t") for row in rows)
    return terms


def parsed(text: str, path: str) -> dict[str, dict[str, str]]:
    """Return terms by language from TOML: ``[he.people]`` and so on, each line source = "English"."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(path, f"not TOML: {error}") from error
    terms: dict[str, dict[str, str]] = {}
    for language, kinds in data.items():
        code = internal_code(language)
        if code == "und" or not isinstance(kinds, dict):
            raise DataError(path, f"[{language}] is not a language code such as he, with tables below it")
        base = code.split("-")[0]
        for kind, pairs in kinds.items():
            if kind not in KINDS or not isinstance(pairs, dict):
                raise DataError(path, f"[{language}.{kind}] must be a table named {', '.join(sorted(KINDS))}")
            for source, english in pairs.items():
                if not isinstance(english, str) or not english.strip() or not plain_source(source):
                    raise DataError(path, f"[{language}.{kind}] {source!r}: both sides must be text")
                terms.setdefault(base, {})[plain_source(source)] = english.strip()
    return terms
