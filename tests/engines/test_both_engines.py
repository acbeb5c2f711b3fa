"""Both engines read one checkpoint and say the same."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from colophon.catalogue import ModelCard, read_cards
from colophon.engines.registry import open_engine, router
from colophon.errors import MissingExtraError, ModelError, UsageError
from colophon.settings import TranslationSettings
from colophon.translating import Decoding, FragmentText, Refusal, translate_fragments
from tests.engines.conftest import LINES, PAIRS, PLAIN, build_marian, write_catalogue, write_golden


@pytest.mark.parametrize("beam", [1, 3, 4, 8])
def test_both_engines_give_the_same_text_and_score(tiny: ModelCard, beam: int) -> None:
    ours = open_engine("ctranslate2", tiny, PLAIN).translate(LINES, Decoding(beam=beam))
    theirs = open_engine("transformers", tiny, PLAIN).translate(LINES, Decoding(beam=beam))
    assert [o.text for o in ours] == [o.text for o in theirs] == list(PAIRS.values())
    assert [o.score for o in ours] == pytest.approx([o.score for o in theirs], abs=2e-3)
    assert [(o.source_tokens, o.sentence_tokens, o.truncated) for o in ours] == [
        (o.source_tokens, o.sentence_tokens, o.truncated) for o in theirs
    ]


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_the_batch_does_not_change_an_output(tiny: ModelCard, engine: str) -> None:
    loaded = open_engine(engine, tiny, PLAIN.model_copy(update={"batch_tokens": 4096}))
    together = loaded.translate(LINES, Decoding(beam=2))
    alone = [loaded.translate([line], Decoding(beam=2))[0] for line in LINES]
    assert [o.text for o in together] == [o.text for o in alone]


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_a_source_over_the_limit_is_said_to_be_truncated(tiny: ModelCard, engine: str) -> None:
    long = " ".join(LINES[:3] * 6)
    (output,) = open_engine(engine, tiny, PLAIN).translate([long], Decoding(beam=1))
    assert output.truncated
    assert output.source_tokens == 64 < output.sentence_tokens


def test_the_identity_names_model_revision_and_weights(tiny: ModelCard) -> None:
    identity = open_engine("ctranslate2", tiny, PLAIN).identity
    assert (identity.engine, identity.model, identity.revision) == ("ctranslate2", "tiny-he-en", "1")
    assert identity.model_sha256 == tiny.file("ctranslate2/model.bin").sha256
    assert identity.source_languages == ("he",)


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_an_altered_file_is_refused(tiny: ModelCard, engine: str, tmp_path: Path) -> None:
    shutil.copytree(tiny.folder, tmp_path / "tiny")
    shutil.copy(tiny.folder.parent / "catalogue.toml", tmp_path)
    name = "ctranslate2/model.bin" if engine == "ctranslate2" else "model.safetensors"
    weights = bytearray((tmp_path / "tiny" / name).read_bytes())
    weights[-5] ^= 1
    (tmp_path / "tiny" / name).write_bytes(weights)
    (card,) = read_cards(tmp_path / "catalogue.toml")
    with pytest.raises(ModelError, match="SHA-256"):
        open_engine(engine, card, PLAIN)


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_a_model_that_fails_its_golden_sentences_is_refused(tiny: ModelCard, engine: str, tmp_path: Path) -> None:
    shutil.copytree(tiny.folder, tmp_path / "tiny")
    write_golden(tmp_path / "tiny", LINES[:2], ["never said", "never said"])
    (card,) = read_cards(write_catalogue(tmp_path, "tiny"))
    with pytest.raises(ModelError, match="2 of 2 golden sentences failed"):
        open_engine(engine, card, PLAIN)


def test_weights_that_do_not_fit_are_refused(tiny: ModelCard, tmp_path: Path) -> None:
    shutil.copytree(tiny.folder, tmp_path / "tiny")
    config = tmp_path / "tiny" / "config.json"
    config.write_text(config.read_text().replace('"num_decoder_layers": 2', '"num_decoder_layers": 3'))
    (card,) = read_cards(write_catalogue(tmp_path, "tiny"))
    with pytest.raises(ModelError, match="do not fit"):
        open_engine("transformers", card, PLAIN)


def test_the_router_opens_once_and_says_what_it_lacks(tiny: ModelCard) -> None:
    routes = router(PLAIN, [tiny])
    assert routes.route("he") is routes.route("he-IL")
    refusal = routes.route("ar")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "no-engine"
    assert "ar" in refusal.detail


def test_the_router_refuses_a_model_that_nobody_listed(tiny: ModelCard) -> None:
    with pytest.raises(UsageError, match="no catalogue lists"):
        router(TranslationSettings(models=("other",)), [tiny])


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_a_sentence_that_the_model_does_not_know_is_the_same_in_any_batch(tiny: ModelCard, engine: str) -> None:
    lines = ["הדייג שיחק", "ספינות", *LINES, "בית הספר ליד הנמל עם שחר"]
    loaded = open_engine(engine, tiny, PLAIN)
    together = loaded.translate(lines, Decoding(beam=2, repetition_penalty=1.2, no_repeat_ngram=3))
    alone = [loaded.translate([line], Decoding(beam=2, repetition_penalty=1.2, no_repeat_ngram=3))[0] for line in lines]
    assert [o.text for o in together] == [o.text for o in alone]


def test_fragments_through_the_real_engine(tiny: ModelCard) -> None:
    text = f"{LINES[0]}. {LINES[1]}."
    fragments = [FragmentText(text, "he", "body"), FragmentText(f"{LINES[3]}, ירושלים, NATO", "he", "keywords")]
    found = translate_fragments(fragments, router(PLAIN, [tiny]), PLAIN)
    assert found[1].text == "12 boats, Jerusalem, NATO"
    assert found[1].glossary_terms == ("ירושלים → Jerusalem",)
    assert all(o.identity and o.identity.model == "tiny-he-en" for o in found)


def test_torch_missing_is_said_with_its_cure(tiny: ModelCard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r'pip install "colophon\[torch\]"'):
        open_engine("transformers", tiny, PLAIN)


def test_the_default_engine_loads_neither_torch_nor_transformers(tiny: ModelCard) -> None:
    program = (
        "import sys; from pathlib import Path; from colophon.catalogue import read_cards\n"
        "from colophon.engines.registry import open_engine; from colophon.settings import TranslationSettings\n"
        f"(card,) = read_cards(Path({str(tiny.folder.parent / 'catalogue.toml')!r}))\n"
        "open_engine('ctranslate2', card, TranslationSettings(compute_type='float32'))\n"
        "print(sorted({'torch', 'transformers', 'prefect', 'langdetect'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
def test_a_checkpoint_with_its_own_tokenizer(tmp_path: Path) -> None:
    card = build_marian(tmp_path)
    (output,) = open_engine("transformers", card, PLAIN).translate(["корабль пришёл"], Decoding(beam=2))
    assert output.source_tokens == output.sentence_tokens > 1
    assert output.score is not None
