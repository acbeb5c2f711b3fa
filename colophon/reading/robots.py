"""robots.txt as RFC 9309 has it: the group of our name, else of all; the longest matching rule wins, allow on a tie."""

from dataclasses import dataclass

_MOST_RULES = 5_000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for us. ``crawl_delay`` in seconds, None when the site says nothing."""

    rules: tuple[tuple[bool, str], ...] = ()
    crawl_delay: float | None = None

    def allow(self, path: str) -> bool:
        """Say whether a path with its query may be read.

        >>> Robots(((False, "/private"), (True, "/private/*.html$"))).allow("/private/a.html")
        True
        """
        best = max(
            ((len(pattern), allowed) for allowed, pattern in self.rules if _matches(pattern, path)), default=(0, True)
        )
        return best[1]


NOTHING_ALLOWED = Robots(((False, "/"),))


def parse_robots(text: str, agent: str) -> Robots:
    """Return the rules for ``agent``, a product name without version."""
    ours: list[tuple[bool, str]] = []
    general: list[tuple[bool, str]] = []
    delays: dict[bool, float] = {}
    found = False
    names: list[str] = []
    in_rules = False
    for line in text.lstrip("\ufeff").splitlines()[: _MOST_RULES * 2]:
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            names = [value.lower()] if in_rules else [*names, value.lower()]
            in_rules = False
            found = found or agent.lower() in names
            continue
        in_rules = in_rules or key in ("allow", "disallow", "crawl-delay")
        for mine, group in ((agent.lower() in names, ours), ("*" in names, general)):
            if mine and key in ("allow", "disallow") and value and len(group) < _MOST_RULES:
                group.append((key == "allow", value))
            if mine and key == "crawl-delay" and value.replace(".", "", 1).isdecimal():
                delays[group is ours] = float(value)
    return Robots(tuple(ours if found else general), delays.get(found))


def _matches(pattern: str, path: str) -> bool:
    """Match a prefix with ``*`` and a final ``$``, without a regular expression: linear for any pattern."""
    ended = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if ended and not rest:
        return at == len(path)
    for number, part in enumerate(rest):
        if ended and number == len(rest) - 1:
            return len(path) - at >= len(part) and path.endswith(part)
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
