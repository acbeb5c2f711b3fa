"""Object stores: which library opens a URL, and what its errors mean.

Every store library has errors of its own. Here they become what the rest of Colophon knows: UsageError where the
operator has something to set, OSError where the store refuses or cannot be reached.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from colophon.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem  # type: ignore[import-untyped]

# What is opened, and the library that fsspec needs for it.
SCHEMES = {"s3": "s3fs", "gs": "gcsfs", "memory": "fsspec"}
# A URL of these begins with the name of a bucket.
BUCKETS = ("s3", "gs")

_CURES = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login",
}
# By module and name: a library that was not loaded raised nothing.
_CREDENTIALS = (
    ("botocore.exceptions", "NoCredentialsError"),
    ("botocore.exceptions", "PartialCredentialsError"),
    ("botocore.exceptions", "CredentialRetrievalError"),
    ("botocore.exceptions", "ProfileNotFound"),
    ("google.auth.exceptions", "GoogleAuthError"),
)
_REFUSALS = (
    ("botocore.exceptions", "BotoCoreError"),
    ("aiohttp", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("requests", "RequestException"),
)
_LONGEST_WORDS = 300  # code points
_READ_AT_ONCE = 1 << 16  # bytes asked of the library, which reads ahead itself


def file_system_of(url: str, purpose: str, *, shared: bool = True) -> tuple[AbstractFileSystem, str]:
    """Return the file system of a URL and the path in it; nothing is connected yet.

    The name of an object is never taken apart: fsspec would follow ``::`` in it to wherever it leads. Listings are
    not remembered, because a long run must see what is there now, and millions of names need not be held. ``shared``
    file systems keep one connection for everybody in this process.

    Raises:
        MissingExtraError: fsspec is not installed.
        UsageError: what fsspec needs for this scheme is not, or it is set up wrongly.
    """
    try:
        import fsspec
        from fsspec.core import strip_protocol  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError("fsspec", "archive", purpose) from error
    scheme = url.partition(":")[0].lower()
    library = SCHEMES.get(scheme, "another library")
    try:
        with plain_errors(url, ValueError):
            files = fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=not shared)
    except ImportError as error:
        raise UsageError(f"{scheme}:// needs {library}: pip install {library}") from error
    except OSError as error:
        raise UsageError(f"{scheme}://: {library} is set up wrongly: {error}") from error
    return files, strip_protocol(url)


@contextmanager
def plain_errors(url: str, *more: type[Exception]) -> Iterator[None]:
    """Turn the errors of store libraries into UsageError, with what to set, or OSError.

    ``more`` is ValueError where nothing but such a library is at work: what it says of an address, bucket or key
    that it cannot write down.
    """
    try:
        yield
    except _types(_CREDENTIALS) as error:
        scheme = url.partition(":")[0].lower()
        raise UsageError(f"{scheme}://: {_words(error)}; {_CURES.get(scheme, 'give credentials')}") from error
    except (*_types(_REFUSALS), *more) as error:
        raise OSError(_words(error)) from error


def open_object(url: str) -> BinaryIO:
    """Open an object for reading; it can be sought in.

    Raises:
        OSError: it is not there, may not be read, or the store cannot be reached; so does reading it.
        MissingExtraError, UsageError: as ``file_system_of``.
    """
    files, path = file_system_of(url, f"opening {url}")
    with plain_errors(url, ValueError):
        try:
            stream = files.open(path, "rb")
        except FileNotFoundError as error:
            raise FileNotFoundError("no such object, or no longer") from error
    return cast(BinaryIO, io.BufferedReader(_Object(stream, url), _READ_AT_ONCE))


class _Object(io.RawIOBase):
    """An open object whose errors are plain."""

    def __init__(self, stream: Any, url: str) -> None:
        self._stream = stream
        self._url = url

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with plain_errors(self._url, ValueError):
            data: bytes = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place: int = self._stream.seek(offset, whence)
        return place

    def tell(self) -> int:
        place: int = self._stream.tell()
        return place

    def close(self) -> None:
        self._stream.close()
        super().close()


def _types(names: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    return tuple(getattr(sys.modules[module], name) for module, name in names if hasattr(sys.modules.get(module), name))


def _words(error: Exception) -> str:
    """Return what the library said, on one line and cut; an error without words says its type."""
    return " ".join(str(error).split())[:_LONGEST_WORDS].rstrip(".") or type(error).__name__
