"""A record as W3C PROV-JSON: what the document claims of itself and what was observed here, in separate bundles.

``NAME-claimed`` holds bylines, translators, publishers and originals, as the document or its markup states them.
``NAME-observed`` holds what Colophon read, found, translated and decided, and what persons decided since. Records
hold no clock times (docs/decisions/0001), so the activities of a run have none; those of persons do.
"""

import json
from typing import TYPE_CHECKING, Any

from colophon.errors import MissingExtraError
from colophon.exporting.claimed import claim
from colophon.exporting.describing import local_name
from colophon.exporting.observed import observe
from colophon.exporting.provenance_bundle import NAMESPACES, RecordBundle
from colophon.records import DocumentRecord

if TYPE_CHECKING:
    from prov.model import ProvDocument


def prov(record: DocumentRecord) -> dict[str, Any]:
    """Return PROV-JSON. Raises MissingExtraError when the ``prov`` package is not installed."""
    text = prov_document(record).serialize(format="json")
    found: dict[str, Any] = json.loads(text or "{}")
    return found


def prov_document(record: DocumentRecord) -> "ProvDocument":
    """Return the record as a document of the ``prov`` package, which knows other forms of PROV too.

    Raises MissingExtraError when the package is not installed.
    """
    try:
        from prov.model import ProvDocument
    except ImportError as error:
        raise MissingExtraError("prov", "prov", "exporting PROV") from error
    document = ProvDocument()
    for prefix, namespace in NAMESPACES.items():
        document.add_namespace(prefix, namespace)
    for name, fill in (("claimed", claim), ("observed", observe)):
        bundle = f"colophon:{local_name(record)}-{name}"
        document.entity(bundle, {"prov:type": document.valid_qualified_name("prov:Bundle")})
        fill(record, RecordBundle(document.bundle(bundle), local_name(record)))
    return document
