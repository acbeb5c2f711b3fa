"""The published contract: what Colophon says of one document, as frozen pydantic records.

Offsets are half-open and count Unicode code points of the document's text as read. Times are UTC, ISO 8601
with ``Z``. Sizes are bytes. Scores lie in [0, 1]. JSON Schema generated from here is in ``schemas/``.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from colophon.rewriting import Edit, apply_edits

SCHEMA_VERSION: Literal["1.0"] = "1.0"
SCHEMA_ID = "urn:colophon:schema:document-record:v1"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Script = Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")]
Score = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0)]

Role = Literal["body", "caption", "keywords", "quote", "parenthesis", "credit", "notice", "heading"]
Method = Literal["script", "profile", "markup", "lexicon"]
Status = Literal["prohibited", "permitted-with-conditions", "permitted", "reserved", "unknown"]
Action = Literal["reproduce", "translate", "adapt", "tdm", "ai_train"]
StatementKind = Literal[
    "byline",
    "editor",
    "contributor",
    "agency",
    "translator",
    "machine_translation",
    "photo_credit",
    "publisher",
    "source",
    "published",
    "updated",
    "disclaimer",
    "comment_policy",
    "correction",
    "licence",
    "copyright",
    "title",
]
NoticeKind = Literal[
    "reproduction_prohibited", "permission", "conditional", "licence", "copyright", "exclusivity", "syndication",
]  # fmt: skip
TextPolicy = Literal["metadata-only", "quote", "full", "ignore"]
Flag = Literal[
    "repetition", "length-ratio", "copied-source", "lost-number", "lost-latin", "empty", "transliterated",
    "low-confidence", "item-count", "truncated",
]  # fmt: skip


class Record(BaseModel):
    """Base of all records: frozen, and closed against fields nobody defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class Quoted(Record):
    """A span with its words; ``text`` equals ``document.text[start:end]`` and None only when withheld."""

    start: Offset
    end: Offset
    text: str | None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"span {self.start}:{self.end} ends before it starts")
        if self.text is not None and len(self.text) != self.end - self.start:
            raise ValueError(f"span {self.start}:{self.end} does not fit its text of {len(self.text)} code points")
        return self


class Retrieval(Record):
    """How the bytes came from the network: what was asked, what answered, and when.

    ``redirects`` are the URLs between ``requested`` and the source's ``url``. ``headers`` are those of the answer
    that speak of the document, names in lower case. ``announced_by`` is the feed, sitemap or list that named it.
    """

    requested: str
    redirects: tuple[str, ...]
    fetched_at: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    headers: tuple[tuple[str, str], ...]
    announced_by: str | None


class Source(Record):
    """Where the bytes came from and how they were read; ``retrieval`` is there when that was the network."""

    location: str
    url: str | None
    media_type: str
    encoding: str
    encoding_basis: Literal["bom", "declared", "detected", "given"]
    byte_length: Annotated[int, Field(ge=0)]
    bytes_sha256: Sha256
    repairs: tuple[str, ...] = ()
    # Left out, not null, without a network: records of files are the same bytes as before it was known.
    retrieval: Retrieval | None = Field(default=None, exclude_if=lambda retrieval: retrieval is None)


class LanguageShare(Record):
    """How many letters of the document are in one language."""

    language: LanguageTag
    letters: Annotated[int, Field(ge=0)]
    share: Score


class Body(Record):
    """The document's text, or its length and hash alone when the text policy withholds it."""

    length: Annotated[int, Field(ge=0)]
    sha256: Sha256
    text: str | None

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if self.text is not None and (len(self.text), _hash(self.text)) != (self.length, self.sha256):
            raise ValueError("length and sha256 are not those of the text")
        return self


class Translator(Record):
    """Who translated a fragment: a person, a machine, or a memory of earlier translations."""

    kind: Literal["machine", "human", "memory"]
    engine: str | None
    model: str | None
    revision: str | None
    model_sha256: Sha256 | None


