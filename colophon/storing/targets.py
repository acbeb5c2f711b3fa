"""Places for files by URL: a folder or a file appears there whole, under its name, or not at all.

A local folder or file is written beside its place and renamed. Object stores cannot rename: there files are written
under a temporary name and moved one by one, ``manifest.json`` is taken away first and put back last, and a reader
trusts a folder that has it. Needs the extra ``archive`` (fsspec; s3fs or gcsfs for s3:// and gs://).
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from colophon.errors import MissingExtraError, OutputError, UsageError
from colophon.writing import MANIFEST

if TYPE_CHECKING:
    from colophon.settings import StoringSettings

_LIBRARIES = {"s3": "s3fs", "gs": "gcsfs"}
# What a file of records begins with: only such a file is ever replaced.
_FIRST_BYTES = b'{"schema_name":"colophon.document"'


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in small letters; ``file`` for a plain path."""
    return url.partition("://")[0].lower() if "://" in url else "file"


class Target:
    """A file or folder to be written, on any file system that the operator allows."""

    def __init__(self, url: str, settings: StoringSettings) -> None:
        """Check the URL and open its file system.

        Raises UsageError for a scheme that is not allowed, MissingExtraError without fsspec.
        """
        scheme = scheme_of(url)
        if "::" in url or scheme not in settings.target_schemes:
            raise UsageError(f"{scheme}:// is not a place for files; allowed: {', '.join(settings.target_schemes)}")
        self._fs, self.path = _opened(url, scheme)
        self._local = scheme == "file"
        self.shown = self.path if self._local else f"{scheme}://{_without_secrets(url)}"

    def read(self, name: str) -> bytes | None:
        """Return a file of the folder, None when it is not there."""
        with self._refusals():
            try:
                found: bytes = self._fs.cat_file(f"{self.path}/{name}")
            except (FileNotFoundError, NotADirectoryError):
                return None
            return found

    def names(self) -> tuple[str, ...]:
        """Return the names in the folder; none when there is no folder. A file in its place is refused."""
        with self._refusals():
            try:
                found = self._fs.ls(self.path, detail=True, refresh=True)
            except FileNotFoundError:
                return ()
        if [entry["name"].rstrip("/") for entry in found if entry["type"] == "file"] == [self.path]:
            raise OutputError(self.shown, "is a file, and a folder is to be there; choose another name")
        return tuple(sorted(entry["name"].rstrip("/").rpartition("/")[2] for entry in found))

    @contextmanager
    def folder(self, names: Sequence[str]) -> Iterator[Draft]:
        """Fill a folder with ``names``, manifest last; it takes its place when the block ends well.

        Raises OutputError when something else is there, or the place refuses.
        """
        others = sorted(set(self.names()) - set(names))
        if others:
            raise OutputError(
                self.shown, f"holds files of somebody else ({', '.join(others[:3])}); choose a folder of its own"
            )
        draft = Draft(self._fs, self._temporary())
        with self._refusals():
            try:
                self._fs.makedirs(draft.path, exist_ok=True)
                yield draft
                if self._local:
                    for file in Path(draft.path).iterdir():
                        _flush(file)
                    _swap(draft.path, self.path)
                else:
                    self._move_in(draft.path, names)
            finally:
                self._drop(draft.path)

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """Write the one file; it takes its place when the block ends well.

        Raises OutputError when a file that is not Colophon's is there, or the place refuses.
        """
        self._refuse_other_file()
        temporary = self._temporary()
        with self._refusals():
            try:
                if self._local:
                    Path(self.path).parent.mkdir(parents=True, exist_ok=True)
                with self._fs.open(temporary, "wb") as out:
                    yield out
                if self._local:
                    _flush(Path(temporary))
                    os.replace(temporary, self.path)
                else:
                    self._fs.mv(temporary, self.path)
            finally:
                self._drop(temporary)

    def holds(self, sha256: str, size: int) -> bool:
        """Say whether the file is there with these bytes; ``size`` in bytes is asked first, because it is cheap."""
        with self._refusals():
            try:
                if self._fs.info(self.path)["size"] != size:
                    return False
                with self._fs.open(self.path, "rb") as content:
                    return file_digest(content, "sha256").hexdigest() == sha256
            except (FileNotFoundError, IsADirectoryError):
                return False

    def is_same_file(self, path: Path) -> bool:
        """Say whether this is the file at ``path`` itself."""
        return self._local and os.path.exists(self.path) and os.path.samefile(self.path, path)

    def _refuse_other_file(self) -> None:
        with self._refusals():
            try:
                with self._fs.open(self.path, "rb") as content:
                    start = content.read(len(_FIRST_BYTES))
            except FileNotFoundError:
                return
        if start not in (b"", _FIRST_BYTES):
            raise OutputError(self.shown, "is a file that Colophon did not write; choose another name")

    def _temporary(self) -> str:
        return f"{self.path}.partial-{uuid4().hex[:12]}"

    def _move_in(self, draft: str, names: Sequence[str]) -> None:
        """Move files to their names, the manifest last, so that it vouches for all others."""
        if MANIFEST in self.names():
            self._fs.rm_file(f"{self.path}/{MANIFEST}")
        self._fs.makedirs(self.path, exist_ok=True)
        for name in (*(name for name in names if name != MANIFEST), MANIFEST):
            self._fs.mv(f"{draft}/{name}", f"{self.path}/{name}")

    def _drop(self, path: str) -> None:
        self._fs.invalidate_cache()
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            words = error.strerror or str(error) or type(error).__name__
            raise OutputError(self.shown, f"cannot be written ({words}); what was there before still is") from error


class Draft:
    """A folder that is being filled under a temporary name."""

    def __init__(self, fs: Any, path: str) -> None:
        self._fs = fs
        self.path = path

    def open(self, name: str) -> IO[bytes]:
        """Open a new file of the folder for writing."""
        opened: IO[bytes] = self._fs.open(f"{self.path}/{name}", "wb")
        return opened


def _opened(url: str, scheme: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError("fsspec", "archive", "writing files by URL") from error
    try:
        fs, path = url_to_fs(url)
    except ImportError as error:
        library = _LIBRARIES.get(scheme, error.name or "a library of its own")
        raise UsageError(f"{scheme}:// needs {library}: pip install {library}") from error
    path = path.rstrip("/")
    return fs, os.path.abspath(path) if scheme == "file" else path


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path


def _flush(path: Path) -> None:
    """Bring a file to the disk before its name is, so that a power cut leaves no empty file under a good name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _swap(draft: str, path: str) -> None:
    """Put a folder in the place of another; between the two renames nothing is there, and never a mixture."""
    for attempt in itertools.count():
        old = f"{draft}-old{attempt}"
        with suppress(FileNotFoundError):
            os.rename(path, old)
        try:
            os.rename(draft, path)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                os.rename(old, path)
                raise
            # Another store was quicker between the two renames: its folder is whole, and makes room for ours.
            continue
        finally:
            shutil.rmtree(old, ignore_errors=True)
        return
