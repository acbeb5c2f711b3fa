"""One HTTP exchange through the guard: judged address, one deadline, limited body; no proxy, no redirect."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from colophon.reading.addresses import Network, Resolver, judged
from colophon.reading.rejections import Reason, RefusedError

if TYPE_CHECKING:
    from colophon.settings import FetchingSettings

_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Exchange:
    """The answer to one request; header names in lower case, body decompressed."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


def exchange(
    url: httpx.URL,
    headers: dict[str, str],
    settings: FetchingSettings,
    *,
    resolver: Resolver,
    allowed: Sequence[Network],
) -> Exchange:
    """Ask for one URL.

    Raises:
        RefusedError: the address, the time, the size or the answer.
    """
    location = str(url)
    deadline = time.monotonic() + settings.total_timeout
    backend = _GuardedBackend(resolver, allowed, deadline)
    timeout = httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout)
    transport = _Transport(backend)
    request = httpx.Request(
        "GET", url, headers={"accept-encoding": "gzip", **headers}, extensions={"timeout": timeout.as_dict()}
    )
    try:
        # Not httpx.Client: it parses every Location, reads the environment, and keeps cookies.
        with closing(transport), closing(transport.handle_request(request)) as response:
            body = _body(response, location, settings.largest_body)
            return Exchange(response.status_code, _headers(response), body)
    except RefusedError as refusal:
        raise RefusedError(location, refusal.rejection.reason, refusal.detail) from refusal
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise RefusedError(location, "timeout", str(error) or "no answer in time") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
        raise RefusedError(location, "unreachable", str(error) or type(error).__name__) from error
    except zlib.error as error:
        raise RefusedError(location, "broken-archive", f"the body is no gzip: {error}") from error


def _headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple((key.lower(), value[:2_000]) for key, value in response.headers.multi_items()[:100])


def _body(response: httpx.Response, location: str, largest: int) -> bytes:
    """Return the body, decompressed piece by piece so that a bomb never grows past the limit."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise RefusedError(location, "broken-archive", f"content-encoding {encoding[:40]} was not asked for")
    inflater = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    for piece in response.iter_raw(_STEP):
        if inflater is None:
            body += piece
        else:
            body += inflater.decompress(piece, largest + 1 - len(body))
        if len(body) > largest:
            reason: Reason = "too-large" if inflater is None else "expands-too-much"
            raise RefusedError(location, reason, f"more than {largest:,} bytes; settings.fetching.largest_body")
    if inflater is not None and body and not inflater.eof:
        raise RefusedError(location, "broken-archive", "the gzip body is cut")
    return bytes(body)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to judged addresses only, and lets none outlive the deadline."""

    def __init__(self, resolver: Resolver, allowed: Sequence[Network], deadline: float) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = judged(host.strip("[]"), port, self._resolver, self._allowed)
        left = _left(self._deadline, timeout)
        stream = self._inner.connect_tcp(address, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the signature is httpcore's
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        raise RefusedError(path, "refused-address", "a local socket")

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError("httpcore sleeps only when it retries, which is not asked of it")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads all end at one deadline: a server that sends a byte a second does not hold us."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _TimedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the whole exchange took too long")
    return left if timeout is None else min(left, timeout)


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _Transport(httpx.BaseTransport):
    """httpx over a connection pool of ours; its own one offers no place for the guard."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend, max_connections=1)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        answer = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()
