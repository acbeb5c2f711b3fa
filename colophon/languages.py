"""The one internal language code (BCP 47, shortest form), and what outside codes become at the border.

Inside Colophon a language is written ``he``, ``zh-Hans``, ``und``; never ``iw``, ``zh-cn`` or ``heb``.
"""

import re

# Left: what libraries, files and markup write. Right: the internal code (RFC 5646 preferred values).
_ALIASES = {
    "iw": "he",
    "ji": "yi",
    "in": "id",
    "mo": "ro",
    "tl": "fil",
    "no": "nb",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
    "eng": "en",
    "heb": "he",
    "ara": "ar",
    "arb": "ar",
    "fas": "fa",
    "pes": "fa",
    "prs": "fa",
    "rus": "ru",
    "ukr": "uk",
    "fra": "fr",
    "fre": "fr",
    "deu": "de",
    "ger": "de",
    "spa": "es",
    "por": "pt",
    "ita": "it",
    "tur": "tr",
    "zho": "zh",
    "chi": "zh",
    "cmn": "zh",
    "jpn": "ja",
    "kor": "ko",
    "yid": "yi",
}


def internal_code(outside: str | None) -> str:
    """Return the internal code of a tag from outside; ``und`` when there is none.

    >>> internal_code("iw_IL"), internal_code("ZH-cn"), internal_code("")
    ('he', 'zh-Hans', 'und')
    """
    tag = (outside or "").strip().replace("_", "-").lower()
    if tag in _ALIASES:
        return _ALIASES[tag]
    parts = re.split("[-.@]", tag)  # he-IL.UTF-8 is a language too, as POSIX writes it
    base = _ALIASES.get(parts[0], parts[0])
    if base == "zh" and len(parts) > 1:
        return _ALIASES.get(f"zh-{parts[1]}", "zh")
    return base if base.isascii() and base.isalpha() and 2 <= len(base) <= 8 else "und"
