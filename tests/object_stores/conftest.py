"""One S3 server for all tests of the session, and an empty bucket for each."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.object_stores.s3_server import S3Server, running


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """Start the server, where s3fs and moto are installed."""
    for module in ("s3fs", "moto", "flask_cors"):
        pytest.importorskip(module, reason="needs s3fs, moto[s3], flask and flask-cors")
    with running() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Return the server, with this process set up to reach it."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    s3_server.spoil = None
    s3_server.asked.clear()
    return s3_server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """Return the name of an empty bucket."""
    return s3.bucket(f"news-{uuid4().hex[:12]}")
