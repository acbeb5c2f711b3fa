"""Withholding: whatever the policy, nothing longer than it allows survives anywhere in the record."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.errors import UsageError
from colophon.records import DocumentRecord
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.withholding import check_policy
from colophon.worker import process_batch
from tests.property.strategies import FOREIGN, WRITABLE, document

ECHO = TranslationSettings(engine="echo")
LIMITS = st.builds(
    RightsSettings,
    policy=st.sampled_from(["quote", "metadata-only"]),
    longest_quote=st.sampled_from([0, 1, 10, 40, 300]),
    largest_share=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    most_evidence=st.sampled_from([0, 20, 3_000]),
)
RESERVED = WRITABLE.map(lambda text: text + "\n\nAll rights reserved.\n")
# Words about the making of the record, not of the document: they are as long as they are.
OURS = {
    "disclosure",
    "evidence",
    "signature",
    "detail",
    "reason",
    "id",
    "digital_source_type",
    "sha256",
    "rules",
    "detector",
}


def record_under(text: str, rights: RightsSettings) -> DocumentRecord:
    (record,), _ = process_batch([document(text)], Settings(translation=ECHO, rights=rights))
    return record


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)


def longest_shared(words: str, text: str, least: int) -> bool:
    """Say whether ``words`` hold more than ``least`` code points of ``text`` in a row."""
    return any(words[at : at + least + 1] in text for at in range(len(words) - least))


class TestNothingLongerSurvives:
    @given(RESERVED, LIMITS)
    def test_no_string_of_the_record_holds_more_of_the_text(self, text: str, rights: RightsSettings) -> None:
        record = record_under(text, rights)
        if not record.access.withheld:
            return
        for key, words in strings(json.loads(record.model_dump_json())):
            # A name or an address is a fact; shorter than this, everything is in every text.
            if key not in OURS:
                assert not longest_shared(words, text, max(rights.longest_quote, 12)), (key, words)

    @given(RESERVED, LIMITS)
    def test_quotes_are_short_and_few(self, text: str, rights: RightsSettings) -> None:
        record = record_under(text, rights)
        if not record.access.withheld:
            return
        allowed = 0 if rights.policy == "metadata-only" else rights.longest_quote
        sources = {f.text for f in record.fragments if f.text}
        english = {f.translation.text for f in record.fragments if f.translation and f.translation.text}
        assert all(len(words) <= allowed for words in sources | english)
        assert sum(map(len, sources | english)) <= len(text) * rights.largest_share
        decision = record.reproduction
        evidence = {q.text for q in (*decision.notices, *decision.clues) if q.text}
        evidence |= {s.text for s in record.statements if s.text}
        assert all(len(words) <= allowed for words in evidence)
        assert sum(map(len, evidence)) <= rights.most_evidence

    @given(RESERVED, LIMITS)
    def test_what_is_withheld_is_said_and_can_still_be_checked(self, text: str, rights: RightsSettings) -> None:
        record = record_under(text, rights)
        if record.reproduction.treat_as.startswith("permitted") and rights.policy == "quote":
            assert record.access.withheld == ()
            return
        assert record.access.withheld[:2] == ("body", "english")
        assert record.access.reason
        assert (record.body.text, record.english.text) == (None, None)
        assert record.body.length == len(text)
        whole = record_under(text, RightsSettings(policy="ignore"))
        assert record.body.sha256 == whole.body.sha256
        assert record.english.sha256 == whole.english.sha256
        assert [(f.start, f.end, f.language) for f in record.fragments] == [
            (f.start, f.end, f.language) for f in whole.fragments
        ]
        gone = [f for f, w in zip(record.fragments, whole.fragments, strict=True) if f.text != w.text]
        assert ("fragments" in record.access.withheld) == bool(gone)
        assert DocumentRecord.model_validate_json(record.model_dump_json()) == record

    @given(RESERVED, LIMITS)
    def test_a_translation_never_outlives_its_source(self, text: str, rights: RightsSettings) -> None:
        for fragment in record_under(text, rights).fragments:
            if fragment.text is None and fragment.translation is not None:
                assert fragment.translation.text is None
                assert fragment.translation.glossary_terms == ()


CASES = {
    # policy, text of the rights, is the body withheld?
    "no grant": ("quote", "", True),
    "a ban": ("quote", "Unauthorized reproduction is prohibited.", True),
    "all rights reserved": ("quote", "© 2025 Harbour Post. All rights reserved.", True),
    "a licence": ("quote", "This work is licensed under CC BY 4.0.", False),
    "a licence, metadata only": ("metadata-only", "This work is licensed under CC BY 4.0.", True),
    "a ban, kept on a ground": ("full", "Unauthorized reproduction is prohibited.", False),
    "a ban, policy off": ("ignore", "Unauthorized reproduction is prohibited.", False),
}


@pytest.mark.parametrize("name", CASES)
def test_when_the_text_is_withheld(name: str) -> None:
    policy, notice, withheld = CASES[name]
    text = f"The ferry reached the old harbour at noon.\n\n{FOREIGN[0]}\n\n{notice}\n"
    record = record_under(text, RightsSettings(policy=policy, basis="a contract"))
    assert (record.body.text is None) == withheld
    assert bool(record.access.withheld) == withheld
    assert record.access.basis == "a contract"


def test_the_policy_full_wants_a_ground() -> None:
    for basis in (None, "", "  "):
        with pytest.raises(UsageError, match="on what ground"):
            check_policy(RightsSettings(policy="full", basis=basis))
    check_policy(RightsSettings(policy="full", basis="licence no. 17 of 2026"))
    check_policy(RightsSettings(policy="quote"))


def test_equal_words_count_once() -> None:
    text = "\n\n".join(["The ferry reached the old harbour at noon, officials said on Tuesday."] * 4 + [FOREIGN[0]] * 6)
    record = record_under(text, RightsSettings(largest_share=0.15))
    assert len(record.fragments) >= 2
    assert len({f.text for f in record.fragments}) == 1
    assert record.fragments[0].text == FOREIGN[0]


def test_a_page_of_terms_is_not_evidence() -> None:
    terms = [f"Reproduction of chapter {number} is prohibited without permission." for number in range(200)]
    record = record_under("\n\n".join(terms), RightsSettings(most_evidence=500))
    kept = [n.text for n in record.reproduction.notices if n.text]
    assert sum(map(len, set(kept))) <= 500
    assert "quotes" in record.access.withheld
