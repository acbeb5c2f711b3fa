"""A package of Argos Translate comes in; archives that mean harm, or are something else, do not."""

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from colophon.catalogue import ModelCard, read_catalogue
from colophon.engines.registry import open_engine, router
from colophon.errors import ModelError, UsageError
from colophon.installing.argos import inspected, install
from colophon.installing.limits import Limits
from colophon.installing.pulling import Wishes
from colophon.settings import TranslationSettings
from colophon.translating import FragmentText, translate_fragments
from tests.installing.checkpoints import ENGLISH, argos, sources

TOP = "translate-he_en-1_5"
GOOD = {"package_version": "1.5", "from_code": "he", "to_code": "en"}
Members = dict[str, bytes]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("argos") / "translate-he_en-1_5.argosmodel"
    argos(path)
    return path


def imported(
    package: Path, tmp_path: Path, licence: str | None = "cc-by-4.0", *, accept_licence: bool = False
) -> ModelCard:
    wishes = Wishes(catalogue=tmp_path / "mine" / "catalogue.toml", tokens={}, accept_licence=accept_licence)
    said: list[str] = []
    card = install(package, licence, wishes, said.append)
    assert any("not used: README.md, resources.json" in line for line in said)
    return card


def test_an_imported_package_translates_without_a_network(
    package: Path, tmp_path: Path, offline: Callable[[], None]
) -> None:
    offline()
    card = imported(package, tmp_path)
    assert (card.id, card.revision, card.licence, card.engines) == (
        "argos-he-en", "1.5", "cc-by-4.0", ("ctranslate2",),
    )  # fmt: skip
    assert card.origin is not None
    assert card.origin.startswith("file:translate-he_en-1_5.argosmodel#sha256=")
    settings = TranslationSettings(models=(card.id,))
    routes = router(settings, read_catalogue(tmp_path / "mine" / "catalogue.toml"))
    found = translate_fragments([FragmentText(text, "he", "body") for text in sources("he")], routes, settings)
    assert [outcome.text for outcome in found] == list(ENGLISH)
    weights = card.folder / "ctranslate2" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="SHA-256"):
        open_engine("ctranslate2", card, settings)


def test_a_package_that_states_no_licence_must_be_accepted(package: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"states no licence.*--accept-licence"):
        imported(package, tmp_path, licence=None)
    assert imported(package, tmp_path, licence=None, accept_licence=True).licence == "unstated"


def written(tmp_path: Path, members: Members, change: Callable[[zipfile.ZipInfo], object] = bool) -> Path:
    path = tmp_path / "made.argosmodel"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return path


def members(**more: bytes) -> Members:
    return {
        f"{TOP}/metadata.json": json.dumps(GOOD).encode(),
        f"{TOP}/sentencepiece.model": b"pieces",
        f"{TOP}/model/model.bin": b"weights",
        **more,
    }


def refusal(path: Path, tmp_path: Path, limits: Limits | None = None) -> str:
    """Return why ``path`` is refused; nothing may be written anywhere."""
    before = sorted(tmp_path.rglob("*"))
    wishes = Wishes(catalogue=tmp_path / "mine" / "catalogue.toml", tokens={}, limits=limits or Limits())
    with pytest.raises(ModelError) as caught:
        install(path, "mit", wishes, str)
    assert sorted(tmp_path.rglob("*")) == before
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        f"{TOP}/../../evil",
        "/etc/evil",
        "C:/evil",
        f"{TOP}/model/..\\..\\evil",
        "..",
        f"{TOP}/model/../../x",
    ],
)
def test_a_member_that_points_elsewhere(name: str, tmp_path: Path) -> None:
    assert "points out of its folder" in refusal(written(tmp_path, {**members(), name: b"x"}), tmp_path)


def test_a_member_that_is_a_link(tmp_path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        if info.filename.endswith("model.bin"):
            info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert "is a link" in refusal(written(tmp_path, members(), link), tmp_path)


@pytest.mark.parametrize(
    ("more", "limits", "said"),
    [
        ({f"{TOP}/model/model.bin": bytes(40 << 20)}, Limits(), "grows from"),
        ({f"{TOP}/model/model.bin": bytes(range(256)) * 100}, Limits(weights=20_000), "at most 20,000"),
        ({f"{TOP}/sentencepiece.model": bytes(range(256)) * 100}, Limits(other=20_000), "at most 20,000"),
    ],
    ids=["a bomb", "large weights", "large pieces"],
)
def test_what_is_too_large(more: Members, limits: Limits, said: str, tmp_path: Path) -> None:
    assert said in refusal(written(tmp_path, {**members(), **more}), tmp_path, limits)


def test_a_size_that_lies_is_found_while_unpacking(tmp_path: Path) -> None:
    path = written(tmp_path, {**members(), f"{TOP}/model/model.bin": b"w" * 5_000})
    data = path.read_bytes()
    assert data.count((5_000).to_bytes(4, "little")) == 2  # the local header and the directory
    path.write_bytes(data.replace((5_000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    wishes = Wishes(catalogue=tmp_path / "mine" / "catalogue.toml", tokens={})
    with pytest.raises(ModelError, match="cannot be read"):
        install(path, "mit", wishes, str)
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]


def test_a_small_file_of_zeros_is_no_bomb(tmp_path: Path) -> None:
    path = written(tmp_path, {**members(), f"{TOP}/model/shared_vocabulary.txt": bytes(500_000)})
    with zipfile.ZipFile(path) as archive:
        assert "ctranslate2/shared_vocabulary.txt" in inspected("x", archive, Limits()).members


def without(name: str) -> Members:
    return {key: value for key, value in members().items() if not key.endswith(name)}


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (without("metadata.json"), "has no metadata.json"),
        (without("model.bin"), "has no ctranslate2/model.bin"),
        ({**without("sentencepiece.model"), f"{TOP}/bpe.model": b"x"}, "cut text by other rules"),
        ({**members(), f"{TOP}/metadata.json": b"{"}, "metadata.json cannot be read"),
        ({**members(), f"{TOP}/metadata.json": b"[]"}, "is no JSON object"),
        ({**members(), f"{TOP}/metadata.json": json.dumps({**GOOD, "to_code": "de"}).encode()}, "from he to de"),
        ({**members(), f"{TOP}/metadata.json": json.dumps({**GOOD, "type": "sbd"}).encode()}, "type 'sbd'"),
        ({**members(), "other/metadata.json": b"{}"}, "twice"),
    ],
)
def test_what_is_no_package_of_a_translation_into_english(inside: Members, said: str, tmp_path: Path) -> None:
    assert said in refusal(written(tmp_path, inside), tmp_path)


def test_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "made.argosmodel"
    path.write_bytes(b"no zip at all")
    assert "cannot be read" in refusal(path, tmp_path)


def test_weights_that_are_none_are_refused_and_leave_nothing(tmp_path: Path, package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    inside[f"{TOP}/model/model.bin"] = b"weights"
    wishes = Wishes(catalogue=tmp_path / "mine" / "catalogue.toml", tokens={})
    with pytest.raises(ModelError, match=r"cannot load it.*is not installed"):
        install(written(tmp_path, inside), "mit", wishes, str)
    assert not [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
