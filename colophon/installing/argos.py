"""``colophon models import``: a package of Argos Translate, which is a zip with a CTranslate2 model in it.

No path of the archive is ever used as a path: members are looked for by name, and written under names of ours.
"""

import json
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Any

from colophon.catalogue import ModelCard, PiecesEntry
from colophon.engines.pieces import VOCABULARY
from colophon.errors import ModelError
from colophon.installing.hub import Say
from colophon.installing.licences import UNSTATED, objection, require_consent
from colophon.installing.limits import Limits
from colophon.installing.pulling import INCOMING, Wishes, tried
from colophon.installing.recording import Newcomer, model_id, record, require_new
from colophon.installing.trial import trial_sentences
from colophon.languages import internal_code

METADATA = "metadata.json"
_PIECES = "sentencepiece.model"
_MODEL = re.compile(r"model\.bin|config\.json|(?:shared|source|target)_vocabulary\.(?:json|txt)")
_LONGEST_SOURCE = 256  # pieces; more than a caption has, and OpenNMT's positions go on
_MOST_MEMBERS = 10_000
_SMALL = 1 << 20  # a text of zeros this size is no danger, however well it was packed


@dataclass(frozen=True, slots=True)
class Package:
    """What an archive holds: members by the name that they get, and what is left in it."""

    metadata: dict[str, Any]
    members: dict[str, zipfile.ZipInfo]
    left: tuple[str, ...] = field(default=())


def install(file: Path, licence: str | None, wishes: Wishes, say: Say) -> ModelCard:
    """Import ``file``, try it and record it; return its card. ``licence`` is what the user knows of it.

    UsageError when the licence must be accepted; ModelError when the archive is unsafe, is no package of a
    translation into English, or fails its trial.
    """
    name = file.name
    try:
        with zipfile.ZipFile(file) as archive, file.open("rb") as whole:
            package = inspected(name, archive, wishes.limits)
            source, version = _languages(name, package.metadata)
            stated = licence or str(package.metadata.get("license") or UNSTATED)
            say(f"{name}: {source} to English, version {version}, licence {stated}")
            id = model_id(f"argos-{source}-en")
            require_new(wishes.catalogue, id, replace=wishes.replace)
            require_consent(name, stated, accepted=wishes.accept_licence)
            sha256 = file_digest(whole, "sha256").hexdigest()
            folder = wishes.catalogue.parent / INCOMING / f"{id}@{sha256}"
            _extract(name, archive, package, folder)
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise ModelError(name, f"the archive cannot be read: {error}") from error
    if package.left:
        say(
            f"not used: {', '.join(package.left[:5])}"
            + (f" and {len(package.left) - 5} more" * (len(package.left) > 5))
        )
    why = objection(stated)
    newcomer = Newcomer(
        id=id,
        revision=version,
        licence=stated,
        origin=f"file:{name}#sha256={sha256}",
        engines=("ctranslate2",),
        pieces=PiecesEntry(source=VOCABULARY, target=VOCABULARY, after=(), first=_prefix(package.metadata)),
        source_languages=(source,),
        longest_source=_LONGEST_SOURCE,
        notes=() if why is None else (f"Licence accepted with --accept-licence, though: {why}.",),
    )
    say("trying it")
    tried(newcomer.card(folder), trial_sentences([source], wishes.sentences), None)
    return record(wishes.catalogue, newcomer, folder)


def _languages(name: str, metadata: dict[str, Any]) -> tuple[str, str]:
    """Return source language and version of a package; ModelError when it is for something else."""
    kind, to = metadata.get("type", "translate"), internal_code(str(metadata.get("to_code")))
    source = internal_code(str(metadata.get("from_code")))
    if kind != "translate" or to != "en" or source in ("und", "en"):
        raise ModelError(name, f"is no translation into English: type {kind!r}, from {source} to {to}")
    version = re.sub(r"[^A-Za-z0-9._-]+", ".", str(metadata.get("package_version") or "unversioned"))[:50]
    return source, version


def _prefix(metadata: dict[str, Any]) -> tuple[str, ...]:
    prefix = str(metadata.get("target_prefix") or "")
    return (prefix,) if prefix else ()


def inspected(name: str, archive: zipfile.ZipFile, limits: Limits) -> Package:
    """Look through an archive without writing anything; ModelError when a member is unsafe or something is missing."""
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise ModelError(name, f"the archive has {len(infos):,} members; a package has a few dozen")
    members: dict[str, zipfile.ZipInfo] = {}
    left: list[str] = []
    for info in infos:
        _refuse_unsafe(name, info)
        place = _place(info)
        if place is None:
            left += [] if info.is_dir() else [PurePosixPath(info.filename).name]
        elif place in members:
            raise ModelError(name, f"the archive has {info.filename!r} twice")
        else:
            members[place] = info
    _refuse_large(name, members, limits)
    for needed in (METADATA, VOCABULARY, "ctranslate2/model.bin"):
        if needed not in members:
            raise ModelError(
                name, f"has no {needed}: packages that cut text by other rules than SentencePiece are not read"
            )
    try:
        metadata = json.loads(archive.read(members[METADATA]).decode("utf-8"))
    except (ValueError, RuntimeError) as error:
        raise ModelError(name, f"{METADATA} cannot be read: {error}") from error
    if not isinstance(metadata, dict):
        raise ModelError(name, f"{METADATA} is no JSON object")
    return Package(metadata, members, tuple(left))


def _place(info: zipfile.ZipInfo) -> str | None:
    """Return the name that a member gets, None when it is not wanted."""
    match PurePosixPath(info.filename).parts:
        case (_, "metadata.json"):
            return METADATA
        case (_, "sentencepiece.model"):
            return VOCABULARY
        case (_, "model", file) if _MODEL.fullmatch(file) and not info.is_dir():
            return f"ctranslate2/{file}"
    return None


def _refuse_unsafe(name: str, info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in info.filename or "\0" in info.filename:
        raise ModelError(name, f"unsafe archive: {info.filename[:80]!r} points out of its folder; nothing was written")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ModelError(name, f"unsafe archive: {info.filename[:80]!r} is a link; nothing was written")
    if info.flag_bits & 0x1:
        raise ModelError(name, f"{info.filename[:80]!r} is encrypted")


def _refuse_large(name: str, members: dict[str, zipfile.ZipInfo], limits: Limits) -> None:
    for place, info in members.items():
        most = limits.weights if place.endswith("model.bin") else limits.other
        if info.file_size > most:
            raise ModelError(name, f"{info.filename[:80]!r} unpacks to {info.file_size:,} bytes; at most {most:,}")
        if info.file_size > max(_SMALL, limits.expansion * info.compress_size):
            raise ModelError(
                name,
                f"unsafe archive: {info.filename[:80]!r} grows from {info.compress_size:,} to {info.file_size:,} bytes",
            )


def _extract(name: str, archive: zipfile.ZipFile, package: Package, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "ctranslate2").mkdir(parents=True)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder)
        for place, info in package.members.items():
            with archive.open(info) as packed, (folder / place).open("wb") as out:
                written = sum(map(out.write, _pieces(packed)))
            if written != info.file_size:
                raise ModelError(
                    name, f"{info.filename[:80]!r} has {written:,} bytes, not the {info.file_size:,} listed"
                )
        undo.pop_all()


def _pieces(packed: Any) -> Iterator[bytes]:
    while piece := packed.read(1 << 20):
        yield piece
