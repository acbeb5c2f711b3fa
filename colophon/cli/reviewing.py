"""``colophon review``: a person's decision about reproduction, or about translations, appended to a folder."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from colophon.errors import UsageError
from colophon.records import DocumentRecord
from colophon.reviewing import RightsDecision, TranslationReview, append_decisions, decided_records, in_force
from colophon.reviewing.applying import Decision, reviewer, translations_like
from colophon.reviewing.decisions import DECISIONS
from colophon.showing import isolated, printable
from colophon.writing import read_records


class StatusChoice(StrEnum):
    """Statuses of reproduction, by name."""

    prohibited = "prohibited"
    reserved = "reserved"
    conditional = "permitted-with-conditions"
    permitted = "permitted"
    unknown = "unknown"


class StateChoice(StrEnum):
    """States of a translation, by name."""

    reviewed = "reviewed"
    unreviewed = "unreviewed"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(review)


def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of colophon run.")],
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Records, by their id or their input's id.")
    ] = None,
    status: Annotated[StatusChoice | None, typer.Option(help="What may be done with the text.")] = None,
    translations: Annotated[StateChoice | None, typer.Option(help="Whether a person read the translations.")] = None,
    fragment: Annotated[
        list[int] | None, typer.Option(help="Only the translation of this fragment; may be repeated.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who decides: a name.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why, in a sentence.")] = None,
) -> None:
    """Append a person's decision; without one, list the records that wait for a person.

    The machine's decision stays in the record. show and export act on the last decision about each record.
    """
    if status is None and translations is None:
        if ids or fragment or by or reason:
            raise UsageError("say what is decided: --status STATUS, or --translations reviewed")
        _list(folder)
        return
    if not (ids and by and reason):
        raise UsageError('a decision needs a record, --by "NAME" and --reason "WHY"')
    if fragment and translations is None:
        raise UsageError("--fragment goes with --translations; a decision about reproduction is about the record")
    signed = {"by": by, "reason": reason, "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    try:
        decisions = list(_decisions(folder, ids, status, translations, fragment or [], signed))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{first['loc'][-1]}: one line of words is needed ({first['msg']})") from error
    append_decisions(folder, decisions)
    print(f"{len(decisions)} decisions → {folder / DECISIONS}", file=sys.stderr)


def say_unmatched(decision: Decision) -> None:
    """Name, on standard error, a decision about a record that is not in its folder any more."""
    what = printable(f"{decision.kind} decision by {decision.by} at {decision.at}")
    print(
        f"not applied: {what} is about {printable(decision.record)}, which is not here; decide again if it still holds",
        file=sys.stderr,
    )


def _decisions(
    folder: Path,
    ids: list[str],
    status: StatusChoice | None,
    translations: StateChoice | None,
    fragments: list[int],
    signed: dict[str, Any],
) -> Iterator[Decision]:
    for record in _chosen(folder, ids):
        if status is not None:
            yield RightsDecision(record=record.id, status=status.value, **signed)
        if translations is not None:
            numbers = _numbers(record, fragments)
            yield TranslationReview(record=record.id, fragments=numbers, state=translations.value, **signed)


def _chosen(folder: Path, ids: list[str]) -> list[DocumentRecord]:
    """Return the records that ``ids`` name, one each."""
    found: dict[str, dict[str, DocumentRecord]] = {id: {} for id in ids}
    for record in read_records(folder):
        for id in {record.id, record.input_id} & set(ids):
            found[id][record.id] = record
    for id, records in found.items():
        if not records:
            raise UsageError(f"{folder} has no record {id!r}; colophon show {folder} lists them all")
        if len(records) > 1:
            raise UsageError(
                f"{id!r} names {len(records)} records; give one of their ids: {', '.join(sorted(records))}"
            )
    return list({id: record for records in found.values() for id, record in records.items()}.values())


def _numbers(record: DocumentRecord, chosen: list[int]) -> tuple[int, ...]:
    """Return the fragments whose translations are meant: the chosen ones with their repetitions, or all."""
    translated = [n for n, fragment in enumerate(record.fragments) if fragment.translation is not None]
    if not translated:
        raise UsageError(f"{record.input_id} has no translation to review")
    wrong = [n for n in chosen if n not in translated]
    if wrong:
        raise UsageError(f"{record.input_id}: fragment {wrong[0]} has no translation; those that have: {translated}")
    wanted = {same for n in chosen for same in translations_like(record, n)} if chosen else set(translated)
    return tuple(sorted(wanted))


def _list(folder: Path) -> None:
    """Print what waits for a person, a line a record: id, input, decision, translations that nobody reviewed."""
    for record in decided_records(folder, unmatched=say_unmatched):
        if record.needs_review:
            made = [f.translation for f in record.fragments if f.translation is not None]
            unread = sum(reviewer(translation.review) is None for translation in made)
            issues = ", ".join(dict.fromkeys(issue.code for issue in record.issues))
            words = (
                f"{in_force(record).status}; {unread} of {len(made)} translations unreviewed; issues: {issues or '-'}"
            )
            print(f"{printable(record.id)}  {isolated(record.input_id)}  {printable(words)}")
