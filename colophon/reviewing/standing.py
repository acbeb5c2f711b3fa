"""The decision about reproduction to act on: the last of the persons', else the machine's."""

from dataclasses import dataclass

from colophon.records import Action, DocumentRecord, Override, Status

_MINING: frozenset[Action] = frozenset({"tdm", "ai_train"})


@dataclass(frozen=True, slots=True)
class InForce:
    """The decision to act on: the last of the persons', else the machine's.

    ``reserved`` and ``conditions`` are the machine's as far as they fit the status; ``override`` is the person's
    decision when one is in force.
    """

    status: Status
    treat_as: Status
    reserved: tuple[Action, ...]
    conditions: tuple[str, ...]
    override: Override | None

    @property
    def open(self) -> bool:
        """Say whether the text may be passed on, with or without conditions."""
        return self.treat_as in ("permitted", "permitted-with-conditions")


def in_force(record: DocumentRecord) -> InForce:
    """Return the decision to act on. A person's grant takes back the reservations, but never a signal on mining."""
    machine = record.reproduction
    if not machine.overrides:
        return InForce(machine.status, machine.treat_as, machine.reserved_actions, machine.conditions, None)
    last = machine.overrides[-1]
    granted = last.status in ("permitted", "permitted-with-conditions")
    return InForce(
        status=last.status,
        treat_as="reserved" if last.status == "unknown" else last.status,
        reserved=tuple(a for a in machine.reserved_actions if not granted or a in _MINING),
        conditions=machine.conditions if last.status == "permitted-with-conditions" else (),
        override=last,
    )
