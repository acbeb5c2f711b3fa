"""Scripts as patterns see them: ranges that stand inside brackets, and how a script without capitals shows a name.

Each range is defined here once and used by name: ``re.compile(f"[{KANA}{HAN}]")``.

>>> EAST_ASIAN_LETTER.search("by 林晓") is not None
True
"""

import re
from collections.abc import Iterable

from colophon.attributing.tries import trie

KANA = r"\u3040-\u30ff"
KATAKANA = r"\u30a1-\u30fa\u30fc"  # without its middle dot
HAN = r"\u3400-\u9fff"
HANGUL = r"\uac00-\ud7a3"
KANA_HAN = KANA + HAN
EAST_ASIAN = KANA + HAN + HANGUL  # no capitals, and mostly no space between words
HIRAGANA_LETTERS = r"\u3041-\u3096"
HEBREW_LETTERS = r"\u05d0-\u05ea"
ARABIC = r"\u0600-\u06ff"
ARABIC_LETTERS = r"\u0620-\u06ff"
HEBREW_ARABIC = r"\u0590-\u06ff"  # with their points and digits
NO_CAPITALS = r"\u0590-\u0fff"  # Hebrew to Tibetan: words with spaces, letters of one case
CASED = r"A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff"  # Latin, Greek, Cyrillic

# What closes a sentence, in any script: the edges of a name that ends one.
SENTENCE_ENDS = " \t\u00a0.!。।؟?»”\"')]>"
CASED_LETTER = re.compile(f"[{CASED}]")
KANA_HAN_LETTER = re.compile(f"[{KANA_HAN}]")
HANGUL_LETTER = re.compile(f"[{HANGUL}]")
UNCAPPED_LETTER = re.compile(f"[{NO_CAPITALS}]")
EAST_ASIAN_LETTER = re.compile(f"[{EAST_ASIAN}]")

# Two or three words of Hebrew or Arabic letters: "סמי חדד".
_UNCASED_WORD = f"[{HEBREW_LETTERS}{ARABIC_LETTERS}]{{2,}}"
UNCASED_NAME = re.compile(rf"{_UNCASED_WORD}(?:[ -]{_UNCASED_WORD}){{1,2}}")
# A family name and a given name in hiragana ("林 さくら"): what would be particles elsewhere is a name there.
HIRAGANA_NAME = re.compile(rf"[{HAN}]{{1,3}}[ \u3000]?[{HIRAGANA_LETTERS}]{{2,4}}")
# A foreign name in Chinese letters or in katakana, shown by its dots, perhaps after its country: 约翰·史密斯, [美]约翰·史密斯.
FOREIGN_NAME = re.compile(
    rf"(?:[\[【〔（(][{HAN}]{{1,3}}[\])】〕）] ?)?"  # the country
    rf"(?P<name>[{HAN}]{{1,8}}(?:[·‧・][{HAN}]{{1,8}}){{1,3}}|[{KATAKANA}]{{2,10}}(?:[・＝][{KATAKANA}]{{2,10}}){{1,3}})"
)
# What ends a dispatch: perhaps the day of the month, and the word for "cabled".
_DAY = r"(?:\d{1,2}日)?"
_CABLED = "專?電|专?电"
# "記者陳語柔宜蘭12日電": a name of three letters, a place, perhaps the day, the word for a dispatch or report.
FILED = re.compile(rf"[{HAN}]{{3}}[{HAN}]{{2,3}}{_DAY}(?:{_CABLED}|綜合?報導|综合?报道|報導|报道)")
FILED_NAME = 3  # letters of the name in such a line
# "江州日报记者 林晓": an outlet, the word for a reporter, names; a place and a date line may follow a name of three.
OUTLET_REPORTER = re.compile(
    rf"(?P<outlet>[{HAN}]{{2,12}}?)"
    r"(?:特约|特約|驻\w{2,4})?(?:记者|記者)[ \u3000]?"
    rf"(?P<names>[{HAN}]{{3}}(?=[{HAN}]{{2,3}}{_DAY}(?:{_CABLED})$)|[^\d]+$)"
)
# "【江州＝林晓】" before a story: its place and its reporter.
DATELINED = re.compile(rf"【[^】＝=]{{1,10}}[＝=](?P<name>[{HAN}]{{2,5}})】")
# "（後山社記者陳怡安花蓮12日電）" before a story: the agency, its reporter, a place, the word for a dispatch.
DATELINED_CHINESE = re.compile(
    rf"[（(](?P<outlet>[{HAN}]{{2,8}}?)(?:特派員|特派员|記者|记者)(?P<name>[{HAN}]{{3}})[{HAN}]{{2,8}}{_DAY}"
    rf"(?:{_CABLED}|報導|报道|訊|讯)[）)]"
)
# "(전주=한빛일보) 김하늘 기자 =" before a story: its place, the outlet, its reporters.
DATELINED_KOREAN = re.compile(
    rf"[(\[][{HANGUL}·]{{2,12}}=(?P<outlet>[{HANGUL}\w]{{2,12}})[)\]] ?"
    rf"(?P<names>[{HANGUL}]{{2,4}}(?:[·ㆍ・, ]{{1,2}}[{HANGUL}]{{2,4}})*?) ?(?:인턴|수습|선임)?기자 ?="
)
# "…と語った。（林さくら）": who signs in brackets after the story's last stop.
SIGNED_IN_BRACKETS = re.compile(
    r"[。！？」』][(（【]"
    rf"(?P<name>[{HAN}々]{{2,4}}(?:[ \u3000]?[{KANA_HAN}々]{{1,4}})?)"
    r"[)）】]$"
)
# "（佐々木航）" on a line of its own, below a sentence.
SIGNED_ON_A_LINE = re.compile(rf"[(（](?P<name>[{HAN}々]{{2,4}}(?:[ \u3000]?[{KANA_HAN}々]{{1,4}})?)[)）]")
_OUTLET_ENDS = "일보|신문|뉴스|방송|저널|新聞|日報|支局"


def name_with_post(posts: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of ``names`` and what their bearer does, perhaps after the ``outlet``.

    A reporter's word may be joined to the name; one of ``posts`` is a word of its own, perhaps after an institute's.

    >>> name_with_post(["교수"]).fullmatch("박서연 경제학과 교수")["names"]
    '박서연'
    >>> name_with_post([]).fullmatch("남도일보 박서연 기자")["outlet"]
    '남도일보'
    """
    name = f"[{HAN}{HANGUL}]{{2,5}}"
    return re.compile(
        rf"(?:(?P<outlet>[{HAN}{HANGUL}]{{2,8}}(?:{_OUTLET_ENDS}))[ \u3000])?"
        rf"(?P<names>{name}(?:[·ㆍ・]{name})*)"
        r"(?:[ \u3000]?(?:記者|기자|특파원)"
        rf"| (?:[{HANGUL}]+ )?[{HANGUL}]*(?:{trie(posts)}))"
    )
