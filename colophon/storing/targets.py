"""Places for files by URL: a folder or a file appears there whole, under its name, or not at all.

A local folder or file is written beside its place and renamed. Object stores cannot rename, but an object appears
whole, when its upload is completed: there all files are uploaded, ``manifest.json`` is taken away, the uploads are
completed with the manifest last, and a reader trusts a folder that has it. Needs the extra ``archive`` (fsspec; s3fs
or gcsfs for s3:// and gs://).
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
from colophon.reading.object_stores import BUCKETS, file_system_of, plain_errors
from colophon.writing import MANIFEST

if TYPE_CHECKING:
    from colophon.settings import StoringSettings

# Bytes held of each file until they are sent. S3 takes 10,000 parts: a file may have 156 GiB.
_PART = 16 << 20
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
        self._local = scheme == "file"
        self._url = url
        self._torn = False
        self._fs, self.path = _opened(url, scheme)
        self.shown = self.path if self._local else f"{scheme}://{_without_secrets(url)}"

    def read(self, name: str) -> bytes | None:
        """Return a file of the folder, None when it is not there."""
        with self._refusals(ValueError):
            try:
                found: bytes = self._fs.cat_file(f"{self.path}/{name}")
            except (FileNotFoundError, NotADirectoryError):
                return None
            return found

    def names(self) -> tuple[str, ...]:
        """Return the names in the folder; none when there is no folder. A file in its place is refused."""
        with self._refusals(ValueError):
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
        with self._refusals():
            if not self._local:
                with self._fs.transaction:
                    yield Draft(self._fs, self.path)
                    self._take_manifest_away()
                self._torn = False
                return
            draft = Draft(self._fs, self._temporary())
            try:
                Path(draft.path).mkdir(parents=True)
                yield draft
                for file in Path(draft.path).iterdir():
                    _flush(file)
                _swap(draft.path, self.path)
            finally:
                shutil.rmtree(draft.path, ignore_errors=True)

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """Write the one file; it takes its place when the block ends well.

        Raises OutputError when a file that is not Colophon's is there, or the place refuses.
        """
        self._refuse_other_file()
        with self._refusals():
            if not self._local:
                with self._fs.transaction, self._fs.open(self.path, "wb", block_size=_PART) as out:
                    yield out
                return
            temporary = Path(self._temporary())
            try:
                temporary.parent.mkdir(parents=True, exist_ok=True)
                with temporary.open("wb") as out:
                    yield out
                _flush(temporary)
                os.replace(temporary, self.path)
            finally:
                temporary.unlink(missing_ok=True)

    def holds(self, sha256: str, size: int) -> bool:
        """Say whether the file is there with these bytes; ``size`` in bytes is asked first, because it is cheap."""
        with self._refusals(ValueError):
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
        with self._refusals(ValueError):
            try:
                with self._fs.open(self.path, "rb") as content:
                    start = content.read(len(_FIRST_BYTES))
            except FileNotFoundError:
                return
        if start not in (b"", _FIRST_BYTES):
            raise OutputError(self.shown, "is a file that Colophon did not write; choose another name")

    def _temporary(self) -> str:
        return f"{self.path}.partial-{uuid4().hex[:12]}"

    def _take_manifest_away(self) -> None:
        """Make readers wait: from here until its upload is completed, no manifest vouches for the other files."""
        if MANIFEST in self.names():
            self._fs.rm_file(f"{self.path}/{MANIFEST}")
            self._torn = True

    @contextmanager
    def _refusals(self, *more: type[Exception]) -> Iterator[None]:
        try:
            with plain_errors(self._url, *more):
                yield
        except OSError as error:
            words = error.strerror or str(error) or type(error).__name__
            if isinstance(error, FileNotFoundError) and error.strerror is None:
                words = "no such bucket"  # gcsfs says only which address it asked
            if self._torn:
                raise OutputError(
                    self.shown, f"is half replaced ({words}) and has no {MANIFEST}; store again to make it whole"
                ) from error
            raise OutputError(self.shown, f"cannot be written ({words}); what was there before still is") from error


class Draft:
    """A folder that is being filled: under a temporary name, or by uploads that are not completed yet."""

    def __init__(self, fs: Any, path: str) -> None:
        self._fs = fs
        self.path = path

    def open(self, name: str) -> IO[bytes]:
        """Open a new file of the folder for writing."""
        opened: IO[bytes] = self._fs.open(f"{self.path}/{name}", "wb", block_size=_PART)
        return opened


def _opened(url: str, scheme: str) -> tuple[Any, str]:
    if scheme != "file":
        bucket, _, name = url.partition("://")[2].partition("/")
        if scheme in BUCKETS and not (bucket and name.strip("/")):
            raise UsageError(f"{scheme}:// needs a bucket and a name in it: {scheme}://BUCKET/NAME")
        # Not shared with other threads: what is being uploaded belongs to the file system.
        files, path = file_system_of(url, "writing files by URL", shared=False)
        return files, path.rstrip("/")
    try:
        from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError("fsspec", "archive", "writing files by URL") from error
    path = url.partition("://")[2] if "://" in url else url
    return LocalFileSystem(), os.path.abspath(path)


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
