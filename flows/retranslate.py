"""Deployment ``retranslate``: make records again from their sources, chosen by language, model or date.

The records of the old output stay as they are; the new ones are an output of their own, with the same
``input_id`` and location, and another id because something else made them.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from colophon.errors import UsageError
from colophon.languages import internal_code
from colophon.reading import InputReference
from colophon.reading.again import has_translation, references_of
from colophon.reading.editions import outputs_in
from colophon.worker import signature_of
from colophon.writing import finished_at, read_records
from flows import forms
from flows.publishing import conclude, translate

Folder = Annotated[str, forms.field("Folder", "The output to go through, or a folder of dated outputs")]
Out = Annotated[str, forms.field("Output folder", "Gets the new records; another folder than the old ones")]
Language = Annotated[
    str,
    forms.field(
        "Language",
        "Only records with a fragment of it: he, zh-Hans; empty: any",
        pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$",
    ),
]
Model = Annotated[
    str,
    forms.field("Model", "Only records translated by it: part of a model, revision or engine"),
]
Before = Annotated[
    str,
    forms.field(
        "Made before",
        "Only outputs finished before this day (UTC), YYYY-MM-DD; empty: any",
        pattern=r"^(\d{4}-\d\d-\d\d)?$",
    ),
]
Forced = Annotated[
    bool,
    forms.field("Forced", "Also records that these very settings, rules and models made"),
]


@flow(name="retranslate", persist_result=False)
def retranslate(
    folder: Folder,
    out: Out,
    language: Language = "",
    model: Model = "",
    before: Before = "",
    forced: Forced = False,
    engine: forms.Engine = "ctranslate2",
    policy: forms.Policy = "quote",
    basis: forms.Basis = "",
    batch_documents: forms.BatchDocuments = 64,
    largest_rejected_share: forms.RejectedShare = 0.5,
) -> State[None]:
    """Read the sources of chosen records again, translate them anew, and publish the result."""
    settings = forms.settings_of(engine, policy, basis, batch_documents)
    old = chosen_outputs(Path(folder), Path(out), before)
    tag = internal_code(language) if language else ""

    def sources() -> Iterator[InputReference]:
        return references_of(locations(old, tag, model, None if forced else signature_of(settings)), settings.reading)

    if next(sources(), None) is None:
        return Completed(message=f"nothing to do in {len(old)} outputs: no record fits, or all are made so already")
    translate(sources, Path(out), settings)
    return conclude(Path(out), largest_rejected_share)


def chosen_outputs(folder: Path, out: Path, before: str) -> list[Path]:
    """Return the finished outputs in ``folder`` that ended before a day; UsageError when there is no output."""
    found = outputs_in(folder)
    if not found:
        raise UsageError(f"{folder} has no finished output: name a folder with a manifest.json, or with dated folders")
    if out.resolve() in [path.resolve() for path in found]:
        raise UsageError(f"{out} is where the old records are: name another output folder")
    chosen = [path for path in found if not before or finished_at(path).date() < date.fromisoformat(before)]
    get_run_logger().info("%d of %d outputs are old enough", len(chosen), len(found))
    return chosen


def locations(outputs: list[Path], language: str, model: str, current: str | None) -> Iterator[str]:
    """Yield where the chosen records were read; those with the signature ``current`` are as new as can be."""
    for path in outputs:
        for record in read_records(path):
            if record.made_by.signature != current and has_translation(record, language=language, model=model):
                yield record.source.location
