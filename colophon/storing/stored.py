"""What a store did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcome of one store; all numbers are counts of records.

    ``target`` is where they are, without passwords; ``already`` says that this very run was there and nothing was
    done. Otherwise ``written`` were new, ``changed`` took the place of another record with their id, and
    ``unchanged`` were there from an earlier run, to the byte.
    """

    target: str
    run_id: str
    records: int
    written: int = 0
    changed: int = 0
    unchanged: int = 0
    already: bool = False
