"""From bytes to a SourceDocument: the one place that knows what to do with each media type."""

from dataclasses import replace
from hashlib import sha256

from colophon.documents import MetadataClaim, SourceDocument
from colophon.reading.captures import Capture, capture_of, is_capture
from colophon.reading.decoding import decode
from colophon.reading.headers import charset_of, claims_of_headers, media_type_of
from colophon.reading.json_lines import parse_line
from colophon.reading.markdown import front_matter, markdown_hints
from colophon.reading.pages import Page, read_page
from colophon.reading.parsing import declared_encoding
from colophon.reading.rejections import RefusedError, Rejection
from colophon.settings import ReadingSettings

# No encoding that is read takes more bytes for a code point.
_MOST_BYTES = 4
_MARKUP = ("text/html", "application/xhtml+xml")


def read_bytes(
    data: bytes,
    location: str,
    settings: ReadingSettings,
    *,
    media_type: str = "text/plain",
    charset: str | None = None,
    url: str | None = None,
) -> SourceDocument | Rejection:
    """Return the document that ``data`` holds; ``charset`` is what a header declares."""
    try:
        return _made(data, location, settings, media_type, charset, url)
    except RefusedError as refusal:
        return refusal.rejection


def read_line(data: bytes, location: str, settings: ReadingSettings) -> SourceDocument | Rejection:
    """Return the document that one line of JSONL holds."""
    try:
        return _made_of_line(data, location, settings)
    except RefusedError as refusal:
        return refusal.rejection


def _made(
    data: bytes, location: str, settings: ReadingSettings, media_type: str, charset: str | None, url: str | None
) -> SourceDocument:
    if len(data) > settings.largest_input:
        raise RefusedError(location, "too-large", too_large(len(data), settings))
    if not data:
        raise RefusedError(location, "empty", "no bytes")
    markup = media_type in _MARKUP
    if not markup and len(data) > _MOST_BYTES * settings.longest_text:
        raise RefusedError(location, "too-long", _too_long(len(data) // _MOST_BYTES, settings))
    declared = charset or (declared_encoding(data) if markup else None)
    decoded = decode(data, location, declared=declared, given=settings.encoding)
    page = read_page(decoded.text, location, settings) if markup else _plain(decoded.text, media_type, settings)
    _check_text(page.text, location, settings)
    return SourceDocument(
        id=location,
        location=location,
        text=page.text,
        bytes_sha256=sha256(data).hexdigest(),
        byte_length=len(data),
        media_type=media_type,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        url=url,
        hints=page.hints,
        claims=page.claims,
        repairs=decoded.repairs + page.repairs,
    )


def _plain(text: str, media_type: str, settings: ReadingSettings) -> Page:
    """Return a text as it is, with what Markdown's marks say of it."""
    if media_type != "text/markdown" or len(text) > settings.longest_text:
        return Page(text, (), (), ())
    return Page(text, markdown_hints(text), front_matter(text, settings), ())


def _made_of_capture(capture: Capture, location: str, settings: ReadingSettings) -> SourceDocument:
    """Return the page of a capture; its rejection is about the URL, its location is the line."""
    media_type = media_type_of(capture.content_type)
    if media_type is None:
        raise RefusedError(capture.url, "unsupported-media-type", f"{capture.content_type[:100]}, not a page")
    charset = charset_of(capture.content_type)
    made = _made(capture.body, capture.url, settings, media_type, charset, capture.final_url)
    claims = made.claims + claims_of_headers(capture.headers) + capture.metadata()
    return replace(made, location=location, claims=claims, retrieval=capture.retrieval)


def _made_of_line(data: bytes, location: str, settings: ReadingSettings) -> SourceDocument:
    if is_capture(data):
        return _made_of_capture(capture_of(data, location), location, settings)
    line = parse_line(data, location)
    page = read_page(line.content, location, settings) if line.is_html else Page(line.content, (), (), ())
    _check_text(page.text, location, settings)
    unused = tuple(MetadataClaim("meta", "unused-field", name) for name in line.unused)
    return SourceDocument(
        id=line.id or location,
        location=location,
        text=page.text,
        bytes_sha256=sha256(data).hexdigest(),
        byte_length=len(data),
        media_type="text/html" if line.is_html else "text/plain",
        url=line.url,
        hints=page.hints,
        claims=page.claims + unused,
        repairs=line.repairs + page.repairs,
    )


def _check_text(text: str, location: str, settings: ReadingSettings) -> None:
    if not text.strip():
        raise RefusedError(location, "empty", "only white space" if text else "an empty text")
    if len(text) > settings.longest_text:
        raise RefusedError(location, "too-long", _too_long(len(text), settings))


def _too_long(length: int, settings: ReadingSettings) -> str:
    return f"{length:,} code points or more; settings.reading.longest_text is {settings.longest_text:,}"


def too_large(size: int, settings: ReadingSettings) -> str:
    """Say that an input has too many bytes."""
    return f"{size:,} bytes or more; settings.reading.largest_input is {settings.largest_input:,}"
