"""A tiny random T5 with a vocabulary trained on a few lines, converted for both engines, with its catalogue."""

import io
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="builds a checkpoint: needs the extra [torch]")
pytest.importorskip("transformers", reason="builds a checkpoint: needs the extra [torch]")

from colophon.catalogue import ModelCard, read_cards  # noqa: E402  after the skip above
from colophon.engines.registry import open_engine  # noqa: E402
from colophon.errors import ModelError  # noqa: E402
from colophon.settings import TranslationSettings  # noqa: E402

if TYPE_CHECKING:
    from training.network import Student

PAIRS = {
    "הדייג חזר אל הנמל עם שחר": "The fisherman returned to the harbour at dawn",
    "שלוש ספינות עגנו ליד המזח": "Three ships were moored by the pier",
    "הילדים שיחקו בחצר בית הספר": "The children played in the school yard",
    "12 סירות": "12 boats",
}
LINES = tuple(PAIRS)
PIECES = 320
PLAIN = TranslationSettings(compute_type="float32", beam=3)


def sealed_files(folder: Path) -> str:
    rows = [
        f'  {{ path = "{p.relative_to(folder).as_posix()}", size = {p.stat().st_size}, '
        f'sha256 = "{sha256(p.read_bytes()).hexdigest()}" }},'
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    ]
    return "files = [\n" + "\n".join(rows) + "\n]\n"


def write_catalogue(root: Path, folder: str, tokenizer: str = "sentencepiece") -> Path:
    path = root / "catalogue.toml"
    path.write_text(
        "schema_version = 1\n[[model]]\n"
        f'id = "tiny-he-en"\nrevision = "1"\nlicence = "CC0-1.0"\nfolder = "{folder}"\n'
        'engines = ["ctranslate2", "transformers"]\nsource_languages = ["iw"]\nlongest_source = 64\n'
        f'tokenizer = "{tokenizer}"\n' + sealed_files(root / folder),
        encoding="utf-8",
    )
    return path


def write_golden(folder: Path, sources: tuple[str, ...], outputs: list[str]) -> None:
    rows = [f"[[golden]]\nsource = '''{s}'''\nexpected = ['''{o}''']\n" for s, o in zip(sources, outputs, strict=True)]
    (folder / "golden.toml").write_text("\n".join(rows), encoding="utf-8")


def learn(student: "Student", vocabulary: Path) -> None:
    """Learn PAIRS by heart, in a few seconds."""
    from torch.nn.utils.rnn import pad_sequence

    from training.export import encoded

    sides = list(zip(*PAIRS.items(), strict=True))
    source, target = (
        pad_sequence([torch.tensor(encoded(vocabulary, text)) for text in side], batch_first=True) for side in sides
    )
    optimiser = torch.optim.AdamW(student.parameters(), lr=5e-3)
    for _ in range(600):
        loss = student(source, target, 0.0)
        if float(loss.detach()) < 0.01:
            return
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    raise AssertionError(f"the tiny model did not learn its pairs: loss {float(loss.detach()):.3f}")


def build(root: Path) -> ModelCard:
    from training.export import to_ctranslate2, to_transformers
    from training.network import Shape, Student
    from training.vocabulary import train_vocabulary

    folder = root / "tiny"
    folder.mkdir()
    train_vocabulary(
        [line for pair in PAIRS.items() for line in pair for _ in range(20)], PIECES, folder / "vocabulary.model"
    )
    torch.manual_seed(3)
    shape = Shape(
        vocabulary=PIECES,
        width=32,
        heads=2,
        head_width=16,
        feed_forward=64,
        encoder_layers=2,
        decoder_layers=2,
        dropout=0.0,
    )
    student = Student(shape)
    learn(student, folder / "vocabulary.model")
    to_transformers(student.state_dict(), shape, folder / "vocabulary.model", folder, half=False)
    to_ctranslate2(folder, folder / "ctranslate2", "float32")
    write_golden(folder, LINES[:2], [PAIRS[line] for line in LINES[:2]])
    (card,) = read_cards(write_catalogue(root, "tiny"))
    return card


def build_marian(root: Path) -> ModelCard:
    """A random Marian with the tokenizer files that such checkpoints have; it says whatever it says."""
    import json

    import sentencepiece
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder = root / "marian"
    folder.mkdir()
    for name in ("source.spm", "target.spm"):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["корабль пришёл в порт", "the ship came to port"] * 20),
            model_writer=(model := io.BytesIO()),
            vocab_size=60,
            hard_vocab_limit=False,
            eos_id=0,
            unk_id=1,
            bos_id=-1,
            pad_id=-1,
        )
        (folder / name).write_bytes(model.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    names = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())] + ["<pad>"]
    (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}), encoding="utf-8")
    source, target, vocabulary = (str(folder / name) for name in ("source.spm", "target.spm", "vocab.json"))
    MarianTokenizer(source_spm=source, target_spm=target, vocab=vocabulary).save_pretrained(folder)
    pad = len(names) - 1
    torch.manual_seed(5)
    MarianMTModel(
        MarianConfig(
            vocab_size=len(names),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=32,
            decoder_ffn_dim=32,
            max_position_embeddings=128,
            pad_token_id=pad,
            decoder_start_token_id=pad,
            eos_token_id=0,
            forced_eos_token_id=0,
        )
    ).save_pretrained(folder)
    write_golden(folder, ("порт",), ["?"])
    (card,) = read_cards(write_catalogue(root, "marian", tokenizer="auto"))
    try:
        open_engine("transformers", card, PLAIN)
    except ModelError as error:
        said = re.search(r"it says '(.*?)', expected", str(error))
        write_golden(folder, ("порт",), [said[1] if said else str(error)])
    (card,) = read_cards(write_catalogue(root, "marian", tokenizer="auto"))
    return card


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return build(tmp_path_factory.mktemp("models"))
