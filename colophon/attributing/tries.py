"""Many words as one regular expression that reads each letter of a text once, not once a word."""

import re
from collections.abc import Callable, Iterable
from functools import cache

_escaped = cache(re.escape)  # one code point at a time, many times


def trie(words: Iterable[str], escape: Callable[[str], str] = _escaped) -> str:
    r"""Return a regular expression that matches the longest of ``words`` at a position; none when there are none.

    ``escape`` turns one code point into its pattern.

    >>> trie(["press", "prensa", "press agency"])
    'pre(?:ss(?:\\ agency)?|nsa)'
    """
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(root, escape) or r"(?!)"


def _branch(node: dict[str, dict], escape: Callable[[str], str]) -> str:  # type: ignore[type-arg]
    ends = "" in node
    branches = [escape(c) + _branch(after, escape) for c, after in node.items() if c]
    if not branches:
        return ""
    if len(branches) > 1:
        return f"(?:{'|'.join(branches)})" + ("?" if ends else "")
    return f"(?:{branches[0]})?" if ends else branches[0]
