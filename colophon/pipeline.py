"""From documents to records: the order of the steps, readable on one screen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from colophon import documents
from colophon.attributing import Attribution, Attributor
from colophon.detecting import DetectedSpan, Detector
from colophon.documents import SourceDocument
from colophon.provenance import (
    COMPOSITE,
    MACHINE_MADE,
    NOT_REVIEWED,
    LanguageNames,
    disclosure,
    record_id,
    signature,
    text_sha256,
    translated_tag,
)
from colophon.records import (
    Body,
    DocumentRecord,
    Fragment,
    Issue,
    LanguageShare,
    Maker,
    Retrieval,
    Source,
    Translation,
    Translator,
    edits_of,
)
from colophon.rewriting import apply_edits
from colophon.settings import Settings
from colophon.translating import FragmentText, Outcome, Router, translate_fragments
from colophon.withholding import access_of, withhold

# A document whose letters are nearly all translated is machine-made; below that it is a composite.
MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything the steps need, built once a process; ``engines`` names the installed models."""

    detector: Detector
    attributor: Attributor
    router: Router
    names: LanguageNames
    engines: str
    settings: Settings


def process_documents(documents: Sequence[SourceDocument], tools: Tools) -> list[DocumentRecord]:
    """Return one record a document, in order. All fragments of the batch are translated together."""
    detected = [tools.detector.detect(document) for document in documents]
    attributed = [tools.attributor.attribute(document) for document in documents]
    requests = [
        FragmentText(document.text[span.start : span.end], span.language, span.role)
        for document, spans in zip(documents, detected, strict=True)
        for span in spans
    ]
    outcomes = iter(translate_fragments(requests, tools.router, tools.settings.translation))
    return [
        record_of(document, spans, [next(outcomes) for _ in spans], attribution, tools)
        for document, spans, attribution in zip(documents, detected, attributed, strict=True)
    ]


def record_of(
    document: SourceDocument,
    spans: Sequence[DetectedSpan],
    outcomes: Sequence[Outcome],
    attribution: Attribution,
    tools: Tools,
) -> DocumentRecord:
    """Put what the steps found into one validated record, and withhold what the policy withholds."""
    fragments = fragments_of(document.text, spans, outcomes, tools)
    issues = (*attribution.issues, *issues_of(fragments, outcomes, document))
    maker = maker_of(fragments, tools)
    shares = language_shares(document.text, fragments)
    claim = attribution.translation_claim
    language = shares[0].language if shares else "und"
    source_tag = claim.source_language or "und"
    record = DocumentRecord(
        id=record_id(document.location, document.id, document.bytes_sha256, maker.signature),
        input_id=document.id,
        language=language,
        language_tag=f"{language}-t-{source_tag.lower()}" if claim.evident and source_tag != language else language,
        languages=shares,
        source=source_of(document),
        body=body_of(document.text),
        english=body_of(apply_edits(document.text, edits_of(fragments))),
        fragments=fragments,
        statements=attribution.statements,
        translation_claim=claim,
        reproduction=attribution.reproduction,
        access=access_of(attribution.reproduction, tools.settings.rights),
        disclosure=document_disclosure(fragments, tools),
        digital_source_type=digital_source_type(document.text, fragments),
        needs_review=attribution.reproduction.review_required or bool(issues),
        issues=issues,
        made_by=maker,
    )
    return withhold(record, tools.settings.rights)


def fragments_of(
    text: str, spans: Sequence[DetectedSpan], outcomes: Sequence[Outcome], tools: Tools
) -> tuple[Fragment, ...]:
    """Join detected spans and their outcomes; equal texts in one language point to the first of them."""
    first: dict[tuple[str, str], int] = {}
    fragments = []
    for number, (span, outcome) in enumerate(zip(spans, outcomes, strict=True)):
        quote = text[span.start : span.end]
        earlier = first.setdefault((quote, span.language), number)
        translation = translation_of(quote, span.language, outcome, tools)
        fragments.append(
            Fragment(
                start=span.start,
                end=span.end,
                text=quote,
                language=span.language,
                script=span.script,
                confidence=span.confidence,
                method=span.method,
                evidence=span.evidence,
                rival=span.rival,
                margin=span.margin,
                role=span.role,
                duplicate_of=None if earlier == number else earlier,
                translation=translation,
                untranslated_because=None if translation else outcome.reason or "failed-checks",
            )
        )
    return tuple(fragments)


def translation_of(quote: str, language: str, outcome: Outcome, tools: Tools) -> Translation | None:
    """Return the translation with its maker; None when there is none or the text came back unchanged."""
    if outcome.text is None or outcome.text == quote:
        return None
    translator = translator_of(outcome)
    return Translation(
        text=outcome.text,
        sha256=text_sha256(outcome.text),
        target_tag=translated_tag(language, machine=translator.kind == "machine"),
        translator=translator,
        confidence=outcome.confidence,
        flags=outcome.flags,
        glossary_terms=outcome.glossary_terms,
        disclosure=disclosure(tools.names.name(language), translator),
    )


