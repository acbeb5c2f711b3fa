"""Records with every field in use and hostile characters in each text; each is one that the contract allows."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, get_args

from hypothesis import strategies as st

from colophon.records import (
    Action,
    Body,
    DocumentRecord,
    Flag,
    Fragment,
    Issue,
    LanguageShare,
    Maker,
    Method,
    Notice,
    NoticeKind,
    Override,
    Party,
    Reproduction,
    Role,
    Source,
    Statement,
    StatementKind,
    Status,
    TextAccess,
    Translation,
    TranslationClaim,
    Translator,
    edits_of,
)
from colophon.rewriting import apply_edits

HOSTILE = (
    *"\0\x01\x1b\x7f\x85\u2028\u200f\u202e\u2066\ufeff\ufffe\uffff\ufffd\u2400",
    *("\U0010ffff", "\U0001f469\u200d\U0001f467", "e\u0301\u0301", "שלום", "'\"\\", "$1 %s {}", "\r\n", ";--"),
)
TEXT = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), max_size=4).map("".join)
LINE = TEXT.map(lambda text: text or "x")
TAG = st.sampled_from(("en", "he", "zh-Hans", "und", "en-" + "abcdefgh-" * 400 + "z"))
SCORE = st.floats(0, 1)
WHOLE = st.integers(0, 2**63 - 1)
HASH = st.binary(min_size=1, max_size=4).map(lambda data: sha256(data).hexdigest())
ZONES = st.sampled_from(("head", "tail", "line", "caption", "any"))


def choice(literal: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(literal))


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=3).map(tuple)


TRANSLATORS = st.builds(
    Translator,
    kind=st.sampled_from(("machine", "human", "memory")),
    engine=st.none() | TEXT,
    model=st.none() | TEXT,
    revision=st.none() | TEXT,
    model_sha256=st.none() | HASH,
)


@st.composite
def translations(draw: st.DrawFn, source: str) -> Translation:
    text = draw(st.none() | TEXT.filter(lambda text: text != source))
    return Translation(
        text=text,
        sha256=draw(HASH) if text is None else digest(text),
        target_tag=draw(TAG),
        translator=draw(TRANSLATORS),
        confidence=draw(st.none() | SCORE),
        flags=draw(some(choice(Flag))),
        glossary_terms=draw(some(TEXT)),
        disclosure=draw(TEXT),
    )


@st.composite
def fragments(draw: st.DrawFn, text: str) -> tuple[Fragment, ...]:
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    made: list[Fragment] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        english = draw(st.none() | translations(text[start:end]))
        made.append(
            Fragment(
                start=start,
                end=end,
                text=text[start:end],
                language=draw(TAG),
                script="Hebr",
                confidence=draw(SCORE),
                method=draw(choice(Method)),
                evidence=draw(TEXT),
                rival=draw(st.none() | TAG),
                margin=draw(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
                role=draw(choice(Role)),
                duplicate_of=draw(st.none() | st.integers(0, len(made) - 1)) if made else None,
                translation=english,
                untranslated_because=None if english else "no-engine",
            )
        )
    return tuple(made)


@st.composite
def spans(draw: st.DrawFn, text: str) -> tuple[int, int]:
    start = draw(st.integers(0, len(text)))
    return start, draw(st.integers(start, len(text)))


@st.composite
def parties(draw: st.DrawFn, text: str) -> Party:
    start, end = draw(spans(text))
    name = st.none() | TEXT
    return Party(start=start, end=end, text=text[start:end], creator=draw(name), outlet=draw(name), agency=draw(name))


@st.composite
def statements(draw: st.DrawFn, text: str) -> Statement:
    start, end = draw(st.none() | spans(text)) or (None, None)
    return Statement(
        kind=draw(choice(StatementKind)),
        value=draw(TEXT),
        start=start,
        end=end,
        text=None if start is None else text[start:end],
        origin=draw(st.sampled_from(("text", "jsonld", "http", "feed"))),
        rule=draw(TEXT),
        basis=draw(st.sampled_from(("stated", "inferred"))),
        zone=draw(st.none() | ZONES),
        rank=draw(WHOLE),
        parties=draw(some(parties(text))),
        caption=draw(st.none() | spans(text)),
        machine=draw(st.booleans()),
        source_language=draw(st.none() | TAG),
        about_article=draw(st.booleans()),
    )


@st.composite
def notices(draw: st.DrawFn, text: str) -> Notice:
    start, end = draw(spans(text))
    return Notice(
        start=start,
        end=end,
        text=draw(st.sampled_from((None, text[start:end]))),
        kind=draw(choice(NoticeKind)),
        language=draw(TAG),
        rule=draw(TEXT),
        zone=draw(ZONES),
        relevance=draw(st.integers(0, 100)),
        quoted=draw(st.booleans()),
        sha256=draw(HASH),
        holder=draw(st.none() | TEXT),
        spdx=draw(st.none() | TEXT),
    )


@st.composite
def reproductions(draw: st.DrawFn, text: str) -> Reproduction:
    found = draw(some(notices(text)))
    return Reproduction(
        status=draw(choice(Status)) if found else "unknown",
        treat_as=draw(st.sampled_from(("prohibited", "permitted-with-conditions", "permitted", "reserved"))),
        conditions=draw(some(TEXT)),
        reserved_actions=draw(some(choice(Action))),
        scope=draw(st.sampled_from((None, "article", "photo"))),
        notices=found,
        clues=draw(some(notices(text))),
        conflict=draw(st.booleans()),
        tdm=draw(st.sampled_from(("unset", "reserved", "allowed"))),
        tdm_signals=draw(some(TEXT)),
        review_required=draw(st.booleans()),
        decided_by=draw(TEXT),
        overrides=draw(some(st.builds(Override, status=choice(Status), by=TEXT, reason=TEXT, at=TEXT))),
    )


SOURCES = st.builds(
    Source,
    location=TEXT,
    url=st.none() | TEXT,
    media_type=TEXT,
    encoding=TEXT,
    encoding_basis=st.sampled_from(("bom", "declared", "detected", "given")),
    byte_length=WHOLE,
    bytes_sha256=HASH,
    repairs=some(TEXT),
)
MAKERS = st.builds(Maker, colophon=TEXT, detector=TEXT, rules=TEXT, engines=some(TEXT), decoding=TEXT, signature=TEXT)
SHARES = st.builds(LanguageShare, language=TAG, letters=WHOLE, share=SCORE)


@st.composite
def records(draw: st.DrawFn) -> DocumentRecord:
    text = draw(TEXT)
    found = draw(fragments(text))
    issues = st.builds(
        Issue, code=TEXT, detail=TEXT, fragment=st.none() | st.integers(0, len(found) - 1) if found else st.none()
    )
    withheld = draw(st.sampled_from(((), ("body",))))
    body, english = body_of(text), body_of(apply_edits(text, edits_of(found)))
    return DocumentRecord(
        id=f"urn:colophon:{draw(st.binary(min_size=16, max_size=16)).hex()}",
        input_id=draw(TEXT),
        language=draw(TAG),
        language_tag=draw(TAG),
        languages=draw(some(SHARES)),
        source=draw(SOURCES),
        body=body.model_copy(update={"text": None}) if withheld else body,
        english=draw(st.sampled_from((english, english.model_copy(update={"text": None})))),
        fragments=found,
        statements=draw(some(statements(text))),
        translation_claim=draw(
            st.builds(
                TranslationClaim,
                evident=st.booleans(),
                translator_stated=st.booleans(),
                source_language=st.none() | TAG,
                basis=st.none() | TEXT,
            )
        ),
        reproduction=draw(reproductions(text)),
        access=TextAccess(
            policy="quote", withheld=withheld, reason=draw(st.none() | TEXT), basis=draw(st.none() | TEXT)
        ),
        disclosure=draw(st.none() | TEXT),
        digital_source_type=draw(st.none() | TEXT),
        needs_review=draw(st.booleans()),
        issues=draw(some(issues)),
        made_by=draw(MAKERS),
    )


RECORDS = st.lists(records(), min_size=1, max_size=2, unique_by=lambda record: record.id)


def body_of(text: str) -> Body:
    return Body(length=len(text), sha256=digest(text), text=text)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def ids(found: Sequence[DocumentRecord]) -> dict[str, DocumentRecord]:
    return {record.id: record for record in found}
