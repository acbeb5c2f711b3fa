"""Inputs at s3://: names that want to lead elsewhere, limits, what is there now, and words when it cannot be read."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from colophon.documents import SourceDocument
from colophon.reading import InputReference, Rejection, input_references, read_inputs, read_references
from colophon.settings import ReadingSettings, Settings, TranslationSettings
from colophon.verifying import Verified, verify
from colophon.worker import run
from colophon.writing import read_records
from tests.conftest import Colophon
from tests.object_stores.s3_server import S3Server
from tests.unit.web_archive import by_member, page

SETTINGS = ReadingSettings()


def read(*inputs: str, settings: ReadingSettings = SETTINGS) -> dict[str, str]:
    """Return texts, or reasons, by location; reading by reference gives the same."""
    whole = list(read_inputs(inputs, settings))
    references = [InputReference(**json.loads(json.dumps(asdict(r)))) for r in input_references(inputs, settings)]
    assert list(read_references(references, settings)) == whole
    return {item.location: f"!{item.reason}" if isinstance(item, Rejection) else item.text for item in whole}


def rejected(given: str, settings: ReadingSettings = SETTINGS) -> Rejection:
    (item,) = read_inputs([given], settings)
    assert isinstance(item, Rejection)
    return item


def test_a_prefix_in_the_order_of_names_with_every_format(s3: S3Server, bucket: str) -> None:
    s3.put(
        bucket,
        **{
            "news/a.txt": b"one",
            "news/b/c.html": b"<p>two</p>",
            "news/b/d.jsonl": b'{"text": "three"}\n{"text": "four"}\n',
            "news/b/e.jsonl.gz": gzip.compress(b'{"text": "five"}\n', mtime=0),
            "news/f.warc.gz": by_member([page("six"), page("seven")]),
            "news/g.pdf": b"%PDF",
            "newsletter.txt": b"beside the prefix",
        },
    )
    root = f"s3://{bucket}/news"
    assert list(read(root).items()) == [
        (f"{root}/a.txt", "one"),
        (f"{root}/b/c.html", "two"),
        (f"{root}/b/d.jsonl#1", "three"),
        (f"{root}/b/d.jsonl#2", "four"),
        (f"{root}/b/e.jsonl.gz#1", "five"),
        (f"{root}/f.warc.gz#1", "six"),
        (f"{root}/f.warc.gz#2", "seven"),
        (f"{root}/g.pdf", "!unknown-extension"),
    ]
    assert read(f"{root}/") == read(root)


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        ("../up.txt", "!hidden"),
        ("b/../../up.txt", "!hidden"),
        ("/etc/hosts.txt", "mine"),
        ("//etc//hosts.txt", "mine"),
        ("file:///etc/hosts.txt", "mine"),
        ("x::file:///etc/hosts.txt", "mine"),
        ("s3://other/a.txt", "mine"),
        ("~/a.txt", "mine"),
        ("עברית.txt", "mine"),
        ("\u202etxt.evil.txt", "mine"),
        ("tab\there.txt", "mine"),
        ("star*[a]?.txt", "mine"),
        ("h#1.txt", "mine"),
        ("%2e%2e%2fup.txt", "mine"),
        ("sp ace+&=.txt", "mine"),
        ("back\\slash.txt", "mine"),
        ("a.txt?versionId=b.txt", "!unsupported-url"),
    ],
)
def test_a_key_is_a_name_and_leads_nowhere(key: str, outcome: str, s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{key: b"mine"})
    assert read(f"s3://{bucket}") == {f"s3://{bucket}/{key}": outcome}
    assert {line.partition("?")[0].split("/")[1] for line in s3.asked} == {bucket}
    if outcome == "mine" and "::" not in key:
        assert read(f"s3://{bucket}/{key}") == {f"s3://{bucket}/{key}": "mine"}


def test_a_key_that_names_a_version_does_not_read_its_neighbour(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"secret", "a.txt?versionId=b.txt": b"mine"})
    assert "secret" not in read(f"s3://{bucket}/a.txt?versionId=b.txt").values()
    assert list(read(f"s3://{bucket}").values()).count("secret") == 1


def test_names_of_folders_are_no_documents(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"empty/": b"", "full/": b"", "full/a.txt": b"one"})
    assert read(f"s3://{bucket}/full") == {
        f"s3://{bucket}/full/": "!unknown-extension",
        f"s3://{bucket}/full/a.txt": "one",
    }


def test_more_keys_than_a_page_of_the_listing(s3: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.settings.get_s3_default_max_keys", lambda: 10)
    for number in range(25):
        s3.put(bucket, **{f"{number:04}.txt": b"x"})
    found = list(input_references([f"s3://{bucket}"], SETTINGS))
    assert [r.path for r in found] == [f"s3://{bucket}/{number:04}.txt" for number in range(25)]
    assert sum("continuation-token" in asked for asked in s3.asked) >= 2


def test_an_object_above_the_limit_is_refused_and_not_downloaded_whole(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"big.txt": b"x" * 300_000})
    item = rejected(f"s3://{bucket}/big.txt", ReadingSettings(largest_input=1_000))
    assert (item.reason, item.detail.partition(" ")[0]) == ("too-large", "300,000")


def test_what_is_there_now_is_listed_and_read(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"one"})
    assert list(read(f"s3://{bucket}").values()) == ["one"]
    s3.put(bucket, **{"a.txt": b"changed", "b.txt": b"two"})
    assert list(read(f"s3://{bucket}").values()) == ["changed", "two"]
    s3.client.delete_object(Bucket=bucket, Key="a.txt")
    assert list(read(f"s3://{bucket}").values()) == ["two"]


def test_an_object_that_is_gone_says_so(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"one"})
    references = list(input_references([f"s3://{bucket}"], SETTINGS))
    s3.client.delete_object(Bucket=bucket, Key="a.txt")
    (item,) = read_references(references, SETTINGS)
    assert isinstance(item, Rejection)
    assert (item.reason, item.detail) == ("unreadable", "no such object, or no longer")


def test_what_is_missing_says_what_may_be_wrong(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"one"})
    for given in (f"s3://{bucket}/b.txt", "s3://no-such-bucket/a.txt"):
        item = rejected(given)
        assert (item.reason, item.detail) == ("missing", "no such object or prefix, or no such bucket")
    assert rejected(f"s3://{bucket}/*.md").reason == "no-match"


def test_a_refusal_is_a_rejection_and_its_neighbour_a_document(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"one", "b.txt": b"two"})
    s3.spoil = lambda asked: 403 if asked.endswith("/a.txt") else 0
    assert read(f"s3://{bucket}") == {f"s3://{bucket}/a.txt": "!unreadable", f"s3://{bucket}/b.txt": "two"}
    assert "Forbidden" in rejected(f"s3://{bucket}/a.txt").detail


def test_a_run_reads_a_bucket_and_its_output_can_be_verified(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    s3.put(bucket, **{"a.txt": "A boat.\n\nסירה בנמל הישן\n".encode(), "b.jsonl": b'{"text": "Two."}\n'})
    counts = run([f"s3://{bucket}"], tmp_path / "out", Settings(translation=TranslationSettings(engine="echo")))
    assert (counts.records, counts.rejected) == (2, 0)
    assert [r.source.location for r in read_records(tmp_path / "out")] == [
        f"s3://{bucket}/a.txt",
        f"s3://{bucket}/b.jsonl#1",
    ]
    done = Verified()
    assert list(verify(tmp_path / "out", done)) == []
    assert done.reread == 2
    s3.put(bucket, **{"a.txt": b"Another text."})
    assert [difference.code for difference in verify(tmp_path / "out")] == ["source-bytes"]


class TestSetUp:
    """What an operator has to mend is exit code 2 and one line; nothing was done."""

    def said(self, colophon: Colophon, s3: S3Server, **environment: str) -> str:
        done = colophon("detect", "s3://bucket/a.txt", **{**s3.environment, **environment})
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        words: str = done.stderr
        return words

    def test_no_credentials(self, colophon: Colophon, s3: S3Server) -> None:
        words = self.said(colophon, s3, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
        assert "s3://: Unable to locate credentials; set AWS_ACCESS_KEY_ID" in words

    def test_a_profile_that_is_not_there(self, colophon: Colophon, s3: S3Server) -> None:
        assert "(nobody) could not be found; set AWS_" in self.said(colophon, s3, AWS_PROFILE="nobody")

    def test_an_address_that_is_none(self, colophon: Colophon, s3: S3Server) -> None:
        done = colophon("detect", "s3://bucket/a.txt", **{**s3.environment, "AWS_ENDPOINT_URL": "nonsense"})
        assert done.returncode == 3
        assert "rejected s3://bucket/a.txt: Invalid endpoint: nonsense [unreadable]" in done.stderr


def test_a_document_may_be_read_in_another_process(s3: S3Server, bucket: str, colophon: Colophon) -> None:
    s3.put(bucket, **{"a.txt": "סירה בנמל הישן".encode()})
    done = colophon("detect", f"s3://{bucket}", **s3.environment)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["id"] == f"s3://{bucket}/a.txt"


def test_a_source_document_names_its_object(s3: S3Server, bucket: str) -> None:
    s3.put(bucket, **{"a.txt": b"one"})
    (document,) = read_inputs([f"s3://{bucket}/a.txt"], SETTINGS)
    assert isinstance(document, SourceDocument)
    assert (document.id, document.byte_length) == (f"s3://{bucket}/a.txt", 3)
