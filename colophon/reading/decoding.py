"""Bytes to text: byte order mark, then what the caller vouches for, then UTF-8, declaration, and weighing.

Text is never cleaned: no newline translation, no normalisation; only a byte order mark is not part of it.
Bytes that break the rules of their encoding are refused, never replaced.
"""

import codecs
import re
from dataclasses import dataclass

from colophon.documents import EncodingBasis
from colophon.reading.encodings import codec_of, known_label, signature_of
from colophon.reading.rejections import RefusedError
from colophon.reading.weighing import likeliest

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\v\x1b")
_MANY_CONTROLS = 0.1
_PLAIN = frozenset(" \t\r\n.,;:!?\"'()-")
# A file is UTF-8 with damage, not another encoding, when this share of its non-ASCII bytes is valid UTF-8.
_MOSTLY_UTF8 = 0.8
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# The beginning of a Hebrew word in letters that only end one: the mark of text stored in visual order.
_FINAL_FIRST = re.compile(r"\b[ךםןףץ]\w")
_FINAL_LAST = re.compile(r"\w[ךםןףץ]\b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the encoding that made it, and remarks for ``SourceDocument.repairs``."""

    text: str
    encoding: str
    basis: EncodingBasis
    repairs: tuple[str, ...] = ()


def decode(data: bytes, location: str, *, declared: str | None = None, given: str | None = None) -> Decoded:
    """Return the text of ``data``; ``given`` is vouched for by the user, ``declared`` by a header or the page.

    Raises:
        RefusedError: binary data, an unknown encoding, or bytes that break the encoding's rules.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark) :], encoding, location), encoding, "bom")
    if given is not None:
        label = known_label(given)
        if label is None:
            raise RefusedError(
                location, "unknown-encoding", f"no encoding is called {given!r}; try utf-8 or windows-1255"
            )
        return _noted(Decoded(_strict(data, label, location), label, "given"), given)
    _refuse_signatures(data, location)
    if b"\0" in data:
        return _wide(data, location)
    if len(data) - len(data.translate(None, _CONTROLS)) > _MANY_CONTROLS * len(data):
        raise RefusedError(location, "binary", "control characters, no text")
    return _noted(_narrow(data, location, declared), declared)


def _narrow(data: bytes, location: str, declared: str | None) -> Decoded:
    """Decode data without NUL: UTF-8 where it fits, else as declared, else as weighed."""
    label = known_label(declared) if declared else None
    utf8 = _attempt(data, "utf-8")
    if utf8 is not None and (label is None or label == "utf-8" or _surely_utf8(data, utf8)):
        return _as_utf8(data, utf8, declared, label)
    if label is not None and label != "utf-8":
        text = _attempt(data, label)
        if text is not None:
            return Decoded(text, label, "declared")
    share = _valid_share(data)
    if label == "utf-8" or share >= _MOSTLY_UTF8:
        raise RefusedError(location, "invalid-encoding", _utf8_damage(data))
    name = likeliest(data)
    if name is None:
        raise RefusedError(
            location, "unknown-encoding", "no known encoding makes words of these bytes; name it in settings"
        )
    remark = (f"declared-encoding-ignored: {declared}",) if declared else ()
    return Decoded(_strict(data, name, location), name, "detected", remark)


def _as_utf8(data: bytes, text: str, declared: str | None, label: str | None) -> Decoded:
    if b"\x1b$" in data:
        japanese = _attempt(data, "iso2022_jp")
        if japanese is not None:
            return Decoded(japanese, "iso-2022-jp", "detected")
    if label is None:
        remark = (f"declared-encoding-ignored: {declared}",) if declared else ()
        return Decoded(text, "utf-8", "detected", remark)
    if label == "utf-8":
        return Decoded(text, "utf-8", "declared")
    return Decoded(text, "utf-8", "detected", (f"declared-encoding-ignored: {declared}",))


def _surely_utf8(data: bytes, text: str) -> bool:
    """Say whether valid UTF-8 outweighs a declaration: three sequences hardly happen by chance."""
    return len(data) - len(text) >= 3 and len(_UTF8_SEQUENCE.findall(data[:100_000])) >= 3


def _valid_share(data: bytes) -> float:
    foreign = len(_NOT_ASCII.findall(data))
    return sum(map(len, _UTF8_SEQUENCE.findall(data))) / foreign if foreign else 0.0


def _utf8_damage(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"UTF-8 but for byte {error.start} (0x{data[error.start]:02x}): {error.reason}"
    return "declared as UTF-8"


def _wide(data: bytes, location: str) -> Decoded:
    """Decode UTF-16 without a mark, if one order of the bytes makes words and spaces."""
    best: tuple[int, str, str] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _attempt(data, encoding)
        if text is None or "\0" in text:
            continue
        sample = text[:20_000]
        plain = sum(c.isalnum() or c in _PLAIN for c in sample)
        familiar = sum(c in " \n" or (c.isascii() and c.isalnum()) for c in sample)
        # Pairs of ASCII letters look like Chinese, but never like Chinese with spaces.
        spaced = any(c in " \n" for c in sample) or familiar >= 0.9 * len(sample)
        if plain >= 0.9 * len(sample) and spaced and (best is None or familiar > best[0]):
            best = (familiar, text, encoding)
    if best is None:
        raise RefusedError(location, "binary", f"NUL byte at offset {data.index(0)}")
    return Decoded(best[1], best[2], "detected")


def _refuse_signatures(data: bytes, location: str) -> None:
    kind = signature_of(data)
    if kind is not None:
        raise RefusedError(location, "binary", f"{kind}, not text: extract its text first")


def _attempt(data: bytes, name: str) -> str | None:
    try:
        return data.decode(codec_of(name))
    except UnicodeDecodeError:
        return None


def _strict(data: bytes, name: str, location: str) -> str:
    try:
        return data.decode(codec_of(name))
    except UnicodeDecodeError as error:
        detail = f"not valid {name} at byte {error.start}: {error.reason}"
        raise RefusedError(location, "invalid-encoding", detail) from error


def _noted(decoded: Decoded, label: str | None) -> Decoded:
    """Remark on legacy Hebrew that is stored in the order of the eye, not of reading."""
    if decoded.encoding not in ("iso-8859-8", "windows-1255"):
        return decoded
    first = len(_FINAL_FIRST.findall(decoded.text))
    if first <= len(_FINAL_LAST.findall(decoded.text)):
        return decoded
    remark = f"visual-order-hebrew: {label or decoded.encoding}, text kept as stored"
    return Decoded(decoded.text, decoded.encoding, decoded.basis, (*decoded.repairs, remark))
