"""Checkpoints that learn once a session, the hub that serves them, and a guard that blocks the network."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="makes checkpoints: needs the extra [torch]")
pytest.importorskip("transformers", reason="makes checkpoints: needs the extra [torch]")
pytest.importorskip("huggingface_hub", reason="asks a hub: needs the extra [torch]")

from tests.installing import checkpoints
from tests.installing.hub_server import Hub, serving

TOLD = {"he": "heb_Hebr", "fr": "fra_Latn"}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that makes a checkpoint by its family's name, once a session."""
    root = tmp_path_factory.mktemp("checkpoints")
    makers: dict[str, Callable[[Path], object]] = {
        "marian": checkpoints.marian,
        "m2m100": checkpoints.m2m100,
        "nllb": lambda folder: checkpoints.nllb(folder, TOLD),
        "madlad": checkpoints.madlad,
        "random": lambda folder: checkpoints.marian(folder, learnt=False),
    }

    def make(family: str) -> Path:
        folder = root / family
        if not folder.is_dir():
            makers[family](folder)
        return folder

    return make


@pytest.fixture
def copied(made: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that gives a copy of a checkpoint, to be damaged."""

    def copy(family: str) -> Path:
        return Path(shutil.copytree(made(family), tmp_path / f"copy-{family}"))

    return copy


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub that this process takes for the real one; the user's own token and cache are out of sight."""
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.endpoint)
        monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "no-token"))
        yield served


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a switch after which opening any connection fails the test."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    def switch() -> None:
        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)

    return switch
