"""A person's decision is appended: the machine's stays, a stricter one withholds, a review changes the disclosure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from colophon.errors import DataError
from colophon.exporting import FORMS, json_line
from colophon.records import DocumentRecord, Override
from colophon.reviewing import RightsDecision, TranslationReview, decided, in_force
from colophon.reviewing.applying import Decision, reviewer, translations_like
from colophon.settings import RightsSettings
from tests.exporting.records import TEXT, examples, full, made

AT = "2026-11-26T15:00:00Z"
SIGNED: dict[str, Any] = {"by": "Dana Roth", "reason": "asked the publisher", "at": AT}
STATE = f"reviewed by Dana Roth at {AT}"
LIMITS = RightsSettings()
STATUSES = ("prohibited", "reserved", "unknown", "permitted-with-conditions", "permitted")


def fresh() -> DocumentRecord:
    """Return the full record before any person decided anything."""
    record = full()
    fragments = list(record.fragments)
    made = fragments[2].translation
    assert made is not None
    fragments[2] = fragments[2].model_copy(update={"translation": made.model_copy(update={"review": "unreviewed"})})
    decision = record.reproduction.model_copy(update={"overrides": ()})
    return record.model_copy(update={"fragments": tuple(fragments), "reproduction": decision})


def rights(record: DocumentRecord, status: Any, **changes: Any) -> RightsDecision:
    return RightsDecision(record=record.id, status=status, **{**SIGNED, **changes})


def review(record: DocumentRecord, *fragments: int, state: Any = "reviewed", **changes: Any) -> TranslationReview:
    return TranslationReview(record=record.id, fragments=fragments, state=state, **{**SIGNED, **changes})


class TestReproduction:
    @given(made(), st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3))
    def test_the_machines_decision_stays_and_the_last_persons_holds(
        self, record: DocumentRecord, statuses: list[Any]
    ) -> None:
        after = decided(record, [rights(record, status) for status in statuses], LIMITS)
        machine, now = after.reproduction, in_force(after)
        assert machine.model_copy(update={"overrides": (), "notices": (), "clues": ()}) == (
            record.reproduction.model_copy(update={"overrides": (), "notices": (), "clues": ()})
        )
        assert machine.overrides[: len(record.reproduction.overrides)] == record.reproduction.overrides
        assert [o.status for o in machine.overrides[-len(statuses) :]] == statuses
        assert (now.status, now.override) == (statuses[-1], machine.overrides[-1])
        assert now.treat_as != "unknown"
        # What comes out is a record like any other.
        assert DocumentRecord.model_validate_json(after.model_dump_json()) == after

    @given(made(), st.sampled_from(STATUSES))
    def test_no_decision_brings_back_what_a_record_withholds(self, record: DocumentRecord, status: Any) -> None:
        after = decided(record, [rights(record, status)], LIMITS)
        assert set(record.access.withheld) <= set(after.access.withheld)
        if record.body.text is None:
            assert (after.body.text, after.english.text) == (None, None)

    # Machine's status, person's, whether the text that the record holds goes.
    @pytest.mark.parametrize(
        ("machine", "person", "goes"),
        [
            ("permitted", "prohibited", True),
            ("permitted", "reserved", True),
            ("permitted", "unknown", True),
            ("permitted", "permitted", False),
            ("permitted", "permitted-with-conditions", False),
            ("permitted-with-conditions", "reserved", True),
            ("permitted-with-conditions", "permitted", False),
            # Kept on a ground that the person knows of: saying again what the machine found takes nothing away.
            ("reserved", "reserved", False),
            ("reserved", "unknown", False),
            ("reserved", "permitted", False),
            ("reserved", "prohibited", True),
            ("prohibited", "prohibited", False),
            ("prohibited", "permitted", False),
        ],
    )
    def test_a_stricter_decision_withholds(self, machine: str, person: str, *, goes: bool) -> None:
        record = fresh()
        decision = record.reproduction.model_copy(update={"status": machine, "treat_as": machine})
        after = decided(record.model_copy(update={"reproduction": decision}), [rights(record, person)], LIMITS)
        assert (after.body.text is None) == goes
        assert ("body" in after.access.withheld) == goes
        if goes:
            assert after.access.reason == f"reproduction is {person}, decided by Dana Roth"
            for make in FORMS.values():
                assert TEXT[:40] not in json_line(make(after))
                assert "Ferry returns\\nBy" not in json_line(make(after))

    def test_the_limits_of_the_run_hold(self) -> None:
        record = fresh()
        tight = RightsSettings(policy="metadata-only")
        after = decided(record, [rights(record, "prohibited")], tight)
        assert all(f.text is None for f in after.fragments)
        assert all(n.text is None for n in after.reproduction.notices)

    def test_another_records_decision_does_nothing(self) -> None:
        record = fresh()
        other = rights(record, "prohibited").model_copy(update={"record": "urn:colophon:other"})
        assert decided(record, [other], LIMITS) is record


class TestTranslations:
    def test_the_disclosure_names_the_reviewer_and_keeps_the_machine(self) -> None:
        record = fresh()
        made = decided(record, [review(record, 0)], LIMITS).fragments[0].translation
        assert made is not None
        assert made.review == STATE
        assert made.disclosure == f"Translated from Hebrew into English by machine (m); {STATE}."
        assert made.translator.kind == "machine"

    def test_the_document_says_how_many_are_reviewed(self) -> None:
        record = next(r for r in examples() if len(r.fragments) == 2 and r.body.text)
        one, both = (decided(record, [review(record, *which)], LIMITS).disclosure for which in ((0,), (0, 1)))
        start = "2 passages of this text were translated from Hebrew into English by machine; "
        assert one == f"{start}1 {STATE}, 1 not reviewed by a person."
        assert both == f"{start}{STATE}."

    def test_a_review_can_be_taken_back(self) -> None:
        record = fresh()
        after = decided(record, [review(record, 0), review(record, 0, state="unreviewed", by="Gil Tam")], LIMITS)
        assert after.fragments == record.fragments
        assert after.disclosure == record.disclosure

    def test_a_second_review_takes_the_place_of_the_first(self) -> None:
        record = fresh()
        after = decided(record, [review(record, 0), review(record, 0, by="Gil Tam")], LIMITS)
        made = after.fragments[0].translation
        assert made is not None
        assert made.disclosure.endswith(f"(m); reviewed by Gil Tam at {AT}.")
        assert "Dana Roth" not in made.disclosure

    def test_the_translation_of_a_person_is_no_machines(self) -> None:
        record = fresh()
        after = decided(record, [review(record, 2)], LIMITS)
        assert after.disclosure == record.disclosure

    @given(made())
    def test_reviewing_everything_leaves_no_sentence_that_says_unreviewed(self, record: DocumentRecord) -> None:
        translated = [n for n, f in enumerate(record.fragments) if f.translation is not None]
        if not translated:
            return
        after = decided(record, [review(record, *translated)], LIMITS)
        disclosures = [f.translation.disclosure for f in after.fragments if f.translation is not None]
        if after.disclosure is not None:
            disclosures.append(after.disclosure)
        assert all(STATE in sentence and "not reviewed" not in sentence for sentence in disclosures)
        texts = [f.translation and f.translation.text for f in record.fragments]
        assert [f.translation and f.translation.text for f in after.fragments] == texts
        assert DocumentRecord.model_validate_json(after.model_dump_json()) == after

    @pytest.mark.parametrize("number", [1, 3, 99])
    def test_a_fragment_without_a_translation_is_an_error(self, number: int) -> None:
        record = fresh()
        with pytest.raises(DataError, match=f"fragment {number}, which has no translation"):
            decided(record, [review(record, number)], LIMITS)

    def test_repetitions_are_found(self) -> None:
        record = fresh()
        fragments = (record.fragments[0], record.fragments[0], *record.fragments[1:])
        assert translations_like(record.model_copy(update={"fragments": fragments}), 0) == [0, 1]
        assert translations_like(record, 1) == []


class TestWhatIsLeftToDo:
    def test_a_decision_and_a_review_settle_what_they_are_about(self) -> None:
        record = fresh()
        assert record.needs_review
        assert decided(record, [rights(record, "reserved")], LIMITS).needs_review
        assert decided(record, [review(record, 0)], LIMITS).needs_review
        both: list[Decision] = [rights(record, "reserved"), review(record, 0)]
        assert not decided(record, both, LIMITS).needs_review


@pytest.mark.parametrize("field", ["by", "reason"])
@pytest.mark.parametrize("words", ["", "  ", "a\nb", "a\x1b[2J", "a\u2028b", "\u202eevil", "\u2069", "a\x00"])
def test_who_and_why_are_one_line_of_words(field: str, words: str) -> None:
    with pytest.raises(ValidationError):
        rights(fresh(), "reserved", **{field: words})


@pytest.mark.parametrize("name", ["דנה רות", "می‌خواهم", "O'Neil, J. (desk)", "渡辺 at Tokyo"])
def test_any_name_reads_back_from_the_state(name: str) -> None:
    record = fresh()
    made = decided(record, [review(record, 0, by=name)], LIMITS).fragments[0].translation
    assert made is not None
    found = reviewer(made.review)
    assert found is not None
    assert (found.by, found.at) == (name, AT)


def test_times_are_utc_to_the_second() -> None:
    for wrong in ("2026-11-26", "2026-11-26T15:00:00+02:00", "yesterday", ""):
        with pytest.raises(ValidationError):
            rights(fresh(), "reserved", at=wrong)


def test_an_override_in_a_record_is_what_was_decided() -> None:
    after = decided(fresh(), [rights(fresh(), "reserved")], LIMITS)
    assert after.reproduction.overrides == (Override(status="reserved", **SIGNED),)
