"""Our reading of tokenizer files gives the numbers that transformers' own tokenizers give."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from colophon.engines.architectures import nllb_piece, reading_of
from colophon.engines.pieces import NUMBERING
from colophon.engines.tokens import Tokens, tokens_for
from colophon.errors import ModelError
from colophon.installing.recording import Newcomer
from tests.installing.checkpoints import ENGLISH, edit, sources, train_pieces

Make = Callable[[str], Path]
TEXTS = (*sources("he"), *sources("ru"), *ENGLISH, "12", "☂ snow", "naïve café")


def ours(folder: Path, language: str) -> Tokens:
    reading = reading_of("tiny", folder, {language: None})
    (folder / NUMBERING).write_text(json.dumps(reading.names), encoding="utf-8")
    card = Newcomer(
        id="tiny",
        revision="1",
        licence="mit",
        origin="here",
        engines=("transformers",),
        pieces=reading.pieces,
        source_languages=(language,),
        longest_source=reading.longest_source,
    ).card(folder)
    return tokens_for(card, 2).speaking(language)


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_marian(copied: Make) -> None:
    from transformers import MarianTokenizer

    folder = copied("marian")
    files = {name: str(folder / f"{name}.spm") for name in ("source", "target")}
    theirs = MarianTokenizer(source_spm=files["source"], target_spm=files["target"], vocab=str(folder / "vocab.json"))
    tokens = ours(folder, "he")
    for text in TEXTS:
        assert tokens.encode(text) == theirs(text)["input_ids"]
    target = theirs(text_target=ENGLISH[0])["input_ids"]
    assert tokens.decode(target) == theirs.decode(target, skip_special_tokens=True) == ENGLISH[0]


def test_m2m100(copied: Make) -> None:
    from transformers import M2M100Tokenizer

    folder = copied("m2m100")
    theirs = M2M100Tokenizer(
        vocab_file=str(folder / "vocab.json"),
        spm_file=str(folder / "sentencepiece.bpe.model"),
        src_lang="uk",
        tgt_lang="en",
    )
    tokens = ours(folder, "uk")
    for text in TEXTS:
        assert tokens.encode(text) == theirs(text)["input_ids"]
    assert tokens.first == theirs.get_lang_id("en")
    target = theirs(text_target=ENGLISH[0])["input_ids"]
    assert tokens.decode(target) == ENGLISH[0]


def test_nllb_with_and_without_a_tokenizer_file(copied: Make) -> None:
    from transformers import NllbTokenizer

    folder = copied("nllb")
    computed = reading_of("tiny", folder, {"he": None, "fr": None})
    vocabulary = {name: number for number, name in enumerate(computed.names) if number < 40}
    theirs = NllbTokenizer(vocab=vocabulary, merges=[])
    theirs.save_pretrained(folder)
    listed = reading_of("tiny", folder, {"he": None, "fr": None})
    assert listed.names[: len(theirs)] == tuple(theirs.convert_ids_to_tokens(list(range(len(theirs)))))
    assert listed.pieces == computed.pieces
    assert theirs.convert_tokens_to_ids("eng_Latn") == listed.names.index("eng_Latn")


def test_every_nllb_piece_of_the_table_is_one_that_nllb_has() -> None:
    import tomllib

    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES

    from tests.conftest import ROOT

    table = tomllib.loads((ROOT / "colophon/data/nllb_languages.toml").read_text(encoding="utf-8"))["pieces"]
    assert set(table.values()) <= set(FAIRSEQ_LANGUAGE_CODES)
    assert nllb_piece("he") == "heb_Hebr"


def test_a_marian_of_many_targets_is_told_english(copied: Make) -> None:
    folder = copied("marian")
    edit(folder / "vocab.json", lambda table: table.update({">>eng<<": table.pop("<pad>"), "<pad>": len(table) + 1}))
    edit(folder / "config.json", lambda config: config.update(vocab_size=config["vocab_size"] + 1))
    reading = reading_of("tiny", folder, {"he": None})
    assert reading.pieces.before == {"he": (">>eng<<",)}
    tokens = ours(folder, "he")
    assert tokens.encode("x")[0] == reading.names.index(">>eng<<")


def test_a_t5_without_the_piece_for_english_is_told_nothing(copied: Make) -> None:
    folder = copied("madlad")
    train_pieces(ENGLISH, folder / "spiece.model")
    edit(folder / "config.json", lambda config: config.update(vocab_size=600))
    reading = reading_of("tiny", folder, {"ar": None})
    assert (reading.pieces.before, reading.pieces.first) == ({}, ())
    assert reading.names[-1].startswith("<extra_id_")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vocab.json", '{"</s>": 0, "<unk>": 2}', "does not number its pieces from 0 on"),
        ("vocab.json", '{"</s>": 0, "<unk>": "1"}', "does not number its pieces from 0 on"),
        ("vocab.json", '{"a": 0}', "lacks <unk>, </s>"),
        ("vocab.json", "[]", "is no JSON object"),
        ("config.json", '{"model_type": "marian", "vocab_size": 2}', "pieces for 2 embeddings"),
        ("tokenizer_config.json", '{"separate_vocabs": true}', "numberings of their own"),
    ],
)
def test_files_that_do_not_fit(name: str, content: str, said: str, copied: Make) -> None:
    folder = copied("marian")
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        reading_of("tiny", folder, {"he": None})


def test_a_source_leaves_positions_for_its_longest_output(copied: Make) -> None:
    from colophon.translating.engine import longest_output

    reading = reading_of("tiny", copied("marian"), {"he": None})
    assert (
        longest_output(reading.longest_source)
        <= 256
        == json.loads((copied("m2m100") / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"]
    )
