"""A repository of a model hub: pinned to a commit, looked through, and fetched file by file.

The hub is ``HF_ENDPOINT`` or huggingface.co. Only files with a name from a short list are fetched, none of them
a program, and each must have the size and the hash that the hub's own listing says.
"""

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from colophon.errors import MissingExtraError, ModelError, UsageError
from colophon.installing.licences import UNSTATED
from colophon.installing.limits import Limits

CONFIGURATION = "config.json"
_DESCRIBING = frozenset(
    {
        CONFIGURATION, "tokenizer_config.json", "tokenizer.json", "vocab.json", "source.spm", "target.spm",
        "spiece.model", "sentencepiece.bpe.model", "sentencepiece.model",
    }
)  # fmt: skip
_SAFE = re.compile(r"model(?:-\d{5}-of-\d{5})?\.safetensors(?:\.index\.json)?")
_PICKLED = re.compile(r"pytorch_model(?:-\d{5}-of-\d{5})?\.bin(?:\.index\.json)?")
_HUB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
_COMMIT = re.compile("[0-9a-f]{40}")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository; ``sha256`` where the hub stores it as a large file, ``blob`` is git's hash of it."""

    name: str
    size: int
    sha256: str | None
    blob: str | None


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at one commit; ``licence`` as its card states it."""

    id: str
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]

    @property
    def origin(self) -> str:
        """Where it is, pinned, for the catalogue."""
        return f"{_endpoint()}/{self.id}/tree/{self.commit}"


def split_name(name: str) -> tuple[str, str | None]:
    """Return hub id and revision of ``OWNER/NAME[@REVISION]``; UsageError when it is something else."""
    hub_id, at, revision = name.partition("@")
    if not _HUB_ID.fullmatch(hub_id) or (at and not _REVISION.fullmatch(revision)) or ".." in name:
        raise UsageError(f"{name!r} is no model of a hub; write OWNER/NAME or OWNER/NAME@REVISION")
    return hub_id, revision or None


def resolved(hub_id: str, revision: str | None) -> Repository:
    """Ask the hub what ``revision`` (its default branch when None) of ``hub_id`` is; ModelError when it cannot say."""
    api = _library().HfApi(endpoint=_endpoint())
    with _explained(hub_id):
        info = api.model_info(hub_id, revision=revision, files_metadata=True)
    if not _COMMIT.fullmatch(info.sha or ""):
        raise ModelError(hub_id, f"the hub names no commit for {revision or 'its default branch'}: {info.sha!r}")
    card = info.card_data
    licence = None if card is None else card.get("license_name") or card.get("license")
    stated = ", ".join(licence) if isinstance(licence, list) else licence
    listed = tuple(_remote_file(sibling) for sibling in info.siblings or ())
    return Repository(hub_id, str(info.sha), str(stated or UNSTATED), listed)


def _remote_file(sibling: Any) -> RemoteFile:
    large = sibling.lfs
    sha256 = None if large is None else large.sha256
    return RemoteFile(sibling.rfilename, int(sibling.size or 0), sha256, sibling.blob_id)


def chosen(repository: Repository, limits: Limits) -> tuple[RemoteFile, ...]:
    """Return the files worth fetching, configuration first and weights last.

    safetensors go before ``.bin``. ModelError when weights or configuration are missing or something is too large.
    """
    describing = [file for file in repository.files if file.name in _DESCRIBING]
    safe = [file for file in repository.files if _SAFE.fullmatch(file.name)]
    weights = safe or [file for file in repository.files if _PICKLED.fullmatch(file.name)]
    if not any(file.name == CONFIGURATION for file in describing) or not weights:
        raise ModelError(
            repository.id,
            f"has no {CONFIGURATION}, or no model.safetensors or pytorch_model.bin, and is no checkpoint to convert",
        )
    whole = _without_shards(weights)
    _require_small(repository.id, describing, whole, limits)
    describing.sort(key=lambda file: (file.name != CONFIGURATION, file.name))
    return (*describing, *whole)


def _without_shards(weights: Sequence[RemoteFile]) -> list[RemoteFile]:
    """Return one whole file where there is one: some repositories hold the same weights twice."""
    whole = [file for file in weights if file.name in ("model.safetensors", "pytorch_model.bin")]
    return whole or sorted(weights, key=lambda file: file.name)


def _require_small(model: str, other: Sequence[RemoteFile], weights: Sequence[RemoteFile], limits: Limits) -> None:
    total = sum(file.size for file in weights)
    if total > limits.weights:
        raise ModelError(model, f"its weights have {total:,} bytes; --largest allows {limits.weights:,}")
    if len(weights) > limits.files:
        raise ModelError(model, f"its weights are in {len(weights)} files; at most {limits.files} are fetched")
    large = [file for file in other if file.size > limits.other]
    if large:
        raise ModelError(model, f"{large[0].name} has {large[0].size:,} bytes; at most {limits.other:,} are fetched")


def refuse_programs(model: str, folder: Path) -> None:
    """Raise ModelError when a configuration in ``folder`` asks for code of the repository to be run."""
    for name in (CONFIGURATION, "tokenizer_config.json", "tokenizer.json"):
        path = folder / name
        if not path.is_file():
            continue
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ModelError(model, f"{name} cannot be read: {error}") from error
        for key in ("auto_map", "custom_pipelines", "trust_remote_code"):
            if isinstance(config, dict) and config.get(key):
                raise ModelError(
                    model, f"{name} has {key}: the model wants code of its own to be run, which is never done"
                )


def fetch(repository: Repository, files: Sequence[RemoteFile], folder: Path, say: Say) -> None:
    """Fetch ``files`` into ``folder``, going on where an earlier call stopped.

    ModelError when the hub refuses, or a file is not what the listing says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        path = folder / file.name
        if path.is_file() and not _difference(path, file):
            continue
        say(f"fetching {file.name} ({file.size:,} bytes)")
        partial = path.with_name(file.name + ".partial")
        _fetch_one(repository, file, partial)
        wrong = _difference(partial, file)
        if wrong:
            partial.unlink()
            raise ModelError(repository.id, f"{file.name} {wrong}; what came was thrown away, try again")
        partial.replace(path)


