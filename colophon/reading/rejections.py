"""Rejection: why one input cannot become a document, as a code for programs and words for people."""

from dataclasses import dataclass
from typing import Literal, get_args

from colophon.errors import InputError

Reason = Literal[
    "missing",  # no such path
    "empty-folder",  # a folder without files
    "no-match",  # a glob that fits nothing
    "outside-folder",  # a symbolic link that leads out of the folder given, or to a folder
    "hidden",  # a name that begins with a dot, inside a folder
    "not-a-file",  # a pipe, a device, a socket
    "unreadable",  # permission, or a disk that fails
    "unknown-extension",  # a format that Colophon does not read
    "empty",  # nothing, or only white space
    "binary",  # not text
    "unknown-encoding",  # no encoding fits, or the one asked for does not exist
    "invalid-encoding",  # the encoding is known and the bytes break its rules
    "too-large",  # more bytes than settings allow
    "too-long",  # more code points than settings allow
    "too-deep",  # elements inside elements inside elements
    "too-many-elements",
    "too-many-attributes",
    "broken-markup",  # libxml2 gave up
    "no-text",  # markup without words
    "broken-json",
    "not-an-object",  # JSON, and no object
    "no-text-field",  # an object with neither text nor html
    "broken-archive",  # gzip data or a web archive that is cut or corrupt
    "expands-too-much",  # a compression bomb
    "changed",  # the file is not the one that was enumerated
    "unsupported-url",  # not http or https, or with a user name in it
    "refused-address",  # a private, local or metadata address
    "unreachable",  # no such host, or no connection
    "timeout",
    "http-error",  # an answer other than the page
    "try-later",  # a server in trouble: 429 or 5xx, or a robots.txt that it cannot give
    "too-many-redirects",
    "robots",  # the site asks not to be read
    "unsupported-media-type",  # a picture, a PDF
    "no-page",  # a record of a web archive whose page is elsewhere, or none
    "broken-feed",  # neither RSS nor Atom, or no sitemap
]
REASONS: tuple[str, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Rejection:
    """One input that did not become a document; ``location`` as in ``SourceDocument``."""

    location: str
    reason: Reason
    detail: str


class RefusedError(InputError):
    """Raised inside readers; becomes a Rejection at their border. The reason is checked by its type."""

    def __init__(self, location: str, reason: Reason, detail: str) -> None:
        super().__init__(location, reason, detail)
        self.rejection = Rejection(location, reason, detail)
