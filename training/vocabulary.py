"""One SentencePiece vocabulary for both languages: digits apart, bytes for what it has never seen."""

import io
from collections.abc import Iterable
from pathlib import Path

import sentencepiece


def train_vocabulary(lines: Iterable[str], size: int, path: Path) -> None:
    """Write a unigram model of ``size`` pieces to ``path``; pad 0, unknown 1, end 2 as T5 numbers them."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=size,
        model_type="unigram",
        character_coverage=0.9995,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        pad_id=0,
        unk_id=1,
        eos_id=2,
        bos_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    path.write_bytes(model.getvalue())
