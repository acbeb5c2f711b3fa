"""The catalogue: what is read, what is refused, what verification notices."""

from hashlib import sha256
from pathlib import Path

import pytest

from colophon.catalogue import read_cards, read_catalogue, verify
from colophon.errors import DataError

GOOD = """schema_version = 1
[[model]]
id = "m"
revision = "1"
licence = "MIT"
folder = "m"
engines = ["ctranslate2"]
source_languages = ["iw"]
longest_source = 100
files = [{ path = "a.bin", size = 3, sha256 = "%s" }]
"""


def catalogue(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def good(folder: Path) -> Path:
    (folder / "m").mkdir()
    (folder / "m" / "a.bin").write_bytes(b"abc")
    return catalogue(folder, GOOD % sha256(b"abc").hexdigest())


def test_a_good_model_verifies(tmp_path: Path) -> None:
    (card,) = read_cards(good(tmp_path))
    assert verify(card) == []
    assert card.source_languages == ("he",)


@pytest.mark.parametrize(("content", "said"), [(b"abd", "SHA-256"), (b"abcd", "4 bytes"), (None, "No such file")])
def test_an_altered_file_is_noticed(tmp_path: Path, content: bytes | None, said: str) -> None:
    (card,) = read_cards(good(tmp_path))
    path = tmp_path / "m" / "a.bin"
    path.unlink() if content is None else path.write_bytes(content)
    (problem,) = verify(card)
    assert said in problem


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('path = "a.bin"', 'path = "../a.bin"'),
        ('path = "a.bin"', 'path = "/etc/passwd"'),
        ('folder = "m"', 'folder = "../m"'),
        ('folder = "m"', 'folder = "C:m"'),
        ('licence = "MIT"', 'license = "MIT"'),
        ("size = 3", "size = -3"),
        ("schema_version = 1", "schema_version = 2"),
        ('id = "m"', 'id = "../m"'),
        ("[[model]]", "[[model"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_its_path(tmp_path: Path, old: str, new: str) -> None:
    path = catalogue(tmp_path, (GOOD % ("0" * 64)).replace(old, new))
    with pytest.raises(DataError, match=r"catalogue\.toml"):
        read_cards(path)


def test_the_catalogue_that_ships_is_read_and_a_users_comes_after_it(tmp_path: Path) -> None:
    shipped = read_catalogue()
    assert [card.id for card in read_catalogue(good(tmp_path))] == [*(card.id for card in shipped), "m"]


def test_a_user_cannot_take_the_id_of_a_model_that_ships(tmp_path: Path) -> None:
    (shipped, *_) = read_catalogue() or pytest.skip("no model ships yet")
    path = good(tmp_path)
    path.write_text(path.read_text().replace('id = "m"', f'id = "{shipped.id}"'))
    with pytest.raises(DataError, match="already taken"):
        read_catalogue(path)
