"""Text to the numbers that transformers works on, and back: three ways, chosen by the catalogue."""

from __future__ import annotations

import copy
from typing import Any, Protocol

from colophon.catalogue import ModelCard, require_verified
from colophon.engines.pieces import END, UNKNOWN, VOCABULARY, open_pieces, read_numbering
from colophon.errors import ModelError


class Tokens(Protocol):
    """A tokenizer for one model; ``first`` is the number that every output begins with, where there is one."""

    @property
    def first(self) -> int | None:
        """The number of the piece that begins every output."""
        ...

    @property
    def signature(self) -> str:
        """What the model is told, for the decoding that a record names."""
        ...

    def speaking(self, language: str) -> Tokens:
        """Return the tokenizer for sources in ``language``; ModelError when the model has it not."""
        ...

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a source."""
        ...

    def decode(self, ids: list[int]) -> str:
        """Return the text of an output."""
        ...


def tokens_for(card: ModelCard, end: int) -> Tokens:
    """Return the tokenizer of ``card``; ``end`` is the number that its configuration ends a sentence with."""
    if card.pieces is not None:
        return _Numbered(card)
    return _Pieces(card, end) if card.tokenizer == "sentencepiece" else _Auto(card)


class _Untold:
    """What holds of models that are told no language."""

    first: int | None = None
    signature = ""

    def speaking(self, language: str) -> Any:
        return self


class _Pieces(_Untold):
    """Plain SentencePiece with T5's numbering; the checkpoint's configuration names the end."""

    def __init__(self, card: ModelCard, end: int) -> None:
        import sentencepiece

        require_verified(card, (VOCABULARY,))
        self._pieces: Any = sentencepiece.SentencePieceProcessor(model_file=str(card.folder / VOCABULARY))
        self._end = end

    def encode(self, text: str) -> list[int]:
        return [*self._pieces.encode(text), self._end]

    def decode(self, ids: list[int]) -> str:
        special = {self._pieces.pad_id(), self._pieces.eos_id(), self._pieces.bos_id()}
        text: str = self._pieces.decode([i for i in ids if i not in special])
        return text


class _Auto(_Untold):
    """The checkpoint's own tokenizer, from its folder only."""

    def __init__(self, card: ModelCard) -> None:
        from transformers import AutoTokenizer

        require_verified(card, [file.path for file in card.files])
        self._tokenizer: Any = AutoTokenizer.from_pretrained(card.folder, local_files_only=True)

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text)["input_ids"]
        return ids

    def decode(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text


class _Numbered:
    """SentencePiece for the cut, the catalogue for what goes around it, a list of pieces for their numbers.

    Fetched models are read this way: the same pieces as CTranslate2 reads, and no code of a tokenizer.
    """

    _DROPPED = frozenset({"<pad>", "<s>", END})

    def __init__(self, card: ModelCard) -> None:
        self._names = read_numbering(card)
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self.pieces = open_pieces(card)
        first = self.pieces.entry.first
        if len(first) > 1 or not self._numbers.keys() >= set(first):
            raise ModelError(card.id, f"pieces.first {first} must be one piece of its vocabulary, or none")
        self.first = self._numbers[first[0]] if first else None

    @property
    def signature(self) -> str:
        return self.pieces.signature

    def speaking(self, language: str) -> _Numbered:
        told = copy.copy(self)
        told.pieces = self.pieces.speaking(language)
        return told

    def encode(self, text: str) -> list[int]:
        unknown = self._numbers[UNKNOWN]
        return [self._numbers.get(piece, unknown) for piece in self.pieces.encode(text)]

    def decode(self, ids: list[int]) -> str:
        names = [self._names[i] if i < len(self._names) else UNKNOWN for i in ids]
        return self.pieces.decode([name for name in names if name not in self._DROPPED])
