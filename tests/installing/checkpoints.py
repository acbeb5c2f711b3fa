"""Tiny checkpoints as hubs hold them: each architecture, made here, that has learnt its trial sentences by heart."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from safetensors.torch import save_file

from colophon.installing.trial import trial_sentences

ENGLISH = (
    "Police arrested 12 people in the city on Monday.",
    "The ship left the harbour at night.",
    "The school was closed because of the snow.",
    "The president met the prime minister in Paris.",
)
Rows = list[tuple[list[int], list[int]]]


def sources(language: str) -> list[str]:
    return [sentence.source for sentence in trial_sentences([language], None)]


def pairs(language: str) -> list[tuple[str, str]]:
    return list(zip(sources(language), ENGLISH, strict=True))


def train_pieces(lines: Iterable[str], path: Path, **more: Any) -> Any:
    """Train the largest vocabulary that so few lines allow: fewer pieces a sentence are faster to learn and to say."""
    common: dict[str, Any] = {"model_type": "bpe", "bos_id": 1, "unk_id": 0, "eos_id": 2, "character_coverage": 1.0}
    rows = list(lines) * 20
    for size in range(480, 60, -20):
        writer = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(rows), model_writer=writer, vocab_size=size, minloglevel=2, **common, **more
            )
        except RuntimeError:
            continue  # more than the lines have
        path.write_bytes(writer.getvalue())
        return sentencepiece.SentencePieceProcessor(model_file=str(path))
    raise AssertionError("no vocabulary is small enough for these lines")


def learn(model: Any, rows: Rows, pad: int, *, below: float = 0.02) -> None:
    """Learn ``rows`` of source and target numbers, in seconds."""
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(s) for s, _ in rows], batch_first=True, padding_value=pad)
    mask = pad_sequence([torch.ones(len(s)) for s, _ in rows], batch_first=True)
    labels = pad_sequence([torch.tensor(t) for _, t in rows], batch_first=True, padding_value=-100)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(400):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        if float(loss.detach()) < below:
            model.eval()
            return
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
    raise AssertionError(f"the tiny model did not learn its pairs: loss {float(loss.detach()):.3f}")


def numbers(table: dict[str, int], pieces: Sequence[str]) -> list[int]:
    return [table.get(piece, table["<unk>"]) for piece in pieces]


SHAPE = {
    "d_model": 32,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 256,
    "dropout": 0.0,
    "activation_function": "relu",
    "scale_embedding": True,
}


def marian(folder: Path, language: str = "he", *, learnt: bool = True) -> Any:
    """As opus-mt: two SentencePiece files and vocab.json, the padding last."""
    from transformers import MarianConfig, MarianMTModel

    folder.mkdir(parents=True, exist_ok=True)
    source = train_pieces(sources(language), folder / "source.spm")
    target = train_pieces(ENGLISH, folder / "target.spm")
    own = {p.id_to_piece(i) for p in (source, target) for i in range(3, p.get_piece_size())}
    names = ["</s>", "<unk>", *sorted(own), "<pad>"]
    table = {name: i for i, name in enumerate(names)}
    (folder / "vocab.json").write_text(json.dumps(table), encoding="utf-8")
    pad = table["<pad>"]
    torch.manual_seed(1)
    config = MarianConfig(
        vocab_size=len(names),
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        forced_eos_token_id=0,
        bos_token_id=None,
        **SHAPE,
    )
    model = MarianMTModel(config)
    if learnt:
        rows = [
            (
                [*numbers(table, source.encode(s, out_type=str)), 0],
                [*numbers(table, target.encode(t, out_type=str)), 0],
            )
            for s, t in pairs(language)
        ]
        learn(model, rows, pad)
    model.save_pretrained(folder)
    return model


def _m2m(folder: Path, names: Sequence[str], told: dict[str, str], english: str) -> Any:
    """Train what M2M100 and NLLB share: languages as pieces on both sides, sources of several of them."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
    table = {name: i for i, name in enumerate(names)}
    torch.manual_seed(2)
    config = M2M100Config(
        vocab_size=len(names), pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2, **SHAPE
    )
    model = M2M100ForConditionalGeneration(config)
    end = table["</s>"]
    rows = []
    for language, piece in told.items():
        for s, t in pairs(language):
            body = [numbers(table, pieces.encode(text, out_type=str)) for text in (s, t)]
            rows.append(([table[piece], *body[0], end], [table[english], *body[1], end]))
    learn(model, rows, 1)
    model.save_pretrained(folder)
    return model


