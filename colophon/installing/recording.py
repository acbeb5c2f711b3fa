"""The user's catalogue: a model that passed its trial is written into it, and read from then on as any other."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path

from colophon.catalogue import EngineName, ModelCard, ModelFile, PiecesEntry, default_path, read_cards
from colophon.errors import DataError, UsageError
from colophon.installing.trial import quoted

_HEAD = (
    "# Models that were fetched or imported: what they are, where from, and the size and SHA-256 of every file.\n"
    "# Written by colophon models pull and import. Order is preference; blocks may be moved or taken out.\n"
    "schema_version = 1\n"
)
_ID = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A model that is being installed; ``revision`` is a commit or a version, ``notes`` become comments."""

    id: str
    revision: str
    licence: str
    origin: str
    engines: tuple[EngineName, ...]
    pieces: PiecesEntry
    source_languages: tuple[str, ...]
    longest_source: int
    notes: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Return the name of its folder beside the catalogue."""
        return f"{self.id}@{self.revision[:12]}"

    def card(self, folder: Path) -> ModelCard:
        """Return the card as the files in ``folder`` are now."""
        return ModelCard(
            id=self.id,
            revision=self.revision,
            licence=self.licence,
            folder=folder,
            engines=self.engines,
            tokenizer="sentencepiece",
            pieces=self.pieces,
            origin=self.origin,
            source_languages=self.source_languages,
            longest_source=self.longest_source,
            calibration=None,
            files=tuple(_listed(folder)),
        )


def model_id(name: str) -> str:
    """Return the catalogue's id for a name from elsewhere.

    >>> model_id("Helsinki-NLP/opus-mt-tc-big-he-en")
    'Helsinki-NLP.opus-mt-tc-big-he-en'
    """
    return _ID.sub(".", name).strip("._-")[:100]


def _listed(folder: Path) -> Iterator[ModelFile]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stored:
                digest = file_digest(stored, "sha256").hexdigest()
            yield ModelFile(path=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=digest)


def require_new(catalogue: Path, id: str, *, replace: bool) -> None:
    """Raise UsageError when ``id`` is installed already and shall not be replaced, or ships with Colophon."""
    if any(card.id == id for card in read_cards(default_path())):
        raise UsageError(f"the model {id} ships with Colophon and cannot be replaced")
    if not replace and catalogue.is_file():
        for card in read_cards(catalogue):
            if card.id == id:
                raise UsageError(f"{id} is installed at {card.revision}; to put another in its place: --replace")


def record(catalogue: Path, newcomer: Newcomer, incoming: Path) -> ModelCard:
    """Move ``incoming`` beside ``catalogue`` and write its entry; return its card as it is read from there.

    A model of the same id is taken out: its entry, and then its folder. DataError when the catalogue is wrong.
    """
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    before = catalogue.read_text(encoding="utf-8") if catalogue.is_file() else _HEAD
    old = [card.folder for card in read_cards(catalogue) if card.id == newcomer.id] if catalogue.is_file() else []
    card = newcomer.card(incoming)
    text = _without(before, newcomer.id).rstrip("\n") + "\n\n" + entry_text(card, newcomer.folder, newcomer.notes)
    draft = catalogue.with_name(catalogue.name + ".partial")
    draft.write_text(text, encoding="utf-8")
    (written,) = (one for one in read_cards(draft) if one.id == newcomer.id)
    final = catalogue.parent / newcomer.folder
    if final.exists():
        shutil.rmtree(final)
    incoming.rename(final)
    os.replace(draft, catalogue)
    for folder in old:
        if folder != final and folder.is_dir():
            shutil.rmtree(folder)
    return written


def _without(text: str, id: str) -> str:
    """Return a catalogue without the block of ``id``; comments above a block go with it."""
    starts = [found.start() for found in re.finditer(r"(?m)^(?:#.*\n)*\[\[model\]\]$", text)]
    bounds = [0, *starts, len(text)]
    blocks = [text[start:end] for start, end in pairwise(bounds)]
    line = re.compile(rf"(?m)^id = {re.escape(quoted(id))}$")
    return "".join(block for block in blocks if not line.search(block))


def entry_text(card: ModelCard, folder: str, notes: Sequence[str]) -> str:
    """Return the catalogue's block for ``card``, as ``catalogue.read_cards`` reads it."""
    if card.pieces is None:
        raise DataError(card.id, "only models with pieces are written: please report this")
    comments = [
        f"# Installed {datetime.now(UTC).date().isoformat()}.",
        *(f"# {' '.join(note.split())}" for note in notes),
    ]
    rows = [
        f"  {{ path = {quoted(file.path)}, size = {file.size}, sha256 = {quoted(file.sha256)} }},\n"
        for file in card.files
    ]
    return "\n".join(
        (
            *comments,
            "[[model]]",
            f"id = {quoted(card.id)}",
            f"revision = {quoted(card.revision)}",
            f"licence = {quoted(card.licence)}",
            f"origin = {quoted(card.origin or '')}",
            f"folder = {quoted(folder)}",
            f"engines = {_strings(card.engines)}",
            f"source_languages = {_strings(card.source_languages)}",
            f"longest_source = {card.longest_source}",
            f"pieces = {_pieces(card.pieces)}",
            f"files = [\n{''.join(rows)}]\n",
        )
    )


def _pieces(pieces: PiecesEntry) -> str:
    before = _table({language: _strings(told) for language, told in pieces.before.items()})
    return _table(
        {
            "source": quoted(pieces.source),
            "target": quoted(pieces.target),
            "before": before,
            "after": _strings(pieces.after),
            "first": _strings(pieces.first),
        }
    )


def _table(values: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in values.items()) + " }" if values else "{}"


def _strings(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"
