"""A deterministic engine that translates nothing: for documentation, tests and dry runs.

It writes the Latin letters and digits of the source, and the count of its other words, in brackets.
"""

import re
from collections.abc import Sequence

from colophon.catalogue import ModelCard
from colophon.settings import TranslationSettings
from colophon.source_text import plain_source
from colophon.translating import Calibration, Decoding, EngineIdentity, EngineOutput

_WORD = re.compile(r"\S+")
_KEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:/%&-]*")


class EchoEngine:
    """``[echo: 3 words, NATO 2025]`` for a sentence of three words with NATO and 2025 in it."""

    calibration: Calibration | None = None

    def __init__(self, card: ModelCard | None, settings: TranslationSettings) -> None:
        self.identity = EngineIdentity(
            engine="echo",
            engine_version="1",
            model=None,
            revision=None,
            model_sha256=None,
            source_languages=(),
            decoding="none",
        )

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        """Return the bracketed form of each sentence."""
        return [self._echo(plain_source(sentence)) for sentence in sentences]

    @staticmethod
    def _echo(plain: str) -> EngineOutput:
        words = _WORD.findall(plain)
        kept = " ".join(match.group().rstrip(".,:/-") for match in _KEPT.finditer(plain))
        count = f"{len(words)} word" if len(words) == 1 else f"{len(words)} words"
        text = f"[echo: {count}; {kept}]" if kept else f"[echo: {count}]"
        return EngineOutput(text, None, len(words), len(words), truncated=False)