class Translation(Record):
    """English for one fragment, with its maker. ``text`` is None only when the policy withholds it.

    ``target_tag`` is BCP 47-T (RFC 6497): ``en-t-he-t0-und`` says English transformed from Hebrew by machine.
    """

    text: str | None
    sha256: Sha256
    target_tag: LanguageTag
    translator: Translator
    confidence: Score | None
    flags: tuple[Flag, ...]
    glossary_terms: tuple[str, ...] = ()
    disclosure: str
    review: Annotated[str, StringConstraints(pattern=r"^(unreviewed|reviewed by .+ at [0-9TZ:-]{20})$")] = "unreviewed"

    @model_validator(mode="after")
    def _hashed(self) -> Self:
        if self.text is not None and _hash(self.text) != self.sha256:
            raise ValueError("sha256 is not that of the translation")
        return self


class Fragment(Quoted):
    """One maximal stretch of text in one language other than English."""

    language: LanguageTag
    script: Script
    confidence: Score
    method: Method
    evidence: str
    rival: LanguageTag | None
    margin: float | None
    role: Role
    duplicate_of: Annotated[int, Field(ge=0)] | None = None
    translation: Translation | None
    untranslated_because: Literal["no-engine", "failed-checks", "undetermined-language", "disabled"] | None = None

    @model_validator(mode="after")
    def _translated_or_said_why(self) -> Self:
        if (self.translation is None) == (self.untranslated_because is None):
            raise ValueError("a fragment has either a translation or the reason why not")
        if self.translation is not None and self.text is not None and self.translation.text == self.text:
            raise ValueError("unchanged text is not a translation")
        return self


def edits_of(fragments: Sequence[Fragment]) -> list[Edit]:
    """Return the edits that turn a document's text into English, in order; withheld words make none."""
    return [
        Edit(f.start, f.end, f.text, f.translation.text)
        for f in fragments
        if f.text is not None and f.translation is not None and f.translation.text is not None
    ]


class Party(Record):
    """One party of a photo credit, as written and taken apart."""

    start: Offset
    end: Offset
    text: str | None
    creator: str | None
    outlet: str | None
    agency: str | None


class Statement(Record):
    """One thing that the document, or its markup, says of itself.

    ``value`` is normalised (a name, a URL, an ISO 8601 date, the sentence); ``start`` and ``end`` are None
    when the statement is outside the text (markup, headers), never a made-up span.
    """

    kind: StatementKind
    value: str
    start: Offset | None
    end: Offset | None
    text: str | None
    origin: Literal["text", "jsonld", "microdata", "opengraph", "dublincore", "meta", "link", "http", "feed"]
    rule: str
    basis: Literal["stated", "inferred"] = "stated"
    zone: Literal["head", "tail", "line", "caption", "any"] | None = None
    rank: Annotated[int, Field(ge=0)] = 0
    parties: tuple[Party, ...] = ()
    caption: tuple[Offset, Offset] | None = None
    machine: bool = False
    source_language: LanguageTag | None = None
    about_article: bool = True


class Notice(Quoted):
    """Words that reserve, grant or forbid; ``quoted`` hits are clues and decide nothing."""

    kind: NoticeKind
    language: LanguageTag
    rule: str
    zone: Literal["head", "tail", "line", "caption", "any"]
    relevance: Annotated[int, Field(ge=0, le=100)]
    quoted: bool
    sha256: Sha256
    holder: str | None = None
    spdx: str | None = None


class Override(Record):
    """A person's decision, appended to the machine's, never in its place."""

    status: Status
    by: str
    reason: str
    at: str


