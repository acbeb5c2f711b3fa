"""Bytes become text by mark, word of the user, UTF-8, declaration and weighing, in that order."""

import pytest

from colophon.reading.decoding import decode
from colophon.reading.encodings import known_label
from colophon.reading.rejections import RefusedError

HEBREW = "שריפה פרצה בשוק העירוני, שלושה נפצעו קל"
ENGLISH = "The market reopened on Thursday after the fire. "
SAMPLES = {
    "windows-1255": HEBREW,
    "windows-1256": "اندلع حريق في السوق المركزي مساء الخميس",
    "windows-1251": "Пожар на центральном рынке потушен",
    "koi8-r": "Пожар на центральном рынке потушен",
    "windows-1252": "Der Brand in der Münchner Straße wurde gelöscht",
    "gb18030": "中央市场发生火灾，三人受轻伤",
    "big5hkscs": "中央市場發生火災，三人受輕傷",
    "shift_jis": "中央市場で火災が発生し、三人が軽傷を負った",
    "euc-kr": "중앙시장에서 화재가 발생해 세 명이 다쳤다",
}
CODEC = {"shift_jis": "cp932", "euc-kr": "cp949"}


@pytest.mark.parametrize("around", ["", ENGLISH], ids=["alone", "in English"])
@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_legacy_encoding_is_weighed_out(name: str, times: int, around: str) -> None:
    text = (around + SAMPLES[name] + "\n") * times
    decoded = decode(text.encode(CODEC.get(name, name)), "x")
    assert (decoded.text, decoded.encoding, decoded.basis) == (text, name, "detected")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("שריפה", "windows-1255"),
        ("שָׁלוֹם לְכֻלָּם", "windows-1255"),
        ("“Café” – naïve", "windows-1252"),
        ("It’s 5 £ – no more", "windows-1252"),
        ("Пожар", "windows-1251"),
        ("حريق", "windows-1256"),
        ("величайшей\u00a0отвагой", "windows-1251"),
        ("élan\u00a0: à\u00a0nouveau", "windows-1252"),
        ("tout\u00a0à\u00a0fait\u00a0symbolique", "windows-1252"),
        ("ПОЖАР НА РЫНКЕ", "windows-1251"),
    ],
)
def test_short_legacy_texts(text: str, name: str) -> None:
    assert decode(text.encode(name), "x").text == text


@pytest.mark.xfail(strict=True, reason="two syllables of Korean are as good Chinese; nothing else is in the file")
def test_two_korean_syllables() -> None:
    assert decode("화재".encode("cp949"), "x").text == "화재"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-32-le", b"\xff\xfe\0\0"),
        ("utf-32-be", b"\0\0\xfe\xff"),
    ],
)
def test_a_byte_order_mark_wins_and_is_not_text(encoding: str, mark: bytes) -> None:
    decoded = decode(mark + (ENGLISH + HEBREW).encode(encoding), "x", declared="windows-1252", given="windows-1251")
    assert (decoded.text, decoded.encoding, decoded.basis) == (ENGLISH + HEBREW, encoding, "bom")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ENGLISH, ENGLISH + HEBREW, HEBREW * 3])
def test_utf_16_without_a_mark(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding), "x")
    assert (decoded.text, decoded.encoding, decoded.basis) == (text, encoding, "detected")


@pytest.mark.parametrize(
    ("data", "declared", "encoding", "basis"),
    [
        (b"plain", None, "utf-8", "detected"),
        (b"plain", "utf-8", "utf-8", "declared"),
        (HEBREW.encode("cp1255"), "windows-1255", "windows-1255", "declared"),
        (HEBREW.encode("cp1255"), "x-cp1255", "windows-1255", "declared"),
        (HEBREW.encode("iso-8859-8"), "iso-8859-8-i", "iso-8859-8", "declared"),
        ("中文".encode("gb18030"), "GB2312", "gb18030", "declared"),
        # The declaration is a lie: three sequences of valid UTF-8 are no accident.
        (HEBREW.encode(), "windows-1255", "utf-8", "detected"),
        # The declaration is unknown, or no encoding of text.
        (HEBREW.encode(), "klingon", "utf-8", "detected"),
        (HEBREW.encode("cp1255"), "base64", "windows-1255", "detected"),
        ("日本語の記事".encode("iso2022_jp"), None, "iso-2022-jp", "detected"),
    ],
)
def test_declarations(data: bytes, declared: str | None, encoding: str, basis: str) -> None:
    decoded = decode(data, "x", declared=declared)
    assert (decoded.encoding, decoded.basis) == (encoding, basis)


def test_an_ignored_declaration_is_remarked() -> None:
    assert decode(HEBREW.encode(), "x", declared="windows-1255").repairs == ("declared-encoding-ignored: windows-1255",)


def test_the_users_word_is_taken() -> None:
    decoded = decode(HEBREW.encode("cp1255"), "x", given="cp1255")
    assert (decoded.text, decoded.basis) == (HEBREW, "given")


def test_newlines_and_controls_stay() -> None:
    assert decode(b"a\r\nb\rc\n\x0b \x1b[0m", "x").text == "a\r\nb\rc\n\x0b \x1b[0m"


def test_visual_hebrew_is_remarked_and_kept() -> None:
    visual = "םולש םיבר םישנא"
    decoded = decode(visual.encode("iso-8859-8"), "x", declared="iso-8859-8")
    assert decoded.text == visual
    assert decoded.repairs == ("visual-order-hebrew: iso-8859-8, text kept as stored",)
    logical = decode("שלום רבים אנשים".encode("iso-8859-8"), "x", declared="iso-8859-8")
    assert logical.repairs == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "binary"),
        (b"%PDF-1.7 text", "binary"),
        (b"PK\x03\x04rest", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"some text\0and more", "binary"),
        (b"\x01\x02\x03\x04", "binary"),
        (ENGLISH.encode() + HEBREW.encode()[:-1], "invalid-encoding"),
        (HEBREW.encode() + b"\xff" + HEBREW.encode(), "invalid-encoding"),
        (b"\xff\xfea", "invalid-encoding"),
        (b"\xef\xbb\xbf\xff", "invalid-encoding"),
        (b"\xe0\xe1 caf\xe9", "none"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    if reason == "none":
        decode(data, "x")
        return
    with pytest.raises(RefusedError) as refusal:
        decode(data, "x")
    assert refusal.value.reason == reason


def test_an_encoding_that_does_not_exist() -> None:
    with pytest.raises(RefusedError, match="no encoding is called 'klingon'"):
        decode(b"a", "x", given="klingon")


@pytest.mark.parametrize("label", ["utf-7", "idna", "punycode", "rot13", "zlib", "hex", "unicode_escape", "", "a" * 99])
def test_labels_that_are_no_encoding_of_text(label: str) -> None:
    assert known_label(label) is None
