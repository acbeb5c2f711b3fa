"""A document as it was read, before anything is known about it but where it came from.

Readers make it; detection and attribution look at it; nothing changes it.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

HintKind = Literal["lang", "dir", "role"]
ClaimOrigin = Literal["jsonld", "microdata", "opengraph", "dublincore", "meta", "link", "http", "feed"]
EncodingBasis = Literal["bom", "declared", "detected", "given"]


@dataclass(frozen=True, slots=True)
class MarkupHint:
    """What markup says of ``text[start:end]``: a BCP 47 ``lang``, a ``dir``, or a ``role``.

    Roles: ``caption``, ``credit``, ``heading``, ``quote``, ``footer``, ``time``, ``byline``.
    """

    start: int
    end: int
    kind: HintKind
    value: str


@dataclass(frozen=True, slots=True)
class MetadataClaim:
    """A statement outside the text: ``name`` as the source spells it (``article:author``), ``value``."""

    origin: ClaimOrigin
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """How a document came from the network.

    ``requested`` is the first URL asked; ``redirects`` are those between it and the document's own ``url``.
    ``fetched_at`` is UTC, ISO 8601 with ``Z``. ``headers`` are those of the answer, names in lower case.
    ``announced_by`` is the feed, sitemap or list that named the document.
    """

    requested: str
    redirects: tuple[str, ...] = ()
    fetched_at: str
    headers: tuple[tuple[str, str], ...] = ()
    announced_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """One input: its text, and the facts of its reading.

    ``text`` is never cleaned or normalised: all offsets point into it. ``bytes_sha256`` is of the bytes as
    stored (one line, for JSONL). ``location`` is the path as given, or ``path#line`` for JSONL, ``-#line``
    for standard input. ``retrieval`` is None for what did not come from the network.
    """

    id: str
    location: str
    text: str
    bytes_sha256: str
    byte_length: int
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    encoding_basis: EncodingBasis = "given"
    url: str | None = None
    hints: tuple[MarkupHint, ...] = ()
    claims: tuple[MetadataClaim, ...] = ()
    repairs: tuple[str, ...] = field(default=())
    retrieval: Retrieval | None = None

    @staticmethod
    def of_text(text: str, *, id: str = "text", url: str | None = None) -> "SourceDocument":
        """Wrap a string that a program already holds."""
        stored = text.encode("utf-8", "surrogatepass")
        return SourceDocument(
            id=id,
            location=id,
            text=text,
            bytes_sha256=sha256(stored).hexdigest(),
            byte_length=len(stored),
            url=url,
        )