class Reproduction(Record):
    """What may be done with the text, decided from the notices and nothing else.

    ``treat_as`` is the status that a careful publisher acts on: ``unknown`` is treated as ``reserved``.
    """

    status: Status
    treat_as: Literal["prohibited", "permitted-with-conditions", "permitted", "reserved"]
    conditions: tuple[str, ...]
    reserved_actions: tuple[Action, ...]
    scope: Literal["article", "section", "photo", "site"] | None
    notices: tuple[Notice, ...]
    clues: tuple[Notice, ...]
    conflict: bool
    tdm: Literal["unset", "reserved", "allowed"]
    tdm_signals: tuple[str, ...]
    review_required: bool
    decided_by: str
    overrides: tuple[Override, ...] = ()

    @model_validator(mode="after")
    def _grounded(self) -> Self:
        if self.status != "unknown" and not self.notices:
            raise ValueError(f"status {self.status} needs at least one unquoted notice")
        return self


class TranslationClaim(Record):
    """What the document claims of its own translation, apart from what Colophon did."""

    evident: bool
    translator_stated: bool
    source_language: LanguageTag | None
    basis: str | None


class TextAccess(Record):
    """How the text policy acted: what was withheld, and on what ground."""

    policy: TextPolicy
    withheld: tuple[Literal["body", "english", "fragments", "translations", "quotes"], ...]
    reason: str | None
    basis: str | None


class Maker(Record):
    """What made the record; equal makers and equal input give equal bytes. Times are in ``runs.jsonl``."""

    colophon: str
    detector: str
    rules: str
    engines: tuple[str, ...]
    decoding: str
    signature: str


class Issue(Record):
    """Something a person should know or look at."""

    code: str
    detail: str
    fragment: Annotated[int, Field(ge=0)] | None = None


class DocumentRecord(Record):
    """Everything Colophon says of one document."""

    schema_name: Literal["colophon.document"] = "colophon.document"
    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str
    input_id: str
    language: LanguageTag
    language_tag: LanguageTag
    languages: tuple[LanguageShare, ...]
    source: Source
    body: Body
    english: Body
    fragments: tuple[Fragment, ...]
    statements: tuple[Statement, ...]
    translation_claim: TranslationClaim
    reproduction: Reproduction
    access: TextAccess
    disclosure: str | None
    digital_source_type: str | None
    needs_review: bool
    issues: tuple[Issue, ...]
    made_by: Maker

    @model_validator(mode="after")
    def _quotes_match(self) -> Self:
        for start, end, quote in self._quotes():
            if end > self.body.length:
                raise ValueError(f"span {start}:{end} ends outside the text of {self.body.length} code points")
            if quote is not None and self.body.text is not None and self.body.text[start:end] != quote:
                raise ValueError(f"text[{start}:{end}] is not the quoted {quote!r}")
        return self

    @model_validator(mode="after")
    def _fragments_in_order(self) -> Self:
        done = 0
        for number, fragment in enumerate(self.fragments):
            if fragment.start < done:
                raise ValueError(f"fragment {number} begins before the one before it ends")
            if fragment.duplicate_of is not None and fragment.duplicate_of >= number:
                raise ValueError(f"fragment {number} repeats fragment {fragment.duplicate_of}, which comes later")
            done = fragment.end
        if any(i.fragment is not None and i.fragment >= len(self.fragments) for i in self.issues):
            raise ValueError("an issue points to a fragment that is not there")
        return self

    @model_validator(mode="after")
    def _replays(self) -> Self:
        source, english = self.body.text, self.english.text
        if source is not None and english is not None and apply_edits(source, edits_of(self.fragments)) != english:
            raise ValueError("the translations, put into the text, do not give the English text")
        return self

    @model_validator(mode="after")
    def _withheld_or_there(self) -> Self:
        if self.body.text is None and "body" not in self.access.withheld:
            raise ValueError("the text is missing, and nothing says that it is withheld")
        return self

    def _quotes(self) -> list[tuple[int, int, str | None]]:
        notices = (*self.reproduction.notices, *self.reproduction.clues)
        quotes = [(q.start, q.end, q.text) for q in (*self.fragments, *notices)]
        for statement in self.statements:
            quotes += [(p.start, p.end, p.text) for p in statement.parties]
            if statement.start is not None and statement.end is not None:
                quotes.append((statement.start, statement.end, statement.text))
        return quotes


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a record as it is written: every field is there."""
    schema = DocumentRecord.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
