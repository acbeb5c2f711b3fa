"""The laws of docs/design: each class quotes its sentence and checks it for any document.

Law 1, "the segments of a document, joined, equal the document", is in test_partition.py; here it is for whole records.
"""

import json
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from colophon.documents import SourceDocument
from colophon.provenance import text_sha256
from colophon.records import DocumentRecord, edits_of
from colophon.rewriting import apply_edits, undone
from colophon.worker import process_batch
from tests.conftest import ROOT, environment
from tests.property.strategies import ECHO, ENGLISH_TEXTS, FOREIGN, WRITABLE, document

JUDGE = Draft202012Validator(
    json.loads((ROOT / "schemas" / "document-record.v1.schema.json").read_text(encoding="utf-8"))
)


def record_of(text: str) -> DocumentRecord:
    records, rejected = process_batch([document(text)], ECHO)
    assert not rejected, rejected
    (record,) = records
    return record


class TestPartition:
    """The fragments of a document, and what lies between them, are the document."""

    @given(WRITABLE)
    def test_fragments_and_gaps_join_to_the_text(self, text: str) -> None:
        parts, done = [], 0
        for fragment in record_of(text).fragments:
            assert done <= fragment.start < fragment.end
            parts += [text[done : fragment.start], text[fragment.start : fragment.end]]
            done = fragment.end
        assert "".join([*parts, text[done:]]) == text

    @given(WRITABLE)
    def test_every_letter_is_counted_once(self, text: str) -> None:
        shares = record_of(text).languages
        assert sum(share.letters for share in shares) == sum(map(str.isalpha, text))


class TestGrounding:
    """source[start:end] == quote, always; an unknown span is None, never (0, 0)."""

    @given(WRITABLE)
    def test_every_span_holds_its_words(self, text: str) -> None:
        record = record_of(text)
        decision = record.reproduction
        for quoted in (*record.fragments, *decision.notices, *decision.clues):
            assert text[quoted.start : quoted.end] == quoted.text != ""
        for statement in record.statements:
            assert (statement.start is None) == (statement.end is None) == (statement.text is None)
            if statement.start is not None:
                assert text[statement.start : statement.end] == statement.text != ""
            for party in statement.parties:
                assert text[party.start : party.end] == party.text != ""

    @given(WRITABLE)
    def test_fragments_touch_no_white_space_at_their_edges(self, text: str) -> None:
        for fragment in record_of(text).fragments:
            assert fragment.text == (fragment.text or "").strip()


class TestReplay:
    """Applying a record's edits to the source gives its text and hash; undoing gives the source back."""

    @given(WRITABLE)
    def test_there_and_back(self, text: str) -> None:
        record = record_of(text)
        edits = edits_of(record.fragments)
        english = apply_edits(text, edits)
        assert (english, text_sha256(english), len(english)) == (
            record.english.text,
            record.english.sha256,
            record.english.length,
        )
        assert apply_edits(english, undone(edits)) == text
        assert text_sha256(text) == record.body.sha256


class TestUntouched:
    """What lies outside the edits is identical."""

    @given(WRITABLE)
    def test_the_gaps_are_the_same_in_both_texts(self, text: str) -> None:
        record = record_of(text)
        edits = edits_of(record.fragments)
        assert record.english.text is not None
        done = english_done = 0
        for edit, back in zip(edits, undone(edits), strict=True):
            assert text[done : edit.start] == record.english.text[english_done : back.start]
            done, english_done = edit.end, back.end
        assert text[done:] == record.english.text[english_done:]

    @given(WRITABLE)
    def test_unchanged_text_is_never_called_translated(self, text: str) -> None:
        for fragment in record_of(text).fragments:
            assert fragment.translation is None or fragment.translation.text != fragment.text
            assert (fragment.translation is None) == (fragment.untranslated_because is not None)


class TestEnglishInNothingOut:
    """A document in English gives no edits and equal text."""

    @given(ENGLISH_TEXTS)
    def test_english_stays_as_it_is(self, text: str) -> None:
        record = record_of(text)
        assert record.fragments == ()
        assert record.english == record.body
        assert (record.language, record.disclosure, record.digital_source_type) == ("en", None, None)


class TestDeterminism:
    """The same document and settings give the same bytes: whatever stands beside it, in any process."""

    @given(st.lists(WRITABLE, min_size=1, max_size=5))
    def test_neighbours_do_not_matter(self, texts: list[str]) -> None:
        documents = [document(text, f"d{number}") for number, text in enumerate(texts)]
        together, _ = process_batch(documents, ECHO)
        alone = [process_batch([d], ECHO)[0][0] for d in documents]
        assert [r.model_dump_json() for r in together] == [r.model_dump_json() for r in alone]
        backwards, _ = process_batch(documents[::-1], ECHO)
        assert [r.model_dump_json() for r in backwards[::-1]] == [r.model_dump_json() for r in alone]

    def test_processes_do_not_matter(self) -> None:
        code = (
            "import sys, json\n"
            "from colophon.worker import process_batch\n"
            "from tests.property.strategies import ECHO, ENGLISH, FOREIGN, NOTICES, ODD, document\n"
            "texts = ['\\n'.join((e, f, n, o)) for e, f in zip(ENGLISH * 3, FOREIGN) for n, o in zip(NOTICES, ODD)]\n"
            "records, rejected = process_batch([document(t, str(i)) for i, t in enumerate(texts)], ECHO)\n"
            "assert not rejected\n"
            "sys.stdout.buffer.write(''.join(r.model_dump_json() for r in records).encode())\n"
        )
        first, second = (
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=environment(PYTHONHASHSEED=seed, LC_ALL="C", TZ=zone),
                capture_output=True,
                check=True,
            ).stdout
            for seed, zone in (("1", "UTC"), ("4242", "Asia/Tokyo"))
        )
        assert first == second
        assert len(first) > 10_000


class TestClosedWorld:
    """Dump, JSON, validate is the identity, under the classes and under the committed schema."""

    @given(WRITABLE)
    @example("המעבורת בנמל\x00\ufeff\u2028 🔥")
    @example(FOREIGN[2])
    def test_round_trip(self, text: str) -> None:
        written = record_of(text).model_dump_json()
        again = DocumentRecord.model_validate_json(written)
        assert again == record_of(text)
        assert again.model_dump_json() == written
        assert "\n" not in written
        JUDGE.validate(json.loads(written))


class TestNothingIsLost:
    """Each document becomes one record or one rejected input, also when it breaks a step."""

    def test_a_text_that_cannot_be_written_is_rejected_and_its_neighbours_are_not(self) -> None:
        texts = ["One plain sentence.", "a lone \ud800 surrogate", "Another plain sentence."]
        documents = [document(text, str(number)) for number, text in enumerate(texts)]
        records, rejected = process_batch(documents, ECHO)
        assert [record.input_id for record in records] == ["0", "2"]
        assert [(reject.location, reject.reason) for reject in rejected] == [("1", "internal-error")]

    @pytest.mark.parametrize("text", ["a", "א", "🔥", "\x01", "\u200f", " \n", "", "12", "渡"])
    def test_the_smallest_documents_pass(self, text: str) -> None:
        records, rejected = process_batch([SourceDocument.of_text(text)], ECHO)
        assert (len(records), rejected) == (1, [])
