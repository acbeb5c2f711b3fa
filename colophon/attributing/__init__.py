"""What a document says of itself: its makers, its origin, its dates; and what may be done with it."""

from colophon.attributing.attributor import Attribution, Attributor, Explanation

__all__ = ["Attribution", "Attributor", "Explanation"]
