"""How large what is fetched or imported may be, in bytes."""

from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """``weights`` bounds all weight files together, ``other`` any other file, ``files`` how many there may be.

    ``expansion`` is how many times its size a compressed file may grow.
    """

    weights: int = 16 * GIB
    other: int = 64 << 20
    files: int = 64
    expansion: int = 100
