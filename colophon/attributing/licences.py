"""Licences by name or address, as SPDX identifiers with the duties that they bring."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc|-sa|-nd){0,2})/(\d\.\d)(?:/([a-z]{2})(?![a-z]))?|publicdomain/(zero|mark)/(\d\.\d))"
)
_SHORT = re.compile(
    r"(?<![a-z0-9-])cc[ -]?(by(?:[ -](?:nc|sa|nd)){0,2})(?:[ -](\d\.\d))?(?: ([a-z]{2})(?![a-z]))?(?![a-z0-9])|(?<![a-z0-9-])cc ?(0|zero)(?:[ -](\d\.\d))?(?![a-z0-9])"
)
_VERSION = re.compile(r"(?<!\d)([1-4]\.\d)(?!\d)")
_DUTIES = {"by": "attribution", "nc": "non-commercial", "sa": "share-alike", "nd": "no-derivatives"}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence found in words: its SPDX identifier, its duties, and where it stands (shadow offsets)."""

    spdx: str
    conditions: tuple[str, ...]
    start: int
    end: int


def find(text: str, start: int, end: int, elements: dict[str, re.Pattern[str]]) -> Licence | None:
    """Return the licence that ``text[start:end]`` (a shadow) names.

    ``elements`` find ``named`` (Creative Commons in any language), ``by``, ``nc``, ``sa``, ``nd`` in words.
    """
    found = _ADDRESS.search(text, start, end)
    if found:
        if found[4]:
            return Licence("CC0-1.0" if found[4] == "zero" else "LicenseRef-public-domain-mark", (), *found.span())
        return _licence(found[1].split("-"), found[2], found[3], found.span())
    found = _SHORT.search(text, start, end)
    if found:
        if found[4]:
            return Licence("CC0-1.0", (), *found.span())
        return _licence(re.split(r"[ -]", found[1]), found[2], found[3], found.span())
    named = elements["named"].search(text, start, end)
    if named is None:
        return None
    parts = [key for key in ("by", "nc", "nd", "sa") if elements[key].search(text, start, end)]
    version = _VERSION.search(text, named.start(), end)
    if not parts:
        return Licence("LicenseRef-creative-commons-unspecified", ("attribution",), *named.span())
    return _licence(parts, version[1] if version else None, None, named.span())


def _licence(parts: list[str], version: str | None, port: str | None, span: tuple[int, int]) -> Licence:
    ordered = (
        [p for p in ("by", "nc", "nd", "sa") if p in parts]
        if "nd" in parts
        else [p for p in ("by", "nc", "sa") if p in parts]
    )
    spdx = f"CC-{'-'.join(p.upper() for p in ordered)}"
    spdx += f"-{version}" if version else ""
    # SPDX has ported identifiers only for 2.0 to 3.0.
    spdx += (
        f"-{port.upper()}"
        if port and version in ("2.0", "2.5", "3.0") and port.upper() in ("DE", "AT", "NL", "US", "FR", "AU", "IGO")
        else ""
    )
    if version is None:
        spdx = f"LicenseRef-{spdx}-unversioned"
    return Licence(spdx, tuple(_DUTIES[p] for p in ordered), *span)
