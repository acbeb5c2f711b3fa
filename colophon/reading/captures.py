"""Captures: pages as they were fetched, one a line of JSON, so that a record can be made of them again and checked.

A line begins with ``{"capture": ``, and the reader of JSONL knows it by that. The body is in base64, as it was
sent; cookies are not kept.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from colophon.documents import MetadataClaim, Retrieval
from colophon.reading.headers import kept_headers
from colophon.reading.rejections import REASONS, Reason, RefusedError, Rejection

VERSION: Literal[1] = 1
_BEGINNING = b'{"capture": '
# Of the session between two machines; no business of whoever reads the capture.
_PRIVATE = ("set-cookie", "set-cookie2", "www-authenticate", "proxy-authenticate", "authentication-info")


@dataclass(frozen=True, slots=True)
class Capture:
    """One page: the URL asked for, all URLs on the way, headers in lower case, when, and the bytes.

    ``announced_by`` is the feed, sitemap or list that named it, and ``claims`` are what that said of it.
    """

    url: str
    hops: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    fetched_at: str
    body: bytes
    announced_by: str | None = None
    claims: tuple[tuple[str, str], ...] = ()

    @property
    def final_url(self) -> str:
        """The URL after all redirects."""
        return self.hops[-1]

    @property
    def content_type(self) -> str:
        """What the server says the body is; without its word a page."""
        return next((value for name, value in self.headers if name == "content-type"), "text/html")

    @property
    def retrieval(self) -> Retrieval:
        """What a record keeps of the fetching."""
        return Retrieval(
            requested=self.hops[0],
            redirects=self.hops[1:-1],
            fetched_at=self.fetched_at,
            headers=kept_headers(self.headers),
            announced_by=self.announced_by,
        )

    def metadata(self) -> tuple[MetadataClaim, ...]:
        """Return what the announcement says of the page, and where it redirected from."""
        announced = tuple(MetadataClaim("feed", name, value) for name, value in self.claims)
        return tuple(MetadataClaim("http", "redirected-from", hop) for hop in self.hops[:-1]) + announced


def capture_line(capture: Capture) -> str:
    """Return a capture as a line with its line break."""
    value = {
        "capture": VERSION,
        "url": capture.url,
        "hops": capture.hops,
        "fetched_at": capture.fetched_at,
        "headers": [pair for pair in capture.headers if pair[0] not in _PRIVATE],
        "announced_by": capture.announced_by,
        "claims": capture.claims,
        "body": base64.b64encode(capture.body).decode("ascii"),
    }
    return json.dumps(value) + "\n"


def refusal_line(rejection: Rejection) -> str:
    """Return, as a line, that a page was asked for and why there is none; reading it gives the rejection."""
    value = {
        "capture": VERSION,
        "url": rejection.location,
        "refused": rejection.reason,
        "detail": rejection.detail,
    }
    return json.dumps(value) + "\n"


def is_capture(line: bytes) -> bool:
    """Say whether a line of JSONL is a capture."""
    return line.startswith(_BEGINNING)


def capture_of(line: bytes, location: str) -> Capture:
    """Return the capture that a line holds.

    Raises:
        RefusedError: the line holds a refusal, or is no capture of this version.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RefusedError(location, "broken-json", str(error)[:200]) from error
    if not isinstance(value, dict) or value.get("capture") != VERSION:
        raise RefusedError(location, "broken-json", f"no capture of version {VERSION}")
    if value.get("refused") in REASONS:
        url, detail = str(value.get("url", location)), str(value.get("detail", ""))
        raise RefusedError(url, cast(Reason, value["refused"]), detail)
    try:
        return _capture(value)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise RefusedError(location, "broken-json", f"a spoilt capture: {str(error)[:200]}") from error


def _capture(value: dict[str, Any]) -> Capture:
    announced = value["announced_by"]
    made = Capture(
        url=_text(value["url"]),
        hops=tuple(map(_text, value["hops"])),
        headers=_pairs(value["headers"]),
        fetched_at=_text(value["fetched_at"]),
        body=base64.b64decode(_text(value["body"]), validate=True),
        claims=_pairs(value["claims"]),
    )
    if not made.hops:
        raise ValueError("no hops")
    return made if announced is None else replace(made, announced_by=_text(announced))


def _pairs(value: list[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(content)) for name, content in value)


def _text(value: object) -> str:
    """Return a string that UTF-8 has bytes for."""
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:40]!r} is no string")
    value.encode()
    return value
