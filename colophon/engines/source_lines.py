"""The lines that a model reads: plain, and glossed when its folder holds glosses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from colophon.catalogue import ModelCard, require_verified
from colophon.source_text import plain_source
from colophon.translating import EngineOutput
from colophon.translating.interlinear import GlossedLine, read_glosses

GLOSSES = "glosses.tsv"


class SourceLines:
    """Prepares sentences for one model; ``signature`` goes into the decoding that records name."""

    def __init__(self, card: ModelCard) -> None:
        """Read the model's glosses if the catalogue lists some; ModelError when they are altered or malformed."""
        listed = next((file for file in card.files if file.path == GLOSSES), None)
        self._glosses = None
        self.signature = ""
        if listed is not None:
            require_verified(card, (GLOSSES,))
            self._glosses = read_glosses(card.folder / GLOSSES)
            self.signature = f";glosses={listed.sha256[:12]}"

    def prepared(self, sentences: Sequence[str], terms: Mapping[str, str]) -> list[GlossedLine]:
        """Return one line a sentence; ``terms`` count only with a model that was trained to read glosses."""
        lines = map(plain_source, sentences)
        if self._glosses is None:
            return [GlossedLine(line) for line in lines]
        return [self._glosses.glossed(line, terms) for line in lines]


def with_terms(lines: Sequence[GlossedLine], outputs: Sequence[EngineOutput]) -> list[EngineOutput]:
    """Return ``outputs`` with the terms that each was shown and uses."""
    return [_with_terms(line, output) for line, output in zip(lines, outputs, strict=True)]


def _with_terms(line: GlossedLine, output: EngineOutput) -> EngineOutput:
    used = tuple(f"{phrase} → {english}" for phrase, english in line.terms if english in output.text)
    return replace(output, terms=used) if used else output