def _fetch_one(repository: Repository, file: RemoteFile, partial: Path) -> None:
    from huggingface_hub import file_download

    url = file_download.hf_hub_url(repository.id, file.name, revision=repository.commit, endpoint=_endpoint())
    # Without this a proxy may compress, and then a length means something else and nothing can be resumed.
    headers = {**_library().utils.build_hf_headers(library_name="colophon"), "Accept-Encoding": "identity"}
    with _explained(repository.id):
        about = file_download.get_hf_file_metadata(url, endpoint=_endpoint(), library_name="colophon")
    if about.commit_hash != repository.commit or about.size not in (None, file.size):
        raise ModelError(repository.id, f"{file.name} is not the listed one: {about.commit_hash}, {about.size} bytes")
    if urlsplit(about.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # the hub's own rule: a token is for the hub, not for its store
    with _Bounded(partial, file.size) as out, _explained(repository.id):
        there = out.seek(0, io.SEEK_END)
        file_download.http_get(
            about.location,
            out,
            resume_size=there,
            headers=headers,
            expected_size=file.size,
            displayed_filename=file.name,
        )


class _Bounded(io.FileIO):
    """A file that goes on where it ended and refuses to grow over its size."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(path, "r+b" if path.is_file() and path.stat().st_size <= size else "w+b")
        self._size = size

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._size:
            raise OSError(f"more bytes than the {self._size:,} that the hub announced")
        return super().write(data)


def _difference(path: Path, file: RemoteFile) -> str:
    """Return how ``path`` differs from what the hub lists, empty when it does not."""
    size = path.stat().st_size
    if size != file.size:
        return f"has {size:,} bytes instead of {file.size:,}"
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stored:
        while piece := stored.read(1 << 20):
            sha256.update(piece)
            blob.update(piece)
    if file.sha256 is not None:
        return "" if sha256.hexdigest() == file.sha256 else "has another SHA-256 than the hub lists"
    return "" if file.blob in (None, blob.hexdigest()) else "has another git hash than the hub lists"


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """Turn what the hub's library raises into an error that says what to do."""
    from huggingface_hub import errors

    # The library's own HTTP client is httpx or httpx2, by its version; both errors are this one's base.
    unreachable: type[Exception] = errors.HfHubHTTPError.__mro__[1]
    try:
        yield
    except errors.GatedRepoError as error:
        raise ModelError(
            model, "its publisher wants to be asked first: accept on its page, then: hf auth login"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(model, "the hub has no such revision") from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(model, f"{_endpoint()} has no such model, or it is private (hf auth login)") from error
    except (errors.EntryNotFoundError, errors.HFValidationError, unreachable, OSError) as error:
        words = " ".join(str(error).split())[:200] or type(error).__name__
        raise ModelError(model, f"{_endpoint()}: {words}; a later call goes on where this one stopped") from error


def _endpoint() -> str:
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _library() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise MissingExtraError("huggingface_hub", "torch", "fetching a model") from error
    return huggingface_hub
