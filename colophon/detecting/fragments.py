"""What a detector returns: one fragment, and why it is one."""

from dataclasses import dataclass

from colophon.records import Method, Role


@dataclass(frozen=True, slots=True)
class DetectedSpan:
    """``text[start:end]`` in one language other than English; offsets in code points of the text as given.

    ``language`` is an internal code, ``und`` when only the script is sure. ``confidence`` lies in [0, 1].
    ``margin`` is the lead over ``rival``, the next language, in natural-log units; both None when the script
    alone decided. ``evidence`` is one line for a person.
    """

    start: int
    end: int
    language: str
    script: str
    confidence: float
    method: Method
    evidence: str
    rival: str | None
    margin: float | None
    role: Role


@dataclass(frozen=True, slots=True)
class Stretch:
    """A foreign stretch of one line before its edges are settled: offsets into the line as given."""

    start: int
    end: int
    language: str
    script: str
    method: Method
    evidence: str
    rival: str | None = None
    margin: float | None = None
    gain: float | None = None
