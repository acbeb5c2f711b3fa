"""gs:// as input and as target, with a real server of the protocol (gcp-storage-emulator)."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from colophon.errors import OutputError
from colophon.reading import Rejection, read_inputs
from colophon.settings import ReadingSettings
from colophon.storing import store
from colophon.storing.parquet import FILES
from tests.storing.conftest import examples, write_output


@pytest.fixture(scope="module")
def google() -> Iterator[Any]:
    """Start an emulator with the bucket ``news``; return a file system that reaches it."""
    emulator = pytest.importorskip("gcp_storage_emulator.server", reason="needs gcp-storage-emulator")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # asks Google what kind of bucket it is
        patch.setenv("NO_GCE_CHECK", "true")
        patch.setenv("FSSPEC_GS_TOKEN", "anon")
        gcsfs = pytest.importorskip("gcsfs", reason="needs gcsfs")
        server = emulator.create_server("127.0.0.1", port, in_memory=True, default_bucket="news")
        server.start()
        time.sleep(0.2)
        endpoint = f"http://127.0.0.1:{port}"
        yield gcsfs.GCSFileSystem(token="anon", endpoint_url=endpoint, use_listings_cache=False)
        server.stop()


def test_a_prefix_an_object_and_what_is_missing(google: Any) -> None:
    google.pipe({"news/in/a.txt": b"one", "news/in/b.jsonl": b'{"text": "two"}\n', "news/in/\u202ex::y.txt": b"three"})

    def read(url: str) -> list[str]:
        items = read_inputs([url], ReadingSettings())
        return [item.reason if isinstance(item, Rejection) else item.text for item in items]

    assert read("gs://news/in") == ["one", "two", "three"]
    assert read("gs://news/in/a.txt") == ["one"]
    assert read("gs://news/in/c.txt") == read("gs://no-such-bucket/in") == ["missing"]


def test_a_folder_and_a_copy(google: Any, tmp_path: Path) -> None:
    old, new = write_output(tmp_path / "old", examples()[:1]), write_output(tmp_path / "new", examples())
    for out in (old, new):
        for name in ("out/r.parquet", "out/c.jsonl"):
            assert not store(out, f"gs://news/{name}").already
            assert store(out, f"gs://news/{name}").already
        assert {path.rpartition("/")[2] for path in google.find("news/out/r.parquet")} == set(FILES)
        assert google.cat("news/out/r.parquet/manifest.json") == (out / "manifest.json").read_bytes()
        assert google.cat("news/out/c.jsonl") == (out / "records.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["c.jsonl", "r.parquet"])
def test_a_bucket_that_is_not_there_is_not_made(name: str, google: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no such bucket"):
        store(write_output(tmp_path / "out", examples()), f"gs://no-such-bucket/{name}")
    assert [found.strip("/") for found in google.ls("")] == ["news"]
