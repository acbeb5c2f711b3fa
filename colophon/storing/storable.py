"""Characters that a database refuses, replaced by ones it takes, one for one, so that offsets still hold.

PostgreSQL has no NUL in a text, and UTF-8 no lone surrogate. NUL becomes U+2400 (␀), a lone surrogate U+FFFD (�).
Where that happened is said: in which field, how often, and at which offsets.
"""

import re
from collections import defaultdict
from typing import Any

_REFUSED = re.compile("[\0\ud800-\udfff]")
# Offsets kept a field and character: a text of five million NULs must not become a list of five million numbers.
MOST_OFFSETS = 1_000

Replaced = list[dict[str, Any]]


def storable(value: Any) -> tuple[Any, Replaced]:
    r"""Return a JSON value whose strings a database takes, and what was replaced; offsets are code points.

    >>> storable({"a": ["x", "y\0"]})
    ({'a': ['x', 'y␀']}, [{'field': 'a.1', 'was': 'U+0000', 'count': 1, 'at': [1]}])
    """
    replaced: Replaced = []
    return _walked(value, (), replaced), replaced


def _walked(value: Any, path: tuple[str, ...], replaced: Replaced) -> Any:
    if isinstance(value, str):
        return _text(value, path, replaced) if _REFUSED.search(value) else value
    if isinstance(value, dict):
        return {_walked(name, path, replaced): _walked(inner, (*path, name), replaced) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(inner, (*path, str(number)), replaced) for number, inner in enumerate(value)]
    return value


def _text(text: str, path: tuple[str, ...], replaced: Replaced) -> str:
    places: dict[str, list[int]] = defaultdict(list)
    for found in _REFUSED.finditer(text):
        places[found.group()].append(found.start())
    for character, offsets in sorted(places.items()):
        was = f"U+{ord(character):04X}"
        replaced.append({"field": ".".join(path), "was": was, "count": len(offsets), "at": offsets[:MOST_OFFSETS]})
    return _REFUSED.sub(lambda found: "\u2400" if found.group() == "\0" else "\ufffd", text)
