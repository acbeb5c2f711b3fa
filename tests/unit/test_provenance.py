"""Hashes, signatures, tags and disclosures."""

from pathlib import Path

import pytest

from colophon.provenance import (
    LanguageNames,
    disclosure,
    record_id,
    settings_digest,
    signature,
    text_sha256,
    translated_tag,
)
from colophon.records import Translator
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.worker import signature_of

MACHINE = Translator(kind="machine", engine="ctranslate2 4.6", model="he-en", revision="a" * 40, model_sha256=None)
MEMORY = Translator(kind="memory", engine="glossary", model=None, revision=None, model_sha256=None)


def test_the_signature_names_everything_that_makes_records() -> None:
    made = signature("d1", "r1", "e1", Settings())
    assert made.startswith("colophon:")
    assert [part.split(":")[0] for part in made.split("|")] == ["colophon", "detector", "rules", "engines", "settings"]


CHANGES = {
    "beam": Settings(translation=TranslationSettings(beam=5)),
    "engine": Settings(translation=TranslationSettings(engine="echo")),
    "policy": Settings(rights=RightsSettings(policy="ignore")),
    "basis": Settings(rights=RightsSettings(basis="a contract")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_that_shapes_records_changes_the_digest(name: str) -> None:
    assert settings_digest(CHANGES[name]) != settings_digest(Settings())


def test_the_size_of_batches_does_not() -> None:
    assert settings_digest(Settings(batch_documents=3)) == settings_digest(Settings())


def test_other_words_in_a_glossary_are_another_signature(tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    settings = Settings(translation=TranslationSettings(engine="echo", glossary=str(path)))
    signatures = []
    for english in ("Acre", "Akko"):
        path.write_text(f'[he.places]\n"עכו" = "{english}"\n', encoding="utf-8")
        _forget_tools()
        signatures.append(signature_of(settings))
    assert signatures[0] != signatures[1]


def _forget_tools() -> None:
    from colophon.translating import glossary
    from colophon.worker import tools_for

    tools_for.cache_clear()
    glossary._read.cache_clear()


def test_ids_differ_wherever_records_do() -> None:
    ids = {
        record_id("a", "b", "0" * 64, "s"),
        record_id("a2", "b", "0" * 64, "s"),
        record_id("a", "b2", "0" * 64, "s"),
        record_id("a", "b", "1" * 64, "s"),
        record_id("a", "b", "0" * 64, "s2"),
    }
    assert len(ids) == 5
    assert all(len(i) == len("urn:colophon:") + 32 for i in ids)
    assert record_id("\udcff", "b", "0" * 64, "s").startswith("urn:colophon:")


@pytest.mark.parametrize(
    ("text", "start"), [("", "e3b0c442"), ("שלום", text_sha256("שלום")[:8]), ("\ud800", text_sha256("\ud800")[:8])]
)
def test_every_text_has_a_hash(text: str, start: str) -> None:
    assert text_sha256(text).startswith(start)


def test_tags_of_translations() -> None:
    assert translated_tag("he", machine=True) == "en-t-he-t0-und"
    assert translated_tag("und", machine=False) == "en-t-und"


def test_a_disclosure_says_who_translated() -> None:
    assert "by machine" in disclosure("Hebrew", MACHINE)
    assert "model he-en, revision aaaaaaaaaaaa" in disclosure("Hebrew", MACHINE)
    assert "from a glossary" in disclosure("Hebrew", MEMORY)
    assert "by machine" not in disclosure("Hebrew", MEMORY)


def test_languages_have_names() -> None:
    names = LanguageNames()
    assert names.name("he") == "Hebrew"
    assert "Chinese" in names.name("zh-Hant")
    assert names.name("qqq") == "qqq"
