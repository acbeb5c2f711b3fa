"""A real S3 server (moto) on loopback, in a thread of the tests, that can look at each request and spoil it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import Thread
from typing import Any

KEYS = {"AWS_ACCESS_KEY_ID": "colophon", "AWS_SECRET_ACCESS_KEY": "of-the-tests", "AWS_DEFAULT_REGION": "us-east-1"}
_NO_OTHER_ACCOUNT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass
class S3Server:
    """``asked`` are the requests so far; ``spoil`` may answer one with a status of its own, 0 to let it through."""

    endpoint: str
    client: Any
    asked: list[str] = field(default_factory=list)
    spoil: Callable[[str], int] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return what leads a client here, and to no other account."""
        return {**KEYS, **_NO_OTHER_ACCOUNT, "AWS_ENDPOINT_URL": self.endpoint}

    def bucket(self, name: str) -> str:
        """Make an empty bucket; return its name."""
        self.client.create_bucket(Bucket=name)
        return name

    def put(self, bucket: str, **objects: bytes) -> None:
        """Put objects, by key."""
        for key, data in objects.items():
            self.client.put_object(Bucket=bucket, Key=key, Body=data)

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return everything in a bucket, by key."""
        found = self.client.list_objects_v2(Bucket=bucket).get("Contents", ())
        return {o["Key"]: self.client.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}

    def uploads(self, bucket: str) -> list[str]:
        """Return the keys of uploads that were begun and neither completed nor aborted."""
        found = self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", ())
        return [upload["Key"] for upload in found]


@contextmanager
def running() -> Iterator[S3Server]:
    """Start a server on a free port; it ends with the block."""
    boto3, moto, serving = map(import_module, ("boto3", "moto.server", "werkzeug.serving"))
    quiet = type("Quiet", (serving.WSGIRequestHandler,), {"protocol_version": "HTTP/1.1", "log": lambda *_: None})
    dispatcher = moto.DomainDispatcherApplication(moto.create_backend_app)

    def application(environ: dict[str, Any], start: Any) -> Any:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}".rstrip("?")
        if "boto3-of-the-tests" not in environ.get("HTTP_USER_AGENT", ""):
            status = server.spoil(asked) if server.spoil else 0
            server.asked.append(asked)
            if status:
                start(f"{status} Spoilt", [("Content-Length", "0")])
                return [b""]
        return dispatcher(environ, start)

    http = serving.make_server("127.0.0.1", 0, application, threaded=True, request_handler=quiet)
    endpoint = f"http://127.0.0.1:{http.server_port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=KEYS["AWS_DEFAULT_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        config=boto3.session.Config(user_agent_extra="boto3-of-the-tests"),
    )
    server = S3Server(endpoint, client)
    thread = Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