def translator_of(outcome: Outcome) -> Translator:
    """Name the machine: an engine, or our transliteration; or the memory when every word came from the glossary."""
    who = outcome.identity
    if who is None:
        memory = bool(outcome.glossary_terms) and not outcome.transliterated
        rule = "glossary" if memory else "transliteration"
        return Translator(
            kind="memory" if memory else "machine", engine=rule, model=None, revision=None, model_sha256=None
        )
    return Translator(
        kind="machine",
        engine=f"{who.engine} {who.engine_version}",
        model=who.model,
        revision=who.revision,
        model_sha256=who.model_sha256,
    )


def issues_of(
    fragments: Sequence[Fragment], outcomes: Sequence[Outcome], document: SourceDocument
) -> tuple[Issue, ...]:
    """Say what a person should look at: untranslated and doubtful fragments, repairs in reading."""
    issues = [Issue(code="repaired", detail=repair) for repair in document.repairs]
    for number, (fragment, outcome) in enumerate(zip(fragments, outcomes, strict=True)):
        if fragment.duplicate_of is not None:
            continue
        if fragment.untranslated_because is not None:
            detail = outcome.detail or f"not translated: {fragment.untranslated_because}"
            issues.append(Issue(code=fragment.untranslated_because, detail=detail, fragment=number))
        issues += [Issue(code=flag, detail=f"translation flagged {flag}", fragment=number) for flag in outcome.flags]
    return tuple(issues)


def language_shares(text: str, fragments: Sequence[Fragment]) -> tuple[LanguageShare, ...]:
    """Count letters by language, most first; what no fragment covers is English."""
    letters: Counter[str] = Counter()
    for fragment in fragments:
        letters[fragment.language] += sum(map(str.isalpha, text[fragment.start : fragment.end]))
    everything = sum(map(str.isalpha, text))
    letters["en"] = everything - letters.total()
    ranked = sorted(((n, tag) for tag, n in letters.items() if n > 0), key=lambda pair: (-pair[0], pair[1]))
    return tuple(LanguageShare(language=tag, letters=n, share=round(n / everything, 4)) for n, tag in ranked)


def machine_translated(fragments: Sequence[Fragment]) -> list[Fragment]:
    """Return the fragments whose English a machine made."""
    return [f for f in fragments if f.translation is not None and f.translation.translator.kind == "machine"]


def digital_source_type(text: str, fragments: Sequence[Fragment]) -> str | None:
    """Return the IPTC digital source type of the English text; None when no machine touched it."""
    machine = machine_translated(fragments)
    if not machine:
        return None
    made = sum(str.isalpha(letter) for f in machine for letter in text[f.start : f.end])
    return MACHINE_MADE if made >= MOSTLY * sum(map(str.isalpha, text)) else COMPOSITE


def document_disclosure(fragments: Sequence[Fragment], tools: Tools) -> str | None:
    """Return the sentence that a publisher prints under the English text; None when no machine touched it."""
    machine = machine_translated(fragments)
    if not machine:
        return None
    names = sorted({tools.names.name(f.language) for f in machine})
    languages = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    count = "1 passage of this text was" if len(machine) == 1 else f"{len(machine)} passages of this text were"
    return f"{count} translated from {languages} into English by machine; {NOT_REVIEWED}."


def maker_of(fragments: Sequence[Fragment], tools: Tools) -> Maker:
    """Say what made the record, and the engines that this document used."""
    made_by = signature(tools.detector.signature, tools.attributor.signature, tools.engines, tools.settings)
    used = {
        f"{t.engine} {t.model}@{t.revision}" if t.model else str(t.engine)
        for f in fragments
        if f.translation is not None
        for t in (f.translation.translator,)
    }
    return Maker(
        colophon=made_by.split("|")[0].removeprefix("colophon:"),
        detector=tools.detector.signature,
        rules=tools.attributor.signature,
        engines=tuple(sorted(used)),
        decoding=f"beam={tools.settings.translation.beam}",
        signature=made_by,
    )


def source_of(document: SourceDocument) -> Source:
    """Copy the facts of the reading."""
    return Source(
        location=document.location,
        url=document.url,
        media_type=document.media_type,
        encoding=document.encoding,
        encoding_basis=document.encoding_basis,
        byte_length=document.byte_length,
        bytes_sha256=document.bytes_sha256,
        repairs=document.repairs,
        retrieval=None if document.retrieval is None else retrieval_of(document.retrieval),
    )


def retrieval_of(retrieval: documents.Retrieval) -> Retrieval:
    """Copy the facts of the fetching."""
    return Retrieval(
        requested=retrieval.requested,
        redirects=retrieval.redirects,
        fetched_at=retrieval.fetched_at,
        headers=retrieval.headers,
        announced_by=retrieval.announced_by,
    )


def body_of(text: str) -> Body:
    """Return a text with its length and hash."""
    return Body(length=len(text), sha256=text_sha256(text), text=text)
