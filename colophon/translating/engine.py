"""What an engine is to the rest of Colophon: sentences in, one output a sentence out, and who it was."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from colophon.translating.interlinear import NO_TERMS


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIdentity:
    """What a record says of the maker of a translation.

    ``model_sha256`` is of the weights file that was loaded; ``decoding`` is the ordinary decoding, such as
    ``beam=4``; ``source_languages`` are internal codes, empty for any language.
    """

    engine: str
    engine_version: str
    model: str | None
    revision: str | None
    model_sha256: str | None
    source_languages: tuple[str, ...]
    decoding: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to search for an output; ``no_repeat_ngram`` 0 allows any repetition.

    ``terms`` are a user's names with their English, for models that read interlinear glosses.
    """

    beam: int
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    terms: Mapping[str, str] = field(default_factory=lambda: NO_TERMS, hash=False)


@dataclass(frozen=True, slots=True)
class EngineOutput:
    """One output.

    ``score`` is the mean log-probability of its tokens, end included; None where an engine has no notion
    of it. ``source_tokens`` counts the tokens that the model read, ``sentence_tokens`` those that the
    sentence has: when they differ, something was dropped. ``truncated`` says that it was, or that the
    output stopped at a limit before its end. ``terms`` are those of ``Decoding.terms`` that the model was shown
    and that stand in its output, written ``source → English``.
    """

    text: str
    score: float | None
    source_tokens: int
    sentence_tokens: int
    truncated: bool
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """From score to confidence: ``1 / (1 + exp(-(intercept + slope * score)))``, fitted on a dev set."""

    intercept: float
    slope: float

    def confidence(self, score: float) -> float:
        """Return a confidence in [0, 1], to three decimals."""
        exponent = max(-60.0, min(60.0, -(self.intercept + self.slope * score)))
        return round(1 / (1 + math.exp(exponent)), 3)


def uncalibrated(score: float) -> float:
    """Return the geometric mean probability of a token: monotone, and a claim about nothing else."""
    return round(min(1.0, math.exp(min(0.0, score))), 3)


class Engine(Protocol):
    """A translator of single sentences into English."""

    @property
    def identity(self) -> EngineIdentity:
        """Who it is, for the record."""
        ...

    @property
    def calibration(self) -> Calibration | None:
        """From its scores to confidence; None when nobody fitted it."""
        ...

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        """Return one output a sentence, in order; sentences are as written, the engine prepares them."""
        ...


def longest_output(source_tokens: int) -> int:
    """Return how many tokens an output may have: loops are cut early, real translations never.

    >>> longest_output(10)
    46
    """
    return 16 + 3 * source_tokens


def token_batches(lengths: Sequence[int], batch_tokens: int) -> list[list[int]]:
    """Return indices in batches of rows of one length, at most ``batch_tokens`` tokens each.

    Rows are never padded: padding changes the last bits of a sum, and now and then a near-tie and the text,
    so that an output would depend on its neighbours.

    >>> token_batches([3, 9, 3, 4], 10)
    [[0, 2], [3], [1]]
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        same = bool(batches) and lengths[batches[-1][0]] == lengths[index]
        if same and lengths[index] * (len(batches[-1]) + 1) <= batch_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
