"""What a licence says about use: free for any purpose, or something that a person must read first."""

from colophon.errors import UsageError

# As the hub writes them, and as SPDX does, in small letters: any use, with credit or under the same terms.
_OPEN = frozenset(
    {
        "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "isc", "unlicense", "zlib",
        "bsl-1.0", "mpl-2.0", "epl-2.0", "lgpl-2.1", "lgpl-3.0", "gpl-2.0", "gpl-3.0", "agpl-3.0", "eupl-1.2",
        "artistic-2.0", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0",
        "cc-by-sa-4.0", "pddl", "odc-by",
    }
)  # fmt: skip
UNSTATED = "unstated"


def objection(licence: str, *, nllb: bool = False) -> str | None:
    """Return why a person must agree before a model under ``licence`` is installed; None when nobody must.

    ``nllb``: the checkpoint numbers its pieces as NLLB does, whatever its card says.

    >>> objection("cc-by-4.0")
    >>> objection("CC-BY-NC-4.0")
    'cc-by-nc-4.0 forbids commercial use'
    """
    name = licence.strip().lower()
    if name in ("", UNSTATED):
        return "its publisher states no licence, so none is granted"
    if "-nc" in name or "noncommercial" in name.replace("-", "") or "research" in name:
        return f"{name} forbids commercial use"
    if nllb:
        return f"it looks like NLLB, whose makers license it as cc-by-nc-4.0, though this card says {name}"
    return None if name in _OPEN else f"{name} is not among the licences that are known to allow any use"


def require_consent(model: str, licence: str, *, accepted: bool, nllb: bool = False) -> None:
    """Raise UsageError, with the licence, when a person must agree to it and has not."""
    why = objection(licence, nllb=nllb)
    if why is not None and not accepted:
        raise UsageError(
            f"{model}: {why}. Read it; if your use is allowed, give the command again with --accept-licence"
        )
