"""Deployments ``by-hand`` and ``inbox`` (scheduled, only what is new): documents in, records out.

The work is ``colophon.worker``'s, the same as ``colophon run``'s, and so are the bytes of the output. A task gets
its documents by reference, as many as make Prefect's share small (``flows.publishing.loads``).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from colophon.reading import InputReference, input_references
from colophon.reading.editions import Edition, Editions
from colophon.reading.fresh import fresh_references, taken
from colophon.settings import Settings
from colophon.writing import Counts, read_records, read_rejected
from flows import forms
from flows.publishing import conclude, report, translate, verdict

Inputs = Annotated[
    list[str],
    forms.field("Inputs", "Files, folders, globs, s3://, gs://: .txt .md .html .jsonl .warc, also .gz", min_length=1),
]
OnlyNew = Annotated[
    bool,
    forms.field("Only what is new", "Takes what no earlier run took, into a dated folder inside the output folder"),
]


@flow(name="translate-documents", persist_result=False)
def translate_documents(
    inputs: Inputs,
    out: forms.Out,
    engine: forms.Engine = "ctranslate2",
    policy: forms.Policy = "quote",
    basis: forms.Basis = "",
    only_new: OnlyNew = False,
    batch_documents: forms.BatchDocuments = 64,
    largest_rejected_share: forms.RejectedShare = 0.5,
) -> State[None]:
    """Find what is not English, translate it, and write records with their provenance."""
    settings = forms.settings_of(engine, policy, basis, batch_documents)
    if only_new:
        return next_edition(inputs, Path(out), settings, largest_rejected_share)
    translate(lambda: input_references(inputs, settings.reading), Path(out), settings)
    return conclude(Path(out), largest_rejected_share)


def next_edition(inputs: list[str], out: Path, settings: Settings, largest_rejected_share: float) -> State[None]:
    """Publish what is new in a dated folder, and remember it only then."""
    with Editions(out) as editions:
        for edition in editions.unremembered():
            finish(editions, edition)

        def fresh() -> Iterable[InputReference]:
            return fresh_references(input_references(inputs, settings.reading), editions.state, settings.reading)

        if next(iter(fresh()), None) is None:
            return Completed(message="nothing new")
        edition = editions.current(datetime.now(UTC))
        translate(fresh, edition.folder, settings)
        return verdict(finish(editions, edition), largest_rejected_share)


def finish(editions: Editions, edition: Edition) -> Counts:
    """Announce a published edition and remember what it took."""
    counts = report(edition.folder)
    rejected = ((r.location, r.reason, r.detail) for r in read_rejected(edition.folder))
    editions.remember(edition, taken(read_records(edition.folder), rejected))
    return counts


if __name__ == "__main__":
    translate_documents(inputs=["examples/*.txt", "examples/*.html", "examples/*.jsonl"], out="out/flow")
