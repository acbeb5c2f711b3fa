"""Targets at s3://: a run is there whole or not at all, whatever the store refuses and whenever the store is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from colophon.errors import OutputError, UsageError
from colophon.storing import StoringSettings, store
from colophon.storing.parquet import FILES
from tests.conftest import ROOT, Colophon, environment
from tests.object_stores.s3_server import S3Server
from tests.storing.conftest import examples, numbered, write_output
from tests.storing.restoring import parquet_tables, restored
from tests.storing.strategies import ids


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_output(tmp_path / "old", examples()[:1])


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return write_output(tmp_path / "new", examples())


def stored(s3: S3Server, bucket: str, tmp_path: Path) -> Any:
    """Return the records of ``r.parquet`` as a reader finds them; None where no manifest vouches for them."""
    objects = s3.objects(bucket)
    assert all(key.startswith("r.parquet/") for key in objects)
    if "r.parquet/manifest.json" not in objects:
        return None
    folder = tmp_path / "read"
    folder.mkdir(exist_ok=True)
    for key, data in objects.items():
        (folder / key.removeprefix("r.parquet/")).write_bytes(data)
    return restored(parquet_tables(folder))


class TestFolders:
    def test_a_run_and_the_same_again_and_another(
        self, s3: S3Server, bucket: str, old: Path, new: Path, tmp_path: Path
    ) -> None:
        url = f"s3://{bucket}/r.parquet"
        done = store(old, url)
        assert (done.target, done.written, done.already) == (url, 1, False)
        assert {key.removeprefix("r.parquet/") for key in s3.objects(bucket)} == set(FILES)
        assert stored(s3, bucket, tmp_path) == ids(examples()[:1])
        assert store(old, url).already
        assert not store(new, url).already
        assert stored(s3, bucket, tmp_path) == ids(examples())
        assert s3.uploads(bucket) == []

    def test_an_empty_run(self, s3: S3Server, bucket: str, tmp_path: Path) -> None:
        store(write_output(tmp_path / "none", []), f"s3://{bucket}/r.parquet")
        assert not any(stored(s3, bucket, tmp_path).values()) or stored(s3, bucket, tmp_path) == ids([])

    def test_files_of_somebody_else_are_left_alone(self, s3: S3Server, bucket: str, new: Path) -> None:
        s3.put(bucket, **{"r.parquet/thesis.parquet": b"mine"})
        with pytest.raises(OutputError, match=r"files of somebody else \(thesis\.parquet\)"):
            store(new, f"s3://{bucket}/r.parquet")
        assert s3.objects(bucket) == {"r.parquet/thesis.parquet": b"mine"}

    def test_an_object_in_its_place_is_left_alone(self, s3: S3Server, bucket: str, new: Path) -> None:
        s3.put(bucket, **{"r.parquet": b"mine"})
        with pytest.raises(OutputError, match="is a file"):
            store(new, f"s3://{bucket}/r.parquet")
        assert s3.objects(bucket) == {"r.parquet": b"mine"}

    def test_large_files_go_in_parts(
        self, s3: S3Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("colophon.storing.targets._PART", 5 << 20)
        (record, *_) = examples()
        # zstd makes half of each: 16 MB. How many parts that is hangs on how Parquet's pages reach the uploader, which
        # differs with what was written before; that they are parts, completed at the end, does not.
        large = [record.model_copy(update={"input_id": os.urandom(4_000_000).hex()}) for _ in range(4)]
        records = numbered(large)
        records += [record.model_copy(update={"id": f"urn:colophon:{n:032x}"}) for n in range(4, 6)]
        store(write_output(tmp_path / "big", records), f"s3://{bucket}/r.parquet", settings=StoringSettings())
        sent = [asked for asked in s3.asked if "r.parquet/documents" in asked and "partNumber=" in asked]
        assert sent
        assert s3.asked.index(sent[-1]) < next(
            n for n, asked in enumerate(s3.asked) if asked.startswith("POST") and "uploadId" in asked
        )
        assert stored(s3, bucket, tmp_path) == ids(records)


class TestCopies:
    def test_lines_as_they_are(self, s3: S3Server, bucket: str, old: Path, new: Path) -> None:
        url = f"s3://{bucket}/deep/er/c.jsonl"
        for out in (old, new):
            assert not store(out, url).already
            assert s3.objects(bucket) == {"deep/er/c.jsonl": (out / "records.jsonl").read_bytes()}
            assert store(out, url).already
        assert s3.uploads(bucket) == []

    def test_a_run_without_records(self, s3: S3Server, bucket: str, tmp_path: Path) -> None:
        store(write_output(tmp_path / "none", []), f"s3://{bucket}/c.jsonl")
        assert s3.objects(bucket) == {"c.jsonl": b""}

    def test_a_file_of_somebody_else_is_left_alone(self, s3: S3Server, bucket: str, new: Path) -> None:
        s3.put(bucket, **{"c.jsonl": b'{"a": 1}\n'})
        with pytest.raises(OutputError, match="that Colophon did not write"):
            store(new, f"s3://{bucket}/c.jsonl")
        assert s3.objects(bucket) == {"c.jsonl": b'{"a": 1}\n'}

    def test_an_output_that_changes_meanwhile_is_not_there(self, s3: S3Server, bucket: str, new: Path) -> None:
        s3.spoil = lambda _asked: (new / "records.jsonl").write_bytes(b"changed\n") * 0
        with pytest.raises(OutputError, match="changed while it was read"):
            store(new, f"s3://{bucket}/c.jsonl")
        assert (s3.objects(bucket), s3.uploads(bucket)) == ({}, [])


class TestRefusing:
    @pytest.mark.parametrize("name", ["r.parquet", "c.jsonl"])
    def test_a_bucket_that_is_not_there_is_not_made(self, name: str, s3: S3Server, new: Path) -> None:
        with pytest.raises(OutputError, match="no such bucket"):
            store(new, f"s3://a-bucket-with-a-typo/{name}")
        names = [found["Name"] for found in s3.client.list_buckets()["Buckets"]]
        assert "a-bucket-with-a-typo" not in names

    @pytest.mark.parametrize("url", ["s3://", "s3:///c.jsonl", "s3:///r.parquet", "s3://c.jsonl", "s3://r.parquet"])
    def test_a_url_without_a_bucket_or_a_name(self, url: str, s3: S3Server, new: Path) -> None:
        with pytest.raises(UsageError, match=r"needs a bucket and a name|no place of a kind"):
            store(new, url)
        assert not [asked for asked in s3.asked if asked.startswith(("PUT", "POST"))]

    def test_a_name_that_no_bucket_has(self, s3: S3Server, new: Path) -> None:
        with pytest.raises(OutputError, match="Invalid bucket name"):
            store(new, "s3://Bad Bucket!/c.jsonl")
        assert s3.asked == []

    def test_without_credentials_it_says_what_to_set(self, s3: S3Server, new: Path, colophon: Colophon) -> None:
        nothing = {**s3.environment, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        done = colophon("store", new, "--to", "s3://bucket/c.jsonl", **nothing)
        assert done.returncode == 2
        assert "Unable to locate credentials; set AWS_ACCESS_KEY_ID" in done.stderr
        assert done.stderr.count("\n") == 1


def nth(number: int, then: Callable[[], int]) -> Callable[[str], int]:
    """Return what does ``then`` at the request with this number, from 0."""
    numbers = count()
    return lambda _asked: then() if next(numbers) == number else 0


def test_whichever_request_is_refused_the_run_is_whole_or_not_there(
    s3: S3Server, bucket: str, old: Path, new: Path, tmp_path: Path
) -> None:
    url = f"s3://{bucket}/r.parquet"
    store(old, url)
    s3.asked.clear()
    store(new, url)
    last = len(s3.asked) - 1
    gone = next(n for n, asked in enumerate(s3.asked) if asked.startswith("DELETE"))
    for number, torn in {0: False, gone // 2: False, gone: False, gone + 1: True, last: True}.items():
        store(old, url)
        s3.spoil = nth(number, lambda: 403)
        with pytest.raises(OutputError, match="store again" if torn else "what was there before still is"):
            store(new, url)
        s3.spoil = None
        assert stored(s3, bucket, tmp_path) == (None if torn else ids(examples()[:1]))
    store(new, url)
    assert stored(s3, bucket, tmp_path) == ids(examples())


@pytest.fixture
def killed_at(s3: S3Server, new: Path) -> Iterator[Callable[[str, str], None]]:
    """Return what stores ``new`` in another process, and kills it when it asks for this."""
    started: list[subprocess.Popen[bytes]] = []

    def kill(url: str, words: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "colophon", "store", str(new), "--to", url],
            cwd=ROOT,
            env={**environment(), **s3.environment},
            stderr=subprocess.PIPE,
        )
        started.append(process)

        def spoil(asked: str) -> int:
            if words in asked and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return 503
            return 0

        s3.spoil = spoil
        process.communicate(timeout=60)
        s3.spoil = None
        assert process.returncode == -signal.SIGKILL

    yield kill
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("asked", "visible"),
    [
        ("PUT /{}/r.parquet/documents.parquet", True),
        ("DELETE /{}/r.parquet/manifest.json", True),
        ("POST /{}/r.parquet/manifest.json?uploadId=", False),
    ],
)
def test_a_store_that_is_killed_leaves_the_old_run_or_none(
    asked: str,
    visible: bool,
    s3: S3Server,
    bucket: str,
    old: Path,
    new: Path,
    tmp_path: Path,
    killed_at: Callable[[str, str], None],
) -> None:
    url = f"s3://{bucket}/r.parquet"
    store(old, url)
    killed_at(url, asked.format(bucket))
    assert stored(s3, bucket, tmp_path) == (ids(examples()[:1]) if visible else None)
    store(new, url)
    assert stored(s3, bucket, tmp_path) == ids(examples())


def test_a_copy_that_is_killed_leaves_the_old_one(
    s3: S3Server, bucket: str, old: Path, new: Path, killed_at: Callable[[str, str], None]
) -> None:
    url = f"s3://{bucket}/c.jsonl"
    store(old, url)
    killed_at(url, "PUT ")
    assert s3.objects(bucket) == {"c.jsonl": (old / "records.jsonl").read_bytes()}
    store(new, url)
    assert s3.objects(bucket) == {"c.jsonl": (new / "records.jsonl").read_bytes()}
