"""The transformers engine: a sequence-to-sequence checkpoint, slower, on CPU or GPU (extra [torch])."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from colophon.catalogue import ModelCard, require_verified
from colophon.engines.source_lines import SourceLines, with_terms
from colophon.engines.tokens import tokens_for
from colophon.errors import MissingExtraError, ModelError
from colophon.settings import TranslationSettings
from colophon.translating import Calibration, Decoding, EngineIdentity, EngineOutput
from colophon.translating.engine import longest_output, token_batches

WEIGHTS = "model.safetensors"
FILES = (WEIGHTS, "config.json", "generation_config.json")


class TransformersEngine:
    """A checkpoint read from its folder, never from the network, verified before it is used."""

    def __init__(self, card: ModelCard | None, settings: TranslationSettings) -> None:
        """Verify files and load; golden sentences are ``open_engine``'s.

        MissingExtraError without torch or transformers; ModelError when the model is wrong.
        """
        try:
            import torch
            import transformers
        except ImportError as error:
            raise MissingExtraError(error.name or "torch", "torch", "the engine transformers") from error
        if card is None:
            raise ModelError("(none)", "the engine transformers needs a model of the catalogue")
        require_verified(card, FILES)
        self._torch: Any = torch
        self._device = settings.device
        self._model: Any = _loaded(card, settings.device)
        self._end = int(self._model.config.eos_token_id)
        self.tokens = tokens_for(card, self._end)
        self._sources = SourceLines(card)
        self._longest_source = card.longest_source
        self._batch_tokens = settings.batch_tokens
        self.calibration = (
            None if card.calibration is None else Calibration(card.calibration.intercept, card.calibration.slope)
        )
        self.identity = EngineIdentity(
            engine="transformers",
            engine_version=f"{transformers.__version__}+torch{torch.__version__}",
            model=card.id,
            revision=card.revision,
            model_sha256=card.file(WEIGHTS).sha256,
            source_languages=card.source_languages,
            decoding=f"beam={settings.beam};compute=float32{self._sources.signature}",
        )

    def for_source(self, language: str) -> "TransformersEngine":
        """Return an engine for sources in ``language`` that shares this one's model; ModelError when it has it not."""
        told = copy.copy(self)
        told.tokens = self.tokens.speaking(language)
        told.identity = replace(self.identity, decoding=self.identity.decoding + told.tokens.signature)
        return told

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[EngineOutput]:
        """Return one output a sentence, in order."""
        lines = self._sources.prepared(sentences, decoding.terms)
        whole = [self.tokens.encode(line.text) for line in lines]
        rows = [
            row if len(row) <= self._longest_source else [*row[: self._longest_source - 1], row[-1]] for row in whole
        ]
        outputs: dict[int, EngineOutput] = {}
        for batch in token_batches([len(row) for row in rows], self._batch_tokens):
            for i, (ids, score) in zip(batch, self._generated([rows[i] for i in batch], decoding), strict=True):
                outputs[i] = self._output(ids, score, len(rows[i]), len(whole[i]))
        return with_terms(lines, [outputs[i] for i in range(len(sentences))])

    def _generated(self, rows: list[list[int]], decoding: Decoding) -> list[tuple[list[int], float]]:
        """Return ids after the start token, end included when reached, with the mean log-probability a token.

        Rows are of one length.
        """
        torch = self._torch
        ids = torch.tensor(rows, device=self._device)
        with torch.inference_mode():
            found = self._model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                num_beams=decoding.beam,
                do_sample=False,
                max_new_tokens=longest_output(len(rows[0])),
                length_penalty=1.0,
                forced_bos_token_id=self.tokens.first,
                repetition_penalty=decoding.repetition_penalty,
                no_repeat_ngram_size=decoding.no_repeat_ngram,
                return_dict_in_generate=True,
                output_scores=True,
            )
            steps = self._model.compute_transition_scores(
                found.sequences, found.scores, getattr(found, "beam_indices", None), normalize_logits=decoding.beam == 1
            )
        out: list[tuple[list[int], float]] = []
        for sequence, scores in zip(found.sequences[:, 1:].tolist(), steps.tolist(), strict=True):
            length = sequence.index(self._end) + 1 if self._end in sequence else len(sequence)
            out.append((sequence[:length], sum(scores[:length]) / max(1, length)))
        return out

    def _output(self, ids: list[int], score: float, read: int, had: int) -> EngineOutput:
        ended = ids[-1:] == [self._end]
        return EngineOutput(self.tokens.decode(ids).strip(), score, read, had, truncated=read < had or not ended)


def _loaded(card: ModelCard, device: str) -> Any:
    """Return the model in float32; ModelError when a weight is missing or left over."""
    import torch
    from transformers import AutoModelForSeq2SeqLM

    try:
        model, notes = AutoModelForSeq2SeqLM.from_pretrained(
            card.folder, local_files_only=True, use_safetensors=True, dtype=torch.float32, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(card.id, f"transformers cannot load it: {error}") from error
    loose = {kind: sorted(notes[kind]) for kind in ("missing_keys", "unexpected_keys") if notes[kind]}
    if loose:
        raise ModelError(card.id, f"its weights do not fit its configuration: {loose}")
    return model.eval().to(device)
