"""What Colophon knows of encodings: labels, candidates, file signatures (``data/reading/encodings.toml``)."""

import codecs
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding that old archives use undeclared, and how its letters weigh."""

    name: str
    script: str
    weights: dict[str, float]
    other: float


@dataclass(frozen=True, slots=True)
class Encodings:
    """The data file as objects."""

    labels: dict[str, str]
    codecs: dict[str, str]
    candidates: tuple[Candidate, ...]
    signatures: tuple[tuple[bytes, str], ...]


@cache
def encodings() -> Encodings:
    """Return the data file, read once."""
    table = tomllib.loads(files("colophon").joinpath("data/reading/encodings.toml").read_text("utf-8"))
    return Encodings(
        labels=table["labels"],
        codecs=table["codecs"],
        candidates=tuple(_candidate(row) for row in table["candidate"]),
        signatures=tuple((bytes.fromhex(start), kind) for start, kind in table["signatures"].items()),
    )


def _candidate(row: dict[str, str | float]) -> Candidate:
    letters = str(row["common"])
    rare = float(row["rare"])
    step = (1 - rare) / max(1, len(letters) - 1)
    weights = {letter: 1 - rank * step for rank, letter in reversed(list(enumerate(letters)))}
    return Candidate(str(row["name"]), str(row["script"]), weights, float(row["other"]))


def codec_of(name: str) -> str:
    """Return Python's name of an encoding."""
    return encodings().codecs.get(name, name)


def known_label(label: str) -> str | None:
    """Return the encoding that a label means, or None when it means none that turns bytes into text.

    >>> known_label("GB2312"), known_label("UTF8"), known_label("klingon"), known_label("base64")
    ('gb18030', 'utf-8', None, None)
    """
    name = label.strip().lower()
    name = encodings().labels.get(name, name)
    if not name.isascii() or not name or len(name) > 40 or "\0" in name:
        return None
    if name in (
        "utf-7",
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "unicode_escape",
        "raw_unicode_escape",
    ):
        return None
    try:
        info = codecs.lookup(codec_of(name))
    except LookupError:
        return None
    # Codecs such as base64 and rot13 do not make text of bytes; CPython marks them so.
    return name if getattr(info, "_is_text_encoding", False) else None


def signature_of(data: bytes) -> str | None:
    """Return the name of a kind of file that is not text, by its first bytes."""
    return next((kind for start, kind in encodings().signatures if data.startswith(start)), None)
