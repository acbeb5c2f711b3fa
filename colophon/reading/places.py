"""Places: where an input lies: a path of this machine, or a URL of an object store that the operator names.

Needs the extra ``archive`` (fsspec) for URLs. Only arguments of a run are URLs to open; a URL that a document
holds is never one. Chained URLs (``zip://x::s3://y``) are refused, because the inner one could lead anywhere,
and so are http and https, because pages are fetched under the guard of ``colophon.reading.fetching``.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from colophon.reading.object_stores import BUCKETS, SCHEMES, file_system_of, open_object, plain_errors
from colophon.reading.references import READABLE, InputReference, media_type_of, refused
from colophon.reading.rejections import Reason, RefusedError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem  # type: ignore[import-untyped]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(://|::)")
_WEB = ("http", "https")
# s3fs takes a name apart there, and would read a version of another object, or that object itself.
_VERSION = "?versionId="
_OTHER_OBJECT = f"{_VERSION} in a name would lead to another object: copy what is meant to a plain name"
_NOTHING: dict[Reason, str] = {
    "no-match": "no object fits this pattern",
    "empty-folder": "nothing below this prefix",
    "missing": "no such object or prefix, or no such bucket",
}


def is_url(given: str) -> bool:
    """Say whether an input is written as a URL.

    >>> is_url("s3://bucket/a.warc.gz"), is_url("zip::s3://b/a.zip"), is_url("a/b.txt"), is_url("a:b.txt")
    (True, True, False, False)
    """
    return _URL.match(given) is not None


def local_path(given: str) -> str | None:
    """Return the path on this machine, or None for a URL of an object store.

    Raises:
        RefusedError: a URL that is not read.
    """
    found = _URL.match(given)
    if found is None:
        return given
    scheme = found[1].lower()
    if "::" in given:
        raise RefusedError(given, "unsupported-url", "a chained URL; name the file itself")
    if scheme in _WEB:
        raise RefusedError(given, "unsupported-url", "pages are fetched by watch-feeds, under its guard, not as inputs")
    if scheme == "file":
        path = given[found.end() :]
        if not path.startswith("/"):
            raise RefusedError(given, "unsupported-url", "a file URL is file:///and/the/absolute/path")
        return path
    if scheme not in SCHEMES:
        known = ", ".join(f"{name}://" for name in ("file", *SCHEMES))
        raise RefusedError(given, "unsupported-url", f"Colophon opens {known}")
    place = given[found.end() :].partition("/")[0]
    if scheme in BUCKETS and (not place or any(sign in place for sign in "*?[")):
        raise RefusedError(given, "unsupported-url", f"name the bucket: {scheme}://BUCKET/...")
    if _VERSION in given:
        raise RefusedError(given, "unsupported-url", _OTHER_OBJECT)
    if "@" in place:
        raise RefusedError(
            given, "unsupported-url", "a URL with a user name or password in it; set them as fsspec does"
        )
    return None


def references_at(url: str) -> Iterator[InputReference]:
    """Yield a reference for each file that a URL names: an object, all below a prefix, or what a pattern fits.

    Raises:
        MissingExtraError: fsspec is not installed.
        UsageError: what fsspec needs for this scheme is not.
    """
    files, path = file_system_of(url, f"opening {url}")
    try:
        with plain_errors(url, ValueError):
            found, why = _found(files, path)
    except OSError as error:
        yield refused(url, "unreadable", str(error) or type(error).__name__)
        return
    if why is not None:
        yield refused(url, why, _NOTHING[why])
    for name in found:
        yield _reference(files.unstrip_protocol(name), name.removeprefix(path))


def _found(files: AbstractFileSystem, path: str) -> tuple[list[str], Reason | None]:
    if files.isfile(path):
        return [path], None
    if any(sign in path for sign in "*?["):
        fitting = files.glob(path, detail=True)
        names = sorted(name for name, entry in fitting.items() if entry["type"] != "directory")
        return names, None if names else "no-match"
    if not files.exists(path):
        return [], "missing"
    names = sorted(files.find(path))
    return names, None if names else "empty-folder"


def _reference(url: str, below: str) -> InputReference:
    """Return the reference of an object; ``below`` is its name under the prefix that was given."""
    if any(part.startswith(".") for part in below.split("/")):
        return refused(url, "hidden", "the name begins with a dot: name it as an input to read it")
    if _VERSION in url:
        return refused(url, "unsupported-url", _OTHER_OBJECT)
    media_type = media_type_of(url)
    if media_type is None:
        return refused(url, "unknown-extension", f"Colophon reads {READABLE}")
    return InputReference(url, url, media_type)


def open_place(path: str) -> BinaryIO:
    """Open a regular file or an object for reading; both can be sought in.

    Raises:
        OSError: it is not there, may not be read, or is no regular file: a pipe must not make us wait.
    """
    if is_url(path):
        return open_object(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is not a regular file")
    return os.fdopen(descriptor, "rb")
