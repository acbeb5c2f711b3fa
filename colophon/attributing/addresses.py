"""Addresses that documents name: any text may stand where one is expected."""

from urllib.parse import SplitResult, urlsplit


def host(address: str) -> str:
    """Return an address's host in small letters without ``www.``; empty when it has none or is malformed.

    >>> host("https://www.Press.example/a"), host("https://[press")
    ('press.example', '')
    """
    parts = _parts(address)
    return "" if parts is None else (parts.hostname or "").removeprefix("www.")


def is_web(address: str) -> bool:
    """Say whether an address is well formed and leads to the web (http or https)."""
    parts = _parts(address)
    return parts is not None and parts.scheme in ("http", "https")


def _parts(address: str) -> SplitResult | None:
    # urlsplit refuses unpaired brackets and some characters beside dots: that is the document's doing.
    try:
        return urlsplit(address)
    except ValueError:
        return None
