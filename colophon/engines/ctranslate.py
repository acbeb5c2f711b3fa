"""The default engine: CTranslate2 on the CPU or a GPU, with plain SentencePiece; neither torch nor transformers."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from colophon.catalogue import ModelCard, require_verified
from colophon.engines.pieces import END, open_pieces
from colophon.engines.source_lines import SourceLines, with_terms
from colophon.errors import ModelError
from colophon.settings import TranslationSettings
from colophon.translating import Calibration, Decoding, EngineIdentity, EngineOutput
from colophon.translating.engine import longest_output, token_batches

FOLDER = "ctranslate2"
WEIGHTS = f"{FOLDER}/model.bin"
# With patience 1 CTranslate2 4.8 stops when as many hypotheses have ended as the beam is wide, though the best
# one has not: a sure model then loses the end of its sentence, and a beam does worse than greedy search.
PATIENCE = 2.0


class CTranslateEngine:
    """A model of the catalogue in CTranslate2's format, verified before it is used."""

    def __init__(self, card: ModelCard | None, settings: TranslationSettings) -> None:
        """Verify files and load; ModelError when one is wrong. Golden sentences are ``open_engine``'s."""
        import ctranslate2

        if card is None:
            raise ModelError("(none)", "the engine ctranslate2 needs a model of the catalogue")
        require_verified(card, _opened_files(card))
        self.pieces = open_pieces(card)
        try:
            self._translator: Any = ctranslate2.Translator(
                str(card.folder / FOLDER),
                device=settings.device,
                compute_type=settings.compute_type,
                intra_threads=settings.threads,
                inter_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(card.id, f"ctranslate2 {ctranslate2.__version__} cannot load it: {error}") from error
        self._sources = SourceLines(card)
        self._longest_source = card.longest_source
        self._batch_tokens = settings.batch_tokens
        self.calibration = (
            None if card.calibration is None else Calibration(card.calibration.intercept, card.calibration.slope)
        )
        self.identity = EngineIdentity(
            engine="ctranslate2",
            engine_version=ctranslate2.__version__,
            model=card.id,
            revision=card.revision,
            model_sha256=card.file(WEIGHTS).sha256,
            source_languages=card.source_languages,
            decoding=f"beam={settings.beam};compute={settings.compute_type}{self._sources.signature}",
        )

    def for_source(self, language: str) -> "CTranslateEngine":
        """Return an engine for sources in ``language`` that shares this one's model; ModelError when it has it not."""
        told = copy.copy(self)
        told.pieces = self.pieces.speaking(language)
        told.identity = replace(self.identity, decoding=self.identity.decoding + told.pieces.signature)
        return told

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        """Return one output a sentence, in order."""
        lines = self._sources.prepared(sentences, decoding.terms)
        whole = [self.pieces.encode(line.text) for line in lines]
        rows = [self.pieces.shortened(row, self._longest_source) for row in whole]
        first = list(self.pieces.entry.first)
        outputs: dict[int, EngineOutput] = {}
        for batch in token_batches([len(row) for row in rows], self._batch_tokens):
            found = self._translator.translate_batch(
                [rows[i] for i in batch],
                target_prefix=[first] * len(batch) if first else None,
                beam_size=decoding.beam,
                patience=PATIENCE,
                repetition_penalty=decoding.repetition_penalty,
                no_repeat_ngram_size=decoding.no_repeat_ngram,
                max_decoding_length=longest_output(len(rows[batch[0]])),
                max_input_length=0,
                length_penalty=1,
                return_scores=True,
                return_end_token=True,
            )
            for i, result in zip(batch, found, strict=True):
                outputs[i] = self._output(result, len(rows[i]), len(whole[i]))
        return with_terms(lines, [outputs[i] for i in range(len(sentences))])

    def _output(self, result: Any, read: int, had: int) -> EngineOutput:
        tokens: list[str] = result.hypotheses[0]
        ended = tokens[-1:] == [END]
        return EngineOutput(
            self.pieces.decode(tokens), float(result.scores[0]), read, had, truncated=read < had or not ended
        )


def _opened_files(card: ModelCard) -> list[str]:
    """Return what CTranslate2 opens in its folder; ModelError when a file is there that the catalogue has not."""
    listed = {file.path for file in card.files if file.path.startswith(f"{FOLDER}/")}
    present = {path.relative_to(card.folder).as_posix() for path in (card.folder / FOLDER).glob("*")}
    if present - listed:
        stranger = min(present - listed)
        raise ModelError(card.id, f"{card.folder / stranger} is not in the catalogue; CTranslate2 might read it")
    return sorted({*listed, WEIGHTS})
