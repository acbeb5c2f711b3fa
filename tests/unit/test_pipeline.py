"""What the steps put together: shares, makers, issues and duplicates."""

from dataclasses import replace

import pytest

from colophon.documents import SourceDocument
from colophon.pipeline import digital_source_type, language_shares, process_documents, translator_of
from colophon.provenance import COMPOSITE, MACHINE_MADE
from colophon.records import DocumentRecord
from colophon.translating import Outcome
from colophon.worker import tools_for
from tests.property.strategies import ECHO, ENGLISH, FOREIGN, document

HEBREW = "המעבורת הגיעה לנמל הישן"


def record_of(text: str) -> DocumentRecord:
    (record,) = process_documents([document(text)], tools_for(ECHO))
    return record


def test_no_documents_give_no_records() -> None:
    assert process_documents([], tools_for(ECHO)) == []


def test_equal_fragments_are_one_translation_and_point_to_the_first() -> None:
    record = record_of("\n\n".join([*ENGLISH, HEBREW, ENGLISH[0], HEBREW, ENGLISH[1], FOREIGN[4], HEBREW]))
    same = [number for number, f in enumerate(record.fragments) if f.text == HEBREW]
    assert len(same) == 3
    assert [record.fragments[number].duplicate_of for number in same] == [None, same[0], same[0]]
    assert len({record.fragments[n].translation for n in same}) == 1


def test_letters_are_counted_by_language() -> None:
    record = record_of("\n\n".join([*ENGLISH, HEBREW]))
    shares = {share.language: share for share in record.languages}
    assert record.language == "en" == record.languages[0].language
    assert shares["he"].letters == sum(map(str.isalpha, HEBREW))
    assert sum(share.share for share in shares.values()) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("text", ["🔥🔥", "12:30 - 14:00", "...", "\u200f"])
def test_a_document_without_letters_has_no_language(text: str) -> None:
    assert language_shares(text, ()) == ()
    assert record_of(text).language == "und"


def test_the_source_type_tells_a_composite_from_a_translation() -> None:
    whole = record_of(HEBREW)
    assert whole.digital_source_type == MACHINE_MADE
    mixed = record_of("\n\n".join([*ENGLISH, HEBREW]))
    assert mixed.digital_source_type == COMPOSITE
    assert digital_source_type(ENGLISH[0], ()) is None


def test_foreign_text_that_nobody_translated_is_not_machine_made() -> None:
    record = record_of("\n\n".join([FOREIGN[4], FOREIGN[4] + " " + FOREIGN[4], HEBREW]))
    untranslated = [f.model_copy(update={"translation": None}) for f in record.fragments if f.language != "he"]
    kept = [*untranslated, *(f for f in record.fragments if f.language == "he")]
    assert digital_source_type("\n\n".join([FOREIGN[4]] * 9 + [HEBREW]), kept) != MACHINE_MADE


WHO = {
    "every word from the glossary": (Outcome(text="Acre", glossary_terms=("עכו → Acre",)), "memory", "glossary"),
    "letters": (Outcome(text="Dana", transliterated=("דנה → Dana",)), "machine", "transliteration"),
    "both": (
        Outcome(text="Acre, Dana", glossary_terms=("עכו → Acre",), transliterated=("דנה → Dana",)),
        "machine",
        "transliteration",
    ),
}


@pytest.mark.parametrize("name", WHO)
def test_who_translated_without_an_engine(name: str) -> None:
    outcome, kind, engine = WHO[name]
    translator = translator_of(outcome)
    assert (translator.kind, translator.engine, translator.model) == (kind, engine, None)


def test_a_disclosure_counts_and_names() -> None:
    record = record_of("\n\n".join([*ENGLISH, HEBREW]))
    assert record.disclosure is not None
    assert record.disclosure.startswith("1 passage of this text was translated from Hebrew")


def test_repairs_in_reading_are_issues() -> None:
    repaired = replace(SourceDocument.of_text(ENGLISH[0]), repairs=("lone-surrogates-replaced: 2",))
    (record,) = process_documents([repaired], tools_for(ECHO))
    assert ("repaired", "lone-surrogates-replaced: 2") in [(i.code, i.detail) for i in record.issues]
    assert record.needs_review
    assert record.source.repairs == repaired.repairs
