"""The catalogue: which translation models are trusted, and the SHA-256 of each of their files.

``models/catalogue.toml`` ships with Colophon; a user's own catalogue has the same form and is read after it.
Paths in a catalogue are relative to it and never leave its folder.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from colophon.errors import DataError, ModelError
from colophon.languages import internal_code

EngineName = Literal["ctranslate2", "transformers"]
_HASH = r"^[0-9a-f]{64}$"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelFile(_Entry):
    """One file of a model; ``size`` in bytes."""

    path: str
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=_HASH)]


class CalibrationEntry(_Entry):
    """Confidence is ``1 / (1 + exp(-(intercept + slope * score)))``; ``fitted_on`` says where from."""

    intercept: float
    slope: Annotated[float, Field(ge=0)]
    fitted_on: str


class PiecesEntry(_Entry):
    """How a model of somebody else's reads and writes: pieces of SentencePiece, and who is told the languages.

    ``source`` and ``target`` are SentencePiece files of the folder. ``before`` are the pieces in front of a
    source, by its internal language code, empty when the model is told nothing; ``after`` those behind it;
    ``first`` those that every output begins with, which are no part of the text.
    """

    source: str
    target: str
    before: dict[str, tuple[str, ...]] = {}
    after: tuple[str, ...] = ("</s>",)
    first: tuple[str, ...] = ()


class _ModelEntry(_Entry):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    revision: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    licence: str
    folder: str
    engines: tuple[EngineName, ...]
    tokenizer: Literal["sentencepiece", "auto"] = "sentencepiece"
    pieces: PiecesEntry | None = None
    origin: str | None = None
    source_languages: tuple[str, ...]
    longest_source: Annotated[int, Field(gt=0)]
    calibration: CalibrationEntry | None = None
    files: tuple[ModelFile, ...]


class _Catalogue(_Entry):
    schema_version: Literal[1]
    model: tuple[_ModelEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One trusted model: where it lies and what its files must be.

    ``longest_source`` is in tokens. ``files`` are relative to ``folder``, which need not exist. ``pieces``
    goes before ``tokenizer``. ``origin`` says where the model was fetched.
    """

    id: str
    revision: str
    licence: str
    folder: Path
    engines: tuple[EngineName, ...]
    tokenizer: Literal["sentencepiece", "auto"]
    pieces: PiecesEntry | None
    origin: str | None
    source_languages: tuple[str, ...]
    longest_source: int
    calibration: CalibrationEntry | None
    files: tuple[ModelFile, ...]

    def file(self, path: str) -> ModelFile:
        """Return the entry of ``path``; ModelError when the catalogue has none."""
        for entry in self.files:
            if entry.path == path:
                return entry
        raise ModelError(self.id, f"the catalogue lists no file {path}; it cannot be verified, so it is not loaded")


def default_path() -> Path:
    """Return the catalogue that ships: inside an installed package, else ``models/`` of a clone."""
    package = Path(str(files("colophon")))
    packaged = package / "data" / "models" / "catalogue.toml"
    return packaged if packaged.is_file() else package.parent / "models" / "catalogue.toml"


def read_catalogue(user_path: Path | None = None) -> tuple[ModelCard, ...]:
    """Return the cards that ship, then the user's; DataError when a catalogue is wrong or an id repeats."""
    cards = list(read_cards(default_path()))
    if user_path is not None and user_path.is_file():
        for card in read_cards(user_path):
            if any(card.id == other.id for other in cards):
                raise DataError(str(user_path), f"model id {card.id} is already taken by the catalogue that ships")
            cards.append(card)
    return tuple(cards)


def read_cards(path: Path) -> tuple[ModelCard, ...]:
    """Return the cards of one catalogue file, in its order."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = _Catalogue.model_validate(data).model
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(str(path), f"model catalogue cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(str(path), f"{place}: {first['msg']}") from error
    ids = [entry.id for entry in entries]
    if len(ids) != len(set(ids)):
        raise DataError(str(path), "two models have the same id")
    return tuple(_card(entry, path) for entry in entries)


def _card(entry: _ModelEntry, catalogue: Path) -> ModelCard:
    spoken = () if entry.pieces is None else (entry.pieces.source, entry.pieces.target)
    for inner in (entry.folder, *spoken, *(file.path for file in entry.files)):
        pure = PurePosixPath(inner)
        if pure.is_absolute() or ".." in pure.parts or "\\" in inner or ":" in inner or not pure.parts:
            raise DataError(str(catalogue), f"{entry.id}: path {inner!r} must be relative and stay in its folder")
    languages = tuple(map(internal_code, entry.source_languages))
    if entry.pieces is not None and entry.pieces.before and set(entry.pieces.before) != set(languages):
        raise DataError(
            str(catalogue), f"{entry.id}: pieces.before must have exactly the languages of source_languages"
        )
    return ModelCard(
        id=entry.id,
        revision=entry.revision,
        licence=entry.licence,
        folder=catalogue.parent / entry.folder,
        engines=entry.engines,
        tokenizer=entry.tokenizer,
        pieces=entry.pieces,
        origin=entry.origin,
        source_languages=languages,
        longest_source=entry.longest_source,
        calibration=entry.calibration,
        files=entry.files,
    )


def verify(card: ModelCard, paths: Sequence[str] | None = None) -> list[str]:
    """Return what is wrong with the files of ``card`` (all, or ``paths``): missing, other size, other content."""
    entries = card.files if paths is None else [card.file(path) for path in paths]
    return [problem for entry in entries if (problem := _problem(card.folder / entry.path, entry)) is not None]


def _problem(path: Path, entry: ModelFile) -> str | None:
    try:
        size = path.stat().st_size
        if size != entry.size:
            return f"{path}: {size} bytes, the catalogue says {entry.size}"
        with path.open("rb") as stored:
            found = file_digest(stored, "sha256").hexdigest()
    except OSError as error:
        return f"{path}: {error.strerror}"
    return None if found == entry.sha256 else f"{path}: SHA-256 {found[:12]}…, the catalogue says {entry.sha256[:12]}…"


def require_verified(card: ModelCard, paths: Sequence[str]) -> None:
    """Raise ModelError unless ``paths`` of ``card`` are exactly the files that the catalogue lists."""
    problems = verify(card, paths)
    if problems:
        raise ModelError(card.id, "; ".join(problems) + " (restore the files, or run: colophon models verify)")
