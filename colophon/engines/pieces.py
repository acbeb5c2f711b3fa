"""Text to pieces and back, for one model and the language that it is told it reads.

Models differ in who is told what: M2M100 and NLLB want a piece for the language in front of the source and
another at the start of the output, MADLAD one for the target in front of the source, Marian mostly none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from colophon.catalogue import ModelCard, PiecesEntry, require_verified
from colophon.errors import ModelError

VOCABULARY = "vocabulary.model"
NUMBERING = "vocabulary.json"  # the pieces in the order of their numbers, for a model with `pieces`
END, UNKNOWN = "</s>", "<unk>"
_ALONE = PiecesEntry(source=VOCABULARY, target=VOCABULARY)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Cuts sources and joins outputs; ``before`` is None until a model that must be told has been told."""

    model: str
    entry: PiecesEntry
    source: Any
    target: Any
    before: tuple[str, ...] | None

    def speaking(self, language: str) -> Pieces:
        """Return pieces for sources in ``language``, an internal code; ModelError when the model has it not."""
        if not self.entry.before:
            return self
        if language not in self.entry.before:
            known = ", ".join(sorted(self.entry.before))
            raise ModelError(self.model, f"it was not installed for {language} (it reads {known})")
        return replace(self, before=self.entry.before[language])

    @property
    def signature(self) -> str:
        """What the model is told, for the decoding that a record names; empty when nothing."""
        told = "+".join((*(self.before or ()), *self.entry.first))
        return f";told={told}" if told else ""

    def encode(self, text: str) -> list[str]:
        """Return the pieces of ``text`` with those that go around it."""
        if self.before is None:
            raise ModelError(self.model, "it must be told the language of the source: please report this")
        return [*self.before, *self.source.encode(text, out_type=str), *self.entry.after]

    def shortened(self, row: list[str], longest: int) -> list[str]:
        """Return ``row`` with at most ``longest`` pieces, its end kept."""
        after = len(self.entry.after)
        return row if len(row) <= longest else [*row[: longest - after], *row[len(row) - after :]]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text of an output: without its end, and without the pieces that begin every output."""
        first = len(self.entry.first)
        own = pieces[first:] if tuple(pieces[:first]) == self.entry.first else pieces
        text: str = self.target.decode([piece for piece in own if piece != END])
        return text.strip()


def open_pieces(card: ModelCard) -> Pieces:
    """Verify and load the SentencePiece files of ``card``; ModelError when one is altered or none."""
    import sentencepiece

    entry = card.pieces or _ALONE
    require_verified(card, sorted({entry.source, entry.target}))
    try:
        loaded = {
            name: sentencepiece.SentencePieceProcessor(model_file=str(card.folder / name))
            for name in {entry.source, entry.target}
        }
    except (OSError, RuntimeError) as error:
        raise ModelError(card.id, f"its SentencePiece file cannot be read: {error}") from error
    before = None if entry.before else ()
    return Pieces(card.id, entry, loaded[entry.source], loaded[entry.target], before)


def read_numbering(card: ModelCard) -> list[str]:
    """Return the pieces of ``card`` in the order of their numbers; ModelError when the file is altered or wrong."""
    require_verified(card, (NUMBERING,))
    try:
        names = json.loads((card.folder / NUMBERING).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(card.id, f"{card.folder / NUMBERING} cannot be read: {error}") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or UNKNOWN not in names:
        raise ModelError(card.id, f"{card.folder / NUMBERING} is no list of pieces with {UNKNOWN}")
    return names
