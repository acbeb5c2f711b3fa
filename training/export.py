r"""Turn checkpoints of a student into the files that ship: a transformers folder and a CTranslate2 folder.

    python -m training.export /var/tmp/he-en/weights-*.pt --shape /var/tmp/he-en/shape.json \\
        --vocabulary /var/tmp/he-en/vocabulary.model --out models/he-en

Several checkpoints are averaged. Both conversions are checked before anything is kept: the logits of
transformers against the student, and forced log-probabilities of CTranslate2 (float32) against both.
"""

import argparse
import json
import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece
import torch
import transformers
from ctranslate2.converters.transformers import T5Loader
from safetensors.torch import save_file
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from training.network import EOS, PAD, Shape, Student, folded

State = dict[str, Tensor]
TOLERANCE = 1e-4
# Source and target of the equality checks; any text will do, these use both alphabets, digits and bytes.
CHECK_TEXTS = (
    ("ראש הממשלה נפגש עם שר החוץ בירושלים", "The prime minister met the foreign minister in Jerusalem"),
    ("37 נפגעים בתל אביב, 2025", "37 hurt in Tel Aviv, 2025"),
    ("שלום ☂", "Peace"),
)


def read_state(path: Path) -> State:
    """Return the student's weights in float32, from a training checkpoint or a bare state dict."""
    kept = torch.load(path, weights_only=True, map_location="cpu")
    state: State = kept.get("student", kept)
    return {name: weight.float() for name, weight in state.items()}


def average(states: Sequence[State]) -> State:
    """Return the mean of each weight over ``states``."""
    return {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}


def read_shape(path: Path) -> Shape:
    """Return the shape that ``training.train`` wrote beside its checkpoints."""
    return Shape(**json.loads(path.read_text(encoding="utf-8")))


def t5_config(shape: Shape) -> T5Config:
    """Return the transformers configuration of a student."""
    return T5Config(
        architectures=["T5ForConditionalGeneration"],
        vocab_size=shape.vocabulary,
        d_model=shape.width,
        d_kv=shape.head_width,
        d_ff=shape.feed_forward,
        num_layers=shape.encoder_layers,
        num_decoder_layers=shape.decoder_layers,
        num_heads=shape.heads,
        dropout_rate=shape.dropout,
        feed_forward_proj="relu",
        tie_word_embeddings=True,
        pad_token_id=PAD,
        eos_token_id=EOS,
        bos_token_id=None,
        decoder_start_token_id=PAD,
    )


def to_transformers(state: State, shape: Shape, vocabulary: Path, out: Path, *, half: bool = True) -> None:
    """Write config.json, generation_config.json, model.safetensors and vocabulary.model to ``out``.

    Embeddings are stored once (``shared.weight``). ``half`` stores float16.
    """
    out.mkdir(parents=True, exist_ok=True)
    config = t5_config(shape)
    config.dtype = "float16" if half else "float32"
    config.save_pretrained(out)
    generation = transformers.GenerationConfig(
        pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=PAD, max_new_tokens=128, num_beams=4, do_sample=False
    )
    generation.save_pretrained(out)
    weights = {name: (w.half() if half else w).contiguous() for name, w in folded(state, shape).items()}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    if vocabulary.resolve() != (out / "vocabulary.model").resolve():
        shutil.copyfile(vocabulary, out / "vocabulary.model")


