"""``colophon detect`` and ``colophon provenance``: what the parts find, as JSON Lines."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from colophon.attributing import Attribution, Attributor
from colophon.cli.options import Inputs
from colophon.detecting import DetectedSpan, FragmentDetector, explain
from colophon.documents import SourceDocument
from colophon.reading import Rejection, read_inputs
from colophon.records import Statement
from colophon.settings import Settings
from colophon.showing import printable

Explain = Annotated[bool, typer.Option("--explain", help="Print for a person: what was found, and why.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(detect)
    app.command()(provenance)


def detect(inputs: Inputs, explain_each: Explain = False) -> None:
    """Print the fragments of each document that are not English."""
    settings = Settings()
    detector = FragmentDetector(settings.detection)

    def show(document: SourceDocument) -> None:
        spans = detector.detect(document)
        if not explain_each:
            _print_json(detected_json(document, spans))
            return
        print(printable(document.id))
        for span in spans:
            for line in str(explain(document, span)).splitlines():
                print(f"  {printable(line)}")

    _each(inputs, settings, show)


def provenance(inputs: Inputs, explain_each: Explain = False) -> None:
    """Print what each document says of itself, and what may be done with it."""
    settings = Settings()
    attributor = Attributor()

    def show(document: SourceDocument) -> None:
        if explain_each:
            print(printable(document.id))
            for line in attributor.explain(document):
                print(f"  {printable(str(line))}")
        else:
            _print_json(provenance_json(document, attributor.attribute(document)))

    _each(inputs, settings, show)


def detected_json(document: SourceDocument, spans: Sequence[DetectedSpan]) -> dict[str, Any]:
    """Return one line of ``colophon detect``."""
    return {
        "id": document.id,
        "spans": [
            {
                "start": span.start,
                "end": span.end,
                "lang": span.language,
                "script": span.script,
                "confidence": span.confidence,
                "role": span.role,
                "text": document.text[span.start : span.end],
            }
            for span in spans
        ],
    }


def provenance_json(document: SourceDocument, found: Attribution) -> dict[str, Any]:
    """Return one line of ``colophon provenance``; single values are the first, which ranks highest."""

    def every(*kinds: str) -> list[dict[str, Any]]:
        mine = [s for s in found.statements if s.kind in kinds]
        if "translator" in kinds:  # the other direction: who translated this article elsewhere
            mine = [s for s in mine if s.about_article]
        mine.sort(key=lambda s: s.rank)
        # What markup repeats, of the text or of itself, is one value here; the records keep all.
        told = {s.value.casefold() for s in mine if s.start is not None}
        kept = []
        for statement in mine:
            if statement.start is not None or statement.value.casefold() not in told:
                told.add(statement.value.casefold())
                kept.append(_value(statement))
        return kept

    def first(kind: str) -> dict[str, Any] | None:
        return next(iter(every(kind)), None)

    return {
        "id": document.id,
        "source_url": first("source"),
        "publisher": first("publisher"),
        "bylines": every("byline"),
        "translators": every("translator"),
        "photo_credits": every("photo_credit"),
        "published": first("published"),
        "reproduction": {
            "status": found.reproduction.status,
            "notices": [
                {"value": n.text, "start": n.start, "end": n.end, "rule": n.rule, "kind": n.kind}
                for n in found.reproduction.notices
            ],
        },
        "disclaimers": every("disclaimer", "comment_policy"),
    }


def _value(statement: Statement) -> dict[str, Any]:
    value: dict[str, Any] = {
        "value": statement.value,
        "start": statement.start,
        "end": statement.end,
        "rule": statement.rule,
    }
    if statement.parties:
        value["parties"] = [party.model_dump(exclude_none=True) for party in statement.parties]
    return value


def _each(inputs: Sequence[str], settings: Settings, show: Callable[[SourceDocument], None]) -> None:
    rejected = 0
    for item in read_inputs(inputs, settings.reading, stdin=sys.stdin.buffer):
        if isinstance(item, Rejection):
            rejected += 1
            print(f"rejected {printable(item.location)}: {printable(item.detail)} [{item.reason}]", file=sys.stderr)
        else:
            show(item)
    raise SystemExit(3 if rejected else 0)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False))
