"""Which engine translates which language, opened when first needed and once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from colophon.translating.engine import Engine

ANY = "*"
Reason = Literal["no-engine", "failed-checks", "undetermined-language", "disabled"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a language has no engine; ``detail`` is a sentence for people."""

    reason: Reason
    detail: str


class Router:
    """Routes from a language to its engine.

    ``openers`` map an internal language code, or ANY, to a function that opens the engine. A model that
    is missing or altered raises ModelError on the first use of its language.
    """

    def __init__(self, openers: Mapping[str, Callable[[], Engine]], *, disabled: bool = False) -> None:
        self._openers = dict(openers)
        self._disabled = disabled
        self._opened: dict[Callable[[], Engine], Engine] = {}

    def route(self, language: str) -> Engine | Refusal:
        """Return the engine for ``language``, or why there is none. ``zh-Hans`` falls back to ``zh``."""
        if self._disabled:
            return Refusal("disabled", "translation is switched off (engine = none)")
        if language == "und":
            return Refusal("undetermined-language", "the language could not be determined")
        for code in (language, language.split("-", maxsplit=1)[0], ANY):
            if code in self._openers:
                opener = self._openers[code]
                if opener not in self._opened:
                    self._opened[opener] = opener()
                return self._opened[opener]
        known = ", ".join(sorted(self._openers)) or "none"
        return Refusal("no-engine", f"no installed model translates {language} (installed: {known})")

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have an engine, sorted."""
        return tuple(sorted(self._openers))
