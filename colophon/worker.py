"""The one door to the pipeline for scripts, Prefect tasks and Ray actors: batches in, records out.

Tools are built once a process and setting. A document that breaks a step becomes a rejected input with the
reason, and its neighbours go on: this is the only place that catches every exception.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from colophon.attributing import Attributor
from colophon.catalogue import ModelCard, read_catalogue
from colophon.detecting import FragmentDetector
from colophon.documents import SourceDocument
from colophon.engines.registry import router
from colophon.errors import DataError, MissingExtraError, ModelError, UsageError
from colophon.pipeline import Tools, process_documents
from colophon.provenance import LanguageNames, signature
from colophon.reading import InputReference, Rejection, read_inputs, read_references
from colophon.records import DocumentRecord
from colophon.settings import Settings, TranslationSettings
from colophon.translating import data_signature
from colophon.withholding import check_policy
from colophon.writing import Counts, OutputFolder, RejectedInput

_T = TypeVar("_T")
Read = SourceDocument | Rejection
# These concern every document, so the run ends; anything else concerns one.
SETUP_ERRORS = (DataError, MissingExtraError, ModelError, UsageError)
_LONGEST_ERROR = 200


def run(
    inputs: Sequence[str],
    out: Path,
    settings: Settings,
    *,
    resume: bool = True,
    stdin: BinaryIO | None = None,
    progress: Callable[[Counts], object] | None = None,
) -> Counts:
    """Read ``inputs``, process them batch by batch, and publish the output folder; return what was done.

    A run that was interrupted goes on from its last finished batch and ends with the same bytes.
    Raises UsageError, ModelError, DataError or OutputError before anything is lost.
    """
    started = datetime.now(UTC)
    with open_folder(out, settings, resume=resume) as folder:
        total, number = Counts(), 0
        for number, batch in enumerate(batches(read_inputs(inputs, settings.reading, stdin=stdin), settings), start=1):
            total = total.plus(finish_batch(number - 1, batch, folder, settings))
            if progress is not None:
                progress(total)
        total = folder.publish(number, settings.model_dump(mode="json"))
        folder.note_run(started, total)
        return total


def open_folder(out: Path, settings: Settings, *, resume: bool) -> OutputFolder:
    """Open the output folder of a run; equal settings and versions share their finished batches."""
    check_policy(settings.rights)
    return OutputFolder(out, signature_of(settings), resume=resume)


def batches(items: Iterable[_T], settings: Settings) -> Iterator[list[_T]]:
    """Cut ``items`` into batches of ``settings.batch_documents``; the cut never depends on their content."""
    rest = iter(items)
    while batch := list(islice(rest, settings.batch_documents)):
        yield batch


def read_batch(references: Sequence[InputReference], settings: Settings) -> list[Read]:
    """Read the documents, or rejections, that ``references`` point to, in order."""
    return list(read_references(references, settings.reading))


def finish_batch(number: int, items: Sequence[Read], folder: OutputFolder, settings: Settings) -> Counts:
    """Process one batch and keep it in the folder, unless an earlier sitting did."""
    key = _content(items)
    done = folder.finished(number, key)
    if done is not None:
        return done
    records, rejected = process_batch(items, settings)
    return folder.write_batch(number, key, records, rejected)


def reject_batch(number: int, references: Sequence[InputReference], folder: OutputFolder, error: Exception) -> Counts:
    """Keep a batch that failed whole as rejects, with the reason; the next run with this folder tries it again."""
    detail = f"the batch failed: {type(error).__name__}: {' '.join(str(error).split())[:_LONGEST_ERROR]}"
    rejected = [RejectedInput(reference.location, "internal-error", detail) for reference in references]
    return folder.write_batch(number, "failed", [], rejected)


def process_batch(items: Sequence[Read], settings: Settings) -> tuple[list[DocumentRecord], list[RejectedInput]]:
    """Return the records of a batch, and what could not become one, each in the order of ``items``.

    Errors of the set-up (a missing model, a wrong rules file) are raised: they concern every document.
    """
    tools = tools_for(settings)
    documents = [item for item in items if isinstance(item, SourceDocument)]
    rejected = [RejectedInput(i.location, i.reason, i.detail) for i in items if isinstance(i, Rejection)]
    try:
        return _written(process_documents(documents, tools)), rejected
    except SETUP_ERRORS:
        raise
    except Exception:  # one document broke a step: find it, and let the others through
        records = []
        for document in documents:
            outcome = _alone(document, tools)
            if isinstance(outcome, RejectedInput):
                rejected.append(outcome)
            else:
                records.append(outcome)
        return records, rejected


class BatchWorker:
    """What a process on another machine keeps for a run: its tools, built once, and a copy of the output folder.

    Ray holds one an actor. Inputs are read and batches written by the same paths as where the run was started.
    """

    def __init__(self, folder: OutputFolder, settings: Settings) -> None:
        """Build the tools.

        Raises:
            UsageError: this machine would make other records, because its versions or models differ.
        """
        here = signature_of(settings)
        if here != folder.signature:
            raise UsageError(
                f"this worker makes records of {here}, the run those of {folder.signature}: install the same there"
            )
        self._folder = folder
        self._settings = settings

    def __call__(self, rows: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
        """Finish batches, each a row of ``number`` and ``references`` in JSON; return their numbers and counts."""
        numbers = [int(number) for number in rows["number"]]
        counts = [self._finish(*row) for row in zip(numbers, rows["references"], strict=True)]
        return {"number": numbers, "records": [c.records for c in counts], "rejected": [c.rejected for c in counts]}

    def _finish(self, number: int, references: str) -> Counts:
        batch = [InputReference(**reference) for reference in json.loads(references)]
        return finish_batch(number, read_batch(batch, self._settings), self._folder, self._settings)


def batch_row(number: int, references: Sequence[InputReference]) -> dict[str, int | str]:
    """Return a batch as a row for ``BatchWorker``."""
    return {"number": number, "references": json.dumps([asdict(reference) for reference in references])}


def _alone(document: SourceDocument, tools: Tools) -> DocumentRecord | RejectedInput:
    try:
        return _written(process_documents([document], tools))[0]
    except SETUP_ERRORS:
        raise
    except Exception as error:
        # A validation error quotes what it looked at, and a text that is withheld must not come out here.
        words = " ".join(str(error).split())[:_LONGEST_ERROR]
        detail = f"{type(error).__name__}: {words}; please report this with the document"
        return RejectedInput(document.location, "internal-error", detail)


def _written(records: list[DocumentRecord]) -> list[DocumentRecord]:
    """Return ``records`` if each can be written; a lone surrogate, which UTF-8 has no bytes for, shows only here."""
    for record in records:
        record.model_dump_json()
    return records


@lru_cache(maxsize=4)
def tools_for(settings: Settings) -> Tools:
    """Build what the steps need; the same object for equal settings in one process."""
    cards = models_for(settings.translation)
    return Tools(
        detector=FragmentDetector(settings.detection),
        attributor=_attributor(),
        router=router(settings.translation, cards),
        names=LanguageNames(),
        engines=_engines_line(settings.translation, cards),
        settings=settings,
    )


@lru_cache(maxsize=1)
def _attributor() -> Attributor:
    """Read the rules once a process: half a second that no setting changes."""
    return Attributor()


def models_for(settings: TranslationSettings) -> tuple[ModelCard, ...]:
    """Return the installed models: those that ship, then those of the user's catalogue."""
    path = Path(settings.catalogue) if settings.catalogue else None
    if path is not None and not path.is_file():
        raise UsageError(f"{path}: no such catalogue of models (COLOPHON_MODELS, or settings.translation.catalogue)")
    return read_catalogue(path)


def signature_of(settings: Settings) -> str:
    """Return the signature of the records that ``settings`` make in this process."""
    tools = tools_for(settings)
    return signature(tools.detector.signature, tools.attributor.signature, tools.engines, settings)


def _engines_line(settings: TranslationSettings, cards: Sequence[ModelCard]) -> str:
    """Return everything that shapes translations but is not in the settings: models, rules, words of the glossary."""
    if settings.engine == "none":
        return "none"
    data = data_signature(settings)
    if settings.engine == "echo":
        return f"echo+{data}"
    models = "+".join(f"{card.id}@{card.revision}" for card in cards if settings.engine in card.engines)
    return f"{settings.engine}:{models or 'no-model'}+{data}"


def _content(items: Sequence[Read]) -> str:
    digest = sha256()
    for item in items:
        if isinstance(item, Rejection):
            digest.update(f"{item.location}\n{item.reason}\n{item.detail}\n".encode("utf-8", "surrogatepass"))
        else:
            digest.update(f"{item.location}\n{item.id}\n{item.bytes_sha256}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
