"""What an HTTP answer says of the page that it carries, whether it was fetched now or long ago."""

from collections.abc import Iterable

from colophon.documents import MetadataClaim

_READABLE = {
    "text/html": "text/html",
    "application/xhtml+xml": "application/xhtml+xml",
    "text/plain": "text/plain",
    "text/markdown": "text/markdown",
}
# What an answer says of the document; other headers are of the server.
_CLAIMS = (
    "last-modified", "content-language", "link", "tdm-reservation", "tdm-policy", "x-robots-tag", "content-usage",
    "etag", "date",
)  # fmt: skip

# What a record keeps of an answer besides: how it was read, and until when it was thought to hold.
_KEPT = (*_CLAIMS, "content-type", "expires")


def media_type_of(content_type: str) -> str | None:
    """Return what a page of this Content-Type is read as, or None for what is not read.

    >>> media_type_of("Text/HTML; charset=x"), media_type_of("image/png")
    ('text/html', None)
    """
    return _READABLE.get(content_type.partition(";")[0].strip().lower())


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type declares.

    >>> charset_of('text/html; Charset="windows-1255"')
    'windows-1255'
    """
    for part in content_type.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def claims_of_headers(headers: Iterable[tuple[str, str]]) -> tuple[MetadataClaim, ...]:
    """Return the headers that speak of the document; their names are in lower case."""
    return tuple(MetadataClaim("http", name, value) for name, value in headers if name in _CLAIMS)


def kept_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers that a record keeps; their names are in lower case."""
    return tuple(pair for pair in headers if pair[0] in _KEPT)
