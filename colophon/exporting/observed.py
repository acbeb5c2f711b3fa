"""What was observed here, as PROV: the document as read, the run, its translations and decision, and persons' own."""

from colophon.exporting.describing import english_tag, uri
from colophon.exporting.provenance_bundle import RecordBundle, fields
from colophon.records import DocumentRecord, Fragment, Retrieval, Translation, Translator
from colophon.reviewing.applying import reviewer

_READING = ("location", "media_type", "encoding", "encoding_basis", "byte_length", "bytes_sha256", "repairs")
_FOUND = ("start", "end", "language", "script", "confidence", "method", "evidence", "rival", "margin", "role")
_KINDS = {"machine": "prov:SoftwareAgent", "memory": "prov:SoftwareAgent", "human": "prov:Person"}


def observe(record: DocumentRecord, bundle: RecordBundle) -> None:
    """Fill ``bundle``: entities for texts, one run of Colophon, an activity for each translator and each person."""
    document, english, run, software = _run(record, bundle)
    engines: dict[Translator, str] = {}
    for number, fragment in enumerate(record.fragments):
        source = _fragment(bundle, document, number, fragment)
        if fragment.translation is not None:
            if fragment.translation.translator not in engines:
                engines[fragment.translation.translator] = _engine(
                    bundle, len(engines), fragment.translation.translator, record.made_by.decoding, software
                )
            activity = engines[fragment.translation.translator]
            _translation(bundle, number, fragment.translation, source, activity)
    for number, issue in enumerate(record.issues):
        entity = bundle.entity(f"i{number}", fields(issue, "code", "detail", "fragment"), kind="colophon:issue")
        bundle.bundle.generation(entity, run)
    bundle.bundle.alternate(english, document)
    _decision(record, bundle, document, software)


def _run(record: DocumentRecord, bundle: RecordBundle) -> tuple[str, str, str, str]:
    """Add the document as read, its English text, the run that made one of the other, and what ran."""
    read = {
        "dcterms:identifier": record.input_id,
        "schema:url": uri(record.source.url),
        "dcterms:language": record.language,
        "colophon:language_tag": record.language_tag,
        "colophon:languages": [share.model_dump() for share in record.languages],
        "colophon:sha256": record.body.sha256,
        "colophon:length": record.body.length,
        "prov:value": record.body.text,
        **fields(record.source, *_READING),
    }
    document = bundle.entity("", read)
    if record.source.retrieval is not None:
        _retrieval(bundle, document, record.source.retrieval)
    made = {
        "dcterms:identifier": record.id,
        "dcterms:language": english_tag(record),
        "schema:digitalSourceType": record.digital_source_type,
        "colophon:disclosure": record.disclosure,
        "colophon:needs_review": record.needs_review,
        "colophon:sha256": record.english.sha256,
        "colophon:length": record.english.length,
        "prov:value": record.english.text,
        **{f"colophon:access_{name}": value for name, value in record.access},
    }
    english = bundle.entity("en", made)
    software = bundle.agent(
        "colophon",
        {"schema:name": "Colophon", "schema:softwareVersion": record.made_by.colophon}
        | fields(record.made_by, "detector", "rules", "engines", "signature"),
        kind="prov:SoftwareAgent",
    )
    run = bundle.activity("run")
    bundle.associate(run, software)
    bundle.bundle.usage(run, document)
    bundle.bundle.generation(english, run)
    bundle.bundle.derivation(english, document, run)
    return document, english, run, software


def _retrieval(bundle: RecordBundle, document: str, retrieval: Retrieval) -> None:
    """Add how the bytes came from the network: the one activity of a run whose time a record knows."""
    asked = fields(retrieval, "requested", "redirects", "headers", "announced_by")
    fetching = bundle.activity("fetching", asked, at=retrieval.fetched_at)
    bundle.bundle.generation(document, fetching)


def _fragment(bundle: RecordBundle, document: str, number: int, fragment: Fragment) -> str:
    earlier = None if fragment.duplicate_of is None else bundle.name(f"f{fragment.duplicate_of}")
    found = {
        "prov:value": fragment.text,
        "colophon:duplicate_of": earlier,
        "colophon:untranslated_because": fragment.untranslated_because,
        **fields(fragment, *_FOUND),
    }
    entity = bundle.entity(f"f{number}", found, kind="colophon:fragment")
    bundle.bundle.specialization(entity, document)
    return entity


def _engine(bundle: RecordBundle, number: int, translator: Translator, decoding: str, software: str) -> str:
    """Add an activity of translating with its agent and, for a model, its plan; return the activity."""
    activity = bundle.activity(f"translate{number}")
    agent = bundle.agent(f"translator{number}", fields(translator, "kind", "engine"), kind=_KINDS[translator.kind])
    plan = None
    if translator.model is not None:
        model = {**fields(translator, "model", "revision", "model_sha256"), "colophon:decoding": decoding}
        plan = bundle.entity(f"model{number}", model, kind="prov:Plan")
    bundle.associate(activity, agent, role="translator", plan=plan)
    if translator.kind != "human":
        bundle.bundle.delegation(agent, software, activity)
    return activity


def _translation(bundle: RecordBundle, number: int, made: Translation, source: str, activity: str) -> None:
    found = {
        "prov:value": made.text,
        "dcterms:language": made.target_tag,
        **fields(made, "sha256", "confidence", "flags", "glossary_terms", "disclosure", "review"),
    }
    entity = bundle.entity(f"f{number}-en", found, kind="colophon:translation")
    bundle.bundle.usage(activity, source)
    bundle.bundle.generation(entity, activity)
    bundle.bundle.derivation(entity, source, activity)
    reviewed = reviewer(made.review)
    if reviewed is not None:
        activity = bundle.activity(f"review-f{number}", at=reviewed.at)
        person = bundle.agent(f"reviewer-f{number}", {"schema:name": reviewed.by}, kind="prov:Person")
        bundle.associate(activity, person, role="reviewer")
        bundle.bundle.usage(activity, entity)


def _decision(record: DocumentRecord, bundle: RecordBundle, document: str, software: str) -> None:
    """Add the machine's decision, and each person's as a revision of the one before it."""
    machine = record.reproduction
    names = ("status", "treat_as", "conditions", "reserved_actions", "scope", "conflict", "tdm", "tdm_signals")
    before = bundle.entity("policy", fields(machine, *names, "review_required", "decided_by"), kind="colophon:decision")
    deciding = bundle.activity("deciding")
    bundle.associate(deciding, software)
    bundle.bundle.usage(deciding, document)
    bundle.bundle.generation(before, deciding)
    for number, override in enumerate(machine.overrides, start=1):
        activity = bundle.activity(f"deciding-{number}", {"colophon:reason": override.reason}, at=override.at)
        person = bundle.agent(f"person-{number}", {"schema:name": override.by}, kind="prov:Person")
        bundle.associate(activity, person, role="decider")
        after = bundle.entity(f"policy-{number}", {"colophon:status": override.status}, kind="colophon:decision")
        bundle.bundle.generation(after, activity)
        bundle.bundle.revision(after, before, activity)
        before = after
