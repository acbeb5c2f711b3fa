"""Chinese, Japanese or Korean: decided by kana and hangul first, then by characters that one of them simplified.

The old national character sets are the table: GB 2312 lists what simplified Chinese writes, Big5 traditional,
Shift JIS Japanese. A character in only one of them is evidence.
"""

from collections.abc import Sequence
from functools import lru_cache

from colophon.detecting.tokens import Token

EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Bopo", "Hang"})
# Function characters of written Chinese that Japanese does not use alone; all lie in the three sets.
_CHINESE = "的是不在有我他她你們们也就都这這那個个了吗嗎呢吧很没說说把被让讓给給从從"
# Those of them that compounds of Japanese hardly ever hold.
_TELLING = "是她你們们這这那吗嗎呢吧很没説說说就也们个了给從从"


@lru_cache(maxsize=20_000)
def _sets(character: str) -> tuple[bool, bool, bool]:
    found = []
    for charset in ("gb2312", "big5", "shift_jis"):
        try:
            character.encode(charset)
        except UnicodeEncodeError:
            found.append(False)
        else:
            found.append(True)
    return found[0], found[1], found[2]


def east_asian(tokens: Sequence[Token], text: str) -> tuple[str, str, str]:
    """Return language, script and evidence of a run of Han, kana or hangul words."""
    counts = {code: sum(t.end - t.start for t in tokens if t.script == code) for code in EAST_ASIAN}
    if counts["Hang"] and counts["Hang"] >= counts["Hira"] + counts["Kana"]:
        return "ko", "Kore" if counts["Hani"] else "Hang", f"{counts['Hang']} hangul syllables"
    if counts["Hira"] or counts["Kana"]:
        script = "Jpan" if counts["Hani"] else "Hira" if counts["Hira"] else "Kana"
        return "ja", script, f"{counts['Hira'] + counts['Kana']} kana"
    han = "".join(text[t.start : t.end] for t in tokens)
    simplified = traditional = japanese = 0
    for character in han:
        gb, big, sjis = _sets(character)
        simplified += gb and not big and not sjis
        traditional += big and not gb
        japanese += sjis and not gb and not big
    chinese = sum(c in _CHINESE for c in han)
    if japanese and not chinese and japanese >= simplified:
        return "ja", "Jpan", f"{japanese} characters of Japanese form"
    if counts["Bopo"] or traditional > simplified:
        return "zh-Hant", "Hant", f"{traditional} characters of traditional form"
    if simplified:
        return "zh-Hans", "Hans", f"{simplified} characters of simplified form"
    return "zh-Hans", "Hans", "Han characters of no single form"


def decided(tokens: Sequence[Token], text: str) -> str:
    """Return what one sentence is by itself: "ja", "ko", "zh", or the empty string where it might be either."""
    scripts = {t.script for t in tokens}
    if scripts & {"Hira", "Kana"}:
        return "ja"
    if "Hang" in scripts:
        return "ko"
    han = "".join(text[t.start : t.end] for t in tokens)
    simplified = sum(_sets(c) == (True, False, False) for c in han)
    return "zh" if simplified + sum(c in _TELLING for c in han) > 1 else ""
