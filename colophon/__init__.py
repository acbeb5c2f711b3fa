"""Colophon finds what is not English in a document, translates it, and records where everything came from.

    >>> import colophon
    >>> document = colophon.SourceDocument.of_text("A plain English sentence.")
    >>> document.id
    'text'

The names below are the public API; each is loaded when it is first used, and none loads a model library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colophon.attributing import Attributor as Attributor
    from colophon.detecting import FragmentDetector as FragmentDetector
    from colophon.documents import SourceDocument as SourceDocument
    from colophon.errors import ColophonError as ColophonError
    from colophon.reading import read_inputs as read_inputs
    from colophon.records import DocumentRecord as DocumentRecord
    from colophon.records import record_schema as record_schema
    from colophon.settings import Settings as Settings
    from colophon.showing import record_lines as record_lines
    from colophon.worker import process_batch as process_batch
    from colophon.worker import run as run

    __version__: str

_HOMES = {
    "Attributor": "colophon.attributing",
    "ColophonError": "colophon.errors",
    "DocumentRecord": "colophon.records",
    "FragmentDetector": "colophon.detecting",
    "Settings": "colophon.settings",
    "SourceDocument": "colophon.documents",
    "process_batch": "colophon.worker",
    "read_inputs": "colophon.reading",
    "record_lines": "colophon.showing",
    "record_schema": "colophon.records",
    "run": "colophon.worker",
}

__all__ = [
    "Attributor",
    "ColophonError",
    "DocumentRecord",
    "FragmentDetector",
    "Settings",
    "SourceDocument",
    "__version__",
    "process_batch",
    "read_inputs",
    "record_lines",
    "record_schema",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    if name == "__version__":
        from colophon.provenance import version

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module 'colophon' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
