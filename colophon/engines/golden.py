"""Golden sentences: what a model must say before it is used. Checked once a process for each model.

A file that has the right SHA-256 can still be read wrongly: by another version of a library, on another
processor. Golden sentences notice.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from colophon.catalogue import ModelCard
from colophon.errors import ModelError
from colophon.translating import Decoding, EngineOutput

FILE = "golden.toml"
DECODING = Decoding(beam=4)  # whatever the settings say, so that one file serves all of them
_passed: set[tuple[str, ...]] = set()


@dataclass(frozen=True, slots=True)
class Golden:
    """A source and the outputs that count as right; processors differ in the last bit of a near-tie.

    ``language`` is the source's, for a model that must be told.
    """

    source: str
    expected: tuple[str, ...]
    language: str | None = None


Translate = Callable[[Sequence[str], Decoding], list[EngineOutput]]


def read_golden(card: ModelCard) -> tuple[Golden, ...]:
    """Return the golden sentences of ``card``; ModelError when the file is wrong or empty."""
    try:
        data = tomllib.loads((card.folder / FILE).read_text(encoding="utf-8"))
        found = tuple(Golden(row["source"], tuple(row["expected"]), row.get("language")) for row in data["golden"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelError(card.id, f"{card.folder / FILE} cannot be read: {error!r}") from error
    if not found:
        raise ModelError(card.id, f"{card.folder / FILE} has no golden sentences")
    return found


def require_golden(card: ModelCard, key: Sequence[str], translator: Callable[[str | None], Translate]) -> None:
    """Raise ModelError unless the model gives an expected output for each golden sentence.

    ``translator`` returns how sentences of a language are translated. ``key`` names the model, engine and
    number format in the per-process memory of what has passed.
    """
    if tuple(key) in _passed:
        return
    golden = read_golden(card)
    wrong: list[tuple[Golden, str]] = []
    for language in dict.fromkeys(g.language for g in golden):
        asked = [g for g in golden if g.language == language]
        outputs = translator(language)([g.source for g in asked], DECODING)
        wrong += [(g, o.text) for g, o in zip(asked, outputs, strict=True) if o.text not in g.expected]
    if wrong:
        first, said = wrong[0]
        raise ModelError(
            card.id,
            f"{len(wrong)} of {len(golden)} golden sentences failed; for {first.source!r} it says {said!r}, "
            f"expected {first.expected[0]!r}. The engine's libraries may have changed: colophon doctor",
        )
    _passed.add(tuple(key))
