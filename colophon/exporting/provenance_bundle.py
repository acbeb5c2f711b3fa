"""One bundle about one record: short names for PROV's parts, and record fields as attributes that keep their order."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prov.model import ProvBundle

NAMESPACES = {
    "colophon": "urn:colophon:",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
}
Attributes = Mapping[str, Any]


class RecordBundle:
    """Adds to a bundle under names that begin with the record's; ``part`` is what follows, such as ``f0``."""

    def __init__(self, bundle: "ProvBundle", record: str) -> None:
        self.bundle = bundle
        self._record = record

    def name(self, part: str = "") -> str:
        """Return the qualified name of the record, or of a part of it."""
        return f"colophon:{self._record}" + (f"-{part}" if part else "")

    def entity(self, part: str, attributes: Attributes, *, kind: str | None = None) -> str:
        """Add an entity; return its name."""
        name = self.name(part)
        self.bundle.entity(name, self._attributes(attributes, kind))
        return name

    def agent(self, part: str, attributes: Attributes, *, kind: str | None = None) -> str:
        """Add an agent; return its name. Without a ``kind`` it may be a person, an organisation or a machine."""
        name = self.name(part)
        self.bundle.agent(name, self._attributes(attributes, kind))
        return name

    def activity(self, part: str, attributes: Attributes | None = None, *, at: str | None = None) -> str:
        """Add an activity, which took place ``at`` one moment when that is a time; return its name."""
        name = self.name(part)
        moment = _moment(at)
        unread = {"colophon:at": at} if moment is None else {}
        self.bundle.activity(name, moment, moment, self._attributes({**(attributes or {}), **unread}, None))
        return name

    def associate(self, activity: str, agent: str, *, role: str | None = None, plan: str | None = None) -> None:
        """Say that ``agent`` took part in ``activity``."""
        self.bundle.association(activity, agent, plan, other_attributes=self._attributes({"prov:role": role}, None))

    def _attributes(self, attributes: Attributes, kind: str | None) -> dict[str, Any]:
        found = {key: _value(value) for key, value in attributes.items() if value is not None and value != ()}
        if kind is not None:
            found["prov:type"] = self.bundle.valid_qualified_name(kind)
        return found


def fields(record: Any, *names: str) -> dict[str, Any]:
    """Return fields of a record as attributes in Colophon's namespace."""
    return {f"colophon:{name}": getattr(record, name) for name in names}


def _value(value: Any) -> Any:
    """Return what PROV can hold; a list becomes JSON, because the values of an attribute have no order."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else value


def _moment(at: str | None) -> datetime | None:
    try:
        return None if at is None else datetime.fromisoformat(at)
    except ValueError:
        return None