def m2m100(folder: Path, languages: Sequence[str] = ("ru", "uk")) -> Any:
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    folder.mkdir(parents=True, exist_ok=True)
    lines = [text for language in languages for pair in pairs(language) for text in pair]
    pieces = train_pieces(lines, folder / "sentencepiece.bpe.model")
    own = [pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())]
    listed = ["<s>", "<pad>", "</s>", "<unk>", *own]
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(listed)}), encoding="utf-8")
    codes = [f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]]
    names = [*listed, *codes, *(f"madeupword{i}" for i in range(8))]
    return _m2m(folder, names, {language: f"__{language}__" for language in languages}, "__en__")


def nllb(folder: Path, told: dict[str, str]) -> Any:
    """As NLLB: no vocab.json; SentencePiece's numbers one up, then the languages."""
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    folder.mkdir(parents=True, exist_ok=True)
    lines = [text for language in told for pair in pairs(language) for text in pair]
    pieces = train_pieces(lines, folder / "sentencepiece.bpe.model")
    own = [pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())]
    names = ["<s>", "<pad>", "</s>", "<unk>", *own, *FAIRSEQ_LANGUAGE_CODES, "<mask>", "", " "]
    return _m2m(folder, names, told, "eng_Latn")


def madlad(folder: Path, language: str = "ar") -> Any:
    """As MADLAD: T5 1.1 with an output matrix of its own, and the target's piece in front of the source."""
    from transformers import T5Config, T5ForConditionalGeneration

    folder.mkdir(parents=True, exist_ok=True)
    lines = [text for pair in pairs(language) for text in pair]
    pieces = train_pieces(lines, folder / "spiece.model", user_defined_symbols=["<2de>", "<2en>"], pad_id=-1)
    torch.manual_seed(3)
    config = T5Config(
        vocab_size=pieces.get_piece_size(),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=1,
        num_decoder_layers=1,
        num_heads=2,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.lm_head.weight) * 0.1)
    told = pieces.piece_to_id("<2en>")
    learn(model, [([told, *pieces.encode(s), 2], [*pieces.encode(t), 2]) for s, t in pairs(language)], 1)
    config.save_pretrained(folder)
    edit(folder / "config.json", lambda data: data.pop("scale_decoder_outputs", None))
    edit(folder / "config.json", lambda data: data.update(tie_word_embeddings=False, architectures=["T5"]))
    state = {n: w.clone() for n, w in model.state_dict().items() if "embed_tokens" not in n}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    return model


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def argos(path: Path, language: str = "he", metadata: dict[str, Any] | None = None) -> None:
    """A package of Argos Translate: one vocabulary, no end behind a source, CTranslate2's files in ``model/``."""
    import zipfile

    from transformers import MarianConfig, MarianMTModel

    from colophon.catalogue import PiecesEntry
    from colophon.engines.architectures import Reading
    from colophon.engines.converting import convert

    folder = path.with_suffix(".folder")
    folder.mkdir(parents=True)
    lines = [text for pair in pairs(language) for text in pair]
    pieces = train_pieces(lines, folder / "sentencepiece.model")
    names = ["</s>", "<unk>", *(pieces.id_to_piece(i) for i in range(3, pieces.get_piece_size())), "<pad>"]
    table = {name: i for i, name in enumerate(names)}
    pad = table["<pad>"]
    torch.manual_seed(4)
    model = MarianMTModel(
        MarianConfig(vocab_size=len(names), pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0, **SHAPE)
    )
    cut = [[numbers(table, pieces.encode(text, out_type=str)) for text in pair] for pair in pairs(language)]
    learn(model, [(source, [*target, 0]) for source, target in cut], pad)
    model.save_pretrained(folder)
    convert("argos", folder, Reading("marian", tuple(names), PiecesEntry(source="x", target="x"), 64))
    about = {"package_version": "1.5", "argos_version": "1.9.0", "from_code": language, "to_code": "en"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        top = f"translate-{language}_en-1_5"
        archive.writestr(f"{top}/metadata.json", json.dumps(about if metadata is None else metadata))
        archive.writestr(f"{top}/README.md", "a package made by a test")
        archive.writestr(f"{top}/stanza/resources.json", "{}")
        archive.write(folder / "sentencepiece.model", f"{top}/sentencepiece.model")
        for file in (folder / "ctranslate2").iterdir():
            archive.write(file, f"{top}/model/{file.name}")
