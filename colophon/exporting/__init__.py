"""Records handed on in the forms of other standards.

Each form is a pure function from a record to what JSON can hold. What a record withholds, no form has; what a form
cannot carry is in the table of docs/exporting.md.
"""

from collections.abc import Callable
from typing import Any

from colophon.exporting.describing import json_line
from colophon.exporting.ninjs import ninjs
from colophon.exporting.odrl import odrl
from colophon.exporting.prov import prov
from colophon.exporting.schemaorg import schemaorg
from colophon.records import DocumentRecord

FORMS: dict[str, Callable[[DocumentRecord], dict[str, Any]]] = {
    "schemaorg": schemaorg,
    "ninjs": ninjs,
    "prov": prov,
    "odrl": odrl,
}

__all__ = [
    "FORMS",
    "json_line",
    "ninjs",
    "odrl",
    "prov",
    "schemaorg",
]
