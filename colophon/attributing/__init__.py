"""What a document says of itself (who wrote, photographed, translated and published it) and what may be done with it."""

from colophon.attributing.attributor import Attribution, Attributor, Explanation

__all__ = ["Attribution", "Attributor", "Explanation"]