def load_transformers(folder: Path) -> T5ForConditionalGeneration:
    """Return the model of ``folder`` in float32 for inference; ValueError when a weight is missing or left over."""
    model, notes = T5ForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, output_loading_info=True
    )
    if any(notes[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")):
        raise ValueError(f"{folder}: weights do not fit the configuration: {notes}")
    loaded: T5ForConditionalGeneration = model.eval()
    return loaded


class _PiecesLoader(T5Loader):  # type: ignore[misc]
    """The converter's T5 loader with the vocabulary of a SentencePiece model in place of a tokenizer."""

    def __init__(self, pieces: sentencepiece.SentencePieceProcessor) -> None:
        self.pieces = pieces

    def get_vocabulary(self, model: Any, tokenizer: Any) -> list[str]:  # noqa: ARG002 - the converter's signature
        return [self.pieces.id_to_piece(i) for i in range(self.pieces.get_piece_size())]

    def set_config(self, config: Any, model: Any, tokenizer: Any) -> None:  # noqa: ARG002 - as above
        config.bos_token = config.decoder_start_token = self.pieces.id_to_piece(PAD)
        config.eos_token = self.pieces.id_to_piece(EOS)
        config.unk_token = self.pieces.id_to_piece(self.pieces.unk_id())
        config.layer_norm_epsilon = model.config.layer_norm_epsilon


def to_ctranslate2(folder: Path, out: Path, quantization: str) -> None:
    """Convert the transformers ``folder`` (with its vocabulary.model) to CTranslate2 files in ``out``."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "vocabulary.model"))
    with torch.no_grad():
        spec = _PiecesLoader(pieces)(load_transformers(folder), None)
        spec.validate()
        spec.optimize(quantization=quantization)
        out.mkdir(parents=True, exist_ok=True)
        spec.save(str(out))


def encoded(vocabulary: Path, text: str) -> list[int]:
    """Return piece ids of ``text`` with EOS."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    ids: list[int] = pieces.encode(text)
    return [*ids, EOS]


def forced_scores(logits: Tensor, target: list[int]) -> list[float]:
    """Return the log-probability of each target id; ``logits`` is (length, vocabulary)."""
    table = logits.float().log_softmax(-1)
    return [float(table[i, token]) for i, token in enumerate(target)]


def student_scores(student: Student, source: list[int], target: list[int]) -> list[float]:
    with torch.no_grad():
        hidden = student.hidden(torch.tensor([source]), torch.tensor([target]))[0]
        logits = hidden * student.shape.width**-0.5 @ student.shared.weight.T
    return forced_scores(logits, target)


def transformers_scores(model: T5ForConditionalGeneration, source: list[int], target: list[int]) -> list[float]:
    with torch.no_grad():
        out = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[PAD, *target[:-1]]]))
    return forced_scores(out.logits[0], target)


def ctranslate2_scores(folder: Path, vocabulary: Path, source: list[int], target: list[int]) -> list[float]:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    translator = ctranslate2.Translator(str(folder), compute_type="float32")
    rows = [[pieces.id_to_piece(i) for i in ids] for ids in (source, target[:-1])]
    return list(translator.score_batch([rows[0]], [rows[1]])[0].log_probs)


def largest_difference(state: State, shape: Shape, vocabulary: Path) -> dict[str, float]:
    """Return the largest difference of a forced log-probability from the student's, for each float32 conversion.

    ValueError when one is over TOLERANCE.
    """
    student = Student(shape)
    student.load_state_dict(state)
    student.eval()
    worst = {"transformers": 0.0, "ctranslate2": 0.0}
    with tempfile.TemporaryDirectory() as scratch:
        hf, ct2 = Path(scratch, "hf"), Path(scratch, "ct2")
        to_transformers(state, shape, vocabulary, hf, half=False)
        to_ctranslate2(hf, ct2, "float32")
        model = load_transformers(hf)
        for texts in CHECK_TEXTS:
            source, target = (encoded(vocabulary, text) for text in texts)
            expected = student_scores(student, source, target)
            found = {
                "transformers": transformers_scores(model, source, target),
                "ctranslate2": ctranslate2_scores(ct2, vocabulary, source, target),
            }
            for name, scores in found.items():
                gaps = [abs(a - b) for a, b in zip(expected, scores, strict=True)]
                worst[name] = max(worst[name], *gaps) if not any(map(math.isnan, gaps)) else math.inf
    for name, gap in worst.items():
        if gap > TOLERANCE:
            raise ValueError(f"{name}: forced log-probabilities differ from the student's by {gap:.2g}")
    return worst


def export(checkpoints: Sequence[Path], shape: Shape, vocabulary: Path, out: Path) -> dict[str, float]:
    """Average ``checkpoints``, check both conversions, write ``out`` and ``out/ctranslate2``; return the gaps."""
    state = average([read_state(path) for path in checkpoints])
    gaps = largest_difference(state, shape, vocabulary)
    to_transformers(state, shape, vocabulary, out)
    to_ctranslate2(out, out / "ctranslate2", "int8")
    return gaps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--shape", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    gaps = export(given.checkpoints, read_shape(given.shape), given.vocabulary, given.out)
    for name, gap in gaps.items():
        print(f"{name}: forced log-probabilities within {gap:.1e} of the student's (float32)")
    for path in sorted(given.out.rglob("*")):
        if path.is_file():
            print(f"{path.stat().st_size:10}  {path}")


if __name__ == "__main__":
    main()
