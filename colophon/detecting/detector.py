"""The detector: line by line, one pass, the same answer in every process."""

import math
from functools import cache
from hashlib import sha256
from typing import Protocol

from colophon.detecting import rules
from colophon.detecting.edges import settled
from colophon.detecting.fragments import DetectedSpan, Stretch
from colophon.detecting.roles import Layout, layout
from colophon.detecting.shadow import shadow_of
from colophon.detecting.stretches import latin_stretches, other_stretches
from colophon.detecting.tokens import tokens_of
from colophon.documents import MarkupHint, SourceDocument
from colophon.languages import internal_code
from colophon.settings import DetectionSettings
from colophon.spans import lines

_VERSION = "1"


class Detector(Protocol):
    """Anything that finds the fragments of a document that are not English."""

    @property
    def signature(self) -> str:
        """Name and version of the detector and its data."""
        ...

    def detect(self, document: SourceDocument) -> tuple[DetectedSpan, ...]:
        """Return the fragments in order, without overlap, none across a line break."""
        ...


class FragmentDetector:
    """Scripts, letter and word statistics, and a path over language states for each line."""

    def __init__(self, settings: DetectionSettings) -> None:
        self._settings = settings

    @property
    def signature(self) -> str:
        """Name, version and the hash of the data files that decide."""
        return f"fragments:{_VERSION}|data:{_data_hash()}|target:{self._settings.target}"

    def detect(self, document: SourceDocument) -> tuple[DetectedSpan, ...]:
        """Return the fragments in order, without overlap, none across a line break."""
        text = document.text
        spans = tuple(lines(text))
        place = layout(text, spans, document.hints)
        hints = [h for h in document.hints if h.kind == "lang"]
        found: list[DetectedSpan] = []
        for number, line in enumerate(spans):
            found += [_span(s, line.start, number, place, hints) for s in stretches_of(line.of(text))]
        return tuple(found)


def stretches_of(line: str) -> list[Stretch]:
    """Return the foreign stretches of one line with settled edges, in order; offsets into the line."""
    shadow = shadow_of(line)
    tokens = tokens_of(shadow)
    latin = latin_stretches(tokens)
    other = other_stretches(tokens, shadow.text, latin) if any(t.script != "Latn" for t in tokens) else []
    raw = sorted((*latin, *other), key=lambda s: s.start)
    found: list[Stretch] = []
    floor = 0
    for i, stretch in enumerate(raw):
        ceiling = shadow.start(raw[i + 1].start) if i + 1 < len(raw) else len(line)
        start, end = shadow.start(stretch.start), shadow.end(stretch.end)
        start, end = settled(line, max(start, floor), end, floor=floor, ceiling=ceiling)
        if end > start:
            found.append(_moved(stretch, start, end))
            floor = end
    return found


def _moved(stretch: Stretch, start: int, end: int) -> Stretch:
    return Stretch(
        start, end, stretch.language, stretch.script, stretch.method, stretch.evidence,
        stretch.rival, stretch.margin, stretch.gain,
    )  # fmt: skip


def _span(stretch: Stretch, offset: int, number: int, place: Layout, hints: list[MarkupHint]) -> DetectedSpan:
    start, end = offset + stretch.start, offset + stretch.end
    language, method, evidence = stretch.language, stretch.method, stretch.evidence
    marked = _marked(hints, start, end)
    if marked and marked != language and (language == "und" or marked == stretch.rival):
        evidence = f'markup says lang="{marked}"; {evidence}'
        language, method = marked, "markup"
    return DetectedSpan(
        start, end, language, stretch.script, _confidence(stretch), method, evidence,
        stretch.rival, stretch.margin, place.role(number, start, end),
    )  # fmt: skip


def _marked(hints: list[MarkupHint], start: int, end: int) -> str | None:
    """Return the language that the innermost markup around a span declares, unless it is English."""
    around = [h for h in hints if h.start <= start and end <= h.end]
    if not around:
        return None
    code = internal_code(min(around, key=lambda h: h.end - h.start).value)
    return None if code in ("en", "und") else code


def _confidence(stretch: Stretch) -> float:
    if stretch.language == "und":
        return 0.5
    if stretch.margin is None:
        return 0.99
    weakest = min(stretch.margin, stretch.gain if stretch.gain is not None else stretch.margin)
    return round(0.5 + 0.49 * (1 - math.exp(-max(weakest, 0.0) / 4)), 3)


@cache
def _data_hash() -> str:
    digest = sha256()
    for name in ("scripts.toml", "languages.toml", "loans.toml"):
        digest.update(rules.data(name).read_bytes())
    for folder in ("words", "ngrams"):
        for path in sorted(rules.data(folder).iterdir(), key=lambda p: p.name):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
