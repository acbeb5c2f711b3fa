"""What users write, checked by mypy in strict mode; nothing here runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import colophon
from colophon import ColophonError, DocumentRecord, Settings, SourceDocument
from colophon.reading import Rejection
from colophon.settings import RightsSettings, TranslationSettings
from colophon.writing import Counts, RejectedInput


def run_a_folder(folder: str, out: Path) -> int:
    """Run everything on a folder."""
    settings = Settings(translation=TranslationSettings(engine="none"), rights=RightsSettings(policy="metadata-only"))
    try:
        counts = colophon.run([folder], out, settings, progress=print)
    except ColophonError as error:
        raise SystemExit(str(error)) from error
    assert_type(counts, Counts)
    return counts.rejected


def english_of(text: str) -> str | None:
    """Take one text through the steps."""
    records, rejected = colophon.process_batch([SourceDocument.of_text(text)], Settings())
    assert_type(records, list[DocumentRecord])
    assert_type(rejected, list[RejectedInput])
    return records[0].english.text if records else None


def fragments_of(paths: list[str]) -> Iterator[tuple[str, int, int, str]]:
    """Find fragments alone."""
    settings = Settings()
    detector = colophon.FragmentDetector(settings.detection)
    for item in colophon.read_inputs(paths, settings.reading):
        assert_type(item, SourceDocument | Rejection)
        if isinstance(item, SourceDocument):
            for span in detector.detect(item):
                yield item.id, span.start, span.end, span.language


def status_of(document: SourceDocument) -> str:
    """Work out what may be done with a document."""
    decision = colophon.Attributor().attribute(document).reproduction
    match decision.status:
        case "prohibited" | "reserved" | "unknown":
            return "ask"
        case "permitted" | "permitted-with-conditions":
            return "; ".join(decision.conditions) or "go on"


def printed(line: str) -> None:
    """Read a record back and print it."""
    record = DocumentRecord.model_validate_json(line)
    for shown in colophon.record_lines(record):
        assert_type(shown, str)
    assert_type(colophon.__version__, str)
    record.fragments[0].start = 3  # type: ignore[misc]  # records are frozen
    Settings(engine="echo")  # type: ignore[call-arg]  # and closed
